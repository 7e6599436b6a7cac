"""Sessions in memory that are not active: while something is put into them, while they end, before they go on.

Knows when a session may be loaded (PostgreSQL has all it was given) and when it may leave again; refuses to know what
is done with it. Nobody is led to a guest but who asks for it here.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, TypeVar

from hub import recovery
from hub.config_live import Current
from hub.errors import Conflict, NotFound, StoreAway
from hub.hub import Hub
from hub.model import US_PER_S, SessionRow
from hub.session import Session, Source
from hub.store import marks, messages, rosters, sessions
from hub.store.database import Connection
from hub.stores import Stores

LOOK_S: Final = 0.5
"""How often what nobody tells of is looked at: a database that has gone away while it is waited for."""

T = TypeVar("T")


class Guests:
    """Takes over `stores.moved`. `changing`: held by whoever changes a session, one at a time."""

    def __init__(self, current: Current, hub: Hub, stores: Stores, changing: asyncio.Lock) -> None:
        # shared
        self._current = current
        self._hub = hub
        self._stores = stores
        self._changing = changing
        # state
        self._loading = asyncio.Lock()
        self._moved = asyncio.Event()
        self._users: Counter[int] = Counter()
        self._sources: dict[int, list[Source]] = {}
        """The readers that guests had."""
        self._leaving: dict[int, int | None] = {}
        """Guests that nobody needs any more, and the group through which PostgreSQL has to be, once it is known."""
        self._barred: set[int] = set()
        self._new_rosters: Counter[int] = Counter()
        stores.moved = self._on_moved

    @contextlib.asynccontextmanager
    async def hosted(self, session_id: int) -> AsyncIterator[Session]:
        """The session of this number, in memory for as long as it is needed. Raises NotFound, StoreAway."""
        async with self._loading:
            if session_id in self._barred:
                raise _absent(session_id)
            session = self._hub.find(session_id) or await self._load(session_id)
            self._users[session_id] += 1
            self._leaving.pop(session_id, None)
        try:
            yield session
        finally:
            self._users[session_id] -= 1
            self.leave(session_id)

    async def check(self, session_id: int) -> None:
        """Raises NotFound when there is no such session, and StoreAway."""
        if self._hub.find(session_id) is None:
            await self._pooled(lambda connection: self._row(connection, session_id))

    def take_sources(self, session_id: int) -> list[Source]:
        """The readers that a guest had when it ended or was loaded, for it to go on with them where they were."""
        return self._sources.pop(session_id, [])

    def in_use(self, session_id: int) -> bool:
        return self._users[session_id] > 0

    def leave(self, session_id: int, sources: Sequence[Source] = ()) -> None:
        """A guest goes when nobody needs it and PostgreSQL has all it got: whoever loads it again finds it there.
        sources: its readers, if it has ended just now."""
        if sources:
            self._sources[session_id] = list(sources)
        if session_id in self._hub.guests and not self.in_use(session_id):
            self._leaving[session_id] = None
            self._sweep()

    def bar(self, session_id: int) -> None:
        """Nobody is given it from here on: it is to be deleted. Raises Conflict while somebody has it."""
        if session_id in self._barred:
            raise Conflict(f"Session {session_id} is being deleted already.")
        if self.in_use(session_id):
            raise Conflict(f"Something is being put into session {session_id}: wait until that is done.")
        self._barred.add(session_id)

    def unbar(self, session_id: int) -> None:
        self._barred.discard(session_id)

    def new_roster(self, session_id: int) -> None:
        """For who holds `changing`: what somebody is just loading of it is another now."""
        self._new_rosters[session_id] += 1

    # waiting

    def wake(self) -> None:
        """Whoever waits looks again."""
        self._moved.set()

    async def until(self, done: Callable[[], bool]) -> None:
        while not done():
            self._moved.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._moved.wait()

    async def until_written(self) -> None:
        """Until all that was accepted so far is on disk."""
        wanted = self._hub.groups_wanted
        await self.until(lambda: self._hub.groups_written >= wanted)

    async def until_drained(self) -> None:
        """Until all that was accepted so far is in PostgreSQL. Raises StoreAway when that does not take it."""
        await self.until_written()
        through, drain = self._journaled_through, self._stores.drain
        await self.until(lambda: drain.taken_through >= through or bool(drain.problem))
        if drain.taken_through < through:
            raise StoreAway(drain.problem)

    @property
    def _journaled_through(self) -> int:
        return self._stores.writer.journal.last_id

    def _on_moved(self) -> None:
        self._moved.set()
        self._sweep()

    def _sweep(self) -> None:
        for session_id in list(self._leaving):
            session = self._hub.guests.get(session_id)
            if session is None:  # it has become active, or was deleted
                self._sources.pop(session_id, None)
                del self._leaving[session_id]
                continue
            if self._leaving[session_id] is None and session.durable == session.head:
                self._leaving[session_id] = self._journaled_through
            through = self._leaving[session_id]
            if through is not None and self._stores.drain.taken_through >= through:
                self._sources.pop(session_id, None)
                del self._leaving[session_id], self._hub.guests[session_id]

    # loading

    async def _load(self, session_id: int) -> Session:
        """With all it has seen: what of it is in the journal has to be in PostgreSQL first."""
        await self.until_drained()
        new_rosters = self._new_rosters[session_id]
        row = await self._pooled(lambda connection: self._row(connection, session_id))
        session = Session(row, late_us=self._current.now.limits.late_s * US_PER_S)
        own = await recovery.load_session(self._pooled, self._hub, session)
        async with self._changing:  # what it is called and counted by may have been changed meanwhile
            session.change(await self._pooled(lambda connection: self._row(connection, session_id)))
            session.said = await self._pooled(lambda connection: marks.load(connection, session_id))
            session.messages = await self._pooled(
                lambda connection: messages.of_session(connection, session_id)
            )
            if self._new_rosters[session_id] != new_rosters:
                session.roster = await self._pooled(lambda connection: rosters.roster(connection, session_id))
            self._hub.guests[session_id] = session
            self._sources[session_id] = own
        return session

    async def _row(self, connection: Connection, session_id: int) -> SessionRow:
        row = await sessions.find(connection, session_id, self._current.now.zone_name)
        if row is None:
            raise _absent(session_id)
        return row

    async def _pooled(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._stores.transaction() as connection:
            return await work(connection)


def _absent(session_id: int) -> NotFound:
    return NotFound(f"There is no session {session_id}.")
