"""Clients that do what the predecessor's pages do: one that asks each second, and one that listens to the stream."""

import asyncio
import json
from typing import Any, Final

import aiohttp

POLL_S: Final = 0.2
"""The pages ask each second, and show each runner for five: here both are a fifth of it."""


class Polling:
    """`/display` of the page that has its settings once, then asks who is to be shown. with_envelope: it reads the
    runner in the envelope, shows it for the display's duration by its own clock, says so, and shows the next one at
    once; else it shows whoever it was told last, flat, for as long."""

    def __init__(self, origin: str, code: str, *, with_envelope: bool) -> None:
        self._origin = origin
        self._query = {"display": code}
        self._with_envelope = with_envelope
        self.open = False
        self.shown: list[str] = []
        self.durations: list[float] = []

    async def run(self) -> None:
        clock = asyncio.get_running_loop().time
        async with aiohttp.ClientSession(self._origin) as self._http:
            duration = (await self._ask("GET", "/api/display-settings"))["duration"]
            shown: str | None = None
            since = 0.0
            while True:
                now = clock()
                if shown is not None and now - since >= duration:
                    self.durations.append(now - since)
                    shown, since = await self._next(), clock()
                if shown is None:
                    shown, since = self._bib(await self._ask("GET", "/api/current-runner")), clock()
                    if shown is not None:
                        self._show(shown)
                self.open = True
                await asyncio.sleep(POLL_S / 4 if shown is not None else POLL_S)

    async def _next(self) -> str | None:
        """Who is shown without a rest between them."""
        if not self._with_envelope:
            return None
        answer = await self._ask("POST", "/api/runner-displayed")
        following = answer.get("next_runner")
        if following is None:
            return None
        self._show(following["bib"])
        return str(following["bib"])

    def _bib(self, answer: dict[str, Any]) -> str | None:
        if self._with_envelope:
            return answer["runner"]["bib"] if answer["runner"] else None
        return answer.get("bib")

    def _show(self, bib: str) -> None:
        if not self.shown or self.shown[-1] != bib:
            self.shown.append(bib)

    async def _ask(self, method: str, path: str) -> Any:
        async with self._http.request(method, path, params=self._query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


class Streaming:
    """An EventSource that hangs up for good at the first error."""

    def __init__(self, origin: str, code: str, after: str = "") -> None:
        self._origin = origin
        self._code = code
        self.open = False
        self.shown: list[str] = []
        self.keepalives = 0
        self.last_id = after

    async def run(self) -> None:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self.last_id} if self.last_id else {})
        no_limit = aiohttp.ClientTimeout(total=None)
        async with (
            aiohttp.ClientSession(self._origin, timeout=no_limit) as http,
            http.get("/stream", params={"display": self._code}, headers=headers) as answer,
        ):
            assert answer.status == 200 and answer.content_type == "text/event-stream"
            async for line in answer.content:
                self._hear(line.decode().rstrip("\n"))

    def _hear(self, line: str) -> None:
        name, _, value = line.partition(": ")
        assert name in ("", "id", "data"), line  # no name of an event: the pages hear of nothing else
        if name == "id":
            self.last_id = value
        elif name == "data":
            data = json.loads(value)
            if data == {"keepalive": True}:
                self.keepalives += 1
            else:
                self.shown.append(data["bib"])
            self.open = True
