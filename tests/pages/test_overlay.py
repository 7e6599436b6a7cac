"""The wall over a moving picture: what is not a runner is not there."""

import io
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, expect

from tests.pages.screens import HELLO, LINE_CUT, WAIT_MS, Screen, Screens, Stage, read
from tests.pages.test_template_paint import template, text
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADA: Final = {"name": "Ada Lovelace", "bib": "101", "city": "London"}
MARKS_PX_MAX: Final = 130
"""Of a wall 1,920 pixels wide, for all that is not a runner."""
TOLD: Final = {"name": "Strip", "version": 1, "url": "/api/display/ABCDEFGH/template/1/1"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def over(browser: Browser, house: Venue) -> AsyncIterator[tuple[Screen, Stage]]:
    screens = Screens(browser, house.origin)
    try:
        screen, stage = await screens.staged(f"{house.code}?overlay=1")
        screen.allow(LINE_CUT)
        await screen.page.route(re.compile("/api/display/"), lambda route: route.fulfill(json=DRAWN))
        await stage.taken.wait()
        yield screen, stage
        assert screens.faults() == []
    finally:
        await screens.close()


async def drawn(screen: Screen) -> tuple[tuple[int, int, int, int] | None, float]:
    """Around all that there is on the picture, and how much of that is as if nothing was before it."""
    picture = Image.open(io.BytesIO(await screen.page.screenshot(omit_background=True))).convert("RGBA")
    alpha = picture.getchannel("A")
    box = alpha.getbbox()
    return box, alpha.histogram()[0] / (picture.width * picture.height)


async def begins(over: tuple[Screen, Stage], **fields: Any) -> tuple[Screen, Stage]:
    screen, stage = over
    epoch = int(stage.hello["epoch"]) + 1
    stage.hello = {**HELLO, "epoch": epoch}
    stage.say({**stage.hello, **fields})
    return screen, stage


async def test_nothing_while_nobody_comes_and_then_letters_without_a_ground(
    over: tuple[Screen, Stage],
) -> None:
    lines = [{"id": 1, "kind": "pinned", "text": "Soup", "begins_at": None, "ends_at": None}]
    screen, stage = await begins(over, messages=lines)
    await screen.rests()
    assert await drawn(screen) == (None, 1.0)
    stage.say(read(1, ADA))
    await screen.shows("Ada Lovelace")
    box, free = await drawn(screen)
    assert box is not None and 0.5 < free < 0.95
    stage.say({"type": "retract", "offset": 1})
    await screen.rests()
    assert await drawn(screen) == (None, 1.0)


async def test_of_a_test_and_of_silence_a_small_mark_alone(over: tuple[Screen, Stage]) -> None:
    screen, _ = await begins(over, session={**HELLO["session"], "test": True})
    await expect(screen.at("#test")).to_be_visible(timeout=WAIT_MS)
    await screen.page.evaluate("document.getElementById('stale').hidden = false")
    box, _ = await drawn(screen)
    assert box is not None
    left, top, right, bottom = box
    assert right - left < MARKS_PX_MAX and bottom - top < MARKS_PX_MAX / 2 and left > 1700 and top > 1000


async def test_dark_and_gone_it_is_not_there_and_an_emergency_leaves_the_picture(
    over: tuple[Screen, Stage],
) -> None:
    screen, stage = await begins(over)
    stage.say(read(1, ADA))
    await screen.shows("Ada Lovelace")
    dark = {"type": "settings", "screen": {"id": "a", "name": "", "blank": True}}
    stage.say(dark)
    await expect(screen.at("body")).to_have_attribute("data-dark", "true", timeout=WAIT_MS)
    assert await drawn(screen) == (None, 1.0)
    line = {"type": "message", "audience": "public", "kind": "emergency", "text": "Storm: leave the field"}
    stage.say(line)
    await expect(screen.at("#emergency")).to_be_visible(timeout=WAIT_MS)
    box, free = await drawn(screen)
    assert box is not None and box[1] > 700 and free > 0.7
    stage.say({**line, "text": ""}, {"type": "settings", "screen": {"id": "a", "name": "", "blank": False}})
    await screen.shows("Ada Lovelace")


async def test_a_template_gives_its_blocks_without_its_ground(over: tuple[Screen, Stage]) -> None:
    screen, stage = await begins(over, template=TOLD)
    await expect(screen.at("body")).to_have_attribute("data-template", "true", timeout=WAIT_MS)
    assert await drawn(screen) == (None, 1.0), "its resting state is none"
    stage.say(read(1, ADA))
    await expect(screen.at("#template [data-block=name]:visible")).to_contain_text("Ada", timeout=WAIT_MS)
    box, free = await drawn(screen)
    assert box is not None and free > 0.5
    stage.say({"type": "template", "template": None})


DRAWN: Final = template(text("name", "{{name}}"), resting=(text("event", "{{event}}"),))
