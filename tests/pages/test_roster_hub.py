"""The roster's page over a hub that runs: a tag that nobody has, on screens and before an announcer, becomes
somebody's; what was said by hand outlives a file."""

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.pages.screens import LINE_CUT, WAIT_MS, Screens
from tests.pages.usable import SIZES
from tests.pages.venue import Venue
from tests.pages.working import REFUSED, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

LAPTOP: Final = SIZES["laptop"]
ROSTER: Final = """bib,tag,first_name,last_name,city
101,,Ada,Lovelace,London
102,4712,Alan,Turing,Wilmslow
103,4713,Grace,Hopper,New York
"""
LATER: Final = ROSTER.replace("Lovelace,London", "Byron,Paris")
"""The same runners from the registration, which says something else of one by then."""


@pytest_asyncio.fixture(loop_scope="session")
async def desks(browser: Browser, venue: Venue) -> AsyncIterator[Screens]:
    made = Screens(browser, venue.origin)
    made.allowed.extend((REFUSED, LINE_CUT))
    await venue.import_roster(ROSTER)
    try:
        yield made
        assert made.faults() == []
    finally:
        await made.close()


async def test_two_taps_correct_every_screen_and_a_later_file_does_not_undo_it(
    venue: Venue, desks: Screens
) -> None:
    walls = [await desks.open(f"/d/{venue.code}") for _ in range(3)]
    away, cable = await desks.cabled(venue.code)
    announcer = await desks.signed_in(venue, f"/announcer/{venue.session_id}", SIZES["tablet"])
    page = await desks.signed_in(venue, f"/sessions/{venue.session_id}/roster", LAPTOP)
    await expect(page.at("#rows tr")).to_have_count(3, timeout=WAIT_MS)
    venue.reader.read("4711")
    await asyncio.gather(*(screen.shows("4711") for screen in (*walls, away)))
    await says(announcer, "#hero", "Unknown tag 4711")
    await says(page, "#unknown-title", "One unknown tag")
    await cable.pull()

    await page.at("#unknown-list button", has_text="4711").click()
    ada = page.at("#assign-list button", has_text="Ada Lovelace")
    await ada.wait_for()
    start = perf_counter()
    await asyncio.gather(
        ada.click(), says(announcer, "#hero", "Ada Lovelace"), *(wall.shows("Ada Lovelace") for wall in walls)
    )
    print(f"\nthree screens and an announcer have it {1000 * (perf_counter() - start):.0f} ms after the tap")
    await expect(page.at("#unknown")).to_be_hidden(timeout=WAIT_MS)
    await says(page, "#rows tr:first-child", "Ada Lovelace", "4711")
    cable.plug_in()
    await away.page.evaluate("dispatchEvent(new Event('online'))")  # so does the browser say it
    await away.shows("Ada Lovelace")

    # by keys alone: found, opened, corrected
    press = page.page.keyboard.press
    await press("/")
    await page.page.keyboard.type("101")
    await expect(page.at("#rows tr")).to_have_count(1, timeout=WAIT_MS)
    await press("Enter")
    await press("Enter")
    await says(page, "#person-title", "101 Ada")
    await page.at("#person-form-city").focus()
    await press("Control+A")
    await page.page.keyboard.type("Marylebone")
    await press("Enter")
    await says(page, "#notice", "Saved.")
    await asyncio.gather(
        *(expect(wall.at("#city")).to_have_text("Marylebone", timeout=WAIT_MS) for wall in walls)
    )
    await expect(page.at("[data-field=city] .lock")).to_have_attribute("aria-pressed", "true")

    await venue.import_roster(LATER)
    await asyncio.gather(*(wall.shows("Ada Byron") for wall in (*walls, away)))
    await expect(page.at("#person-form-last_name")).to_have_value("Byron", timeout=WAIT_MS)
    await expect(page.at("#person-form-city")).to_have_value("Marylebone")
    await expect(walls[0].at("#city")).to_have_text("Marylebone")
    await says(page, "#tags", "4711")


async def test_tags_are_checked_where_they_are_handed_out(venue: Venue, desks: Screens) -> None:
    page = await desks.signed_in(venue, f"/sessions/{venue.session_id}/check", SIZES["phone"])
    await expect(page.at("#code")).to_be_focused()
    for code, words in (("4712", "102"), ("103", "Grace Hopper"), ("101", "Ada Lovelace"), ("lovel", "101")):
        await page.page.keyboard.type(code)
        await page.page.keyboard.press("Enter")
        await says(page, "#card", words)
    await expect(page.at("#card")).to_have_attribute("data-tone", "warn")  # she has no tag
    venue.reader.read("4711")
    await says(page, "#pair", "Give tag 4711 to 101 Ada Lovelace")
    await page.at("#pair").click()
    await expect(page.at("#card")).to_have_attribute("data-tone", "ok", timeout=WAIT_MS)
    await says(page, "#card", "Ada Lovelace", "4711")
    venue.reader.read("4713", location="Start")
    await says(page, "#card", "Grace Hopper", "4713")


async def test_what_is_set_reaches_the_screens(venue: Venue, desks: Screens) -> None:
    await venue.import_roster("bib,tag,first_name,last_name,age\n7,4714,Mia,Berg,11\n8,4715,Olav,Berg,\n")
    wall = await desks.open(f"/d/{venue.code}")
    venue.reader.read("4714")
    await wall.shows("Mia Berg")
    page = await desks.signed_in(venue, f"/sessions/{venue.session_id}/roster", LAPTOP)
    await page.at("#settings-form-minors_under").fill("18")
    await page.at("#settings-form-minors_privacy").select_option("initials")
    await page.page.get_by_role("button", name="The file: move up").click()
    await page.at("#settings-form [type=submit]").click()
    await wall.shows("M. B.")
    await says(page, "#minors-words", "Of 1 runner")
    await says(page, "#rows", "Mia Berg", "initials shown")
    await page.at("#settings-form-mode").select_option("pre_race")
    await page.at("#settings-form [type=submit]").click()
    await says(wall, "#test", "Tag check")
    await page.page.reload()
    await expect(page.at("#settings-form-mode")).to_have_value("pre_race", timeout=WAIT_MS)
    await expect(page.at("#order li").nth(1)).to_contain_text("The file")
