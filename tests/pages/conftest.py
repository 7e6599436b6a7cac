"""Fixtures for what people see: a hub that runs, and a real browser to look at it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.pages import door
from tests.pages.browsers import EXECUTABLES, executable, launched
from tests.pages.building import Desk
from tests.pages.screens import WAIT_MS, Screen, Screens, Stage
from tests.pages.venue import Venue, own_venue

expect.set_options(timeout=WAIT_MS)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for the whole run. Without one a developer goes on; a run that is to prove something fails."""
    if executable() is None:
        reason = f"no browser: set CHROMIUM, or install one of {', '.join(EXECUTABLES)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    async with launched() as there:
        yield there


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def modules(browser: Browser) -> AsyncIterator[Page]:
    """An empty page that can import the screen's modules as they are served: for what is pure in them, no hub is
    needed."""
    page = await browser.new_page()
    await page.goto(f"{door.ORIGIN}/")
    yield page
    await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def venue(database_dsn: str, tmp_path: Path) -> AsyncIterator[Venue]:
    made = Venue(database_dsn, tmp_path)
    try:
        await made.start()
        yield made
    finally:
        await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def screens(browser: Browser, venue: Venue) -> AsyncIterator[Screens]:
    """Screens of this hub. None of them may complain, or ask for anything that is not the hub's."""
    opened = Screens(browser, venue.origin)
    try:
        yield opened
        assert opened.faults() == []
    finally:
        await opened.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Venue]:
    """A hub for all tests that need nothing of it but its pages."""
    async with own_venue(postgres_dsn, tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def staged(browser: Browser, house: Venue) -> AsyncIterator[tuple[Screen, Stage]]:
    """A resting screen to which the test says what a hub would."""
    opened = Screens(browser, house.origin)
    try:
        screen, stage = await opened.staged(house.code)
        await screen.rests()
        yield screen, stage
        assert opened.faults() == []
    finally:
        await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def build(browser: Browser) -> AsyncIterator[Desk]:
    """Opens a builder for a template, without a hub."""
    desk = Desk(browser)
    yield desk
    assert await desk.clear() == []
