"""The line over everything: on all screens at once, as large as it fits, and said to who does not see it."""

from typing import Any, Final

import aiohttp
import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.pages.screens import HELLO, PHONE, SIZES, SOON_MS, Screen, Screens, Stage, read
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

STORM: Final = "Storm: leave the field now and wait in the sports hall"
ON: Final[dict[str, Any]] = {"type": "message", "audience": "public", "kind": "emergency", "text": STORM}
MEASURE: Final = """() => {
  const unit = Math.min(innerWidth, innerHeight) / 1080;
  const text = document.getElementById("emergency-text");
  const range = document.createRange();
  range.selectNodeContents(text);
  const box = range.getBoundingClientRect(), strip = document.querySelector("footer").getBoundingClientRect();
  const test = document.getElementById("test").getBoundingClientRect();
  const top = (x, y) => document.elementFromPoint(x, y);
  return {
    size: parseFloat(getComputedStyle(text).fontSize) / unit,
    fits: box.left >= 0 && box.top >= 0 && box.right <= innerWidth + 1 && box.bottom <= strip.top + 1,
    above: Boolean(top(innerWidth / 2, innerHeight / 2).closest("#emergency")),
    test: top(test.x + test.width / 2, test.y + test.height / 2)?.id,
    words: text.textContent,
  };
}"""


async def say(venue: Venue, text: str) -> None:
    headers = {"Authorization": f"Bearer {venue.token}"}
    async with (
        aiohttp.ClientSession(venue.origin, headers=headers) as http,
        http.put("/api/emergency", json={"text": text}) as answer,
    ):
        assert answer.status == 200, await answer.text()


async def test_it_is_on_all_screens_at_once_and_gone_again(browser: Browser, house: Venue) -> None:
    opened = Screens(browser, house.origin)
    try:
        walls = [await opened.open(f"/d/{house.code}"), await opened.open(f"/d/{house.code}", PHONE)]
        for wall in walls:
            await wall.rests()
        await say(house, STORM)
        for wall in walls:
            await expect(wall.at("#emergency")).to_be_visible(timeout=SOON_MS)
            await expect(wall.page.get_by_role("alert")).to_have_text(STORM)
        late = await opened.open(f"/d/{house.code}")
        await expect(late.at("#emergency")).to_be_visible()
        await say(house, "")
        for wall in (*walls, late):
            await expect(wall.at("#emergency")).to_be_hidden(timeout=SOON_MS)
        assert opened.faults() == []
    finally:
        await say(house, "")
        await opened.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}x{size['height']}")
async def test_it_fits_and_is_over_everything_but_the_mark_of_a_test(
    staged: tuple[Screen, Stage], size: ViewportSize
) -> None:
    screen, stage = staged
    await screen.page.set_viewport_size(size)
    stage.say({**HELLO, "session": {**HELLO["session"], "test": True}}, read(1, {"name": "Ada Lovelace"}))
    await screen.shows("Ada Lovelace")
    for text, least in (("Stop", 200), (STORM, 90), ("Evacuation " * 18, 55), ("x" * 200, 55)):
        stage.say({**ON, "text": text})
        await expect(screen.at("#emergency-text")).to_have_text(text.strip())
        seen = await screen.page.evaluate(MEASURE)
        assert seen.pop("size") >= least and seen.pop("words") == text.strip(), text
        assert seen == {"fits": True, "above": True, "test": "test"}, text
    stage.say({**ON, "text": ""})
    await expect(screen.at("#emergency")).to_be_hidden()


async def test_it_stays_while_the_hub_is_away(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    stage.say(ON)
    await expect(screen.at("#emergency")).to_be_visible()
    stage.open = False
    await stage.close()
    await expect(screen.at("#emergency")).to_be_visible()
    stage.open = True
    await screen.page.evaluate("() => dispatchEvent(new Event('online'))")
    await expect(screen.at("#emergency")).to_be_hidden()
