"""The promise: a screen that was away ends in the same picture as one that never left."""

import asyncio
import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, expect

from tests.adversity.proxy import Proxy
from tests.pages.screens import LINE_CUT, WAIT_MS, Screen, Screens
from tests.pages.venue import Venue
from tests.running import HOST

pytestmark = pytest.mark.asyncio(loop_scope="session")

CUT_S: Final = float(os.environ.get("RACEHUB_TEST_CUT_S", "5"))
"""How long a screen is without its line amid a crowd; a minute takes one to run."""
RACES = Path(__file__).with_name("away.js")
CROWD: Final = """() => [...document.querySelectorAll(".cell")].map(each => {
  const { left, top } = each.getBoundingClientRect();
  return [each.innerText, Math.round(left), Math.round(top)].join(" at ");
}).sort()"""


async def test_made_up_races(modules: Page) -> None:
    """Reads, guns, starts, voids and corrections in any order, few or many at once, on displays of all locations or of
    one, and absences of any length, recovered or not. What is compared is the wall, and the list of a template."""
    found = await modules.evaluate(RACES.read_text(), {"seeds": 100, "steps": 300})
    assert found["differs"] == []
    assert found["compared"] > 1500 and found["several"] > 500 and found["listed"] > 30_000


@pytest.mark.parametrize("missed", [1, 3, 400])
async def test_real_hub(venue: Venue, screens: Screens, missed: int) -> None:
    await venue.import_roster(
        "bib,tag,name\n" + "".join(f"{n},{5000 + n},Runner {n}\n" for n in range(1, 500))
    )
    stayed = await screens.open(f"/d/{venue.code}")
    went, cable = await screens.cabled(venue.code)
    for screen in (stayed, went):
        await screen.rests()
    venue.reader.read("5499")
    await went.shows("Runner 499")
    await cable.pull()
    for number in range(1, missed + 1):
        venue.reader.read(str(5000 + number))
    await stayed.reaches(missed + 1)
    await venue.wish("hold")  # else they would be gone from the wall before a slow machine has looked at all
    shown = min(missed, 40)
    await venue.import_roster(f"bib,tag,name\n{shown},{5000 + shown},Somebody Else\n")
    await stayed.shows("Somebody Else")
    assert (await went.picture())["offset"] == "1"
    cable.plug_in()
    await went.shows("Somebody Else")
    await expect(went.at("#stale")).to_be_hidden(timeout=WAIT_MS)
    assert await went.picture() == await stayed.picture()


async def same(*all_screens: Screen) -> None:
    """Waits until the same crowd stands on all of them, everybody at the same place."""
    async with asyncio.timeout(WAIT_MS / 1000):
        while True:
            seen = await asyncio.gather(*(each.page.evaluate(CROWD) for each in all_screens))
            if len(seen[0]) > 10 and all(each == seen[0] for each in seen):
                return
            await asyncio.sleep(0.02)


async def test_crowd_is_the_same_after_a_cut_and_after_a_restart(venue: Venue, screens: Screens) -> None:
    """Forty a second, by the hub's own clock."""
    count = round(40 * (CUT_S + 3))
    roster = "".join(f"{n},{5000 + n},Runner {n}\n" for n in range(1, count))
    await venue.import_roster("bib,tag,name\n" + roster)
    display = venue.app.hub.displays[venue.code]
    venue.app.hub.displays[venue.code] = replace(display, settings={})
    numbers = iter(range(5001, 5000 + count))

    async def crowd(seconds: float) -> None:
        for _ in range(round(40 * seconds)):
            venue.reader.read(str(next(numbers)))
            await asyncio.sleep(1 / 40)

    stayed = await screens.open(f"/d/{venue.code}")
    proxy = await Proxy((HOST, urlsplit(venue.origin).port or 0)).mend()
    origin = "http://{}:{}".format(*proxy.address)
    went = await screens.blank(origin=origin)
    await went.page.goto(f"{origin}/d/{venue.code}")
    for screen in (stayed, went):
        await screen.rests()
        screen.allow(LINE_CUT)
    await crowd(0.5)
    proxy.stall()
    await crowd(CUT_S)
    proxy.flow()
    await crowd(0.5)
    await venue.wish("hold")
    await same(stayed, went)
    await venue.wish("resume")
    await venue.stop()
    await venue.start()
    await crowd(1)
    await venue.wish("hold")
    fresh = await screens.open(f"/d/{venue.code}")
    await same(stayed, went, fresh)
    await proxy.close()


async def test_new_roster_while_away_corrects_the_card_that_stands(venue: Venue, screens: Screens) -> None:
    screen, cable = await screens.cabled(venue.code)
    await screen.rests()
    venue.reader.read("4711")
    await screen.shows("4711")
    await cable.pull()
    await venue.import_roster("bib,tag,name\n101,4711,Ada Lovelace\n")
    cable.plug_in()
    await screen.shows("Ada Lovelace")


async def test_page_that_is_loaded_again_shows_what_stood_there(venue: Venue, screens: Screens) -> None:
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    venue.reader.read("4711")
    await screen.shows("4711")
    before = await screen.picture()
    await screen.page.reload()
    await screen.shows("4711")
    assert await screen.picture() == before
