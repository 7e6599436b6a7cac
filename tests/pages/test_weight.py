"""What a screen loads, as it comes over the wire: a venue's line is shared by all of them, and slow."""

from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from hub.template_words import ClockBlock, Column, CounterBlock, ListBlock
from tests.pages.browsers import spoil
from tests.pages.screens import WAIT_MS, Screens
from tests.pages.template_kinds import place
from tests.pages.test_template_paint import template, text
from tests.pages.venue import Venue

pytestmark = pytest.mark.asyncio(loop_scope="session")

BYTES_MAX: Final = 150_000
BYTES_LEAST: Final = 60_000
"""What is measured is the page: its face alone takes half of this."""
KINDS: Final = ("document", "script", "stylesheet", "font", "fetch", "other")
"""All but images."""
FULL: Final = template(
    text("name", "{{name}}"),
    ListBlock(id="list", **place((0, 400, 900, 400)), rows=3, columns=[Column(text="{{name}}")]),
    resting=(
        text("event", "Welcome to {{event}}"),
        ClockBlock(id="clock", **place((0, 400, 900, 200))),
        CounterBlock(id="counter", **place((0, 600, 900, 200))),
    ),
)


class Scale:
    """Bytes as they came over the wire, heads and all, by address."""

    def __init__(self) -> None:
        self.bytes: dict[str, int] = {}
        self._urls: dict[str, str] = {}

    def asked(self, event: dict[str, Any]) -> None:
        if event["type"].lower() in KINDS:
            self._urls[event["requestId"]] = event["response"]["url"]

    def came(self, event: dict[str, Any]) -> None:
        url = self._urls.get(event["requestId"])
        if url is not None:
            self.bytes[url] = self.bytes.get(url, 0) + int(event["encodedDataLength"])


@pytest_asyncio.fixture(loop_scope="session")
async def drawn(house: Venue) -> AsyncIterator[str]:
    """The code of a display that has a template."""
    headers = {"Authorization": f"Bearer {house.token}"}
    async with aiohttp.ClientSession(house.origin, headers=headers) as http:
        body = {"name": "Weighed", "template": FULL, "partner": "default"}
        async with http.post("/api/templates", json=body) as response:
            assert response.status == 200, await response.text()
        async with http.post("/api/displays", json={"name": "Weighed", "template": "Weighed"}) as response:
            code = (await response.json())["display"]["code"]
        yield code
        await http.delete(f"/api/displays/{code}")
        await http.delete("/api/templates/Weighed")


async def weighed(browser: Browser, house: Venue, code: str, ready: str) -> dict[str, int]:
    """The page is loaded once it rests, its fonts are there and there is nothing that it asks for."""
    screens, scale = Screens(browser, house.origin), Scale()
    try:
        screen = await screens.blank()
        spoil(screen.page)
        tools = await screen.page.context.new_cdp_session(screen.page)
        tools.on("Network.responseReceived", scale.asked)
        tools.on("Network.loadingFinished", scale.came)
        await tools.send("Network.enable")
        await tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        await screen.page.goto(f"{house.origin}/d/{code}")
        await screen.rests()
        await expect(screen.at(ready)).to_be_visible(timeout=WAIT_MS)
        await screen.page.evaluate("document.fonts.ready")
        await screen.page.wait_for_load_state("networkidle")
    finally:
        await screens.close()
    return scale.bytes


async def test_a_screen_loads_little(browser: Browser, house: Venue) -> None:
    found = await weighed(browser, house, house.code, "#clock")
    assert {f"{house.origin}/d/{house.code}", f"{house.origin}/static/display.js"} <= found.keys()
    assert any("/fonts/" in url for url in found)
    assert BYTES_LEAST < sum(found.values()) < BYTES_MAX, found


async def test_a_screen_with_a_template_loads_little_more(browser: Browser, house: Venue, drawn: str) -> None:
    found = await weighed(browser, house, drawn, "#template [data-block=event]")
    assert f"{house.origin}/static/template-paint.js" in found and any("/template/" in url for url in found)
    assert BYTES_LEAST < sum(found.values()) < BYTES_MAX, found
