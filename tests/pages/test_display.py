"""The screen at the finish line: from a reader's line on TCP to what stands on the wall."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from hub.model import DisplayRow
from tests.pages.screens import LINE_CUT, WAIT_MS, Screens
from tests.pages.venue import Venue, clock_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROSTER = """bib,tag,first_name,last_name,city,state,division
101,4711,Ada,Lovelace,London,,F35
102,4712,Alan,Turing,Maida Vale,London,M40
"""


async def test_runner_is_shown_and_again_after_the_hub_was_restarted(venue: Venue, screens: Screens) -> None:
    await venue.import_roster(ROSTER)
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    venue.reader.read("4711")
    await screen.shows("Ada Lovelace")
    await expect(screen.at("#bib")).to_have_text("101")
    await expect(screen.at("#city")).to_have_text("London")
    await expect(screen.at("#division")).to_have_text("F35")
    await expect(screen.at("#location")).to_have_text("Finish")

    loaded = await screen.page.evaluate("performance.timeOrigin")
    screen.allow(LINE_CUT)
    await venue.stop()
    await expect(screen.at("#stale")).to_be_visible(timeout=WAIT_MS)
    await venue.start()
    await expect(screen.at("#stale")).to_be_hidden(timeout=2 * WAIT_MS)
    venue.reader.read("4712")
    await screen.shows("Alan Turing")
    await screen.reaches(2)
    assert await screen.page.evaluate("performance.timeOrigin") == loaded, "the page was loaded again"


async def test_hub_that_stays_away_is_said_beside_the_runner(venue: Venue, screens: Screens) -> None:
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    await expect(screen.at("#stale")).to_be_hidden()
    venue.reader.read("5000")
    await screen.shows("5000")
    screen.allow(LINE_CUT)
    await venue.stop()
    await expect(screen.at("#stale")).to_have_text(re.compile(r"^no data for 00:0\d$"), timeout=15_000)
    await screen.shows("5000")
    stale = await screen.at("#stale").bounding_box()
    facts = await screen.at("#facts").bounding_box()
    assert stale and facts and stale["y"] >= facts["y"] + facts["height"]


async def test_unknown_tag_is_a_number_and_nobody(venue: Venue, screens: Screens) -> None:
    await venue.import_roster(ROSTER)
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    venue.reader.read("99001")
    await screen.shows("99001")
    seen = await screen.picture()
    assert seen["unknown"] == "Unknown tag"
    assert (seen["bib"], seen["city"], seen["division"]) == ("", "", "")


async def test_gun_shows_its_time(venue: Venue, screens: Screens) -> None:
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    before = datetime.now(UTC) - timedelta(seconds=1)
    venue.reader.gun()
    await screen.shows("Start")
    seen = await screen.picture()
    assert seen["state"] == "gun"
    assert seen["when"] in {clock_of(before + timedelta(seconds=each)) for each in range(10)}
    assert seen["bib"] == ""
    await expect(screen.at("#time")).to_have_text(re.compile(r"^0:00:\d\d$"))
    await expect(screen.at("#clocks .label")).to_have_text("Start", timeout=2 * WAIT_MS)
    await expect(screen.at("#clocks .time")).to_have_text(re.compile(r"^0:00:\d\d$"))


async def test_resting_screen_has_the_session_and_a_clock_that_goes(venue: Venue, screens: Screens) -> None:
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    session = venue.app.hub.sessions[venue.session_id]
    await expect(screen.at("#event")).to_have_text(session.row.name)
    shown = await screen.at("#clock").inner_text()
    now = datetime.now(UTC)
    assert shown in {clock_of(now + timedelta(seconds=each)) for each in range(-3, 2)}
    await expect(screen.at("#clock")).not_to_have_text(shown, timeout=WAIT_MS)


async def test_late_and_repeated_reads_get_no_card(venue: Venue, screens: Screens) -> None:
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    venue.reader.read("4711", age_s=3600)
    await screen.reaches(1)
    assert (await screen.picture())["state"] == "resting"

    again = venue.reader.read("4712")
    await screen.shows("4712")
    venue.reader.send(again, "Start")
    await screen.reaches(3)
    seen = await screen.picture()
    assert (seen["name"], seen["location"]) == ("4712", "Finish")


async def test_roster_that_comes_later_corrects_the_card(venue: Venue, screens: Screens) -> None:
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    venue.reader.read("4711")
    await screen.shows("4711")
    await venue.import_roster(ROSTER)
    await screen.shows("Ada Lovelace")
    assert (await screen.picture())["unknown"] == ""
    await venue.import_roster("bib,tag,name\n9,1,Nobody Here\n")
    await screen.shows("4711")
    seen = await screen.picture()
    assert (seen["unknown"], seen["bib"], seen["offset"]) == ("Unknown tag", "", "1")


async def test_two_displays_of_a_session_show_the_same(venue: Venue, screens: Screens) -> None:
    await venue.import_roster(ROSTER)
    first = venue.app.hub.displays[venue.code]
    venue.app.hub.displays["SECQND22"] = DisplayRow(
        "SECQND22", first.partner_id, venue.session_id, "Back", first.settings
    )
    one, other = await screens.open(f"/d/{first.code}"), await screens.open("/d/secqnd22")
    await one.rests()
    await other.rests()
    venue.reader.read("4711")
    venue.reader.read("4712", location="Start")
    for screen in (one, other):
        await screen.reaches(2)
        await screen.shows("Alan Turing")
    assert await one.picture() == await other.picture()


async def test_unknown_code_is_told_in_words_for_the_venue(venue: Venue, screens: Screens) -> None:
    screen = await screens.open("/d/NQSUCH22")
    await expect(screen.at("#farewell")).to_contain_text("not valid any more", timeout=WAIT_MS)
    seen = await screen.picture()
    assert (seen["state"], seen["stale"]) == ("gone", "false")
