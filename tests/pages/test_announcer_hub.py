"""Announcers' pages over a hub that runs: two at one desk, one whose tablet dies, one whose line is cut."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, expect

from tests.pages.screens import LINE_CUT, WAIT_MS, Screen, Screens
from tests.pages.venue import Venue
from tests.pages.working import REFUSED, says

pytestmark = pytest.mark.asyncio(loop_scope="session")

TABLET: Final = ViewportSize(width=1024, height=768)
ROSTER: Final = (
    "bib,tag,first_name,last_name,city,team_name,phonetic,first timer\n"
    "101,4711,Ada,Lovelace,London,Engines,AY-da,yes\n"
    "102,4712,Alan,Turing,Wilmslow,Engines,,\n"
    "103,4713,Grace,Hopper,New York,,,\n"
)
AGREED_MS: Final = 1_000
"""Within this time two announcers see the same."""


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


async def desk(desks: Screens, venue: Venue) -> Screen:
    page = await desks.signed_in(venue, f"/announcer/{venue.session_id}", TABLET)
    await expect(page.at("#state")).to_have_text("Live", timeout=WAIT_MS)
    return page


async def is_pressed(page: Screen, selector: str, pressed: bool = True, within_ms: int = WAIT_MS) -> None:
    await expect(page.at(selector)).to_have_attribute("aria-pressed", str(pressed).lower(), timeout=within_ms)


async def test_two_announcers_agree_and_a_dead_tablet_is_replaced(venue: Venue, desks: Screens) -> None:
    one, other = await desk(desks, venue), await desk(desks, venue)
    await says(one, "#nobody-words", "Nobody yet")
    venue.reader.read("4711")
    venue.reader.read("4712")
    await says(one, "#hero", "Alan Turing", "Wilmslow", "Engines, with Ada Lovelace")
    await one.page.keyboard.press("j")
    await says(one, "#hero", "Ada Lovelace", "AY-da", "London", "Engines, with Alan Turing")
    await says(other, "#rows", "Ada Lovelace", "Alan Turing")

    tick, star = "#rows .row:nth-child(2) .say-it", "#rows .row:nth-child(2) .star-it"
    await one.at(tick).click()
    await one.at(star).click()
    await is_pressed(other, tick, within_ms=AGREED_MS)
    await is_pressed(other, star, within_ms=AGREED_MS)
    await other.at(tick).click()
    await is_pressed(one, tick, False, AGREED_MS)
    await other.at(tick).click()
    await one.page.keyboard.press("n")
    await one.page.keyboard.type("First of all")
    await one.page.keyboard.press("Enter")
    await says(other, "#rows", "First of all")
    await says(one, "#story", "Here for the first time")
    await says(one, "#hero .note", "First of all")
    await other.page.keyboard.press("/")
    await other.page.keyboard.type("hop gr")
    await says(other, "#found", "103", "Grace Hopper")
    await other.page.keyboard.press("Enter")
    await says(other, "#card", "Grace Hopper", "New York")
    await other.at("#find-words").fill("101")
    await says(other, "#found", "Ada Lovelace")
    await other.page.keyboard.press("Enter")
    await says(other, "#card-reads", "Finish")

    await one.page.context.close()
    back = await desk(desks, venue)
    await is_pressed(back, tick)
    await is_pressed(back, star)
    await says(back, "#rows", "First of all")


async def test_a_line_that_is_cut_loses_no_tick(venue: Venue, desks: Screens) -> None:
    one, other = await desk(desks, venue), await desk(desks, venue)
    venue.reader.read("4713")
    await says(one, "#hero-name", "Grace Hopper")
    await venue.stop()
    await one.page.keyboard.press("Space")
    await says(one, "#acts", "Said, waiting")
    await says(one, "#state", "1 waiting")
    await venue.start()
    venue.reader.read("9999")
    await is_pressed(other, "#rows .row:nth-child(2) .say-it")
    await says(one, "#rows", "Unknown tag 9999")
    await expect(one.at("#state")).to_have_text("Live", timeout=WAIT_MS)


async def test_the_crew_is_never_announced(venue: Venue, desks: Screens) -> None:
    page = await desk(desks, venue)
    partner = venue.app.hub.sessions[venue.session_id].row.partner_id
    put = await page.page.request.put(
        f"{venue.origin}/api/partners/{partner}/crew-tags",
        data={"tags": ["4711"]},
        headers={"Origin": venue.origin},
    )
    assert put.ok, await put.text()
    venue.reader.read("4711")
    venue.reader.read("4712", age_s=300)
    venue.reader.read("4713")
    await says(page, "#hero-name", "Grace Hopper")
    await says(page, "#rows .row:nth-child(2)", "Alan Turing", "late")
    await expect(page.at("#rows .row")).to_have_count(2)
    await page.page.reload()
    await says(page, "#hero-name", "Grace Hopper")
    await expect(page.at("#rows .row")).to_have_count(2)
