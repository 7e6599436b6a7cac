"""Crowds on the page as it is served, at several sizes: everybody who is let in stands there for as long as is
promised, the others are counted, and the hub is told of each. Time is handed in."""

import json
import os
import re
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.pages.door import ORIGIN
from tests.pages.gallery import BEFORE, NOW, SESSION, STEP_MS, Gallery, runner
from tests.pages.screens import HELLO, WALL, Stage, read
from tests.pages.test_sizes import ANYTHING_MIN, MEASURE

pytestmark = pytest.mark.asyncio(loop_scope="session")

PORTRAIT: Final = ViewportSize(width=1080, height=1920)
LED: Final = ViewportSize(width=512, height=256)
TURN_MS: Final = 100
LOOK_MS: Final = 500
DWELL_MS: Final = 3000
STAY_MS: Final = 8000
LONG_S: Final = int(os.environ.get("RACEHUB_CROWD_SECONDS", "0"))
"""Each rate for so long, where somebody wants to look for longer than a run of all tests lets them."""
RATES: Final = (
    (0.3, LONG_S or 6),
    (2, LONG_S or 6),
    (10, LONG_S or 4),
    (40, LONG_S or 5),
    (0, 4 + LONG_S),
)
"""Arrivals a second, and for how many seconds; then nobody, until all who are starred have had their card."""
STAR: Final = "7"
STARRED: Final = 300 if LONG_S else 60
"""One of so many: they have their cards one after the other, and nobody waits for longer than a screen remembers."""
LOOK: Final = """() => {
  const there = [...document.querySelectorAll(".name[aria-label]")].filter(each => each.checkVisibility());
  const more = document.getElementById("more");
  const moving = [...document.querySelectorAll(".enter")].filter(each => each.checkVisibility()).length;
  return { names: there.map(each => each.getAttribute("aria-label")), more: more.hidden ? "" : more.textContent, moving,
    layout: document.body.dataset.layout };
}"""
READY: Final = """() => document.fonts.check('700 1em "Hanken Grotesk"', "a")
  && document.body.dataset.state !== 'connecting'"""
TURNS_MAX: Final = 200
PICTURE: Final = """() => {
  const box = each => {
    const { left, top, width } = each.getBoundingClientRect();
    return [left, top, width].map(Math.round);
  };
  const there = [...document.querySelectorAll(".name[aria-label], #more")].filter(each => each.checkVisibility());
  return there.map(each => [each.textContent, box(each).join()].join(" at ")).sort();
}"""


def arrivals() -> list[tuple[int, dict[str, Any]]]:
    """When each comes, in ms from NOW, and what is told of it."""
    start, at = datetime.fromisoformat(NOW), 0.0
    found: list[tuple[int, dict[str, Any]]] = []
    for rate, seconds in RATES:
        end = at + seconds * 1000
        while rate and at + 1000 / rate <= end:
            at += 1000 / rate
            offset = len(found) + 1
            bib = STAR if offset % STARRED == 20 else str(1000 + offset)
            when = (start + timedelta(milliseconds=round(at))).isoformat(timespec="milliseconds")
            who = runner(int(bib), "Ann", f"Lee-{offset}")
            told = read(offset, who, tag=f"T{offset}", time=when, received_at=when, location="FINISH")
            found.append((round(at), told))
        at = end
    return found


class Watched:
    """A page whose clock the test turns, and what it says."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page = page
        self.stage = stage
        self.told: list[dict[str, Any]] = []
        self.has_crowds = False
        page.on("requestfinished", lambda request: self._has(request.url))

    def _has(self, url: str) -> None:
        self.has_crowds = self.has_crowds or "display-many" in url

    async def go(self, ms: int) -> None:
        for _ in range(ms // TURN_MS):
            await self.page.clock.run_for(TURN_MS)
        while not self.stage.heard_nothing():
            self.told.append(await self.stage.hears_anything())


async def open_page(browser: Browser, size: ViewportSize, after_ms: int, **hello: Any) -> Watched:
    context = await browser.new_context(viewport=size, service_workers="block")
    now = datetime.fromisoformat(NOW) + timedelta(milliseconds=after_ms)
    display = {**HELLO["display"], "settings": {}}
    said = {
        **HELLO,
        "now": now.isoformat(timespec="milliseconds"),
        "session": SESSION,
        "display": display,
        **hello,
    }
    page, stage = await context.new_page(), Stage({"stars": [f"bib:{STAR}"], **said})
    await page.clock.install(time=BEFORE)
    await page.clock.pause_at(NOW)
    await page.route(f"{ORIGIN}/**", Gallery(browser)._answer)
    await page.route_web_socket(re.compile("/ws/d/"), stage.take)
    watched = Watched(page, stage)
    await page.goto(f"{ORIGIN}/d/ABCDEFGH")
    await stage.taken.wait()
    return watched


async def settled(watched: Watched) -> None:
    """Until the shipped face and the layouts of a crowd are there."""
    for _ in range(TURNS_MAX):
        await watched.page.clock.run_for(STEP_MS)
        if watched.has_crowds and await watched.page.evaluate(READY):
            return
    raise TimeoutError("the page does not come")


@pytest.mark.timeout(180 + 20 * LONG_S)
@pytest.mark.parametrize("size", [WALL, PORTRAIT, LED], ids=lambda size: f"{size['width']}x{size['height']}")
async def test_everybody_for_as_long_as_is_promised_or_counted(browser: Browser, size: ViewportSize) -> None:
    watched, reads = await open_page(browser, size, 0), arrivals()
    await settled(watched)
    stood: dict[str, int] = {}
    layouts, told, now = set(), 0, 0
    counted: list[tuple[int, str]] = []
    while now < sum(seconds for _, seconds in RATES) * 1000:
        for _ in range(LOOK_MS // TURN_MS):
            now += TURN_MS
            due = [message for at, message in reads[told:] if at <= now]
            told += len(due)
            if due:
                watched.stage.say(*due)
            await watched.go(TURN_MS)
        seen = await watched.page.evaluate(LOOK)
        layouts.add(seen["layout"])
        counted.append((now, seen["more"]))
        for name in seen["names"]:
            stood[name] = stood.get(name, 0) + LOOK_MS
        assert seen["layout"] in ("card", "rows") or not seen["moving"]
        if seen["layout"] == "ticker":
            found = await watched.page.evaluate(MEASURE)
            assert not found["beyond"] and not found["scrolls"], found
            assert all(figure >= ANYTHING_MIN - 1 for _, figure in found["small"]), found
    assert layouts == {"card", "rows", "columns", "ticker"}
    names = {message["runner"]["name"]: (at, message) for at, message in reads}
    unseen = [name for name in names if name not in stood]
    assert len(unseen) > 20 and not any(names[name][1]["runner"]["bib"] == STAR for name in unseen)
    # starred ones wait for each other; all others are there at once, and looked at twice a second
    short = {name: ms for name, ms in stood.items() if ms < DWELL_MS - LOOK_MS}
    assert short == {}
    most = max(int(more.split()[0]) for _, more in counted if more)
    assert most == max(sum(now - STAY_MS < names[name][0] <= now for name in unseen) for now, _ in counted)
    await watched.go(9000)
    shown = [each for each in watched.told if each["type"] == "shown"]
    ended = {each["offset"]: each for each in sorted(shown, key=lambda each: each.get("for_ms", 0))}
    painted = [each["offset"] for each in shown if "for_ms" not in each]
    assert {reads[offset - 1][1]["runner"]["name"] for offset in painted} == set(stood)
    assert set(ended) == set(painted)
    assert [each for each in ended.values() if each["for_ms"] < DWELL_MS - 3 * TURN_MS] == []
    assert {each["layout"] for each in shown} <= layouts
    await watched.page.context.close()


async def test_screen_that_comes_amid_a_crowd_has_the_same_picture(browser: Browser) -> None:
    reads = arrivals()
    until = 20_000
    past = [message for at, message in reads if at <= until]
    stayed = await open_page(browser, WALL, 0)
    await settled(stayed)
    stayed.stage.say(*past)
    came = await open_page(browser, WALL, until, offset=len(past), recent=past[-200:], before=past[:-200])
    await settled(came)
    # both are at the same moment of the hub's time, and at different ones of their own
    at = await stayed.page.evaluate("Date.now()") - await came.page.evaluate("Date.now()")
    for part in range(5):
        stayed.stage.say({"type": "sign of life"})
        await stayed.page.clock.run_for(until // 5 - (at if part == 4 else 0))
    for each in (stayed, came):
        await each.go(1000)
    one, other = [json.dumps(await each.page.evaluate(PICTURE)) for each in (stayed, came)]
    assert one == other and len(json.loads(one)) > 50
    for each in (stayed, came):
        await each.page.context.close()
