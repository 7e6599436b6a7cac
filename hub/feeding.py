"""Puts a controller's files into a session: the same way as a reader's lines, by `accept`, journal and drain.

Knows the order of things, and when to wait; what a read is, is decided in `importing` and `session`. One import at a
time. A session that is not active is loaded for it as a guest, to which nobody else is led, and stays until
PostgreSQL has all that it got.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, TypeVar

from hub import __version__, importing, recovery
from hub.config_live import Current
from hub.errors import Invalid, NotFound, StoreAway, Unavailable
from hub.hub import Hub
from hub.importing import ControllerFiles, Imported, ImportPlan, Part, Piece, Problem
from hub.model import MARK_REPEAT, US_PER_S, Observation, Read, SessionRow
from hub.session import LOCATIONS_MAX, Session, Source
from hub.store import sessions
from hub.store.database import Connection
from hub.stores import Stores

log = logging.getLogger(__name__)

LISTENER: Final = "import"
PROGRAM: Final = "racehub import"
LOOK_S: Final = 0.5
"""How often what nobody tells of is looked at: a database that has gone away while it is waited for."""
_NEVER_US: Final = -(1 << 60)

T = TypeVar("T")


def _unwatched(lines: int) -> None:
    pass


@dataclass(slots=True)
class _Count:
    reads: int = 0
    new: int = 0
    repeats: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, piece: Piece, new: list[Read]) -> None:
        self.reads += len(piece.observations)
        self.new += len(new)
        self.repeats += sum(MARK_REPEAT in read.marks for read in new)
        self.rejected += len(piece.rejected)
        self.problems += piece.problems[: importing.PROBLEMS_MAX - len(self.problems)]


class Feeder:
    """`now_us`: the clock. Takes over `stores.moved`."""

    def __init__(self, current: Current, hub: Hub, stores: Stores, now_us: Callable[[], int]) -> None:
        # shared
        self._current = current
        self._hub = hub
        self._stores = stores
        self._now_us = now_us
        # state
        self._one = asyncio.Lock()
        self._moved = asyncio.Event()
        self._leaving: dict[int, int | None] = {}
        """Guests that nobody needs any more, and the group through which PostgreSQL has to be, once it is known."""
        self._closed = False
        stores.moved = self._on_moved

    async def put(
        self,
        session_id: int,
        files: ControllerFiles,
        location: str | None,
        *,
        remote: str,
        on_lines: Callable[[int], None] = _unwatched,
    ) -> Imported:
        """Puts what the session does not hold yet into it, and answers when that is on disk.

        location: that of all reads, else the files say it. remote: who asks, for the record. on_lines: hears how many
        lines more have been looked at. Raises NotFound, FileFormatError, StoreAway, and Unavailable when the hub is
        being stopped: what was taken by then is kept, and to import the files again does not double it.
        """
        async with self._one:
            await self._check_session(session_id)
            plan = await asyncio.to_thread(importing.plan, files, location)
            try:
                session = await self._session(session_id)
                imported = await self._put(session, plan, remote, on_lines)
            finally:
                if session_id in self._hub.guests:
                    self._leaving[session_id] = None
                    self._sweep()
        log.info(
            "import: session %d, %s from %s: %d lines, %d reads are new, %d were held, %d lines rejected",
            session_id,
            imported.location,
            importing.shown(files.tags_name),
            imported.lines,
            imported.new,
            imported.held,
            imported.rejected,
        )
        return imported

    def close(self) -> None:
        """Nothing is put into a session from here on. What is on its way to the disk may be waited for."""
        self._closed = True
        self._moved.set()

    async def _put(
        self, session: Session, plan: ImportPlan, remote: str, on_lines: Callable[[int], None]
    ) -> Imported:
        _check_locations(session, plan)
        count = _Count()
        for part in plan.parts:
            source = self._open(session, part, plan.event, remote)
            pieces = part.pieces()
            try:
                while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
                    await self._until_room()
                    count.add(piece, self._take(session, source, piece))
                    on_lines(len(piece.observations) + len(piece.rejected))
            finally:
                self._hub.release(source)
        await self._until_written()
        return Imported(
            session=session.row.id,
            location=", ".join(plan.locations),
            lines=plan.lines,
            reads=count.reads,
            guns=plan.guns,
            new=count.new,
            held=count.reads - count.new,
            repeats=count.repeats,
            rejected=count.rejected,
            problems=count.problems,
        )

    def _open(self, session: Session, part: Part, event: str, remote: str) -> Source:
        source = self._hub.new_source(
            session,
            listener=LISTENER,
            protocol=importing.PROTOCOL,
            remote=remote,
            program=f"{PROGRAM} {part.name}",
            version=__version__,
            connection_id="",
            event_name=event,
        )
        source.connected(self._now_us())
        return source

    def _take(self, session: Session, source: Source, piece: Piece) -> list[Read]:
        """Gives what is new. A file says nothing of its reader's clock: reads of the last minutes are young, and all
        others late, those too that lie ahead of our clock. A whole race must not come to the wall because a time zone
        is wrong."""
        before = len(self._hub.unsealed(session))
        now_us = self._now_us()
        instant, last_us = session.wall.instant, now_us + session.late_us

        def ahead(seen: Observation) -> bool:
            return instant(seen.wall_us) > last_us

        for is_ahead, some in groupby(piece.observations, key=ahead):
            source.clock.jumped()
            source.clock.difference_us = _NEVER_US if is_ahead else 0
            self._hub.accept(source, list(some), [], now_us)
        if piece.rejected:
            self._hub.accept(source, [], piece.rejected, now_us)
        return self._hub.unsealed(session)[before:]

    # waiting

    def _on_moved(self) -> None:
        self._moved.set()
        self._sweep()

    async def _until(self, done: Callable[[], bool]) -> None:
        while not done():
            self._moved.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._moved.wait()

    async def _until_room(self) -> None:
        """As long as readers have to wait, we do."""
        await self._until(lambda: self._closed or not (self._hub.congested or self._stores.full))
        if self._closed:
            raise Unavailable("The hub is stopping. What it has taken of the file is kept; import it again.")

    async def _until_written(self) -> None:
        """Until all that was accepted so far is on disk."""
        wanted = self._hub.groups_wanted
        await self._until(lambda: self._hub.groups_written >= wanted)

    # sessions

    async def _check_session(self, session_id: int) -> None:
        """Before anything else: the file may be large."""
        if self._hub.find(session_id) is None:
            await self._row(session_id)

    async def _session(self, session_id: int) -> Session:
        """From memory, else loaded as a guest."""
        session = self._hub.find(session_id)
        if session is None:
            session = await self._load(session_id)
            self._hub.guests[session_id] = session
        self._leaving.pop(session_id, None)
        return session

    async def _load(self, session_id: int) -> Session:
        """A session that is not active, with all it has seen: what of it is in the journal has to be in PostgreSQL
        first."""
        await self._until_written()
        through, drain = self._journaled_through, self._stores.drain
        await self._until(lambda: drain.taken_through >= through or bool(drain.problem))
        if drain.taken_through < through:
            raise StoreAway(drain.problem)
        row = await self._row(session_id)
        session = Session(row, late_us=self._current.now.limits.late_s * US_PER_S)
        await recovery.load_reads(self._pooled, self._hub, session)
        return session

    async def _row(self, session_id: int) -> SessionRow:
        """As PostgreSQL has it, whosever it is: who may put something into it was asked before. Raises NotFound."""
        async with self._stores.transaction() as connection:
            row = await sessions.find(connection, session_id, self._current.now.zone_name)
        if row is None:
            raise NotFound(f"There is no session {session_id}.")
        return row

    async def _pooled(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._stores.transaction() as connection:
            return await work(connection)

    def _sweep(self) -> None:
        """Guests leave when PostgreSQL has all they got: whoever loads them again finds it there."""
        for session_id in list(self._leaving):
            session = self._hub.guests[session_id]
            if self._leaving[session_id] is None and session.durable == session.head:
                self._leaving[session_id] = self._journaled_through
            through = self._leaving[session_id]
            if through is not None and self._stores.drain.taken_through >= through:
                del self._leaving[session_id], self._hub.guests[session_id]

    @property
    def _journaled_through(self) -> int:
        return self._stores.writer.journal.last_id


def _check_locations(session: Session, plan: ImportPlan) -> None:
    for name in plan.locations:
        if session.location(name) is None:
            raise Invalid(
                f"Session {session.row.id} has {LOCATIONS_MAX} locations already.", field="location"
            )
