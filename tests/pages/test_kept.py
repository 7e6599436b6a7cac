"""A screen that starts without its hub: the last picture stands there, marked as old, until the hub is back."""

import asyncio
import re
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.pages.browsers import spoil
from tests.pages.screens import HELLO, LINE_CUT, WAIT_MS, Screen, Screens, Stage, read
from tests.pages.venue import Venue

BROKEN: Final = [
    "",
    "x",
    "null",
    "5",
    "{}",
    '{"at":1,"hello":null}',
    '{"at":"x","hello":{"type":"hello"}}',
    '{"at":AT,"hello":{"type":"hello","recent":5,"session":"x","starts":{},"now":7}}',
    '{"at":AT,"hello":{"type":"reload"}}',
    '{"at":1,"hello":{"type":"hello","offset":1}}',
]
NO_ICON: Final = re.compile("Failed to load resource: the server responded with a status of 404")
"""What a browser says of a file that is no page, which names no icon."""

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADA: Final = {"name": "Ada Lovelace", "bib": "101"}
STALE: Final = re.compile(r"^no data for 00:\d\d$")
KEPT: Final = """code => {
  const kept = localStorage.getItem("picture of " + code);
  return kept && JSON.parse(kept).hello.recent.length;
}"""
PAGE_KEPT: Final = """async path => {
  const cache = await caches.open("display"), registration = await navigator.serviceWorker.getRegistration(path);
  return Boolean(registration && registration.active && await cache.match(path));
}"""
FILES_KEPT: Final = (
    """async () => (await (await caches.open("display")).keys()).map(each => new URL(each.url).pathname)"""
)
REPLACED: Final = """async path => {
  const cache = await caches.open("display"), page = await cache.match(path);
  return page && !(await page.text()).includes("old") && !(await cache.match("/static/old.js"));
}"""
AGED: Final = """([code, ms]) => {
  const key = "picture of " + code, kept = JSON.parse(localStorage.getItem(key));
  kept.at -= ms;
  localStorage.setItem(key, JSON.stringify(kept));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def screens(screens: Screens) -> Screens:
    screens.keep = True
    return screens


async def until(screen: Screen, condition: str, arg: Any) -> None:
    """Waits until an asynchronous condition of the page holds."""
    loop = f"""async arg => {{
      while (!(await ({condition})(arg))) await new Promise(done => setTimeout(done, 20));
    }}"""
    await asyncio.wait_for(screen.page.evaluate(loop, arg), WAIT_MS / 1000)


async def kept(screen: Screen, code: str, cards: int) -> None:
    """Waits until the picture is kept with so many cards."""
    await screen.page.wait_for_function(f"code => ({KEPT})(code) === {cards}", arg=code, timeout=WAIT_MS)


async def alone(screens: Screens, venue: Venue) -> tuple[Screen, Any]:
    """A screen that has a runner, the page and its picture, and whose hub has then gone."""
    screen, stage = await screens.staged(venue.code)
    stage.hello = {**HELLO, "starts": [{"location": "Start", "race": "5K", "guns": [HELLO["now"]]}]}
    await screen.rests()
    await screen.page.reload()
    await until(screen, PAGE_KEPT, f"/d/{venue.code}")
    stage.say(read(1, ADA))
    await screen.shows("Ada Lovelace")
    await kept(screen, venue.code, 1)
    screen.allow(LINE_CUT)
    stage.open = False
    await venue.stop()
    await stage.close()
    return screen, stage


async def test_last_picture_without_the_hub_and_live_again_with_it(venue: Venue, screens: Screens) -> None:
    screen, stage = await alone(screens, venue)
    code = screen.page.url.rpartition("/")[2]
    await screen.page.reload()
    await screen.shows("Ada Lovelace")
    await expect(screen.at("#stale")).to_have_text(STALE, timeout=WAIT_MS)
    assert (await screen.picture())["bib"] == "101"

    await screen.page.evaluate(AGED, [code, 40_000])
    await screen.page.reload()
    await expect(screen.at("#stale")).to_have_text(re.compile(r"^no data for 00:[45]\d$"), timeout=WAIT_MS)
    await screen.shows("Ada Lovelace")

    await screen.page.evaluate(AGED, [code, 600_000])
    await screen.page.reload()
    await expect(screen.at("#clocks .label")).to_have_text("5K", timeout=WAIT_MS)
    await expect(screen.at("#stale")).to_be_visible(timeout=WAIT_MS)

    await venue.start()
    stage.open, stage.hello = (
        True,
        {**HELLO, "epoch": 2, "session": {**HELLO["session"], "id": 8, "event": "Other"}},
    )
    await expect(screen.at("#stale")).to_be_hidden(timeout=2 * WAIT_MS)
    await expect(screen.at("#event")).to_have_text("Other")
    await screen.rests()
    assert (await screen.picture())["name"] == ""


async def test_real_hub_that_is_away_at_start_and_comes_back(venue: Venue, screens: Screens) -> None:
    screen = await screens.open(f"/d/{venue.code}")
    await screen.rests()
    event = await screen.at("#event").inner_text()
    await kept(screen, venue.code, 0)
    await screen.page.reload()
    await until(screen, PAGE_KEPT, f"/d/{venue.code}")
    screen.allow(LINE_CUT)
    await venue.stop()
    await screen.page.reload()
    await screen.rests()
    await expect(screen.at("#event")).to_have_text(event)
    await expect(screen.at("#stale")).to_have_text(STALE, timeout=WAIT_MS)
    await venue.start()
    venue.reader.read("4711")
    await screen.shows("4711")
    await expect(screen.at("#stale")).to_be_hidden(timeout=WAIT_MS)


async def test_network_comes_first_and_what_is_kept_is_replaced_whole(venue: Venue, screens: Screens) -> None:
    screen = await screens.open(f"/d/{venue.code}")
    await until(screen, PAGE_KEPT, f"/d/{venue.code}")
    files = await screen.page.evaluate(FILES_KEPT)
    fonts = [name for name in files if name.endswith(".woff2")]
    assert len(fonts) == 3 and "/static/display.css" in files and "/static/display-view.js" in files
    await screen.page.evaluate(
        """async path => {
      const cache = await caches.open("display");
      await cache.put(path, new Response("<p>old</p>", { headers: { "Content-Type": "text/html" } }));
      await cache.put("/static/old.js", new Response("old"));
    }""",
        f"/d/{venue.code}",
    )
    await screen.page.reload()
    await screen.rests()
    await until(screen, REPLACED, f"/d/{venue.code}")
    assert sorted(await screen.page.evaluate(FILES_KEPT)) == sorted(files)


async def test_what_is_kept_may_be_broken(venue: Venue, screens: Screens) -> None:
    screen = await screens.blank()
    screen.allow(NO_ICON)
    for content in BROKEN:
        await screen.page.goto(f"{venue.origin}/static/display.css")
        script = f"localStorage.setItem('picture of {venue.code}', {content!r}.replace('AT', Date.now()))"
        await screen.page.evaluate(script)
        await screen.page.goto(f"{venue.origin}/d/{venue.code}")
        await screen.rests()
        await screen.reaches(0)


@pytest.mark.parametrize("refusal", ["setItem", "getItem", "localStorage"])
async def test_storage_may_be_full_or_refused(venue: Venue, screens: Screens, refusal: str) -> None:
    screen = await screens.blank()
    fail = "() => { throw new DOMException('no', 'QuotaExceededError'); }"
    script = (
        f"Object.defineProperty(window, 'localStorage', {{ get: {fail} }})"
        if refusal == "localStorage"
        else f"Storage.prototype.{refusal} = {fail}"
    )
    spoil(screen.page)
    await screen.page.add_init_script(script)
    await screen.page.goto(f"{venue.origin}/d/{venue.code}")
    await screen.rests()
    venue.reader.read("4711")
    await screen.shows("4711")


async def test_is_written_at_most_once_a_second(venue: Venue, screens: Screens) -> None:
    """Counted by the page's own clock, which the test moves."""
    stage = Stage()
    screen = await screens.blank(take=stage.take)
    spoil(screen.page)
    await screen.page.clock.install(time=HELLO["now"])
    await screen.page.add_init_script(
        "const set = Storage.prototype.setItem; window.writes = 0;"
        "Storage.prototype.setItem = function (...all) { window.writes++; return set.apply(this, all); };"
    )
    await screen.page.goto(f"{venue.origin}/d/{venue.code}")
    await screen.rests()
    await screen.page.clock.pause_at("2024-05-04T08:01:00.000+00:00")
    before = await screen.page.evaluate("window.writes")
    for number in range(1, 31):
        stage.say(read(number, ADA, tag=str(number)))
        await screen.page.clock.run_for(100)
    assert await screen.page.evaluate("window.writes") - before <= 4


async def test_address_that_is_not_valid_any_more_is_forgotten(venue: Venue, screens: Screens) -> None:
    screen, stage = await screens.staged(venue.code)
    stage.say(read(1, ADA))
    await screen.shows("Ada Lovelace")
    await kept(screen, venue.code, 1)
    stage.say({"type": "bye", "code": 4001, "again": False})
    await expect(screen.at("#farewell")).to_be_visible(timeout=WAIT_MS)
    assert await screen.page.evaluate(KEPT, venue.code) is None


KEEP: Final = """async messages => {
  const core = await import("/static/display-core.js"), { keepPicture } = await import("/static/display-keep.js");
  let state = core.initial(0);
  const kept = messages.map(message => {
    state = core.reduce(state, message, 1);
    keepPicture("PRIVATE1", state, 1);
    return localStorage.getItem("picture of PRIVATE1");
  });
  localStorage.removeItem("picture of PRIVATE1");
  return kept;
}"""


async def test_nothing_is_kept_that_was_taken_back(modules: Page) -> None:
    """Whoever turns out to be a minor is not on the screen's disk under their name any more."""
    pinned = {"settings": {}, "control": {"pin": {"offset": 1}}, "pinned": read(1, ADA)}
    child = {**ADA, "name": "A. L."}
    messages = [
        {**HELLO, "offset": 1, "recent": [read(1, ADA)], "display": pinned},
        {"type": "correction", "offset": 1, "runner": child},
        {"type": "settings", "display": {**pinned, "pinned": read(1, child)}},
    ]
    names = [("Ada" in each, "A. L." in each) for each in await modules.evaluate(KEEP, messages)]
    assert names == [(True, False), (True, True), (False, True)]
