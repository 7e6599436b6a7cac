"""A file's way into the roster with a hub on stage: chosen, corrected, checked, applied; and what goes wrong on it."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page, expect

from hub.roster_file_text import ENCODINGS
from hub.roster_file_words import COLUMN_FIELDS, TAG_FILE_FIELDS
from tests.pages.desks import Open, staged_pages
from tests.pages.import_scenes import CSV, FILES, Desk, checked, columns, file, roster, watched
from tests.pages.screens import WAIT_MS, Screen
from tests.pages.usable import FAINT, check_usable
from tests.pages.work_stage import refusal
from tests.pages.working import agree, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

DROP: Final = """kind => {
  const held = new DataTransfer();
  held.items.add(new File(["Startnr;Vorname\\n1;Ada\\n"], "meldeliste.csv", { type: "text/csv" }));
  document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
}"""
WORDS: Final = "/static/roster-import-words.js"


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser) -> AsyncIterator[Open]:
    async with staged_pages(browser) as start:
        yield start


async def at_step(page: Screen, step: str) -> None:
    await expect(page.at(f"#import [data-step={step}]")).to_be_visible(timeout=WAIT_MS)
    await expect(page.at("#import [data-step]:visible")).to_have_count(1)


async def choose(page: Screen, given: FilePayload = CSV) -> None:
    await page.at("#import-input").set_input_files(given)


async def test_dropped_corrected_checked_and_applied(opened: Open) -> None:
    desk = Desk()
    stage = roster(desk)
    page = await opened(stage)
    await expect(page.at("#import [data-kind=roster]")).to_be_visible()
    await page.page.evaluate(DROP, "dragenter")
    await expect(page.at("#drop")).to_be_visible()
    await page.page.evaluate(DROP, "drop")
    await expect(page.at("#drop")).to_be_hidden()
    await at_step(page, "columns")
    await expect(page.at("#import [data-step=columns] h3")).to_be_focused()
    (sent,) = stage.told("POST", FILES)
    assert (
        'name="session"\r\n\r\n4' in sent
        and 'name="kind"\r\n\r\nroster' in sent
        and "Startnr;Vorname" in sent
    )
    await says(page, "#import .file-facts", "CSV", "84 kB", "1,240 rows", "6 columns")
    await expect(page.at("#import-reading-sheet")).to_be_hidden()
    await page.at("#import-reading-encoding").select_option("utf-8")
    await page.at("#import-reading-delimiter").select_option("\t")
    await expect(page.at("#import-reading-delimiter option:checked")).to_have_text("Tab")
    assert stage.told("PATCH", f"{FILES}/f1") == [{"encoding": "utf-8"}, {"delimiter": "\t"}]

    await page.at("#import-map select").nth(3).select_option("city")
    await page.at("#import-map select").nth(4).select_option("custom")
    await page.at("#import-map select").nth(5).select_option("city")
    await says(page, "#import-missing", "“Ort” and “Column 6” cannot all be “City”")
    await page.at("#import-columns [type=submit]").click()
    await expect(page.at("#import-map select").nth(5)).to_be_focused()
    assert stage.told("POST", f"{FILES}/f1/preview") == []
    await page.at("#import-map select").nth(5).select_option("")
    await page.at("#import-columns [type=submit]").click()
    await at_step(page, "checked")
    chosen = {"0": "bib", "1": "first_name", "2": "last_name", "3": "city", "4": "custom", "5": None}
    assert stage.told("POST", f"{FILES}/f1/preview") == [{"columns": chosen}]

    await expect(page.at("#import-figures b")).to_have_text(["120", "2", "1,115", "6", "3"])
    await says(page, "#import-says", "Of 12 runners", "More than one runner has E2801160600002")
    await says(page, "#import-changed-list", "Ingrid Solberg-Haugen (101)", "City", "Aalesund", "Ålesund")
    await page.at("#import-problems summary").click()
    await expect(page.at("#import-problem-rows tr")).to_have_count(3)
    await page.at("#import-problems-filter").fill("31.02.")
    await expect(page.at("#import-problem-rows tr")).to_have_count(1)
    await says(page, "#import-problem-rows", "902", "birth date", "=cmd()")
    await expect(page.at("#import-problems-csv")).to_have_attribute("href", f"{FILES}/f1/problems.csv")
    await says(page, "#import-gone-who", "Bo Berg (77)", "Zoë Quist", "and 1 more")
    button = page.at("#import-apply [type=submit]")
    await expect(button).to_have_text("Add 120 and change 2")
    await page.at("#import-gone [value=remove]").check()
    await expect(button).to_have_text("Add 120, change 2 and take off 6")
    await button.click()
    await at_step(page, "done")
    assert stage.told("POST", f"{FILES}/f1/apply") == [{"gone": "remove"}]
    await says(
        page, "#import-done-words", "120 added, 2 changed and 6 taken off. 1,237 runners on the roster."
    )
    await says(
        page, "#import-done-says", "3 rows could not be taken", "put them back", "import the file of before"
    )
    await page.at("#import [data-step=done] [data-act=drop]").click()
    await at_step(page, "file")
    assert len(stage.told("DELETE", f"{FILES}/f1")) == 1


async def test_a_page_that_is_loaded_again_goes_on(opened: Open) -> None:
    desk = Desk()
    stage = roster(desk)
    page = await opened(stage)
    await choose(page)
    await page.at("#import-map select").nth(3).select_option("city")
    desk.hold = True
    await page.at("#import-columns [type=submit]").click()
    await says(page, "#import-job", "Checking “meldeliste.csv”")
    desk.jobs[1] |= {"done": 310, "total": 1240, "words": "compared with the roster"}
    await says(page, "#import-job", "310 of 1,240 rows", "compared with the roster")
    await page.page.reload()
    await says(page, "#import-job", "310 of 1,240 rows")
    assert await page.page.evaluate("document.querySelector('#import-job progress').position") == 0.25
    desk.hold = False
    await at_step(page, "checked")
    await page.at("#import-gone [value=remove]").check()
    desk.hold = True
    await page.at("#import-apply [type=submit]").click()
    await says(page, "#import-job", "Importing")
    await page.page.reload()
    await page.at("#import-job").get_by_role("button", name="Cancel").click()
    await at_step(page, "checked")
    await says(page, "#notice", "the roster is as it was")
    await expect(page.at("#import-gone [value=remove]")).to_be_checked()
    desk.there = False
    await page.page.reload()
    await says(page, "#import-error", "does not have the file any more", "Choose it again")
    await choose(page)
    await expect(page.at("#import-map select").nth(3)).to_have_value("city")


async def test_what_goes_wrong_stands_where_it_belongs(opened: Open) -> None:
    desk = Desk()
    stage = roster(desk)
    stage.answers[f"POST {FILES}"] = refusal(422, "file: expected a table, it is a picture", "file")
    page = await opened(stage)
    await choose(page, FilePayload(name="photo.csv", mimeType="text/csv", buffer=b"\x89PNG"))
    await says(page, "#import-error", "Expected a table, it is a picture.")
    await at_step(page, "file")
    await choose(page, FilePayload(name="none.csv", mimeType="text/csv", buffer=b""))
    await says(page, "#import-error", "“none.csv” is empty.")
    stage.answers[f"POST {FILES}"] = desk.take
    await choose(page)
    await at_step(page, "columns")
    await expect(page.at("#import-error")).to_be_hidden()

    stage.answers[f"PATCH {FILES}/f1"] = refusal(422, "encoding: it is not written so", "encoding")
    await page.at("#import-reading-encoding").select_option("utf-16")
    await says(page, "#import-reading-encoding-error", "It is not written so.")
    await expect(page.at("#import-reading-encoding")).to_have_value("cp1252")
    stage.answers[f"POST {FILES}/f1/preview"] = refusal(429, "4 jobs are running already")
    await page.at("#import-columns [type=submit]").click()
    await says(page, "#import-columns .form-error", "4 jobs are running already.")
    stage.answers[f"POST {FILES}/f1/preview"] = lambda _: desk.begin("preview", desk.result)
    desk.hold = True
    await page.at("#import-columns [type=submit]").click()
    await says(page, "#import-job", "Checking")
    await page.page.evaluate(DROP, "drop")
    await agree(page, "Take “meldeliste.csv” instead?", "is not imported yet")
    await at_step(page, "columns")
    await page.at("#import-columns [type=submit]").click()
    await says(page, "#import-job", "Checking")
    failed = {"code": "failed", "message": "The file cannot be read to its end."}
    desk.jobs[len(desk.jobs)] |= {"status": "failed", "error": failed}
    await says(page, "#import-columns .form-error", "The file cannot be read to its end.")
    desk.hold = False
    await page.at("#import-columns [type=submit]").click()
    await at_step(page, "checked")
    desk.hold = True
    await page.at("#import-apply [type=submit]").click()
    await says(page, "#import-job", "Importing")
    desk.jobs.clear()
    await says(page, "#import-apply .form-error", "The hub was started again meanwhile.")


async def test_two_tabs_with_one_file(opened: Open) -> None:
    desk = Desk()
    desk.there = True
    stage = roster(desk)
    page = await opened(stage)
    await says(page, "#import-waiting", "meldeliste.csv", "not imported yet", "1,240 rows")
    await page.at("#import-waiting").get_by_role("button", name="Go on").click()
    await at_step(page, "columns")
    desk.hold = True
    await page.at("#import-columns [type=submit]").click()
    await says(page, "#import-job", "Checking")

    other = await opened(stage)
    await says(other, "#import-waiting", "the hub works on it")
    await other.at("#import-waiting").get_by_role("button", name="Go on").click()
    await says(other, "#import-job", "Checking")
    desk.hold = False
    await at_step(other, "checked")
    await other.at("#import-apply [data-act=back]").click()
    await other.at("#import-columns [type=submit]").click()
    await at_step(other, "checked")
    await at_step(page, "checked")
    await page.at("#import-apply [type=submit]").click()
    await says(page, "#import-apply .form-error", "Another tab has this file, too")
    await other.at("#import-apply [type=submit]").click()
    await at_step(other, "done")
    third = await opened(stage)
    await expect(third.at("#import [data-kind=roster]")).to_be_visible()
    await expect(third.at("#import-waiting li")).to_have_count(0)
    await page.at("#import-apply [data-act=drop]").click()
    await at_step(page, "file")
    assert desk.there is False


async def test_a_changed_roster_and_nothing_to_change(opened: Open) -> None:
    desk = Desk()
    people, stage = watched(desk)
    page = await opened(stage)
    await choose(page)
    await page.at("#import-columns [type=submit]").click()
    await at_step(page, "checked")
    await expect(page.at("#import-stale")).to_be_hidden()
    people.say({"type": "roster", "size": 4, "by": "hand", "changed": 1, "private": 0})
    await expect(page.at("#import-stale")).to_be_visible(timeout=WAIT_MS)
    desk.result = checked(
        left_out=0,
        problems=[],
        ambiguous=[],
        diff={"added": 0, "changed": 0, "gone": 0, "kept_by_hand": 0},
    )
    await page.at("#import-stale button").click()
    await says(page, "#import-checked-words", "nothing would change")
    await expect(page.at("#import-stale")).to_be_hidden()
    await expect(page.at("#import-apply [type=submit]")).to_be_hidden()
    await expect(
        page.at("#import-problems, #import-added, #import-changed, #import-gone").first
    ).to_be_hidden()


async def test_a_file_that_is_dropped_beside_an_open_runner(opened: Open) -> None:
    page = await opened(roster(Desk()))
    await page.at("#rows .open").first.click()
    await expect(page.at("#person")).to_be_visible(timeout=WAIT_MS)
    await expect(page.at("#import")).to_be_hidden()
    await page.page.evaluate(DROP, "drop")
    await at_step(page, "columns")
    await expect(page.at("#person")).to_be_visible()
    await expect(page.at("#settings")).to_be_hidden()


async def test_tags_need_a_bib_and_a_tag(opened: Open) -> None:
    chips = columns(("Chip", None, ["E1", "E2"]), ("Bib", "bib", ["1", "2"]))
    given = file(
        kind="tags", format="xlsx", sheets=["Chips", "Old"], sheet="Chips", header_line=0, columns=chips
    )
    given["fields"] = [each for each in given["fields"] if each[0] in TAG_FILE_FIELDS]
    desk = Desk(given)
    stage = roster(desk)
    page = await opened(stage)
    async with page.page.expect_file_chooser() as chooser:
        await page.at("#import [data-kind=tags]").click()
    await (await chooser.value).set_files(CSV)
    await at_step(page, "columns")
    assert 'name="kind"\r\n\r\ntags' in stage.told("POST", FILES)[0]
    await expect(page.at("#import-reading-encoding, #import-reading-delimiter").first).to_be_hidden()
    await expect(page.at("#import-reading-sheet option")).to_have_text(["Chips", "Old"])
    await says(page, "#import-missing", "No column is the tag")
    await expect(page.at("#import-map select").first.locator("option")).to_have_text(
        ["Bib", "Tags", "Left out"]
    )
    await page.at("#import-map select").first.select_option("tags")
    await expect(page.at("#import-missing")).to_be_hidden()
    await page.at("#import-reading-header_line").fill("3")
    async with page.page.expect_request(lambda request: request.method == "PATCH"):
        await page.page.keyboard.press("Enter")
    await expect(page.at("#import-reading-header_line")).to_have_value("3")
    assert stage.told("PATCH", f"{FILES}/f1") == [{"header_line": 3}]


async def test_each_step_can_be_used_by_everybody(opened: Open) -> None:
    desk = Desk()
    page = await opened(roster(desk))
    await choose(page)
    await at_step(page, "columns")
    await check_usable(page.page)
    await page.at("#import-columns [type=submit]").click()
    await at_step(page, "checked")
    await page.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    await check_usable(page.page)
    await page.page.emulate_media(color_scheme="dark")
    assert await page.page.evaluate(FAINT) == []
    await page.at("#import-apply [type=submit]").click()
    await at_step(page, "done")
    await page.page.emulate_media(color_scheme="light")
    await check_usable(page.page)


async def test_what_a_large_file_shows_is_capped_and_told(opened: Open) -> None:
    problems = [{"line": line, "reason": "no bib", "cells": ["x" * 200] * 20} for line in range(2, 202)]
    desk = Desk(file(rows=100_000))
    desk.result = checked(left_out=5_000, problems=problems)
    page = await opened(roster(desk))
    await choose(page)
    await at_step(page, "columns")
    await page.at("#import-columns [type=submit]").click()
    await at_step(page, "checked")
    await expect(page.at("#import-problem-rows tr")).to_have_count(200)
    await page.at("#import-problems summary").click()
    await says(page, "#import-problems-words", "The first 200 of 5,000 rows")
    lengths = (
        "[...document.querySelectorAll('#import-problem-rows .line')].map(each => each.textContent.length)"
    )
    assert await page.page.evaluate(f"Math.max(...{lengths})") == 300


@pytest.mark.parametrize(
    ("chosen", "says_of_it"),
    [
        ({"0": "bib", "1": "name"}, []),
        ({"0": "", "1": "name"}, ["warn: No column is the bib, and none the tag"]),
        ({"0": "tags", "1": "name"}, ["warn: No column is the bib: runners"]),
        ({"0": "bib", "1": "tags"}, ["warn: No column is a name"]),
        ({"0": "", "1": "custom"}, ["bad: No column is a bib, a tag or a name"]),
        ({"0": "birth_date", "1": "birth_date:dmy"}, ["bad: “A” and “B” cannot all be “Birth date”", "bad: No"]),
        ({"0": "tags", "1": "tags"}, ["warn: No column is the bib: runners", "warn: No column is a name"]),
    ],
)  # fmt: skip
async def test_what_is_missing(modules: Page, chosen: dict[str, str], says_of_it: list[str]) -> None:
    ask = """async ([words, chosen]) => {
      const two = [{ index: 0, header: "A" }, { index: 1, header: "B" }];
      return (await import(words)).missing("roster", two, chosen).map(each => each.tone + ": " + each.words);
    }"""
    said = await modules.evaluate(ask, [WORDS, chosen])
    assert len(said) == len(says_of_it)
    assert all(words.startswith(wanted) for words, wanted in zip(said, says_of_it, strict=True))


async def test_what_was_chosen_for_a_name_holds_for_another_file(modules: Page) -> None:
    ask = "async ([words, file, before]) => (await import(words)).choices(file, before)"
    given: dict[str, Any] = file(columns=columns(("A", "bib", []), ("B", None, []), ("C", "city", [])))
    held = {"A": "", "B": "notes", "C": "nonsense", "__proto__": "x"}
    assert await modules.evaluate(ask, [WORDS, given, held]) == {"0": "", "1": "notes", "2": ""}
    assert await modules.evaluate(ask, [WORDS, given, {}]) == {"0": "bib", "1": "", "2": "city"}


async def test_fields_and_encodings_have_the_hubs_words(modules: Page) -> None:
    ask = "async ([words, say, names]) => names.map((await import(words))[say])"
    said = await modules.evaluate(ask, [WORDS, "encodingWords", list(ENCODINGS)])
    assert said == list(ENCODINGS.values())
    names = [name.partition(":")[0] for name in COLUMN_FIELDS if name != "custom"]
    said = await modules.evaluate(ask, [WORDS, "fieldWords", names])
    assert all(words[0].isupper() and "_" not in words for words in said)
