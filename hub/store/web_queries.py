"""What requests ask of PostgreSQL, each of what belongs to somebody. Knows the pool and the tables; refuses to know
requests, and whose things a caller may see."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from hub.counting import Stored
from hub.errors import StoreAway
from hub.messages import Messages
from hub.model import Read, ReadFilter, SessionRow, Whose
from hub.passages import StoredPassage
from hub.roster import Roster
from hub.store import messages, rosters, sessions
from hub.store.database import query
from hub.store.pooled import WebDatabase
from hub.store.sessions import read_of

COUNTED_AT_ONCE: Final = 1000
"""Rows to count in one piece, which the loop takes in in 2 ms."""


class WebQueries:
    """Every method but `alive` may raise StoreAway. What does not belong to `whose` is as absent as what does not
    exist. `database`: gives the pool; raises StoreAway while there is none. `timezone`: that of sessions
    whose event says none."""

    def __init__(self, database: Callable[[], WebDatabase], timezone: str) -> None:
        self._database = database
        self._timezone = timezone
        self._asking: asyncio.Task[bool] | None = None

    async def alive(self) -> bool:
        """One question for all who ask meanwhile: `/health` is open to everybody, and the pool is small."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._alive())
            self._asking.add_done_callback(self._answered)
        return await asyncio.shield(self._asking)

    async def _alive(self) -> bool:
        try:
            return await self._database().alive()
        except StoreAway:
            return False

    def _answered(self, _task: asyncio.Task[bool]) -> None:
        self._asking = None

    async def sessions(self, whose: Whose, session_id: int | None = None) -> list[dict[str, Any]]:
        async with self._database().of(whose) as connection:
            return [dict(row) for row in await connection.fetch(query("sessions_list"), session_id)]

    async def session(self, whose: Whose, session_id: int) -> SessionRow | None:
        async with self._database().of(whose) as connection:
            return await sessions.find(connection, session_id, self._timezone)

    async def reads(self, whose: Whose, session_id: int, wanted: ReadFilter) -> list[tuple[int, Read]]:
        async with self._database().of(whose) as connection:
            rows = await connection.fetch(
                query("reads_page"),
                session_id,
                wanted.after,
                wanted.locations,
                wanted.tags,
                wanted.but_tags,
                wanted.limit,
            )
            return [(number, read_of(fields)) for number, *fields in rows]

    async def counted(self, whose: Whose, session_id: int, after: int, through: int) -> list[Stored]:
        """The next rows of a session after an offset, up to another."""
        async with self._database().of(whose) as connection:
            rows = await connection.fetch(query("reads_counted"), session_id, after, through, COUNTED_AT_ONCE)
            return [Stored._make((*fields, key.bytes if key else None)) for *fields, key in rows]

    async def passed(self, whose: Whose, session_id: int, after: int, through: int) -> list[StoredPassage]:
        """As `counted`: who came by where and when."""
        async with self._database().of(whose) as connection:
            rows = await connection.fetch(query("reads_passed"), session_id, after, through, COUNTED_AT_ONCE)
            return [StoredPassage._make(row) for row in rows]

    async def locations(self, whose: Whose, session_id: int) -> list[dict[str, Any]]:
        async with self._database().of(whose) as connection:
            return [dict(row) for row in await connection.fetch(query("locations_list"), session_id)]

    async def location_tags(self, whose: Whose, session_id: int) -> dict[int, int]:
        async with self._database().of(whose) as connection:
            rows = await connection.fetch(query("location_tags"), session_id)
            return {row["location_id"]: row["tags"] for row in rows}

    async def messages(self, whose: Whose, session_id: int) -> Messages:
        async with self._database().of(whose) as connection:
            return await messages.of_session(connection, session_id)

    async def rejects(self, whose: Whose, session_id: int, after: int, limit: int) -> list[dict[str, Any]]:
        async with self._database().of(whose) as connection:
            rows = await connection.fetch(query("rejects_page"), session_id, after, limit)
            return [dict(row) for row in rows]

    async def roster(self, whose: Whose, session_id: int) -> Roster:
        async with self._database().of(whose) as connection:
            return Roster(await rosters.load(connection, session_id))
