"""The control room without a hub. Knows the shape of `/front/state` and of the API's answers; what the page makes of
them the tests say.
"""

import json
import re
from typing import Any, Final

from aiohttp import web
from playwright.async_api import Page, WebSocketRoute

from hub import __version__
from hub.web.qr import svg
from tests.pages.work_stage import NORDIC, Asked, WorkStage, person

HOST: Final = "192.168.1.20"
USUAL: Final = {"silent_min": 5, "location_min": 20, "sound": False, "seen": {}}
STREAM: Final = {
    "host": "192.168.1.20",
    "hosts": ["192.168.1.20"],
    "port": 61611,
    "tls": False,
    "auth": "optional",
    "user": "K3YTOTHIS1",
    "event_name": "K3YTOTHIS1",
    "password": "mats-cables-42",
}
NOW: Final = "2024-05-04T08:00:00.000+00:00"


class FrontStage(WorkStage):
    """Says to a control room how the hub is, and what is read."""

    def __init__(
        self,
        state: dict[str, Any],
        recent: list[dict[str, Any]] | None = None,
        *,
        me: dict[str, Any] | None = None,
        answers: dict[str, Any] | None = None,
    ) -> None:
        own = {
            "GET /front/state": self._now,
            "GET /api/sessions": {"sessions": []},
            "GET /api/exports": {"exports": []},
            "GET /api/events": {"events": []},
            "GET /api/me/settings": {"alarms": USUAL},
            "PUT /api/me/settings": lambda asked: asked["body"],
        }
        super().__init__("front.html", "/", me=me or person(), answers=own | (answers or {}), state=state)
        self.state: dict[str, Any] = state
        self.recent = recent or []
        self.sockets: list[str] = []
        """The addresses of its sockets."""
        self._on: Page | None = None
        self._socket: WebSocketRoute | None = None

    async def open(self, page: Page, query: str = "") -> None:
        self._on = page
        await page.route_web_socket(re.compile("/ws/sessions/"), self.take)
        await super().open(page, query)

    def _now(self, _asked: Asked) -> dict[str, Any]:
        return self.state

    def take(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket.url)
        self._socket = socket
        self.say(self.hello())

    def hello(self) -> dict[str, Any]:
        offset = max((each["offset"] for each in self.recent), default=0)
        return {
            "type": "hello",
            "epoch": 1,
            "offset": offset,
            "recovered": False,
            "now": NOW,
            "session": {"id": 1, "name": "Sunday", "timezone": "Europe/Oslo"},
            "recent": self.recent,
        }

    def say(self, *messages: dict[str, Any]) -> None:
        assert self._socket is not None
        self._socket.send("\n".join(map(json.dumps, messages)))

    async def tell(self, **changes: Any) -> None:
        """Another state, which the page asks for at once."""
        assert self._on is not None
        self.state = {**self.state, **changes}
        await self._on.evaluate("dispatchEvent(new Event('online'))")

    async def cut(self, code: int | None = None) -> None:
        """The line ends; another one may be had."""
        assert self._socket is not None
        await self._socket.close(code=code)

    def said(self, asked: Asked) -> web.Response:
        path = asked["path"]
        if path.endswith("/qr.svg"):
            code = path.split("/")[3]
            return web.Response(body=svg(f"http://{HOST}:8080/d/{code}"), content_type="image/svg+xml")
        if path.endswith("/stream"):
            return web.json_response(STREAM)
        return super().said(asked)


def ago(seconds: float) -> str:
    """An instant so long before NOW."""
    whole = 8 * 3600_000 - round(seconds * 1000)
    hours, rest = divmod(whole, 3600_000)
    return f"2024-05-04T{hours:02d}:{rest // 60_000:02d}:{rest // 1000 % 60:02d}.{rest % 1000:03d}+00:00"


def state(**parts: Any) -> dict[str, Any]:
    """A hub that has just begun, which has one display."""
    return {
        "now": NOW,
        "started": ago(95),
        "version": __version__,
        "partners": [NORDIC],
        "alarms": [],
        "emergency": [],
        "health": {"journal": "", "database": "", "warning": "", "pending": 0, "reads": 0, "rejected": 0}
        | {"disks": []},
        "listeners": [listener()],
        "sessions": [session(1, "Session of 4 May")],
        "sources": [],
        "sources_more": 0,
        "refused": [],
        "displays": [display("K7XQ2M9P", "Display 1")],
        "displays_local": False,
        **parts,
    }


def listener(**parts: Any) -> dict[str, Any]:
    return {
        "name": "chronotrack",
        "protocol": "chronotrack",
        "port": 61611,
        "hosts": [HOST],
        "local": False,
        "here": "127.0.0.1:61611",
        **parts,
    }


def session(number: int, name: str, **parts: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "event": "",
        "partner": NORDIC,
        "purpose": "race",
        "testing": False,
        "offset": 0,
        "rate": [],
        "latency": None,
        "runners": 0,
        "unknown": {"count": 0, "last": []},
        **parts,
    }


def source(number: int, *locations: tuple[str, float | None], **parts: Any) -> dict[str, Any]:
    """Each location with its last read, so many seconds ago."""
    heard = [
        {"name": name, "arrived_at": None if s is None else ago(s), "count": None, "gap": None}
        for name, s in locations
    ]
    return {
        "id": number,
        "partner": NORDIC,
        "program": "SimpleClient",
        "version": "0.6.0",
        "remote": "192.168.1.30",
        "event_name": "Harbour Run",
        "online": True,
        "locations": heard,
        "arrived_at": heard[0]["arrived_at"] if heard else None,
        "accepted": 1204 if heard else 0,
        "rejected": 0,
        "session": 1,
        "inbox": False,
        "held": 0,
        "amber": "",
        "assigned": False,
        "move": None,
        "clock_difference_s": 0.1,
        "clock": "",
        **parts,
    }


def display(code: str, name: str, **parts: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "session": None,
        "partner": NORDIC,
        "url": f"http://{HOST}:8080/d/{code}",
        "screens": 0,
        "control": {},
        "pinned": None,
        **parts,
    }


def alarm(key: str, words: str, since_s: float | None = 60) -> dict[str, Any]:
    return {
        "key": key,
        "kind": key.partition(":")[0],
        "words": words,
        "since": None if since_s is None else ago(since_s),
    }
