"""A wall through a race of ten hours, much faster, and what it holds after each part of it.

`python -m tests.pages.long_race [--hours 10] [--step-s 1] [--template]` prints the figures; the suite has a short one.
"""

import argparse
import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final

import jinja2
from playwright.async_api import Browser, CDPSession, Page, Route

from hub.template_words import Column, ListBlock
from hub.web.application import TEMPLATES
from hub.web.assets import Assets
from hub.web.routes import STATIC
from tests.pages.browsers import launched
from tests.pages.door import ORIGIN
from tests.pages.screens import WAIT_MS, WALL
from tests.pages.template_kinds import place
from tests.pages.test_template_paint import template, text

SCRIPT: Final = Path(__file__).with_name("long_race.js")
S_PER_HOUR: Final = 3600
TOLD: Final = {"name": "Arch", "version": 1, "url": "/api/display/ABCDEFGH/template/1/1"}
DRAWN: Final = template(
    text("name", "{{name}}"),
    ListBlock(id="list", **place((0, 400, 900, 400)), rows=3, columns=[Column(text="{{name}}")]),
    resting=(text("event", "{{event}}"),),
)


@dataclass(frozen=True, slots=True)
class Held:
    """After everything that can go has gone."""

    hours: float
    reads: int
    heap_bytes: int
    nodes: int
    listeners: int
    timers: int
    peak: int


class Wall:
    """A page without a hub: its files as they are served, its time and its socket the script's."""

    def __init__(self, page: Page, tools: CDPSession) -> None:
        self.page, self._tools = page, tools
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: self.faults.append(said.text) if said.type in ("error", "warning") else None,
        )

    async def settles(self, *, with_template: bool) -> None:
        """Until all that it needs has come: of a page whose time is another's, the network's is not."""
        wanted = str(with_template).lower()
        async with asyncio.timeout(WAIT_MS / 1000):
            await self.page.evaluate("document.fonts.ready")
            while (
                await self.page.evaluate("race(2, 1000).then(() => document.body.dataset.template)") != wanted
            ):
                pass

    async def passes(self, steps: int, step_s: float) -> Held:
        """So much of the race, and what is left of it."""
        told: dict[str, Any] = await self.page.evaluate(
            "([steps, ms]) => race(steps, ms)", [steps, step_s * 1000]
        )
        for _ in range(3):
            await self._tools.send("HeapProfiler.collectGarbage")
        usage = await self._tools.send("Runtime.getHeapUsage")
        counters = await self._tools.send("Memory.getDOMCounters")
        return Held(
            hours=float(told["hours"]),
            reads=int(told["reads"]),
            heap_bytes=int(usage["usedSize"]),
            nodes=int(counters["nodes"]),
            listeners=int(counters["jsEventListeners"]),
            timers=int(told["timers"]),
            peak=int(told["peak"]),
        )


async def opened(browser: Browser, *, hours: float, with_template: bool, scale: float = 1.0) -> Wall:
    """In a context of its own, which the caller closes. `scale`: of how many come; 1: 74,000 in ten hours."""
    context = await browser.new_context(viewport=WALL)
    page = await context.new_page()
    assets = Assets(STATIC)

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        asset = assets.get(path.removeprefix("/static/"))
        if path == "/d/ABCDEFGH":
            await route.fulfill(body=_page(), content_type="text/html")
        elif asset is not None:
            await route.fulfill(body=asset.body, content_type=asset.content_type)
        else:
            await route.fulfill(json=DRAWN)

    await page.route(f"{ORIGIN}/**", answer)
    given = json.dumps({"template": TOLD if with_template else None, "hours": hours, "scale": scale})
    await page.add_init_script(f"({SCRIPT.read_text(encoding='utf-8')})({given})")
    tools = await context.new_cdp_session(page)
    await tools.send("HeapProfiler.enable")
    wall = Wall(page, tools)
    await page.goto(f"{ORIGIN}/d/ABCDEFGH")
    await wall.settles(with_template=with_template)
    return wall


def _page() -> str:
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
    words = {"code": "ABCDEFGH", "server_name": "Race hub", "version": "0", "build": "x", "overlay": False}
    return environment.get_template("display.html").render(words)


async def main(hours: float, step_s: float, *, with_template: bool) -> None:
    async with launched() as browser:
        wall = await opened(browser, hours=hours, with_template=with_template)
        began = monotonic()
        print("  hours    reads   heap KiB   nodes  listeners  timers   took s", flush=True)
        for _ in range(10):
            held = await wall.passes(round(hours * S_PER_HOUR / step_s / 10), step_s)
            print(
                f"{held.hours:7.2f} {held.reads:8,} {held.heap_bytes / 1024:10,.0f} {held.nodes:7,}"
                f" {held.listeners:10,} {held.timers:7} {monotonic() - began:8.1f}",
                flush=True,
            )
        print(f"at most {held.peak} names at once", *wall.faults, sep="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.pages.long_race")
    parser.add_argument("--hours", type=float, default=10.0)
    parser.add_argument("--step-s", type=float, default=1.0)
    parser.add_argument("--template", action="store_true")
    given = parser.parse_args()
    asyncio.run(main(given.hours, given.step_s, with_template=given.template))
