"""What announcers say of sessions: first in the tables, then in memory, and at once before all who watch the session.

Knows the order of these; refuses to know what is said, and who may say it. A session that is not in memory has it in
the tables alone.
"""

import asyncio

from hub.accounts import Caller
from hub.errors import NotFound
from hub.hub import Hub
from hub.marks import Call, Mark, MarkChange
from hub.model import SessionRow, Whose
from hub.store import marks
from hub.stores import Stores
from hub.web.live import Live


class Announcing:
    """Every method takes the row of a session that is there for the caller, and may raise StoreAway; what changes
    something also NotFound, Conflict and StoreError. `changing`: held by whoever changes a session, one at a time: what
    is in memory is then what was stored last."""

    def __init__(self, hub: Hub, live: Live, stores: Stores, changing: asyncio.Lock) -> None:
        self._hub = hub
        self._live = live
        self._stores = stores
        self._changing = changing

    async def marks(self, whose: Whose, row: SessionRow) -> list[Mark]:
        """From memory, where the session is in there."""
        session = self._hub.find(row.id)
        if session is not None:
            return session.said.marks
        async with self._stores.web().of(whose) as connection:
            return await marks.marks(connection, row.id)

    async def mark(self, by: Caller, row: SessionRow, who: str, change: MarkChange) -> Mark:
        """Gives what is said of this runner now."""
        async with self._changing:
            async with self._stores.change_of(by.whose) as connection:
                mark = await marks.put(connection, by, row, who, change)
            session = self._hub.find(row.id)
            if session is not None:
                self._live.marked(session, mark)
        return mark

    async def say(self, by: Caller, row: SessionRow, offset: int) -> Call:
        """A read was said. What was said before stays as it is."""
        async with self._changing:
            session = self._hub.find(row.id)
            async with self._stores.change_of(by.whose) as connection:
                there = offset <= session.durable if session else None
                if there is None:
                    there = await marks.is_read(connection, row.id, offset)
                if not there:
                    raise NotFound(f"There is no read {offset} in this session.")
                call = await marks.say(connection, by, row.id, offset)
            session = self._hub.find(row.id)
            if session is not None:
                self._live.called(session, call)
        return call

    async def unsay(self, by: Caller, row: SessionRow, offset: int) -> None:
        """It was not, after all."""
        async with self._changing:
            async with self._stores.change_of(by.whose) as connection:
                await marks.unsay(connection, row.id, offset)
            session = self._hub.find(row.id)
            if session is not None:
                self._live.uncalled(session, offset)
