"""A screen that comes back whenever it is dropped, and folds what it hears into the picture it shows.

Knows the live messages; refuses to know what was sent to the hub and what the database holds: `checks` compares.
"""

import asyncio
import json
from contextlib import suppress
from typing import Any, Final

import aiohttp
from aiohttp import WSMsgType

from tests.running import PATIENCE_S, POLL_S

PAUSE_S: Final = 0.05
"""What a screen waits a second for."""
BEHIND_MAX: Final = 2000
"""A screen that is further behind starts afresh, and rightly."""
WINDOW_OFFSETS: Final = 200
"""What a screen's picture is made of, and what each hello says anew."""
TELLS: Final = ("kind", "marks", "location", "tag", "time", "lap", "received_at")
"""What a read is, whoever wears the tag."""
_SILENT: Final = ("tick", "bye", "starts", "settings")

Picture = dict[int, dict[str, Any]]
"""offset -> the read shown there"""


class Wall:
    """`picture` is what it shows now; `shown` all it was ever shown, under its epoch and offset. `faults`: what no
    screen may be told, in words."""

    def __init__(self, web: str, code: str) -> None:
        self._where = (web, code)
        self._address = f"{web}/ws/d/{code}"
        # where it is
        self.session = 0
        self.epoch = 0
        self.after = 0
        self.picture: Picture = {}
        # what it has heard
        self.shown: dict[tuple[int, int, int], dict[str, Any]] = {}
        self.retracted: set[int] = set()
        self.faults: list[str] = []
        self.hellos = 0
        self.afresh = 0
        self.ticks: list[dict[str, Any]] = []
        self.byes: list[int] = []

    def another(self) -> "Wall":
        """A screen of the same display that has shown nothing yet."""
        return Wall(*self._where)

    async def look(self) -> None:
        """Until cancelled."""
        async with aiohttp.ClientSession() as http:
            while True:
                with suppress(aiohttp.ClientError, OSError):
                    await self._connection(http)
                await asyncio.sleep(PAUSE_S)

    async def glance(self) -> "Wall":
        """As a screen that is switched on now: its first picture."""
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(self._address, max_msg_size=1 << 26) as ws,
        ):
            self._lines(await ws.receive_str(timeout=PATIENCE_S))
        return self

    async def seen(self, offset: int) -> None:
        """Until it has come so far."""
        async with asyncio.timeout(PATIENCE_S):
            while self.after < offset:  # noqa: ASYNC110  it may have been dropped, and tells nobody
                await asyncio.sleep(POLL_S)

    async def _connection(self, http: aiohttp.ClientSession) -> None:
        place = {"session": self.session, "epoch": self.epoch, "after": self.after} if self.session else {}
        query = {name: str(value) for name, value in place.items()}
        async with http.ws_connect(self._address, params=query, max_msg_size=1 << 26) as ws:
            async for frame in ws:
                if frame.type is WSMsgType.TEXT:
                    self._lines(frame.data)

    def _lines(self, text: str) -> None:
        for line in text.split("\n"):
            self.take(json.loads(line))

    def take(self, message: dict[str, Any]) -> None:
        """One message."""
        match message["type"]:
            case "hello":
                self._greet(message)
            case "read":
                self._follow(message["offset"])
                self._show(message)
            case "retract":
                self._retract(message["offset"])
            case "correction":
                self._correct(message)
            case "tick":
                self.ticks.append(message)
            case "bye":
                self.byes.append(message["code"])
            case kind if kind not in _SILENT:
                self.faults.append(f"unexpected: {message}")

    def _greet(self, hello: dict[str, Any]) -> None:
        self.hellos += 1
        place = (hello["session"]["id"] if hello["session"] else 0, hello["epoch"])
        same = place == (self.session, self.epoch)
        behind = hello["offset"] - self.after
        if same and behind < 0:
            self.faults.append(f"had been shown {self.after}, and the hub is at {hello['offset']}")
        if hello["recovered"] and not same:
            self.faults.append(f"goes on in another session or epoch: {place}")
        if not hello["recovered"]:
            if same and behind <= BEHIND_MAX:
                self.faults.append(f"could not go on from {self.after}; the hub is at {hello['offset']}")
            self.afresh += self.hellos > 1
            self.picture.clear()
            self.after = hello["offset"]
        self.session, self.epoch = place
        for recent in hello["recent"]:
            if recent["type"] == "read":
                self._show(recent)
            else:
                self._hide(recent["offset"])

    def _follow(self, offset: int) -> None:
        if offset != self.after + 1:
            self.faults.append(f"{offset} came after {self.after}")
        self.after = offset
        self.picture.pop(offset - WINDOW_OFFSETS, None)

    def _show(self, read: dict[str, Any]) -> None:
        place = (self.session, self.epoch, read["offset"])
        told = {name: read[name] for name in TELLS}
        if not self.remember(place, told):
            self.faults.append(f"{place}: was shown otherwise before; now it is {told}")
        self.picture[read["offset"]] = told | {name: read.get(name) for name in ("bib", "runner")}

    def remember(self, place: tuple[int, int, int], told: dict[str, Any]) -> bool:
        """What it is shown under an epoch and offset; whether it is what it was shown there before, if it was."""
        return self.shown.setdefault(place, told) == told

    def _retract(self, offset: int) -> None:
        if offset == self.after + 1:  # one of those it has missed, which has been voided meanwhile
            self._follow(offset)
        self._hide(offset)

    def _hide(self, offset: int) -> None:
        self.retracted.add(offset)
        self.picture.pop(offset, None)

    def _correct(self, correction: dict[str, Any]) -> None:
        shown = self.picture.get(correction["offset"])
        if shown is not None:
            runner = correction["runner"]
            shown |= {"runner": runner, "bib": runner["bib"] if runner else None}
