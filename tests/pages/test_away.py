"""The promise: a screen that was away ends in the same picture as one that never left."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.pages.screens import WAIT_MS, Screens
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

RACES = Path(__file__).with_name("away.js")


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
    await venue.import_roster(f"bib,tag,name\n{missed},{5000 + missed},Somebody Else\n")
    await stayed.shows("Somebody Else")
    assert (await went.picture())["offset"] == "1"
    cable.plug_in()
    await went.shows("Somebody Else")
    await expect(went.at("#stale")).to_be_hidden(timeout=WAIT_MS)
    assert await went.picture() == await stayed.picture()


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
