"""The tag check with a hub on stage: scanned and typed, said in words, colour and sound; the focus is never lost."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from hub.accounts import ANNOUNCER, OPERATOR
from tests.pages.desks import Open, staged_pages
from tests.pages.roster_scenes import check, looked_up, runner
from tests.pages.screens import WAIT_MS, Screen, read
from tests.pages.usable import FAINT, check_usable
from tests.pages.working import says

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEARD = "async () => (await import('/static/check-sound.js')).heard()"


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser) -> AsyncIterator[Open]:
    async with staged_pages(browser) as open_page:
        yield open_page


async def scan(page: Screen, code: str) -> None:
    """As a scanner does: all at once, then Enter; to whatever has the focus."""
    await page.page.keyboard.type(code)
    await page.page.keyboard.press("Enter")


async def tone(page: Screen, wanted: str) -> None:
    await expect(page.at("#card")).to_have_attribute("data-tone", wanted, timeout=WAIT_MS)


async def test_scans_come_faster_than_answers_and_none_is_lost(opened: Open) -> None:
    _desk, stage = check(40)
    page = await opened(stage)
    await expect(page.at("#code")).to_be_focused()
    for code in ("900005", "3", "zzz9", "900012"):
        await scan(page, code)
    await says(page, "#verdict", "The tag is right")
    await says(page, "#card", "12", "Maximiliane Lee", "10K")
    await tone(page, "ok")
    await expect(page.at("#last li")).to_have_count(4, timeout=WAIT_MS)
    assert [each["query"] for each in stage.asked if each["path"].endswith("/lookup")] == [
        f"code={code}" for code in ("900005", "3", "zzz9", "900012")
    ]
    assert await page.page.evaluate(HEARD) == ["ok", "warn", "bad", "ok"]
    assert [await each.get_attribute("data-tone") for each in await page.at("#last li").all()] == [
        "ok", "bad", "warn", "ok",
    ]  # fmt: skip
    await expect(page.at("#code")).to_be_focused()
    await expect(page.at("#code")).to_have_value("")


async def test_the_focus_is_never_lost(opened: Open) -> None:
    _, stage = check(40)
    page = await opened(stage)
    for place in ("#card", "h1", "#sound", "#sound", ".latest h2"):
        await page.at(place).click()
        await expect(page.at("#code")).to_be_focused()
    # a scanner that types while a button has the focus types into the field
    await page.at("#reads").focus()
    await scan(page, "900005")
    await says(page, "#card", "Zoë")
    await page.page.evaluate("document.activeElement.blur()")
    await expect(page.at("#code")).to_be_focused()


async def test_one_of_several_is_chosen_with_keys(opened: Open) -> None:
    _, stage = check(40)
    page = await opened(stage)
    await scan(page, "ann")
    await tone(page, "ask")
    await says(page, "#verdict", "Who is it?")
    assert await page.at("#candidates li").count() == 4
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown", "Enter"):
        await page.page.keyboard.press(key)
    await says(page, "#card .bib", "13")
    await tone(page, "ok")
    await expect(page.at("#code")).to_be_focused()


async def test_a_tag_of_nobodys_becomes_somebodys(opened: Open) -> None:
    """Scanned with the bib, whichever comes first; or by two taps."""
    desk, stage = check(40, OPERATOR)
    page = await opened(stage)
    await scan(page, "58000412")
    await tone(page, "bad")
    await scan(page, "3")
    await says(page, "#pair", "Give tag 58000412 to 3 Ann Lee")
    await page.at("#pair").click()
    await says(page, "#notice", "Tag 58000412 is 3 Ann Lee")
    await tone(page, "ok")
    assert desk.people[3]["tags"] == ["58000412"]
    await expect(page.at("#pair")).to_be_hidden()
    await scan(page, "58000999")
    await tone(page, "bad")
    await page.at("#whose").click()
    await page.at("#assign-list button", has_text="14").click()
    await says(page, "#card", "14", "José")
    assert desk.people[14]["tags"] == ["58000999"]
    await expect(page.at("#code")).to_be_focused()


async def test_who_speaks_looks_up_and_changes_nothing(opened: Open) -> None:
    page = await opened(check(40, ANNOUNCER)[1])
    await scan(page, "58000412")
    await tone(page, "bad")
    await scan(page, "3")
    await tone(page, "warn")
    await expect(page.at("#whose")).to_be_hidden()
    await expect(page.at("#pair")).to_be_hidden()


def seen(offset: int, number: int) -> dict[str, Any]:
    return read(offset, runner={"bib": str(number), "name": f"Runner {number}"}, tag=f"{900000 + number}")


async def test_what_a_reader_sees_appears_by_itself(opened: Open) -> None:
    desk, stage = check(40)
    page = await opened(stage)
    await says(page, "#reads", "Readers on")
    desk.say(seen(1, 7))
    await says(page, "#card .bib", "7")
    # the same once more says nothing new; many at once: the last of them is shown, all are noted
    desk.say(seen(2, 7), *(seen(2 + number, number) for number in range(8, 12)))
    await says(page, "#card .bib", "11")
    await expect(page.at("#last li")).to_have_count(5, timeout=WAIT_MS)
    # what somebody is choosing from stays
    await scan(page, "ann")
    await tone(page, "ask")
    desk.say(seen(20, 20))
    await says(page, "#last li", "20")
    await tone(page, "ask")
    await page.at("#reads").click()
    await says(page, "#reads", "Readers off")
    await scan(page, "5")
    await says(page, "#card .bib", "5")
    desk.say(seen(21, 21), {"type": "roster", "size": 40, "by": "file", "changed": 1, "private": 0})
    desk.people[5]["race_name"] = "Ultra"
    await says(page, "#card", "Ultra")
    await expect(page.at("#last li").first).to_contain_text("Ultra")


async def test_results_are_looked_up(opened: Open) -> None:
    desk, stage = check(40, mode="results")
    fields = {"finish_time": "1:42:07", "overall_rank": "17"}
    desk.looked_up["12"] = looked_up("12", "bib", runner(12), result=fields)
    page = await opened(stage)
    await says(page, "h1", "Results")
    await says(page, "#reads", "Readers off")
    await scan(page, "12")
    await says(page, "#card", "Official result", "1:42:07", "Overall", "17")
    await scan(page, "13")
    await says(page, "#verdict", "No result yet")


async def test_it_is_silent_when_somebody_wants_that(opened: Open) -> None:
    page = await opened(check(40)[1])
    await page.at("#sound").click()
    await says(page, "#sound", "Sound off")
    await scan(page, "5")
    await tone(page, "ok")
    assert await page.page.evaluate(HEARD) == []
    await page.page.reload()
    await says(page, "#sound", "Sound off")


@pytest.mark.parametrize(
    ("code", "wanted"), [("900002", "ok"), ("3", "warn"), ("58000412", "bad"), ("ann", "ask")]
)
async def test_everybody_can_use_it(opened: Open, code: str, wanted: str) -> None:
    page = await opened(check(40, OPERATOR)[1])
    await scan(page, code)
    await tone(page, wanted)
    await check_usable(page.page)
    await page.page.emulate_media(color_scheme="dark")
    assert await page.page.evaluate(FAINT) == []
