"""The roster's page with a hub on stage: the list, one runner, unknown tags, settings; with keys and with fingers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from hub.accounts import VIEWER
from tests.pages.desks import Open, staged_pages
from tests.pages.roster_scenes import TAGS, Desk, roster, runner, unknown
from tests.pages.screens import WAIT_MS, Screen
from tests.pages.usable import FAINT, check_usable
from tests.pages.working import says

pytestmark = pytest.mark.asyncio(loop_scope="session")

HUGE = 100_000


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser) -> AsyncIterator[Open]:
    async with staged_pages(browser) as open_page:
        yield open_page


async def asked_last(page: Screen, stage: Any) -> str:
    """The query of the last page of runners."""
    return str([each["query"] for each in stage.asked if each["path"] == "/api/participants"][-1])


async def test_a_hundred_thousand_runners_are_a_hundred_rows(opened: Open) -> None:
    people = [runner(number) for number in range(1, 251)]
    desk = Desk(people)
    stage = desk.stage("roster.html", "/sessions/4/roster")
    some = stage.answers["GET /api/participants"]
    stage.answers["GET /api/participants"] = lambda asked: some(asked) | {"total": HUGE}
    page = await opened(stage)
    await says(page, "#counted", "100,000 runners")
    assert await page.at("#rows tr").count() == 100
    assert await page.page.evaluate("document.querySelectorAll('*').length") < 2500
    await says(page, "#range", "1 to 100 of 100,000")
    await page.at("#next").click()
    await says(page, "#range", "101 to 200 of 100,000")
    await says(page, "#rows tr", "101")
    await page.at("#before").click()
    await says(page, "#range", "1 to 100 of 100,000")


async def test_it_is_filtered_and_sorted_where_the_runners_are(opened: Open) -> None:
    _, stage = roster(60)
    page = await opened(stage)
    await expect(page.at("#rows tr")).to_have_count(60, timeout=WAIT_MS)
    await page.page.keyboard.press("/")
    await page.page.keyboard.type("núñez")
    await expect(page.at("#rows tr")).to_have_count(7, timeout=WAIT_MS)
    await says(page, "#counted", "7 of 60 runners")
    await page.at("#filters-race").select_option("10K")
    await expect(page.at("#rows tr")).not_to_have_count(7, timeout=WAIT_MS)
    assert "race=10K" in await asked_last(page, stage)
    await page.at("[data-sort=name]").click()
    await expect(page.at("th", has_text="Name")).to_have_attribute("aria-sort", "ascending", timeout=WAIT_MS)
    await page.at("[data-sort=name]").click()
    await expect(page.at("th", has_text="Name")).to_have_attribute("aria-sort", "descending", timeout=WAIT_MS)
    assert "sort=name" in await asked_last(page, stage)
    await page.at("#find").fill("nobody is called so")
    await says(page, "#nobody", "Nobody fits")
    await page.at("#unfilter").click()
    await expect(page.at("#rows tr")).to_have_count(60, timeout=WAIT_MS)


async def test_an_empty_roster_says_what_to_do(opened: Open) -> None:
    page = await opened(roster(0)[1])
    await says(page, "#nobody", "Nobody is on the roster yet", "Import a file")
    await expect(page.at("#table")).to_be_hidden()
    seen = await opened(roster(0, role=VIEWER)[1])
    await says(seen, "#nobody", "An operator can import")
    await expect(seen.at("#add")).to_have_count(0)


async def test_a_runner_from_the_keyboard_alone(opened: Open) -> None:
    """Found, opened, corrected, locked, closed, and the focus is where it was."""
    desk, stage = roster(40)
    page = await opened(stage)
    press = page.page.keyboard.press
    await expect(page.at("#rows tr")).to_have_count(40, timeout=WAIT_MS)
    for key in "jjk":
        await press(key)
    await expect(page.at("#rows tr:first-child .open")).to_be_focused()
    await press("j")
    await press("Enter")
    await says(page, "#person-title", "2 Maximiliane")
    await page.at("#person-form-city").focus()
    await page.page.keyboard.insert_text("x")
    await press("Enter")
    await says(page, "#notice", "Saved.")
    assert stage.told("PATCH", "/api/participants/2") == [{"city": "Oslox"}]
    city = page.at("[data-field=city]")
    await expect(city.locator(".from")).to_have_text("by hand")
    await expect(city.locator(".lock")).to_have_attribute("aria-pressed", "true")
    await city.locator(".lock").press("Enter")
    await expect(city.locator(".lock")).to_have_attribute("aria-pressed", "false", timeout=WAIT_MS)
    assert stage.told("PATCH", "/api/participants/2")[-1] == {"unlock": ["city"]}
    # to the next and back; what was typed and not saved is not left unasked
    await page.at("#person-title").focus()
    await press("j")
    await says(page, "#person-title", "3 Ann")
    await press("k")
    await says(page, "#person-title", "2 Maximiliane")
    await page.at("#person-form-city").fill("Oslo, too")
    await press("Escape")
    await says(page, "#sure[open]", "Leave what you have typed?")
    await press("Enter")
    await expect(page.at("#sure")).to_be_hidden()
    await page.at("#person-form-city").fill("Oslox")
    await press("Escape")
    await expect(page.at("#person")).to_be_hidden()
    await expect(page.at("#rows tr:nth-child(2) .open")).to_be_focused()
    await says(page, "#rows tr:nth-child(2)", "Oslox")
    assert desk.people[2]["city"] == "Oslox"


async def test_what_is_typed_stays_when_somebody_else_says_something(opened: Open) -> None:
    desk, stage = roster(10)
    desk.people[2] |= {"custom": {"shoe": "42", "club": ""}, "locked": ["custom:shoe"]}
    page = await opened(stage, "?who=2")
    await says(page, "#person-title", "2 Maximiliane")
    await expect(page.at("[data-field='custom:shoe'] .lock")).to_have_attribute("aria-pressed", "true")
    await page.page.get_by_label("club", exact=True).fill("A-17")
    await page.at("#person-form-city").fill("Bodø")
    desk.people[2] |= {"city": "Molde", "team_name": "Striders"}
    desk.say({"type": "roster", "size": 10, "by": "provider", "changed": 1, "private": 0})
    await expect(page.at("#person-form-team_name")).to_have_value("Striders", timeout=WAIT_MS)
    await expect(page.at("#person-form-city")).to_have_value("Bodø")
    await says(page, "[data-field=city] .other", "It says “Molde” by now.")
    await page.at("#person-form [type=submit]").click()
    await says(page, "#notice", "Saved.")
    assert stage.told("PATCH", "/api/participants/2") == [{"city": "Bodø", "custom": {"club": "A-17"}}]
    await expect(page.at("[data-field=city] .other")).to_be_hidden()


async def test_a_bib_and_a_tag_of_another_are_given_only_when_somebody_says_so(opened: Open) -> None:
    desk, stage = roster(10)
    page = await opened(stage, "?who=2", "phone")
    await says(page, "#person-title", "2 Maximiliane")
    await page.at("#person-form-bib").fill("7")
    await page.at("#person-form [type=submit]").click()
    await says(page, "#person-form-bib-error", "7 is of")
    await expect(page.at("#person-form-bib")).to_be_focused()
    await page.at("#person-anyway").click()
    await says(page, "#notice", "Saved.")
    assert stage.told("PATCH", "/api/participants/2")[-1] == {"bib": "7", "anyway": True}
    await page.at("#tag-new").fill("900009")
    await page.page.keyboard.press("Enter")
    await says(page, "#person-form-tags-error", "900009 is of")
    await page.at("#tags-take").click()
    await expect(page.at("#tags li")).to_have_count(2, timeout=WAIT_MS)
    assert desk.people[9]["tags"] == []
    await page.page.get_by_role("button", name="Take tag 900009 away").click()
    await says(page, "#notice", "Tag 900009 is nobody")
    await page.page.get_by_role("button", name="Undo").click()
    await expect(page.at("#tags li")).to_have_count(2, timeout=WAIT_MS)


async def test_somebody_is_added_taken_off_and_put_back(opened: Open) -> None:
    _, stage = roster(3)
    page = await opened(stage)
    await page.at("#add").click()
    await expect(page.at("#person-form-bib")).to_be_focused()
    await page.at("#person-form [type=submit]").click()
    await says(page, "#person-form-bib-error", "Give a bib or a name.")
    await page.at("#person-form-bib").fill("77")
    await page.at("#person-form-first_name").fill("Ada")
    await page.at("#tag-new").fill("4711")
    await page.page.keyboard.press("Enter")
    await says(page, "#tags", "4711")
    await page.at("#person-form [type=submit]").click()
    await says(page, "#person-title", "77 Ada")
    await says(page, "#tags", "4711")
    assert stage.told("POST", "/api/participants") == [{"session": 4, "bib": "77", "first_name": "Ada"}]
    assert stage.told("POST", "/api/participants/4/tags") == [{"tag": "4711"}]
    await says(page, "#counted", "4 runners")
    await page.at("#person-off").click()
    await says(page, "#notice", "77 Ada is off the roster.")
    await says(page, "#counted", "3 runners")
    await page.page.get_by_role("button", name="Undo").click()
    await says(page, "#counted", "4 runners")
    await page.at("#rows .open", has_text="Ada").click()
    await page.at("#person-off").click()
    await page.at("#filters-gone").check()
    await page.at("#rows .open", has_text="Ada").click()
    await page.at("#person-back").click()
    await says(page, "#notice", "77 Ada is on the roster again.")


async def test_an_unknown_tag_is_somebodys_by_two_taps(opened: Open) -> None:
    desk, stage = roster(30, *TAGS)
    page = await opened(stage, size="phone")
    await says(page, "#unknown-title", "3 unknown tags")
    await page.at("#unknown-list button", has_text="58000412").click()
    await says(page, "#assign-said", "Who has no tag yet")
    await page.at("#assign-list button", has_text="Ann").first.click()
    await says(page, "#notice", "Tag 58000412 is 3 Ann Lee")
    assert stage.told("POST", "/api/participants/3/tags") == [{"tag": "58000412"}]
    await says(page, "#unknown-title", "2 unknown tags")
    # undone, and given to somebody who is looked for with keys
    await page.page.get_by_role("button", name="Undo").click()
    await expect(page.at("#notice")).to_be_empty(timeout=WAIT_MS)
    desk.unknown.append(unknown("58000412", 24))
    desk.say({"type": "roster", "size": 30, "by": "hand", "changed": 1, "private": 0})
    await says(page, "#unknown-title", "3 unknown tags")
    await page.at("#unknown-list button", has_text="58000412").focus()
    await page.page.keyboard.press("Enter")
    await expect(page.at("#assign-find")).to_be_focused()
    await page.page.keyboard.type("17")
    await expect(page.at("#assign-list li")).to_have_count(1, timeout=WAIT_MS)
    await page.page.keyboard.press("Enter")
    await says(page, "#notice", "Tag 58000412 is 17")
    # two have it: who is chosen takes it
    await page.at("#unknown-list button", has_text="900017").click()
    await says(page, "#assign-words", "Two runners have it")
    await page.at("#assign-list button", has_text="30").click()
    await says(page, "#notice", "Tag 900017 is 30")
    assert stage.told("POST", "/api/participants/30/tags") == [{"tag": "900017", "take": True}]


async def test_unknown_tags_come_with_reads_and_many_are_folded(opened: Open) -> None:
    desk, stage = roster(5)
    page = await opened(stage)
    await expect(page.at("#rows tr")).to_have_count(5, timeout=WAIT_MS)
    await expect(page.at("#unknown")).to_be_hidden()
    desk.unknown = [unknown(f"7000{number:02}", 1) for number in range(40)]
    desk.say({"type": "read", "offset": 1, "kind": "read", "tag": "700000", "marks": []})
    await says(page, "#unknown-title", "40 unknown tags")
    await expect(page.at("#unknown-list li")).to_have_count(6)
    await page.at("#unknown-all").click()
    await expect(page.at("#unknown-list li")).to_have_count(40)


async def test_settings_are_said_and_shown(opened: Open) -> None:
    _, stage = roster(5)
    page = await opened(stage)
    await page.at("#settings-form-mode").select_option("pre_race")
    await page.at("#settings-form-minors_under").fill("99")
    await page.at("#settings-form [type=submit]").click()
    await says(page, "#settings-form-minors_under-error", "from 1 to 21")
    await page.at("#settings-form-minors_under").fill("18")
    await page.at("#settings-form-minors_privacy").select_option("bib")
    await page.page.get_by_role("button", name="The file: move up").click()
    await page.at("#settings-form [type=submit]").click()
    await says(page, "#notice", "Saved.")
    assert stage.told("PATCH", "/api/sessions/4") == [
        {
            "mode": "pre_race",
            "minors": {"under": 18, "privacy": "bib"},
            "roster_order": ["hand", "file", "provider"],
        }
    ]
    await says(page, "#minors-words", "Of 12 runners")
    seen = await opened(roster(5, role=VIEWER, mode="results")[1])
    await expect(seen.at("#settings-form-mode")).to_have_value("results", timeout=WAIT_MS)
    await expect(seen.at("#settings-form-mode")).to_be_disabled()


async def test_who_may_only_look_changes_nothing(opened: Open) -> None:
    page = await opened(roster(5, *TAGS, role=VIEWER)[1])
    await page.at("#rows tr").first.click()
    await says(page, "#person-title", "1 Bo")
    assert await page.at("#person input:not([readonly]), #person select:not([disabled])").count() == 0
    assert await page.at("#unknown-list button, .lock, #person-off").count() == 0


@pytest.mark.parametrize("role", ["operator", "viewer"])
async def test_everybody_can_use_it(opened: Open, role: str) -> None:
    page = await opened(roster(12, *TAGS, role=role)[1])
    await expect(page.at("#rows tr")).to_have_count(12, timeout=WAIT_MS)
    await page.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    await check_usable(page.page)
    await page.page.emulate_media(color_scheme="dark")
    assert await page.page.evaluate(FAINT) == []
    await page.at("#rows tr").first.click()
    await expect(page.at("#person")).to_be_visible(timeout=WAIT_MS)
    await check_usable(page.page)
