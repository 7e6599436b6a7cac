"""A screen that has a template: it stands in place of the hub's own layout, follows every message as that does, and
is never without a picture."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, ViewportSize, expect

from hub.template_words import Column, Enter, ListBlock, QrBlock
from tests.pages.browsers import spoil
from tests.pages.screens import HELLO, WAIT_MS, WALL, Screen, Screens, Stage, read
from tests.pages.template_kinds import place
from tests.pages.test_memory import GROWTH_BYTES_MAX, NODES_MAX, feed, held
from tests.pages.test_template_paint import template, text
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADA: Final = {"name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace", "bib": "101"}
ALAN: Final = {"name": "Alan Turing", "first_name": "Alan", "last_name": "Turing", "bib": "102"}
WARM_READS: Final = 4_000
MANY_READS: Final = 4_000
"""As many as a race of ten minutes has."""
LIST: Final = ListBlock(id="list", **place((0, 400, 900, 400)), rows=3, columns=[Column(text="{{name}}")])
FIRST: Final = template(text("name", "{{name}}"), LIST, resting=(text("event", "Welcome to {{event}}"), LIST))
SECOND: Final = template(
    text("name", "Now {{name}}", enter=Enter(ms=5000)), resting=(text("event", "Second"),)
)
SHOWN: Final = """() => {
  const blocks = document.querySelectorAll("#template [data-state]:not([hidden]) [data-block]");
  return Array.from(blocks, each => each.innerText.replace(/\\s+/g, " ").trim()).filter(Boolean).join(" | ");
}"""
OUTAGE: Final = re.compile(r"Failed to load resource")
WATCH: Final = """() => {
  window.stood = [];
  new MutationObserver(() => {
    const lines = Array.from(document.querySelectorAll("#template [data-state]:not([hidden]) .t-line"));
    window.stood.push(lines.map(each => each.textContent).join(" ") || "nothing");
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


class Wall:
    """A screen, what the hub says to it, and the contents of templates by their versions."""

    def __init__(self, screen: Screen, stage: Stage) -> None:
        self.screen = screen
        self.stage = stage
        self.contents: dict[int, dict[str, Any]] = {1: FIRST, 2: SECOND}
        self.failures = 0
        self.asked = 0
        self._epoch = 1

    async def begins(self) -> None:
        """Another feed, in which nothing has been yet."""
        await self.screen.page.set_viewport_size(WALL)
        await self.stage.taken.wait()
        self._epoch += 1
        screen = {"id": "a", "name": "", "blank": False}
        self.stage.say(
            {**HELLO, "template": told(1), "epoch": self._epoch}, {"type": "settings", "screen": screen}
        )
        await self.screen.reaches(0)
        await self.says("Welcome to Three Rivers Marathon")
        while not self.stage.heard_nothing():
            await self.stage.hears_anything()
        self.asked = 0

    async def answer(self, route: Route) -> None:
        self.asked += 1
        version = int(route.request.url.rpartition("/")[2])
        if self.failures:
            self.failures -= 1
            await route.fulfill(status=503, body="")
        else:
            await route.fulfill(body=json.dumps(self.contents[version]), content_type="application/json")

    def use(self, version: int) -> None:
        self.stage.say({"type": "template", "template": told(version)})

    async def says(self, words: str) -> None:
        """Waits until the template's words are these."""
        script = f"words => ({SHOWN})() === words"
        try:
            await self.screen.page.wait_for_function(script, arg=words, timeout=WAIT_MS)
        except Exception as error:
            raise AssertionError((words, await self.screen.page.evaluate(SHOWN))) from error


def told(version: int) -> dict[str, Any]:
    return {"name": "Arch", "version": version, "url": f"/api/display/ABCDEFGH/template/1/{version}"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(browser: Browser, house: Venue) -> AsyncIterator[Wall]:
    """One screen for all of these tests."""
    screens = Screens(browser, house.origin)
    try:
        stage = Stage({**HELLO, "template": told(1)})
        screen = await screens.blank(take=stage.take)
        spoil(screen.page)
        made = Wall(screen, stage)
        screen.allow(OUTAGE)
        await screen.page.route(re.compile("/api/display/"), made.answer)
        await screen.page.goto(f"{house.origin}/d/{house.code}")
        yield made
        assert screens.faults() == []
    finally:
        await screens.close()


@pytest_asyncio.fixture(loop_scope="session")
async def wall(opened: Wall) -> Wall:
    """As a screen is that has just begun, with the first version."""
    await opened.begins()
    return opened


async def test_active_while_a_runner_is_there_and_resting_else(wall: Wall) -> None:
    wall.stage.say(read(1, ADA))
    await wall.says("Ada Lovelace | Ada Lovelace")
    wall.stage.say(read(2, tag="77"), read(3, ALAN, marks=["late"], tag="8"))
    await wall.says("77 | Alan Turing 77 Ada Lovelace")
    wall.stage.say({"type": "correction", "offset": 2, "runner": ALAN}, {"type": "retract", "offset": 3})
    await wall.says("Alan Turing | Alan Turing Ada Lovelace")
    wall.stage.say({"type": "retract", "offset": 2}, {"type": "retract", "offset": 1})
    await wall.says("Welcome to Three Rivers Marathon")
    wall.stage.say(read(4, kind="gun", tag=""))
    await wall.screen.reaches(4)
    await wall.says("Welcome to Three Rivers Marathon")
    assert await wall.screen.at("main").is_hidden() and await wall.screen.at("#caption").is_hidden()


async def test_what_is_shown_is_told(wall: Wall) -> None:
    wall.stage.say(*(read(number, ADA, tag=str(number)) for number in range(1, 7)))
    told = [(await wall.stage.hears("shown"))["offset"] for _ in range(3)]
    assert told == [6, 5, 4]
    wall.stage.say(read(7, ALAN, tag="7"))
    assert (await wall.stage.hears("shown"))["offset"] == 7


async def test_new_version_takes_the_place_of_the_one_before_in_one_frame(wall: Wall) -> None:
    wall.stage.say(read(1, ADA))
    await wall.says("Ada Lovelace | Ada Lovelace")
    await wall.screen.page.evaluate(WATCH)
    wall.use(2)
    await wall.says("Now Ada Lovelace")
    assert await wall.screen.at(".stage").count() == 1
    assert "nothing" not in await wall.screen.page.evaluate("window.stood")
    assert await wall.screen.page.evaluate("document.getAnimations().length") == 0


async def test_blocks_come_in_with_a_runner_and_not_in_a_flood(wall: Wall) -> None:
    moving = "() => document.getAnimations().filter(each => each.animationName === 'template-rise').length"
    await wall.screen.page.reload()  # forgets who has just come
    await wall.says("Welcome to Three Rivers Marathon")
    wall.use(2)
    await wall.says("Second")
    wall.stage.say(read(1, ADA))
    await wall.says("Now Ada Lovelace")
    assert await wall.screen.page.evaluate(moving) == 1
    await wall.screen.page.evaluate("() => document.getAnimations().forEach(each => each.finish())")
    wall.stage.say(read(2, ADA, tag="2"), read(3, ALAN, tag="3"))
    await wall.says("Now Alan Turing")
    assert await wall.screen.page.evaluate(moving) == 0


async def test_one_before_stays_until_the_next_can_be_had(wall: Wall) -> None:
    wall.failures = 2
    wall.use(2)
    async with asyncio.timeout(WAIT_MS / 1000):
        while wall.failures:
            await wall.says("Welcome to Three Rivers Marathon")
    await wall.says("Second")
    assert wall.asked >= 3


async def test_no_template_any_more_and_one_again(wall: Wall) -> None:
    wall.stage.say(read(1, ADA), {"type": "template", "template": None})
    await wall.screen.shows("Ada Lovelace")
    assert await wall.screen.at("#template").is_hidden() and await wall.screen.at(".stage").count() == 0
    wall.use(2)
    await wall.says("Now Ada Lovelace")
    await expect(wall.screen.at("#name")).to_be_hidden()


async def test_hubs_own_layout_until_the_first_one_is_there(wall: Wall) -> None:
    wall.stage.say(read(1, ADA), {"type": "template", "template": None})
    await wall.screen.shows("Ada Lovelace")
    wall.failures = 1
    wall.use(2)
    async with asyncio.timeout(WAIT_MS / 1000):
        while wall.failures:
            await wall.screen.shows("Ada Lovelace")
    await wall.says("Now Ada Lovelace")


async def test_what_draws_it_may_fail_to_come(browser: Browser, house: Venue) -> None:
    """A line that breaks in that moment: the hub's own layout, and then the template."""
    screens = Screens(browser, house.origin)
    try:
        stage = Stage({**HELLO, "template": told(1)})
        screen = await screens.blank(take=stage.take)
        made, failing = Wall(screen, stage), [1]
        screen.allow(OUTAGE)

        async def fail_once(route: Route) -> None:
            await (route.abort() if failing and failing.pop() else route.continue_())

        await screen.page.route(re.compile("/static/display-template.js"), fail_once)
        await screen.page.route(re.compile("/api/display/"), made.answer)
        await screen.page.goto(f"{house.origin}/d/{house.code}")
        await screen.rests()
        await made.says("Welcome to Three Rivers Marathon")
        assert not failing and screens.faults() == []
    finally:
        await screens.close()


async def test_nothing_covers_what_must_be_seen(wall: Wall) -> None:
    """TEST and the stale mark in a corner, an emergency over everything, and a dark screen dark."""
    page = wall.screen.page
    on_top = """id => {
      const element = document.getElementById(id), { x, y, width, height } = element.getBoundingClientRect();
      const there = document.elementFromPoint(x + width / 2, y + height / 2);
      return element.checkVisibility({ visibilityProperty: true }) && element.contains(there);
    }"""
    wall.stage.say(read(1, ADA, marks=["test"]))
    await expect(wall.screen.at("#test")).to_have_text("TEST", timeout=WAIT_MS)
    assert await page.evaluate(on_top, "test")
    box = await wall.screen.at("#test").bounding_box()
    assert box is not None and box["x"] > 1700 and box["y"] > 1000 and box["height"] < 60
    wall.stage.say({"type": "message", "kind": "emergency", "text": "Leave the finish area"})
    await expect(wall.screen.at("#emergency")).to_be_visible(timeout=WAIT_MS)
    box = await wall.screen.at("#emergency").bounding_box()
    assert box is not None and box["height"] == 1080
    assert await page.evaluate(on_top, "emergency-text") and await page.evaluate(on_top, "test")
    wall.stage.say({"type": "identify"})
    await expect(wall.screen.at("#identify")).to_be_visible(timeout=WAIT_MS)
    assert await page.evaluate(on_top, "identify-code")
    wall.stage.say({"type": "message", "kind": "emergency", "text": ""})
    wall.stage.say({"type": "settings", "screen": {"id": "a", "name": "", "blank": True}})
    await expect(wall.screen.at("body")).to_have_attribute("data-dark", "true", timeout=WAIT_MS)
    assert not await page.evaluate(on_top, "test")
    await expect(wall.screen.at("#template .t-line").first).to_be_hidden()


async def test_canvas_is_as_large_as_the_screen_and_in_its_middle(wall: Wall) -> None:
    await wall.screen.page.set_viewport_size(ViewportSize(width=390, height=844))
    for _ in range(100):
        box = await wall.screen.at(".stage").bounding_box()
        if box and round(box["width"]) == 390:
            break
        await asyncio.sleep(0.02)
    assert box is not None
    assert {side: round(box[side]) for side in ("x", "y", "width", "height")} == {
        "x": 0,
        "y": 312,
        "width": 390,
        "height": 219,
    }
    ground = await wall.screen.at("#template").evaluate("each => getComputedStyle(each).backgroundColor")
    assert ground == "rgb(11, 14, 20)"


async def test_counts_and_codes(wall: Wall) -> None:
    wall.contents[3] = template(
        resting=(
            text("event", "{{event}}"),
            QrBlock(id="qr", **place((900, 0, 300, 300)), text="https://results.example/{{event}}"),
        )
    )
    asked = asyncio.Event()

    async def code(route: Route) -> None:
        assert (
            "text=https%3A%2F%2Fresults.example%2FThree+Rivers+Marathon&dark=%230b0e14" in route.request.url
        )
        asked.set()
        await route.fulfill(body='<svg xmlns="http://www.w3.org/2000/svg"/>', content_type="image/svg+xml")

    await wall.screen.page.route(re.compile("/qr.svg"), code)
    wall.use(3)
    await wall.says("Three Rivers Marathon")
    await asyncio.wait_for(asked.wait(), WAIT_MS / 1000)


async def forget_widths(wall: Wall) -> None:
    """How many measured texts are kept by now, of so many at the most, is chance: a face that comes ends them."""
    await wall.screen.page.evaluate("document.fonts.dispatchEvent(new Event('loadingdone'))")


async def test_memory_is_flat(wall: Wall) -> None:
    """A list, a card and a clock, of a race that goes on."""
    tools = await wall.screen.page.context.new_cdp_session(wall.screen.page)
    await tools.send("HeapProfiler.enable")
    await feed(wall.screen, wall.stage, 1, WARM_READS)
    await forget_widths(wall)
    bytes_before, nodes_before = await held(tools)
    await feed(wall.screen, wall.stage, WARM_READS + 1, MANY_READS)
    await forget_widths(wall)
    bytes_after, nodes_after = await held(tools)
    await tools.detach()
    assert bytes_after - bytes_before < GROWTH_BYTES_MAX, (bytes_before, bytes_after)
    assert nodes_after - nodes_before < NODES_MAX, (nodes_before, nodes_after)
