"""A registration service in the test's own process: what it says, and what goes wrong, is put into it. Used by tests of
what the hub makes of a service's answers; how it asks real ones is in tests/providers.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from hub.errors import ProviderError
from hub.providers.registry import KINDS
from hub.providers.words import (
    Credentials,
    Cursor,
    EventRace,
    Kind,
    Page,
    ProviderEvent,
    Result,
)
from hub.roster_words import Entry, Layer


def entry(number: int, **fields: str) -> Entry:
    """Somebody with this bib; `x` and it is what the service calls them."""
    return Entry(Layer({"bib": str(number), "first_name": f"Ann {number}", **fields}), f"x{number}")


class Service:
    """One account. `problems`: what is raised, one after the other, when it is asked; None: nothing. `wait`: what
    answers wait for. asked: the cursors that it was asked from, in their order."""

    def __init__(self, kind: str, credentials: Credentials) -> None:
        self.kind: Kind = KINDS[kind]
        self.credentials = dict(credentials)
        self.pages: list[Page] = []
        self.news: list[Page] = []
        self.found: list[Result] = []
        self.problems: list[ProviderError | None] = []
        self.wait: asyncio.Event | None = None
        self.asked: list[Cursor] = []
        self.calls = 0
        self.closed = False

    def calls_last_hour(self) -> int:
        return self.calls

    async def test(self) -> str:
        await self._call()
        return "It says hello."

    async def events(self, find: str = "") -> list[ProviderEvent]:
        await self._call()
        return [await self.event("1")]

    async def event(self, event_id: str) -> ProviderEvent:
        await self._call()
        return ProviderEvent(event_id, "Spring run", "2026-05-16", "Linz", [EventRace("71", "10K")])

    async def roster(self, event_id: str, races: list[str], cursor: Cursor) -> AsyncIterator[Page]:
        self.asked.append(cursor)
        for page in (self.news if cursor else self.pages) or [Page([], cursor=cursor or {"at": 1})]:
            await self._call()
            yield page

    async def results(self, event_id: str, races: list[str]) -> AsyncIterator[list[Result]]:
        await self._call()
        yield list(self.found)

    async def close(self) -> None:
        self.closed = True

    def say(self, *numbers: int, cursor: Any = 1) -> None:
        """This is the whole roster."""
        self.pages = [Page([entry(number) for number in numbers], cursor={"at": cursor})]

    async def _call(self) -> None:
        self.calls += 1
        if self.wait is not None:
            await self.wait.wait()
        problem = self.problems.pop(0) if self.problems else None
        if problem is not None:
            raise problem


class Services:
    """Opens accounts: each API key is one service's, whoever asks in its name."""

    def __init__(self) -> None:
        self._by_key: dict[str, Service] = {}
        self.opened: list[str] = []

    def of(self, key: str) -> Service:
        return self._by_key.setdefault(key, Service("runsignup", {"api_key": key}))

    def __call__(self, kind: str, credentials: Credentials) -> Service:
        self.opened.append(credentials["api_key"])
        found = self.of(credentials["api_key"])
        found.credentials, found.closed = dict(credentials), False
        return found
