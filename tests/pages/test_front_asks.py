"""When the control room asks how the hub is, on a stage that answers late."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from tests.pages.browsers import browsers_of, spoil
from tests.pages.door import ORIGIN
from tests.pages.front_stage import FrontStage, display, state
from tests.pages.work_stage import Asked

pytestmark = pytest.mark.asyncio(loop_scope="session")


class LateStage(FrontStage):
    """Finds out at once how the hub is, and says so when it is let."""

    def __init__(self) -> None:
        wishes = {"POST /api/displays/K7XQ2M9P/control": self._darken}
        super().__init__(state(displays=[display("K7XQ2M9P", "Left")]), answers=wishes)
        self.lets = asyncio.Event()
        self.lets.set()
        self.asks = asyncio.Event()
        self.wished = asyncio.Event()

    def _darken(self, _asked: Asked) -> dict[str, Any]:
        dark = {"blank": True}
        self.wished.set()
        self.state = state(displays=[display("K7XQ2M9P", "Left", control=dark)])
        return {"control": dark}

    async def respond(self, request: web.Request) -> web.Response:
        known = await super().respond(request)
        if request.path == "/front/state":
            self.asks.set()
            await self.lets.wait()
        return known


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    made = await browsers_of(browser).lend(ORIGIN, locale="en-GB")
    spoil(made)
    yield made
    await browsers_of(browser).take_back(made)


async def test_a_click_while_the_page_asks(page: Page) -> None:
    """What is found out before is not what stands there afterwards, until the page asks the next time."""
    stage = LateStage()
    await page.clock.install()
    await stage.open(page)
    blank = page.get_by_role("button", name="Blank Left")
    await expect(blank).to_have_attribute("aria-pressed", "false")
    await page.clock.pause_at(await page.evaluate("Date.now() + 1000"))
    stage.asks.clear()
    stage.lets.clear()
    while not stage.asks.is_set():  # while an earlier question is on its way it asks nothing
        await page.evaluate("dispatchEvent(new Event('online'))")
    await blank.click()
    await stage.wished.wait()
    stage.lets.set()
    await expect(blank).to_have_attribute("aria-pressed", "true")
