"""What is said of sessions (their names, purposes, keys, and all that their events say), changed: first in the
tables, then in memory, and at once on the screens.

Knows the order of these; refuses to know what is changed. One change at a time. One that PostgreSQL does not take has
never been. Where the zone or the date of a session is another by it, the times of its reads are corrected (`retiming`).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from hub.accounts import Caller
from hub.config_live import Current
from hub.fanout import ANOTHER_SESSION
from hub.hub import Hub
from hub.model import SessionRow
from hub.retiming import Retiming
from hub.store import retimes, sessions
from hub.store.database import Connection
from hub.stores import Stores
from hub.web.live import Live


class Facts:
    """`changing`: held by whoever changes a session, one at a time."""

    def __init__(
        self,
        current: Current,
        hub: Hub,
        live: Live,
        stores: Stores,
        retiming: Retiming,
        changing: asyncio.Lock,
    ) -> None:
        self._current = current
        self._hub = hub
        self._live = live
        self._stores = stores
        self._retiming = retiming
        self._changing = changing

    @contextlib.asynccontextmanager
    async def of_session(self, by: Caller, session_id: int) -> AsyncIterator[Connection]:
        """A transaction in which something of this session is changed, if it is there for `by`. Raises StoreAway,
        StoreError."""
        async with self._changing:
            async with self._stores.change_of(by.whose) as connection:
                before = await self._rows(connection, [session_id])
                yield connection
                after, outdated = await self._noted(connection, before)
            self._put_in_force(after, outdated)

    @contextlib.asynccontextmanager
    async def of_event(self, by: Caller, event_id: int) -> AsyncIterator[Connection]:
        """The same for an event, and so for all sessions of it."""
        async with self._changing:
            async with self._stores.change_of(by.whose) as connection:
                ids = await sessions.of_event(connection, event_id)
                before = await self._rows(connection, ids)
                yield connection
                after, outdated = await self._noted(connection, before)
            self._put_in_force(after, outdated)

    async def _rows(self, connection: Connection, ids: list[int]) -> list[SessionRow]:
        zone = self._current.now.zone_name
        found = [await sessions.find(connection, each, zone) for each in ids]
        return [each for each in found if each is not None]

    async def _noted(
        self, connection: Connection, before: list[SessionRow]
    ) -> tuple[list[SessionRow], set[int]]:
        """The rows as they are now, and the sessions whose times stand by another zone or date."""
        after = {each.id: each for each in await self._rows(connection, [each.id for each in before])}
        outdated = [each for each in before if each.id in after and _place(each) != _place(after[each.id])]
        for each in outdated:
            await retimes.begin(connection, each)
        if outdated:  # with the day of their keys
            after = {each.id: each for each in await self._rows(connection, list(after))}
        return list(after.values()), {each.id for each in outdated}

    def _put_in_force(self, rows: list[SessionRow], outdated: set[int]) -> None:
        for row in rows:
            session = self._hub.find(row.id)
            if session is not None and session.row != row:
                self._hub.change_session(session, row)
                self._live.start_afresh(session, ANOTHER_SESSION)
        for session_id in sorted(outdated):
            self._retiming.want(session_id)


def _place(row: SessionRow) -> tuple[str, str]:
    """What its times are read by."""
    return row.timezone, row.day
