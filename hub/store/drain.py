"""From the journal into PostgreSQL: in order, one batch in flight, each read exactly once.

COPY first. After any doubt (a lost connection, a time-out, a restart) the same batch is inserted with ON CONFLICT,
and what was there is compared with what is in hand: equal, done; different, it gets the session's next offset and
the session a new epoch, because two hubs gave one offset away. A read that PostgreSQL will not take is cut out by
halving the batch: it goes to `timing_rejects`, and a void row keeps its offset. Only then is the group deleted.

The queue is a window on the journal: what is beyond it is read back from disk when its turn comes.
"""

import asyncio
import logging
import struct
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import asyncpg

from hub.errors import StoreAway
from hub.model import Group, Read, RejectRecord, SourceRecord
from hub.store import reads
from hub.store.database import Connection, Writer, query
from hub.store.reads import Row

log = logging.getLogger(__name__)

BATCH_READS_MAX: Final = 5000
"""Rows of one COPY: beyond this it gets no faster, and the loop is held up for 10 ms by packing them."""
WINDOW_READS_MAX: Final = 50_000
"""Reads kept in memory for PostgreSQL, about 50 MB; the rest waits in the journal only."""
RETRY_S_MAX: Final = 2.0
RETRY_S_MIN: Final = 0.05

_DATA_FAULTS: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    struct.error,
    UnicodeEncodeError,
)
"""What says that a row cannot be taken, now or ever."""


class GroupReader(Protocol):
    """Where groups that are not in the window are read back from."""

    async def __call__(self, after: int, reads_max: int) -> list[tuple[int, Group]]: ...


@dataclass(slots=True)
class Batch:
    """Some groups, flattened: what goes into PostgreSQL in one transaction. `through`: the last group in it."""

    through: int
    sources: dict[int, SourceRecord] = field(default_factory=dict)
    reads: list[tuple[int, Read]] = field(default_factory=list)
    rejects: list[RejectRecord] = field(default_factory=list)

    def add(self, number: int, group: Group) -> None:
        self.through = number
        for source in group.sources:
            self.sources[source.id] = source
        for session in group.sessions:
            self.reads += [(session.session_id, read) for read in session.reads]
        self.rejects += group.rejects


class Drain:
    """`next_offset` gives a session's next free offset, for a read whose own was taken by another; `renumbered`
    hears of it when that is in the database. `done` hears through which group everything is in."""

    def __init__(
        self,
        writer: Writer,
        read_groups: GroupReader,
        *,
        done: Callable[[int], None],
        next_offset: Callable[[int], int],
        renumbered: Callable[[int, Read], None],
        new_id: Callable[[], int],
    ) -> None:
        # shared
        self._writer = writer
        self._read_groups = read_groups
        self._done = done
        self._next_offset = next_offset
        self._renumbered = renumbered
        self._new_id = new_id
        # the window
        self._window: deque[tuple[int, Group, int]] = deque()
        self._window_reads = 0
        self._spilled = False
        self._put_through = 0
        self._wanted = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        # what was learnt
        self._locations: dict[tuple[int, str], tuple[int, str]] = {}
        self._new_offsets: dict[tuple[int, int], int] = {}
        self._doubt = True
        self.taken_through = 0
        # counters
        self.problem = ""
        """Why nothing goes in now, in words; empty when it does."""
        self.stored = 0
        self.poisoned = 0
        self.foreign = 0

    def put(self, number: int, group: Group, count: int) -> None:
        """A group that is on disk. Groups come in order."""
        self._empty.clear()
        self._put_through = number
        if self._spilled or self._window_reads >= WINDOW_READS_MAX:
            self._spilled = True
        else:
            self._window.append((number, group, count))
            self._window_reads += count
        self._wanted.set()

    def spill(self) -> None:
        """There are groups in the journal that were never put: after a restart."""
        self._spilled = True
        self._empty.clear()
        self._wanted.set()

    async def drained(self) -> None:
        """Waits until everything that was put is in PostgreSQL."""
        await self._empty.wait()

    async def run(self) -> None:
        """Until cancelled. Raises NotOwner when the database is another hub's now."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while (batch := await self._next()) is not None:
                await self._store_until_done(batch)
                self.taken_through = batch.through
                self._done(batch.through)
            if not self._wanted.is_set():
                self._empty.set()

    async def _next(self) -> Batch | None:
        if not self._window and self._spilled:
            groups = await self._read_groups(self.taken_through, WINDOW_READS_MAX // 2)
            counted = [(number, group, sum(len(s.reads) for s in group.sessions)) for number, group in groups]
            self._window.extend(counted)
            self._window_reads = sum(count for _, _, count in counted)
            self._spilled = bool(groups) or self._put_through > self.taken_through
        if not self._window:
            return None
        batch = Batch(0)
        while self._window and (
            not batch.through or len(batch.reads) + self._window[0][2] <= BATCH_READS_MAX
        ):
            number, group, count = self._window.popleft()
            self._window_reads -= count
            batch.add(number, group)
        return batch

    async def _store_until_done(self, batch: Batch) -> None:
        pause = RETRY_S_MIN
        while True:
            try:
                await self._store(batch)
            except StoreAway as problem:
                self._doubt = True
                self._locations.clear()
                if not self.problem:
                    log.error("database: %s. Reads are kept in the journal and go in later.", problem)
                self.problem = str(problem)
                await asyncio.sleep(pause)
                pause = min(2 * pause, RETRY_S_MAX)
            else:
                if self.problem:
                    log.warning("database: answers again; what was waiting is going in")
                self.problem = ""
                return

    async def _store(self, batch: Batch) -> None:
        renumbered: list[tuple[int, Read]] = []
        try:
            if self._doubt:
                renumbered = await self._writer.run(lambda connection: self._insert(connection, batch))
            else:
                await self._writer.run(lambda connection: self._copy(connection, batch))
        except _DATA_FAULTS as problem:
            log.warning("database: %s: the batch is taken apart", _first_line(problem))
            self._locations.clear()
            renumbered = await self._writer.run(lambda connection: self._take_apart(connection, batch))
        self._doubt = False
        self.stored += len(batch.reads)
        for session_id, read in renumbered:
            self._renumbered(session_id, read)

    async def _copy(self, connection: Connection, batch: Batch) -> None:
        async with connection.transaction():
            await self._before(connection, batch)
            await reads.copy(connection, await self._rows(connection, batch.reads))

    async def _insert(self, connection: Connection, batch: Batch) -> list[tuple[int, Read]]:
        async with connection.transaction():
            await self._before(connection, batch)
            rows = await self._rows(connection, batch.reads)
            return await self._renumber(connection, await reads.insert(connection, rows))

    async def _take_apart(self, connection: Connection, batch: Batch) -> list[tuple[int, Read]]:
        """Everything but the guilty, found by halving."""
        async with connection.transaction():
            await self._before(connection, batch)
            renumbered: list[tuple[int, Read]] = []
            parts = [batch.reads]
            while parts:
                part = parts.pop()
                try:
                    async with connection.transaction():
                        rows = await self._rows(connection, part)
                        renumbered += await self._renumber(connection, await reads.insert(connection, rows))
                except _DATA_FAULTS as problem:
                    self._locations.clear()
                    if len(part) == 1:
                        await self._poison(connection, *part[0], problem)
                    else:
                        middle = len(part) // 2
                        parts += [part[middle:], part[:middle]]
            return renumbered

    async def _before(self, connection: Connection, batch: Batch) -> None:
        if batch.sources:
            await connection.executemany(
                query("source_upsert"), [_source_row(each) for each in batch.sources.values()]
            )
        if batch.rejects:
            await connection.executemany(
                query("reject_insert"), [_reject_row(each) for each in batch.rejects]
            )

    async def _rows(self, connection: Connection, pairs: Sequence[tuple[int, Read]]) -> list[Row]:
        """Reads with the ids of their locations; new ones are made."""
        readers = {(session_id, read.location): read.reader_id for session_id, read in pairs}
        for place, reader_id in readers.items():
            held = self._locations.get(place)
            if held is None or held[1] != reader_id:
                number = await connection.fetchval(query("location_upsert"), *place, reader_id)
                # Learnt in a transaction that may yet fail: then `_doubt` is set, and all is learnt anew.
                self._locations[place] = (number or 0, reader_id)
        return [
            (session_id, self._locations[session_id, read.location][0], read) for session_id, read in pairs
        ]

    async def _renumber(self, connection: Connection, foreign: Sequence[Row]) -> list[tuple[int, Read]]:
        """Reads whose offset is held by another read: never dropped, they get the next one."""
        renumbered: list[tuple[int, Read]] = []
        for session_id, location_id, read in foreign:
            if await reads.held(connection, session_id, read.key):
                continue
            place = (session_id, read.offset)
            offset = self._new_offsets.setdefault(place, 0) or self._next_offset(session_id)
            self._new_offsets[place] = offset
            log.error(
                "database: offset %d of session %d is held by another read; ours gets %d. "
                "Have two hubs written into this database?",
                read.offset,
                session_id,
                offset,
            )
            moved = Read(*(offset, *(getattr(read, name) for name in read.__struct_fields__[1:])))
            await reads.insert(connection, [(session_id, location_id, moved)])
            await connection.execute(query("next_epoch"), session_id)
            renumbered.append((session_id, moved))
        self.foreign += len(renumbered)
        return renumbered

    async def _poison(self, connection: Connection, session_id: int, read: Read, problem: Exception) -> None:
        reason = f"PostgreSQL would not take it: {_first_line(problem)}"
        log.error("database: read %d of session %d set aside: %s", read.offset, session_id, reason)
        record = RejectRecord(
            self._new_id(),
            read.source_id,
            session_id,
            read.received_us,
            reason,
            read.raw.encode("utf-8", "surrogatepass"),
        )
        await connection.executemany(query("reject_insert"), [_reject_row(record)])
        await reads.void(connection, session_id, read)
        self.poisoned += 1


def _source_row(source: SourceRecord) -> tuple[object, ...]:
    return (
        source.id,
        source.partner_id,
        source.session_id,
        *map(
            reads.storable,
            (
                source.listener,
                source.protocol,
                source.remote,
                source.program,
                source.version,
                source.connection_id,
                source.event_name,
            ),
        ),
        source.clock_us,
        reads.instant(source.seen_us),
    )


def _reject_row(record: RejectRecord) -> tuple[object, ...]:
    return (
        record.id,
        record.source_id,
        record.session_id,
        reads.instant(record.received_us),
        reads.storable(record.reason),
        record.line,
    )


def _first_line(problem: BaseException) -> str:
    return str(problem).strip().split("\n")[0] or type(problem).__name__
