"""One batch of groups into PostgreSQL. Knows the ways in: COPY, INSERT where some may be there already, and one by
one for what PostgreSQL will not take; refuses to know when, and how often, a batch is tried.

Every way is one transaction, and harmless when it is gone again: a read is where its offset and key say.
"""

import contextlib
import logging
import struct
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import asyncpg

from hub.errors import StoreError
from hub.model import KIND_VOID, Group, InboxRecord, Read, RejectRecord, SourceRecord
from hub.store import reads
from hub.store.database import Connection, query
from hub.store.reads import Row

log = logging.getLogger(__name__)

SLICE_READS_MAX: Final = 5000
"""Rows of one statement: more get no faster, and packing them holds up the loop for 10 ms."""
APART_READS_MAX: Final = 1000
"""Reads taken apart in one transaction: seconds, even when PostgreSQL refuses each of them."""
REASON_CHARS_MAX: Final = 200

DATA_FAULTS: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    struct.error,
    UnicodeEncodeError,
)
"""What says that a row cannot be taken, now or ever."""

T = TypeVar("T")
Placed = tuple[int, Read]
"""(session id, read)"""
Place = tuple[int, str]
"""(session id, location name)"""


@dataclass(slots=True)
class Batch:
    """Some groups, flattened. `through`: the last group in it."""

    through: int
    sources: dict[int, SourceRecord] = field(default_factory=dict)
    reads: list[Placed] = field(default_factory=list)
    rejects: list[RejectRecord] = field(default_factory=list)
    inboxes: list[InboxRecord] = field(default_factory=list)

    def add(self, number: int, group: Group) -> None:
        self.through = number
        for source in group.sources:
            self.sources[source.id] = source
        for session in group.sessions:
            self.reads += [(session.session_id, read) for read in session.reads]
        self.rejects += group.rejects
        self.inboxes += group.inboxes

    def pieces(self) -> Iterator["Batch"]:
        """The same in small batches, inboxes, sources and rejects in the first."""
        yield Batch(self.through, self.sources, self.reads[:APART_READS_MAX], self.rejects, self.inboxes)
        for start in range(APART_READS_MAX, len(self.reads), APART_READS_MAX):
            yield Batch(self.through, {}, self.reads[start : start + APART_READS_MAX])


@dataclass(frozen=True, slots=True)
class Renumbered:
    """A session whose numbering was broken: its new epoch, and the reads under their new offsets."""

    session_id: int
    epoch: int
    reads: list[Read]


class BatchWriter:
    """`next_offset(session, held)` gives a session's next free offset, which is above `held`, the last one in
    PostgreSQL; it is asked for a read whose own offset another read holds."""

    def __init__(self, *, next_offset: Callable[[int, int], int], new_id: Callable[[], int]) -> None:
        self._next_offset = next_offset
        self._new_id = new_id
        # what was learnt
        self._locations: dict[Place, int] = {}
        self._readers: dict[Place, str] = {}
        self.new_readers: dict[Place, str] = {}
        """Readers that were seen, and are not noted yet."""
        self._new_offsets: dict[tuple[int, int], int] = {}
        self.voided: list[Placed] = []
        """Void rows that have taken the place of reads. The owner empties it."""
        # counters
        self.poisoned = 0
        self.foreign = 0

    def forget(self) -> None:
        """A transaction has failed, or may have: what was learnt in it may not be so."""
        self._locations.clear()

    def finished(self) -> None:
        """The batch is in, and will not be tried again."""
        self._new_offsets.clear()

    async def copy(self, connection: Connection, batch: Batch) -> None:
        """A batch of which nothing is there yet. Raises one of DATA_FAULTS when that is not so, too."""
        places = self._places(batch.reads)
        alone = not (batch.sources or batch.rejects or batch.inboxes) and all(
            place in self._locations for place in places
        )
        # Reads alone are one statement, which is a transaction by itself: two answers less to wait for.
        async with contextlib.nullcontext() if alone else connection.transaction():
            await self._before(connection, batch)
            ids = await self._learn_locations(connection, places)
            rows = [(session_id, ids[session_id, read.location], read) for session_id, read in batch.reads]
            await reads.copy(connection, rows)

    async def insert(self, connection: Connection, batch: Batch) -> list[Renumbered]:
        """A batch of which some may be there."""
        async with connection.transaction():
            await self._before(connection, batch)
            foreign: list[Row] = []
            for part in _slices(batch.reads):
                foreign += await self._insert(connection, part)
            return await self._renumber(connection, foreign)

    async def take_apart(self, connection: Connection, batch: Batch) -> list[Renumbered]:
        """A small batch that PostgreSQL has refused: everything goes in but the guilty, and those as void rows."""
        async with connection.transaction():
            await self._before(connection, batch)
            found = await connection.fetch(query("sessions_there"), list({each[0] for each in batch.reads}))
            there = {row["id"] for row in found}
            gone = [(each, "its session had been deleted") for each in batch.reads if each[0] not in there]
            flawed = [(each, reads.flaw(each[1])) for each in batch.reads if each[0] in there]
            guilty = [(each, reason) for each, reason in flawed if reason]
            foreign, refused = await self._halve(connection, [each for each, reason in flawed if not reason])
            guilty += refused
            await self._set_aside(connection, gone + guilty)
            voids = [(session_id, reads.voided(read)) for (session_id, read), _ in guilty]
            foreign += await self._insert(connection, voids)
            renumbered = await self._renumber(connection, foreign)
        self.poisoned += len(guilty)
        self.voided += voids
        return renumbered

    async def _halve(
        self, connection: Connection, suspects: list[Placed]
    ) -> tuple[list[Row], list[tuple[Placed, str]]]:
        """Inserts what can be. Gives the rows whose offset another read holds, and the refused with the reasons."""
        foreign: list[Row] = []
        refused: list[tuple[Placed, str]] = []
        parts = [suspects]
        while parts:
            part = parts.pop()
            try:
                async with connection.transaction():
                    foreign += await self._insert(connection, part)
            except DATA_FAULTS as problem:
                self.forget()
                middle = len(part) // 2
                if middle:
                    parts += [part[middle:], part[:middle]]
                else:
                    refused.append((part[0], f"PostgreSQL would not take it: {first_line(problem)}"))
        return foreign, refused

    async def _before(self, connection: Connection, batch: Batch) -> None:
        if batch.inboxes:
            rows = [_inbox_row(each) for each in batch.inboxes]
            await connection.executemany(query("inbox_insert"), rows)
        if batch.sources:
            rows = [_source_row(each) for each in batch.sources.values()]
            await connection.executemany(query("source_upsert"), rows)
        if batch.rejects:
            rows = [_reject_row(each) for each in batch.rejects]
            await connection.executemany(query("reject_insert"), rows)

    def _places(self, placed: Sequence[Placed]) -> Collection[Place]:
        """Where these reads were, with the last reader of each place noted."""
        readers = {(session_id, read.location): read.reader_id for session_id, read in placed}
        for place, reader_id in readers.items():
            if self._readers.get(place) != reader_id:
                self._readers[place] = self.new_readers[place] = reader_id
        return readers.keys()

    async def _learn_locations(self, connection: Connection, places: Collection[Place]) -> dict[Place, int]:
        """Location ids by session and name; new locations are made."""
        for place in places:
            if place not in self._locations:
                # None: the session is gone. The reads then fail, and are taken apart.
                number = await connection.fetchval(query("location_upsert"), *place)
                self._locations[place] = number or 0
        return self._locations

    async def note_readers(self, connection: Connection) -> None:
        """Which reader was last seen at which location: when there is nothing better to do."""
        rows = [(*place, reads.storable(reader_id)) for place, reader_id in self.new_readers.items()]
        if rows:
            await connection.executemany(query("location_reader"), rows)
            self.new_readers.clear()

    async def _insert(self, connection: Connection, placed: Sequence[Placed]) -> list[Row]:
        """Gives the rows whose offset another read holds."""
        known = [each for each in placed if each[1].kind != KIND_VOID]  # a void row is at no location
        locations = await self._learn_locations(connection, self._places(known))
        rows: list[Row] = [
            (session_id, None if read.kind == KIND_VOID else locations[session_id, read.location], read)
            for session_id, read in placed
        ]
        return await reads.insert(connection, rows)

    async def _renumber(self, connection: Connection, foreign: Sequence[Row]) -> list[Renumbered]:
        """Reads whose offset another read holds: never dropped, they get the next ones."""
        renumbered = []
        for session_id in sorted({row[0] for row in foreign}):
            mine = [row for row in foreign if row[0] == session_id]
            found = await self._renumber_session(connection, session_id, mine)
            if found.reads:
                log.error(
                    "database: offset %d of session %d was held by another read; ours has %d now (%d such reads). "
                    "Have two hubs written into this database?",
                    mine[0][2].offset,
                    session_id,
                    found.reads[0].offset,
                    len(found.reads),
                )
                renumbered.append(found)
                self.foreign += len(found.reads)
        return renumbered

    async def _renumber_session(
        self, connection: Connection, session_id: int, mine: Sequence[Row]
    ) -> Renumbered:
        session = await connection.fetchrow(query("head"), session_id)
        epoch, head = session or (0, 0)
        keys = await reads.keys_held(connection, session_id, [row[2].key for row in mine])
        fresh: list[Row] = []
        all_moved: list[Read] = []
        for _, location_id, read in mine:
            place = (session_id, read.offset)
            offset = self._new_offsets.get(place, 0)
            if read.key in keys:
                if offset:  # moved by a try whose answer was lost
                    all_moved.append(_under(read, offset))
                continue
            if offset <= head:
                offset = self._new_offsets[place] = self._next_offset(session_id, head)
            all_moved.append(_under(read, offset))
            fresh.append((session_id, location_id, all_moved[-1]))
        if fresh:
            epoch = await connection.fetchval(query("next_epoch"), session_id)
            for part in _slices(fresh):
                if await reads.insert(
                    connection, part
                ):  # nobody else writes: so this cannot be, and must not
                    raise StoreError(f"session {session_id}: an offset beyond its last one is taken")
        return Renumbered(session_id, epoch, all_moved)

    async def _set_aside(self, connection: Connection, bad: Sequence[tuple[Placed, str]]) -> None:
        if not bad:
            return
        for (session_id, read), reason in bad[:10]:
            log.error("database: read %d of session %d set aside: %s", read.offset, session_id, reason)
        if len(bad) > 10:
            log.error("database: and %d more reads set aside", len(bad) - 10)
        columns = (
            [self._new_id() for _ in bad],
            [read.source_id for (_, read), _ in bad],
            [session_id for (session_id, _), _ in bad],
            [read.received_us for (_, read), _ in bad],
            [reads.storable(reason) for _, reason in bad],
            [read.raw.encode("utf-8", "surrogatepass") for (_, read), _ in bad],
        )
        await connection.execute(query("reads_reject"), *columns)


def _slices(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), SLICE_READS_MAX):
        yield items[start : start + SLICE_READS_MAX]


def _under(read: Read, offset: int) -> Read:
    """The same read under another offset."""
    return Read(offset, *(getattr(read, name) for name in read.__struct_fields__[1:]))


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
        source.assigned or None,
        source.proved,
    )


def _inbox_row(inbox: InboxRecord) -> tuple[object, ...]:
    return (
        inbox.id,
        inbox.partner_id or None,
        inbox.source_id,
        reads.storable(inbox.name),
        reads.instant(inbox.made_us),
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


def first_line(problem: BaseException) -> str:
    """What is wrong, without the data that asyncpg likes to show."""
    return str(problem).strip().split("\n")[0][:REASON_CHARS_MAX] or type(problem).__name__
