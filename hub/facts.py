"""What is said of sessions (their names, purposes, keys, and all that their events say), changed: first in the
tables, then in memory, and at once on the screens.

Knows the order of these; refuses to know what is changed. One change at a time. One that PostgreSQL does not take has
never been. Where the zone or the date of a session with reads is another by it, the times of its reads are corrected
(`retiming`).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from msgspec.structs import replace

from hub.accounts import Caller
from hub.config_live import Current
from hub.fanout import ANOTHER_SESSION
from hub.hub import Hub
from hub.model import SessionRow
from hub.retiming import Retiming
from hub.session import Session
from hub.store import retimes, sessions
from hub.store.database import Connection
from hub.stores import Stores
from hub.web.live import Live

_MINORS: Final = ("minors_under", "minors_privacy")


class _Changed(NamedTuple):
    before: SessionRow
    after: SessionRow
    reads: int


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
                changed = await self._changed(connection, before)
            await self._put_in_force(changed)

    @contextlib.asynccontextmanager
    async def of_event(self, by: Caller, event_id: int) -> AsyncIterator[Connection]:
        """The same for an event, and so for all sessions of it."""
        async with self._changing:
            async with self._stores.change_of(by.whose) as connection:
                before = await self._rows(connection, await sessions.of_event(connection, event_id))
                yield connection
                changed = await self._changed(connection, before)
            await self._put_in_force(changed)

    async def _rows(self, connection: Connection, ids: list[int]) -> list[SessionRow]:
        zone = self._current.now.zone_name
        found = [await sessions.find(connection, each, zone) for each in ids]
        return [each for each in found if each is not None]

    async def _changed(self, connection: Connection, before: list[SessionRow]) -> list[_Changed]:
        """Each session as it was and as it is now, and how many reads of it are by another zone or date."""
        found = []
        for each in before:
            reads = 0
            rows = await self._rows(connection, [each.id])
            if rows and _place(each) != _place(rows[0]):
                reads = max(await retimes.head(connection, each.id), self._head(each.id))
            if reads:
                await retimes.begin(connection, each)
                rows = await self._rows(connection, [each.id])  # with the day of its keys
            found += [_Changed(each, after, reads) for after in rows]
        return found

    async def _put_in_force(self, changed: list[_Changed]) -> None:
        late = []
        for before, after, reads in changed:
            row = after
            came_meanwhile = self._head(after.id) if _place(before) != _place(after) and not reads else 0
            if came_meanwhile:  # the first reads: their keys are by the day before
                late.append(before)
                row = replace(after, keys_day=before.keys_day or before.day)
            session = self._hub.find(row.id)
            if session is not None and session.row != row:
                self._show(session, row)
            if reads or came_meanwhile:
                self._retiming.want(row.id, reads or came_meanwhile)
        if late:
            async with self._stores.transaction() as connection:
                for before in late:
                    await retimes.begin(connection, before)

    def _show(self, session: Session, row: SessionRow) -> None:
        """By another rule for minors screens go on, and are told at once."""
        of_now = {name: getattr(session.row, name) for name in _MINORS}
        if replace(row, **of_now) == session.row:
            self._live.new_rule(session, row)
        else:
            self._hub.change_session(session, row)
            self._live.start_afresh(session, ANOTHER_SESSION)

    def _head(self, session_id: int) -> int:
        """The last offset that it has given, as far as it is in memory."""
        session = self._hub.find(session_id)
        return session.head if session else 0


def _place(row: SessionRow) -> tuple[str, str]:
    """What its times are read by."""
    return row.timezone, row.day
