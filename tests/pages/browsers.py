"""Chromium, and browsers of their own in it, as walls and desks have them, lent to one test after the other. Knows how
to empty one; the tests say what it shows.

To make a browser of its own, with a process for what it shows, takes a second of a processor, and a page in one that is
there half of that: twice what it takes to lead a page that is there to another address. So a page that is given back is
emptied of all that a test can leave behind, and lent again. What a test has done to it that cannot be undone, such as a
clock or a script that runs before the page's own, stays there: the test says so (`spoil`), and nobody gets it again.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary, WeakSet

from playwright.async_api import Browser, BrowserContext, CDPSession, Dialog, Page, async_playwright
from playwright.async_api import Error as BrowserError

from tests.pages import door

EXECUTABLES: Final = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
IDLE_MAX: Final = 4
"""Of each kind: more screens than a test has at once."""
LENT_MAX: Final = 12
"""The driver remembers each socket that a test took for as long as there is the page, and tells it of every new one."""
NOWHERE: Final = "about:blank"
FORGET: Final = (
    "() => { window.name = ''; try { sessionStorage.clear(); } catch { /* It may be refused. */ } }"
)

Kind = tuple[str, str, tuple[tuple[str, Any], ...]]
"""The site that it is for, what its pages were told for good, and what else it was made with."""

_of: WeakKeyDictionary[Browser, "Browsers"] = WeakKeyDictionary()
_spoilt: WeakSet[BrowserContext] = WeakSet()
_heard: WeakKeyDictionary[Page, list[tuple[Any, Callable[..., Any]]]] = WeakKeyDictionary()


def executable() -> str | None:
    """The browser: what CHROMIUM names, else the first that is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, EXECUTABLES)), None)


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """One in which pages on stage find their files and their stage."""
    async with door.opened() as argument, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=[*ARGUMENTS, argument])
        yield browser
        await browser.close()


def browsers_of(browser: Browser) -> "Browsers":
    return _of.setdefault(browser, Browsers(browser))


def spoil(page: Page) -> None:
    """What is done now to this page, or to all pages of its context, nobody can take back."""
    _spoilt.add(page.context)


def listen(page: Page, event: Any, hear: Callable[..., Any]) -> None:
    """Until the page is given back."""
    page.on(event, hear)
    _heard.setdefault(page, []).append((event, hear))


class Browsers:
    """All of one browser's pages that are lent."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: defaultdict[Kind, list[_Lent]] = defaultdict(list)
        self._lent: dict[Page, _Lent] = {}

    async def lend(self, origin: str, *, script: str = "", **options: Any) -> Page:
        """The only page of a browser that has nothing of this origin. `script`: runs before each page's own;
        `options`: of `new_context`, but the viewport, which a page is told."""
        site = f"{urlsplit(origin).scheme}://{urlsplit(origin).hostname}"
        kind = (site, script, tuple(sorted(options.items())))
        idle = self._idle[kind]
        lent = idle.pop() if idle else await _made(self._browser, idle, script, options)
        lent.origin = origin
        lent.times += 1
        self._lent[lent.page] = lent
        return lent.page

    async def take_back(self, *pages: Page) -> None:
        for page in pages:
            lent = self._lent.pop(page)
            if lent.gone:
                continue
            if await self._can_be_lent(lent):
                lent.idle.append(lent)
            else:
                await page.context.close()

    async def _can_be_lent(self, lent: "_Lent") -> bool:
        if lent.page.context in _spoilt or len(lent.idle) >= IDLE_MAX or lent.times >= LENT_MAX:
            return False
        return await lent.empty()


class _Lent:
    def __init__(self, page: Page, tools: CDPSession, idle: list["_Lent"], options: dict[str, Any]) -> None:
        self.page = page
        self.idle = idle
        self.origin = ""
        self.times = 0
        self.gone = False
        self._tools = tools
        self._media = {name: options.get(name, "null") for name in ("color_scheme", "reduced_motion")}
        page.context.on("close", self._note)

    async def empty(self) -> bool:
        """False: it cannot be lent again."""
        for other in self.page.context.pages:
            if other is not self.page:
                await other.close()
        if self.page.is_closed():
            return False
        for event, hear in _heard.pop(self.page, []):
            self.page.remove_listener(event, hear)
        try:
            await self._leave()
        except BrowserError:
            return False
        return True

    async def _leave(self) -> None:
        self.page.on("dialog", _go_on)
        await self.page.unroute_all(behavior="ignoreErrors")
        await self.page.evaluate(FORGET)
        await self.page.goto(NOWHERE)
        self.page.remove_listener("dialog", _go_on)
        await self.page.emulate_media(media="null", **self._media)
        await self.page.mouse.move(0, 0)
        await self._tools.send("Page.resetNavigationHistory")
        await self._tools.send("Storage.clearDataForOrigin", {"origin": self.origin, "storageTypes": "all"})
        if self.origin != door.ORIGIN:
            await self._tools.send("Network.clearBrowserCache")
        await self.page.context.clear_cookies()

    def _note(self, _context: BrowserContext) -> None:
        self.gone = True


async def _go_on(dialog: Dialog) -> None:
    """What a page asks before it is left."""
    await dialog.accept()


async def _made(browser: Browser, idle: list[_Lent], script: str, options: dict[str, Any]) -> _Lent:
    context = await browser.new_context(**options)
    page = await context.new_page()
    if script:
        await page.add_init_script(script)
    return _Lent(page, await context.new_cdp_session(page), idle, options)
