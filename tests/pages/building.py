"""The builder in a browser, without a hub: how a test pulls, draws and asks for what is there. What it expects, the
tests say."""

import re
from datetime import datetime
from typing import Any, Final

import msgspec
from playwright.async_api import Browser, ViewportSize, expect

from hub import template_words as words
from hub.accounts import OPERATOR
from tests.pages.browsers import browsers_of, spoil
from tests.pages.door import ORIGIN
from tests.pages.screens import WAIT_MS, Screen
from tests.pages.work_stage import Asked, WorkStage, person

LAPTOP: Final = ViewportSize(width=1366, height=768)
NAME: Final = "Finish"
MISSED: Final = re.compile("Failed to load resource: the server responded with a status of (404|409|503)")
"""What a browser says of a template that is not there yet, or was refused."""
Point = tuple[float, float]


def template(*active: dict[str, Any], **more: Any) -> dict[str, Any]:
    """As the hub gives one. Its grid is this one, whatever new templates begin with."""
    given = {
        "format": "racehub-3",
        "canvas": {"width": 1920, "height": 1080},
        "grid": {"margin": 48},
        "active": {"blocks": active},
    }
    filled: dict[str, Any] = msgspec.to_builtins(msgspec.convert(given | more, words.Template))
    return filled


def block(name: str, x: int = 0, y: int = 0, w: int = 200, h: int = 100, **more: Any) -> dict[str, Any]:
    """`name`: its id, which begins with its kind."""
    return {"kind": name.rpartition("-")[0], "id": name, "x": x, "y": y, "w": w, "h": h} | more


class Builder(Screen):
    """The page of one template, and what it has sent."""

    stage: WorkStage
    version: int

    async def begin(self, given: dict[str, Any] | None, role: str, answers: dict[str, Any]) -> None:
        """Opens the page; None: there is no template of this name."""
        self.version = 3 if given else 0
        self.allow(MISSED)
        versions = f"GET /api/templates/{NAME}/versions"
        there = {f"{versions}/latest": {"name": NAME, "version": 3, "template": given}} if given else {}
        self.stage = WorkStage(
            "build.html",
            f"/templates/{NAME}",
            me=person(role),
            template_name=NAME,
            upload_mib=1,
            answers=there
            | {
                versions: {"versions": []},
                "POST /api/templates": self._saved,
                "GET /api/images": {"images": []},
            }
            | {"GET /api/sessions": {"sessions": []}, "GET /api/displays": {"displays": []}}
            | answers,
        )
        await self.stage.open(self.page)
        await expect(self.at("body")).to_have_attribute("data-ready", "yes", timeout=WAIT_MS)

    def _saved(self, _: Asked) -> dict[str, Any]:
        self.version += 1
        return {"success": True, "name": NAME, "version": self.version, "removed": []}

    async def labels(self) -> list[str]:
        """What is read aloud of each block, from the lowest."""
        return [str(await each.get_attribute("aria-label")) for each in await self.at("#blocks > div").all()]

    async def place(self, index: int = 0) -> tuple[int, ...]:
        """x, y, width and height of one that is placed freely."""
        found = re.search(r"at (-?\d+), (-?\d+), (\d+) by (\d+) pixels", (await self.labels())[index])
        assert found
        return tuple(map(int, found.groups()))

    async def at_canvas(self, x: float, y: float) -> Point:
        """Where on the page a place of the canvas is."""
        found: list[float] = await self.page.evaluate(
            """([x, y]) => {
              const { left, top, width } = document.getElementById("canvas").getBoundingClientRect();
              const scale = width / document.getElementById("canvas").offsetWidth;
              return [left + x * scale, top + y * scale];
            }""",
            [x, y],
        )
        return found[0], found[1]

    async def middle(self, selector: str) -> Point:
        box = await self.at(selector).bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    async def pull(self, start: Point, end: Point, *keys: str) -> None:
        """From one point of the page to another, with these keys held."""
        mouse = self.page.mouse
        await mouse.move(*start)
        await mouse.down()
        for key in keys:
            await self.page.keyboard.down(key)
        await mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        await mouse.move(*end)
        await mouse.up()
        for key in keys:
            await self.page.keyboard.up(key)

    async def pull_block(self, at: Point, by: Point, *keys: str) -> None:
        """From a place of the canvas so far, in its pixels."""
        await self.pull(await self.at_canvas(*at), await self.at_canvas(at[0] + by[0], at[1] + by[1]), *keys)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def save(self) -> dict[str, Any]:
        """By its key. Gives what was sent, which the hub would take."""
        sent = len(self.stage.told("POST", "/api/templates"))
        await self.press("Control+s")
        await expect(self.at("#kept")).to_have_text(
            re.compile(rf"Version {self.version or 1}|Version \d+$"), timeout=WAIT_MS
        )
        told = self.stage.told("POST", "/api/templates")
        assert len(told) == sent + 1
        body: dict[str, Any] = told[-1]
        words.decoded(msgspec.json.encode(body["template"]))
        return body


async def opened(
    browser: Browser,
    given: dict[str, Any] | None,
    *,
    role: str = OPERATOR,
    size: ViewportSize = LAPTOP,
    answers: dict[str, Any] | None = None,
    at: datetime | None = None,
    looks: dict[str, Any] | None = None,
) -> Builder:
    """`at`: the page's time stands still, and nobody gets this page again; `looks`: what its browser prefers."""
    builder = Builder(await browsers_of(browser).lend(ORIGIN, locale="en-GB", **looks or {}), ORIGIN)
    if at is not None:
        spoil(builder.page)
        await builder.page.clock.set_fixed_time(at)
    await builder.page.set_viewport_size(size)
    await builder.begin(given, role, answers or {})
    return builder


class Desk:
    """The builders of one test, one beside the other. None of them may complain."""

    def __init__(self, browser: Browser, *allowed: re.Pattern[str]) -> None:
        self._browser = browser
        self._allowed = allowed
        self._open: list[Builder] = []

    async def __call__(self, given: dict[str, Any] | None, **more: Any) -> Builder:
        builder = await opened(self._browser, given, **more)
        builder.allowed.extend(self._allowed)
        self._open.append(builder)
        return builder

    async def clear(self) -> list[str]:
        """Nothing is left of it for the next test. Gives what the pages did that they should not have done."""
        await browsers_of(self._browser).take_back(*(builder.page for builder in self._open))
        return [fault for builder in self._open for fault in builder.faults]
