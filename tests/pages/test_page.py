"""The page around the screen: its files, its errors, and what an operator can make it do."""

import re
from datetime import UTC, datetime, timedelta
from time import monotonic

import aiohttp
import pytest
from playwright.async_api import expect

from hub.web.assets import FOREVER
from tests.pages.browsers import listen
from tests.pages.screens import LINE_CUT, PHONE, WAIT_MS, WALL, Screen, Screens, Stage, read
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

REFUSED = re.compile(r"Failed to load resource: .* status of (404|503)")
SCROLLS = """() => {
  const { scrollWidth, scrollHeight } = document.scrollingElement;
  return scrollWidth > innerWidth || scrollHeight > innerHeight;
}"""


async def test_files_are_asked_for_anew_so_that_versions_never_mix(venue: Venue, screens: Screens) -> None:
    """Modules import each other by name alone: what the browser holds has to be checked, file by file."""
    screen = await screens.blank()
    answers: dict[str, dict[str, str]] = {}
    listen(
        screen.page,
        "response",
        lambda each: answers.update({each.url.removeprefix(venue.origin): each.headers}),
    )
    await screen.page.goto(f"{venue.origin}/d/{venue.code}")
    await screen.rests()
    parts = ("", "-core", "-fit", "-keep", "-link", "-own", "-paint", "-view")
    modules = {f"/static/display{part}.js" for part in parts}
    assert modules | {"/static/display.css", f"/d/{venue.code}"} <= set(answers)
    for path, headers in answers.items():
        kept = FOREVER if path.startswith("/static/fonts/") else "no-cache"
        assert headers["cache-control"] == kept, path
        assert path.startswith("/d/") or headers["etag"], path


async def test_icon_is_there(venue: Venue, screens: Screens) -> None:
    screen = await screens.open(f"/d/{venue.code}")
    path = await screen.at("link[rel=icon]").get_attribute("href")
    async with aiohttp.ClientSession(venue.origin) as client, client.get(path or "") as answer:
        assert (answer.status, answer.content_type) == (200, "image/svg+xml")


async def test_wall_that_finds_the_hub_starting_comes_by_itself(venue: Venue, screens: Screens) -> None:
    """The page is there at once; its socket tries until it is let in."""
    screen = await screens.blank()
    screen.allow(LINE_CUT)
    venue.app.condition.not_ready = "PostgreSQL does not answer: connection refused"
    await screen.page.goto(f"{venue.origin}/d/{venue.code}")
    await expect(screen.at("#connecting")).to_be_visible()
    await expect(screen.at("body")).not_to_contain_text("PostgreSQL")
    for size in (WALL, PHONE):
        await screen.page.set_viewport_size(size)
        assert not await screen.page.evaluate(SCROLLS), size
    venue.app.condition.not_ready = ""
    await screen.rests()


async def test_operator_identifies_moves_and_reloads(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    code = screen.page.url.rpartition("/")[2]
    stage.say({"type": "identify"})
    await expect(screen.at("#identify")).to_have_text(re.compile(rf"{code}\s+Finish left"))
    stage.say({"type": "move", "code": "ZYXWVUTS"})
    await screen.page.wait_for_url("**/d/ZYXWVUTS")
    await screen.rests()
    before = await screen.page.evaluate("performance.timeOrigin")
    stage.say({"type": "reload"})
    await screen.page.wait_for_function(
        "before => performance.timeOrigin !== before", arg=before, timeout=WAIT_MS
    )
    await screen.rests()


async def says_it_shows(stage: Stage, word: str) -> None:
    while (await stage.hears("state"))["shows"] != word:
        pass


async def test_screen_tells_what_it_shows(staged: tuple[Screen, Stage]) -> None:
    screen, stage = staged
    state = await stage.hears("state")
    assert (state["size"], state["visible"], state["shows"]) == ([1920, 1080], True, "resting")
    stage.say(read(1), read(2, marks=["late"]))
    await screen.shows("4711")
    shown = await stage.hears("shown")
    assert shown["offset"] == 1 and 0 <= shown["ms"] < WAIT_MS
    await says_it_shows(stage, "runner")


async def test_screen_answers_a_tick_as_if_it_had_come_later(staged: tuple[Screen, Stage]) -> None:
    """As much later as it waits, so that a hall of screens does not answer in one instant."""
    _, stage = staged
    now = datetime(2026, 5, 16, 9, 30, tzinfo=UTC)
    before = monotonic()
    stage.say({"type": "tick", "now": now.isoformat(), "offset": 0})
    held = datetime.fromisoformat((await stage.hears("pong"))["at"]) - now
    assert timedelta() <= held <= timedelta(seconds=monotonic() - before)


async def test_screen_is_dark_when_it_is_told_so_and_says_who_it_is_all_the_same(
    staged: tuple[Screen, Stage],
) -> None:
    screen, stage = staged
    facts = {"id": "s" * 18 + "Ab4K", "own": "o" * 22, "name": "LED wall", "blank": True}
    stage.say({"type": "settings", "screen": facts}, read(1))
    await expect(screen.at("#clock, .name:visible")).to_be_hidden()
    await says_it_shows(stage, "blank")
    stage.say({"type": "identify"})
    await expect(screen.at("#identify")).to_contain_text("screen …Ab4K")
    await expect(screen.at("#identify")).to_be_visible()
    stage.say({"type": "settings", "screen": facts | {"blank": False}})
    await expect(screen.at("#card")).to_be_visible()
    await says_it_shows(stage, "runner")
