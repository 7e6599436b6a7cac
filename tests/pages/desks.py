"""Work pages of a hub on stage, opened for a test: none of them may complain, but of what the hub refuses."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from playwright.async_api import Browser

from tests.pages.browsers import browsers_of
from tests.pages.door import ORIGIN
from tests.pages.screens import Screen
from tests.pages.usable import SIZES
from tests.pages.work_stage import WorkStage
from tests.pages.working import REFUSED

Open = Callable[..., Awaitable[Screen]]


@asynccontextmanager
async def staged_pages(browser: Browser, *allowed: re.Pattern[str]) -> AsyncIterator[Open]:
    """Gives what opens one: `open_page(stage, query, size)`. allowed: what they may complain of, too."""
    screens: list[Screen] = []

    async def open_page(stage: WorkStage, query: str = "", size: str = "laptop") -> Screen:
        screen = Screen(await browsers_of(browser).lend(ORIGIN, locale="en-GB"), ORIGIN)
        screen.allowed.extend((REFUSED, *allowed))
        screens.append(screen)
        await screen.page.set_viewport_size(SIZES[size])
        await stage.open(screen.page, query)
        return screen

    yield open_page
    faults = [fault for screen in screens for fault in screen.faults]
    await browsers_of(browser).take_back(*(screen.page for screen in screens))
    assert faults == []
