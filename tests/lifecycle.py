"""A running hub for tests that make sessions and events of their own over the API, and leave the others alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from hub.config import CODE_TRIES_PER_MINUTE_MAX, Limits, Settings
from hub.provider_accounts import Make
from hub.providers import registry
from hub.session import Session
from tests.postgres import fresh_database
from tests.running import PATIENCE_S, Reader, Running, Screen, rows, running_hub, settings_for, until


class Office:
    """The hub, its database, and what is asked of it."""

    def __init__(self, hub: Running, dsn: str, settings: Settings) -> None:
        self.hub = hub
        self.dsn = dsn
        self.settings = settings

    async def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        """The JSON of an answer with this status."""
        async with self.hub.http.request(method, f"/api/{path}", json=body) as response:
            assert response.status == status, (response.status, await response.text())
            return await response.json() if response.content_type == "application/json" else None

    async def refused(self, method: str, path: str, body: object = None, status: int = 409) -> Any:
        """What is said to what cannot be."""
        return (await self.ask(method, path, body, status))["error"]

    async def event(self, **words: object) -> Any:
        """A new event, in Berlin on a day in May unless said otherwise."""
        wanted = {"name": "Spring run", "date": "2026-05-16", "timezone": "Europe/Berlin"} | words
        return (await self.ask("POST", "events", wanted, 201))["event"]

    async def session(self, name: str = "Start", **words: object) -> Any:
        """A new session; active unless said otherwise."""
        return await self.ask("POST", "sessions", {"session_name": name} | words, 201)

    async def displayed(self, session_id: int | None) -> str:
        """The code of a new display of a session; None: of whichever is active."""
        made = await self.ask("POST", "displays", {"name": "Wall", "session_id": session_id}, 201)
        return str(made["display"]["code"])

    def screen(self, code: str) -> Screen:
        return self.hub.screen(code)

    def memory(self, made: Any) -> Session:
        return self.hub.app.hub.sessions[made["id"]]

    def reader(self, made: Any) -> Reader:
        """One that gives the session's key."""
        return self.hub.reader(event=made["stream_key"])

    async def fed(self, made: Any, *tags: str, reader: Reader | None = None) -> Reader:
        """A reader that has sent these, all of them durable, and that stays connected."""
        reader = reader or self.reader(made)
        wanted = self.memory(made).durable + len(tags)
        reader.add(*tags)
        await reader.connect()
        await until(lambda: self.memory(made).durable >= wanted)
        return reader

    async def reads(self, made: Any, count: int) -> list[dict[str, Any]]:
        """The rows of a session, as soon as there are so many."""
        query = "SELECT * FROM timing_reads WHERE session_id = $1 ORDER BY feed_offset"
        async with asyncio.timeout(PATIENCE_S):
            while len(found := await rows(self.dsn, query, made["id"])) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert len(found) == count
        assert [row["feed_offset"] for row in found] == list(range(1, count + 1))
        return found

    async def corrected(self, made: Any) -> None:
        """Until the times of a session are by the zone and date of its event. A hub that has just begun may not have
        looked what there is to correct: the table says it."""
        left = "SELECT FROM timing_sessions WHERE id = $1 AND times_by IS NOT NULL"
        async with asyncio.timeout(PATIENCE_S):
            while "retiming" in await self.ask("GET", f"sessions/{made['id']}"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            while await rows(self.dsn, left, made["id"]):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


OF_MANY: Final = Limits(code_tries_per_minute=CODE_TRIES_PER_MINUTE_MAX)
"""Many tests share an address, and each may try a code that leads nowhere."""


@asynccontextmanager
async def office(dsn: str, folder: Path, service: Make = registry.make) -> AsyncIterator[Office]:
    """`service`: what opens accounts at registration services."""
    settings = settings_for(dsn, folder, limits=OF_MANY)
    async with running_hub(settings, service=service) as hub:
        yield Office(hub, dsn, settings)


@asynccontextmanager
async def new_office(server_dsn: str, folder: Path) -> AsyncIterator[Office]:
    """On a database of its own."""
    async with fresh_database(server_dsn) as dsn, office(dsn, folder) as made:
        yield made
