"""Screens in a real browser. Knows how to open one and what must never happen on it; the tests say what it shows."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    ViewportSize,
    WebSocketRoute,
    expect,
)

from tests.pages.browsers import browsers_of, listen

if TYPE_CHECKING:
    from tests.pages.venue import Venue

WAIT_MS: Final = 8_000
"""How long a condition may take to come true on a busy machine; nothing waits for it to pass."""
NOTHING_KEPT: Final = "Object.defineProperty(navigator, 'serviceWorker', { value: undefined })"
"""As on every page that comes over plain http from another machine."""
TAKEN: Final = "// The sockets of this page end in a test."
"""So that a page whose sockets were once taken is lent to nobody else: that cannot be undone."""
SOON_MS: Final = 4_000
"""What is told at once is there by then, on a busy machine, too; what waits for the hub's next tick is not."""
FRAME_BYTES_MAX: Final = 4096
"""What the hub takes of a screen at once."""
WALL: Final = ViewportSize(width=1920, height=1080)
PHONE: Final = ViewportSize(width=390, height=844)
SIZES: Final = (
    WALL,
    ViewportSize(width=1080, height=1920),
    ViewportSize(width=3840, height=2160),
    ViewportSize(width=1366, height=768),
    PHONE,
)
LINE_CUT: Final = re.compile(
    r"WebSocket connection to '[^']*' failed|Failed to load resource: net::ERR_|error occurred when fetching the script"
)
"""What a browser says while the hub is away; no page can keep it from saying so."""

Take = Callable[[WebSocketRoute], Awaitable[None]]

PICTURE: Final = """() => {
  const words = {};
  const ids = ["location", "when", "bib", "unknown", "city", "division", "test", "event", "session", "more"];
  for (const id of ids) {
    const element = document.getElementById(id);
    words[id] = element.checkVisibility() ? element.textContent : "";
  }
  const { state, stale, offset } = document.body.dataset;
  const name = document.getElementById("name");
  const rows = [...document.querySelectorAll(".row")].map(row => row.innerText).join(" / ");
  return { state, stale, offset, ...words, rows, name: name.checkVisibility() ? name.getAttribute("aria-label") : "" };
}"""


class Screen:
    """One page and everything it did that it should not have done."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.faults: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        self._origin = urlsplit(origin).netloc
        listen(page, "console", self._heard)
        listen(page, "pageerror", lambda error: self.faults.append(f"error: {error}"))
        listen(page, "request", lambda request: self._asked(request.url))
        listen(page, "websocket", lambda socket: self._asked(socket.url))

    def allow(self, pattern: re.Pattern[str]) -> None:
        """What the test itself brings about is no fault."""
        self.allowed.append(pattern)

    def at(self, selector: str, *, has_text: str | None = None) -> Locator:
        return self.page.locator(selector, has_text=has_text)

    async def shows(self, name: str) -> None:
        """Waits until this name is on the wall, alone or among others."""
        wanted = self.at(f".name[aria-label={json.dumps(name, ensure_ascii=False)}]:visible")
        await expect(wanted).to_have_count(1, timeout=WAIT_MS)

    async def rows(self) -> list[str]:
        """The names of several, from the top."""
        return [str(await row.get_attribute("aria-label")) for row in await self.at(".row .name").all()]

    async def rests(self) -> None:
        await expect(self.at("body")).to_have_attribute("data-state", "resting", timeout=WAIT_MS)

    async def reaches(self, offset: int) -> None:
        """Waits until the screen has this offset."""
        await expect(self.at("body")).to_have_attribute("data-offset", str(offset), timeout=WAIT_MS)

    async def picture(self) -> dict[str, str]:
        """What is to be read on the wall, clocks left out."""
        seen: dict[str, str] = await self.page.evaluate(PICTURE)
        return seen

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(
            each.search(message.text) for each in self.allowed
        ):
            self.faults.append(f"console: {message.text}")

    def _asked(self, url: str) -> None:
        if urlsplit(url).netloc != self._origin:
            self.faults.append(f"asked for {url}")


class Screens:
    """The screens of one test, all of one hub."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.all: list[Screen] = []
        self.origin = origin
        self.allowed: list[re.Pattern[str]] = []
        """What is no fault on any of them."""
        self.keep = False
        """Whether they keep their pages for a start without the hub: each has all its files twice then."""
        self._browsers = browsers_of(browser)
        self._pages: list[Page] = []

    async def blank(
        self, size: ViewportSize = WALL, origin: str = "", take: Take | None = None, script: str = ""
    ) -> Screen:
        """A screen that shows nothing yet, with a browser of its own as a wall has. `origin`: as it sees the hub;
        `take`: gets its socket; `script`: runs before the page's own."""
        origin = origin or self.origin
        told = "\n".join(filter(None, (script, "" if self.keep else NOTHING_KEPT, TAKEN if take else "")))
        wall = {"locale": "en-GB", "timezone_id": "America/Lima"}
        screen = Screen(await self._browsers.lend(origin, script=told, **wall), origin)
        self._pages.append(screen.page)
        await screen.page.set_viewport_size(size)
        if take:
            await screen.page.route_web_socket(re.compile("/ws/d/"), take)
        screen.allowed.extend(self.allowed)
        self.all.append(screen)
        return screen

    async def open(self, path: str, size: ViewportSize = WALL) -> Screen:
        screen = await self.blank(size)
        await screen.page.goto(self.origin + path)
        return screen

    async def signed_in(self, venue: "Venue", path: str, size: ViewportSize = WALL) -> Screen:
        """A page of the hub's admin."""
        screen = await self.blank(size)
        await venue.sign_in(screen.page.context)
        await screen.page.goto(self.origin + path)
        return screen

    async def cabled(self, code: str) -> tuple[Screen, "Cable"]:
        """A screen whose line can be pulled."""
        cable = Cable()
        screen = await self.blank(take=cable.take)
        await screen.page.goto(f"{self.origin}/d/{code}")
        return screen, cable

    async def staged(self, code: str, size: ViewportSize = WALL) -> tuple[Screen, "Stage"]:
        """A screen whose socket ends in the test."""
        stage = Stage()
        screen = await self.blank(size, take=stage.take)
        await screen.page.goto(f"{self.origin}/d/{code}")
        return screen, stage

    async def close(self) -> None:
        await self._browsers.take_back(*self._pages)

    def faults(self) -> list[str]:
        return [fault for screen in self.all for fault in screen.faults]


class Cable:
    """The line between a screen and its hub, which a test can pull and plug in again."""

    def __init__(self) -> None:
        self._sockets: list[WebSocketRoute] = []
        self._pulled = False

    async def take(self, socket: WebSocketRoute) -> None:
        """A screen connects."""
        if self._pulled:
            await socket.close()
            return
        self._sockets.append(socket)
        socket.connect_to_server()

    async def pull(self) -> None:
        self._pulled = True
        while self._sockets:
            await self._sockets.pop().close()

    def plug_in(self) -> None:
        self._pulled = False


class Stage:
    """Says to a screen what no hub says yet, or not so soon."""

    def __init__(self, hello: dict[str, Any] | None = None) -> None:
        self.open = True
        self.taken = asyncio.Event()
        self.frames = 0
        """Those that tell what was shown."""
        self.hello = hello or HELLO
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._socket: WebSocketRoute | None = None

    async def take(self, socket: WebSocketRoute) -> None:
        """A screen has connected."""
        if not self.open:
            await socket.close()
            return
        self._socket = socket
        socket.on_message(self._take_frame)
        self.say(self.hello)
        self.taken.set()

    def _take_frame(self, frame: str | bytes) -> None:
        assert len(frame) <= FRAME_BYTES_MAX
        self.frames += '"shown"' in str(frame)
        for line in str(frame).split("\n"):
            self._heard.put_nowait(json.loads(line))

    async def close(self, code: int = 1006) -> None:
        """The line ends, and stays so as long as the stage is not `open`."""
        assert self._socket is not None
        await self._socket.close(code=code if code != 1006 else None)

    def say(self, *messages: dict[str, Any]) -> None:
        assert self._socket is not None
        self._socket.send("\n".join(map(json.dumps, messages)))

    def heard_nothing(self) -> bool:
        """Nothing that was not asked for yet."""
        return self._heard.empty()

    async def hears_anything(self) -> dict[str, Any]:
        return await self._heard.get()

    async def hears(self, kind: str) -> dict[str, Any]:
        """The next message of this type from the screen; others before it are passed over."""
        async with asyncio.timeout(WAIT_MS / 1000):
            while (message := await self._heard.get())["type"] != kind:
                pass
        return message


HELLO: Final[dict[str, Any]] = {
    "type": "hello",
    "epoch": 1,
    "offset": 0,
    "recovered": False,
    "now": "2024-05-04T08:00:00.000+00:00",
    "session": {
        "id": 7,
        "name": "Sunday",
        "event": {"name": "Three Rivers Marathon"},
        "timezone": "Europe/Oslo",
    },
    "display": {"code": "ABCDEFGH", "name": "Finish left", "settings": {"duration": 600}},
    "template": None,
    "recent": [],
}
"""Cards stay for ten minutes, so that a test can look at them for as long as it takes."""


def read(offset: int, runner: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    """A `read` message of just now, by the clock of HELLO."""
    return {
        "type": "read",
        "offset": offset,
        "kind": "read",
        "marks": [],
        "location": "Finish",
        "tag": "4711",
        "bib": runner.get("bib") if runner else None,
        "time": "2024-05-04T10:00:00.000+02:00",
        "lap": 1,
        "received_at": "2024-05-04T08:00:00.000+00:00",
        **({"runner": runner} if runner else {}),
        **fields,
    }
