"""Browsers of their own, as walls and desks have them, lent to one test after the other. Knows how to empty one; the
tests say what it shows.

To make a context, with a process of its own for what it shows, takes a browser half a second of a processor: three
times what a page takes in one that is there. So one that is given back is emptied of all that a page can leave behind,
and lent again. What a test does to a context itself stays there: it says so (`spoil`), and nobody gets it again.
"""

from collections import defaultdict
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary, WeakSet

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Route

IDLE_MAX: Final = 4
"""Of each kind: more screens than a test has at once."""

Kind = tuple[str, tuple[tuple[str, Any], ...]]
"""The site that it is for, and what else it was made with."""

_of: WeakKeyDictionary[Browser, "Browsers"] = WeakKeyDictionary()
_spoilt: WeakSet[BrowserContext] = WeakSet()


def browsers_of(browser: Browser) -> "Browsers":
    return _of.setdefault(browser, Browsers(browser))


def spoil(page: Page) -> None:
    """What is done now to this page is done to all pages of its context, such as to install a clock."""
    _spoilt.add(page.context)


class Browsers:
    """All of one browser's contexts that are lent."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: defaultdict[Kind, list[_Lent]] = defaultdict(list)
        self._lent: dict[BrowserContext, _Lent] = {}

    async def lend(self, origin: str, **options: Any) -> BrowserContext:
        """One that has nothing of this origin. `options`: of `new_context`, but the viewport, which is a page's."""
        site = f"{urlsplit(origin).scheme}://{urlsplit(origin).hostname}"
        idle = self._idle[site, tuple(sorted(options.items()))]
        lent = idle.pop() if idle else await _made(self._browser, idle, site, options)
        lent.origin = origin
        self._lent[lent.context] = lent
        return lent.context

    async def take_back(self, *contexts: BrowserContext) -> None:
        for context in contexts:
            lent = self._lent.pop(context)
            if lent.gone:
                continue
            if context in _spoilt or len(lent.idle) >= IDLE_MAX:
                await context.close()
            else:
                await lent.empty()
                lent.idle.append(lent)


class _Lent:
    """`home`: a page that stays open, so that there is a process for the next one."""

    def __init__(self, context: BrowserContext, home: Page, tools: CDPSession, idle: list["_Lent"]) -> None:
        self.context = context
        self.idle = idle
        self.origin = ""
        self.gone = False
        self._home = home
        self._tools = tools
        context.on("close", self._note)

    async def empty(self) -> None:
        for page in self.context.pages:
            if page is not self._home:
                await page.close()
        everything = {"origin": self.origin, "storageTypes": "all"}
        await self._tools.send("Storage.clearDataForOrigin", everything)
        await self._tools.send("Network.clearBrowserCache")
        await self.context.clear_cookies()

    def _note(self, _context: BrowserContext) -> None:
        self.gone = True


async def _made(browser: Browser, idle: list[_Lent], site: str, options: dict[str, Any]) -> _Lent:
    context = await browser.new_context(**options)
    home = await context.new_page()
    await home.route("**/*", _answer_nothing)
    await home.goto(f"{site}/")
    return _Lent(context, home, await context.new_cdp_session(home), idle)


async def _answer_nothing(route: Route) -> None:
    await route.fulfill(body="", content_type="text/html")
