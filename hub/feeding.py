"""Puts a controller's files into a session: the same way as a reader's lines, by `accept`, journal and drain.

Knows the order of things, and when to wait; what a read is, is decided in `importing` and `session`. One import at a
time. A session that is not active is a guest for it (`guests`), to which nobody else is led.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from hub import __version__, importing
from hub.errors import Invalid, Unavailable
from hub.guests import Guests
from hub.hub import Hub
from hub.importing import ControllerFiles, Imported, ImportPlan, Part, Piece, Problem
from hub.model import MARK_REPEAT, Observation, Read
from hub.session import LOCATIONS_MAX, Session, Source
from hub.stores import Stores

log = logging.getLogger(__name__)

LISTENER: Final = "import"
PROGRAM: Final = "racehub import"
_NEVER_US: Final = -(1 << 60)


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
    """`now_us`: the clock."""

    def __init__(self, hub: Hub, stores: Stores, guests: Guests, now_us: Callable[[], int]) -> None:
        # shared
        self._hub = hub
        self._stores = stores
        self._guests = guests
        self._now_us = now_us
        # state
        self._one = asyncio.Lock()
        self._closed = False

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
            await self._guests.check(session_id)  # before anything else: the file may be large
            plan = await asyncio.to_thread(importing.plan, files, location)
            async with self._guests.hosted(session_id) as session:
                imported = await self._put(session, plan, remote, on_lines)
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
        self._guests.wake()

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
        await self._guests.until_written()
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

    async def _until_room(self) -> None:
        """As long as readers have to wait, we do."""
        await self._guests.until(lambda: self._closed or not (self._hub.congested or self._stores.full))
        if self._closed:
            raise Unavailable("The hub is stopping. What it has taken of the file is kept; import it again.")


def _check_locations(session: Session, plan: ImportPlan) -> None:
    for name in plan.locations:
        if session.location(name) is None:
            raise Invalid(
                f"Session {session.row.id} has {LOCATIONS_MAX} locations already.", field="location"
            )
