"""One session's memory: offsets, what it has seen, its last reads, its roster; and its sources. Synchronous.

Knows what a read is and which marks it gets; refuses to know sockets, journals and screens.
"""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from itertools import compress, product
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from hub.guns import Guns, guns_of
from hub.marks import Said
from hub.messages import NONE, Messages
from hub.model import (
    KIND_GUN,
    KIND_READ,
    KIND_VOID,
    MARK_LATE,
    MARK_REPEAT,
    MARK_SUSPECT,
    MARK_TEST,
    NOBODY,
    Observation,
    Official,
    Participant,
    Read,
    Rejected,
    SessionRow,
    SourceRecord,
)
from hub.places import Places
from hub.results import Gun, Start
from hub.roster import Roster
from hub.seen import Run, Seen, SeenLocation, content_digest, line_digest
from hub.source_clock import SourceClock
from hub.tail import Tail
from hub.times import SUSPECT_AHEAD_US, SUSPECT_BEFORE_US, Times, WallClock, marks_at, midnight_us
from hub.told import Known

SPELLINGS_MAX: Final = 2000
"""Names of locations that one source is remembered to use: a location may come in upper and lower case."""
PINNED_MAX: Final = 200
"""Reads of one session that were pinned to displays and are remembered for them."""
LOCATIONS_MAX: Final = 1000
"""Locations of one session. A race has thirty; a stream that names a thousand is broken."""

_MARKS: Final = {
    test: {
        flags: tuple(compress((MARK_LATE, MARK_REPEAT, MARK_SUSPECT, MARK_TEST), (*flags, test)))
        for flags in product((False, True), repeat=3)
    }
    for test in (False, True)
}


class Source:
    """One reader stream as the hub sees it; survives reconnects. Its connection id marks its numbering."""

    __slots__ = (
        "_runs",
        "accepted",
        "arrived_us",
        "clock",
        "noted",
        "online",
        "outdated",
        "port",
        "record",
        "rejected",
        "runs",
        "session",
    )

    def __init__(self, record: SourceRecord, session: "Session", port: int = NOBODY) -> None:
        """`port`: whose the port is that it came by."""
        self.port = port
        self.record = record
        self.session = session
        self.clock = SourceClock(record.clock_us)
        self.runs: dict[str, Run] = {}  # location as it comes -> its run
        self._runs: dict[int, Run] = {}  # index of the location -> the same
        self.noted = False  # whether the store knows of it
        self.outdated = False  # whether it calls itself otherwise than the store knows
        self.online = 0
        self.accepted = 0  # reads that were new, since the hub's start
        self.rejected = 0  # lines that were no reads, since the hub's start
        self.arrived_us = 0  # when its last line came; 0: none since the hub's start

    @property
    def id(self) -> int:
        return self.record.id

    def connected(self, now_us: int) -> dict[str, int]:
        """A connection begins to feed it. Gives where to resume: casefolded location -> sequence, inclusive.

        An older connection of the same client may still be open, and its last lines on their way.
        """
        self.online += 1
        self.clock.started(now_us)
        self.runs = {name: run for name, run in self.runs.items() if not run.forgotten}
        self._runs = {index: run for index, run in self._runs.items() if not run.forgotten}
        for run in self._runs.values():
            run.live = True
            run.connected()
            run.location.used(run)
        return {name.casefold(): run.durable for name, run in self.runs.items() if run.durable}

    def disconnected(self) -> None:
        self.online -= 1
        if not self.online:
            for run in self._runs.values():
                run.live = False
                run.expect = 0

    def forget(self) -> None:
        """Nobody comes back to it: its numbering is of no use. What it has shown stays held."""
        for run in self._runs.values():
            self.session.seen.forget(run)
        self.runs.clear()
        self._runs.clear()

    def redirect(self, session: "Session", stand_in: "Source | None" = None) -> None:
        """From now on its lines are for another session. What it has shown to the old one stays held there.
        `stand_in`: who has shown it to the new one in its place; it goes on from there."""
        for run in self._runs.values():
            self.session.seen.forget(run)
        self.session = session
        self.runs = stand_in.runs if stand_in else {}
        self._runs = stand_in._runs if stand_in else {}
        for run in self._runs.values():
            run.live = self.online > 0
        self.record = replace(self.record, partner_id=session.row.partner_id, session_id=session.row.id)
        self.outdated = True

    def assign(self, session_id: int) -> None:
        """Where an operator has sent it."""
        self.record = replace(self.record, assigned=session_id)
        self.outdated = True

    @property
    def numberings(self) -> list[Run]:
        return list(self._runs.values())

    def shows(self, runs: Sequence[Run]) -> bool:
        """Whether one of these numberings is its own."""
        return any(each is run for each in runs for run in self._runs.values())

    def run(self, name: str) -> Run | None:
        """What it has shown at a location, whatever the case it writes it in; None: a location too many."""
        location = self.session.location(name)
        if location is None:
            return None
        run = self._runs.get(location.index)
        if run is None:
            run = self._runs[location.index] = self.session.seen.new_run(location)
        if len(self.runs) < SPELLINGS_MAX:
            self.runs[name] = run
        return run

    def described(self, **facts: str) -> None:
        """What it says of itself now: a laptop moves, an event is renamed."""
        if any(getattr(self.record, name) != value for name, value in facts.items()):
            self.record = replace(self.record, **facts)
            self.outdated = True

    def noted_record(self, now_us: int) -> SourceRecord:
        """The record as it is to be kept from now on. A copy: what was sealed may be on its way to the disk."""
        self.noted = True
        self.outdated = False
        clock = self.clock
        clock.noted_us = clock.difference_us if clock.known else None
        self.record = replace(
            self.record, clock_us=clock.noted_us, seen_us=now_us, session_id=self.session.row.id
        )
        return self.record

    def settled(self) -> None:
        """Everything it has shown is on disk."""
        for run in self._runs.values():
            run.durable = run.contiguous

    def progress(self) -> list[tuple[Run, int, int]]:
        """Where its runs are: (run, how often rewound, last sequence without a gap); for `reached`."""
        return [(run, run.rewound, run.contiguous) for run in self._runs.values()]

    def silent_resumes(self) -> list[str]:
        """Locations that were asked to resume and of which nothing has come since. A resume is inclusive, so
        the client's numbering has become shorter than ours: they are to be asked from the beginning."""
        silent = {id(run): name for name, run in self.runs.items() if run.expect}
        for run in self._runs.values():
            run.expect = 0
        if silent:
            self.clock.jumped()
        return list(silent.values())


class Session:
    """`head` is the last offset given, `durable` the last that is on disk: only that is ever shown."""

    def __init__(self, row: SessionRow, *, late_us: int) -> None:
        self.row = row
        self.late_us = late_us
        self._read_times()
        self._outdated_through = 0
        self.head = 0
        self.durable = 0
        self.epoch = row.epoch
        self.seen = Seen()
        self.roster = Roster()
        self.places = Places(row.places)
        self.crew: frozenset[str] = frozenset()  # tags, as compared: kept and shown nowhere
        self.official: Official = {}
        self.said = Said()
        self.messages: Messages = NONE
        self.tail = Tail()
        self._moved: list[Read] = []
        self._pinned: dict[int, Read] = {}
        self._guns = Guns()

    @property
    def starts(self) -> tuple[Start, ...]:
        """What the durable guns say about who has started. Those of a test say it as long as that goes on."""
        return self._guns.starts(self.places, self.row.races, testing=self.row.testing)

    def add_guns(self, guns: Iterable[Gun]) -> None:
        """Of too many the oldest are forgotten."""
        self._guns.add(guns)

    @property
    def zone(self) -> tzinfo:
        return self.wall.zone

    @property
    def known(self) -> Known:
        """By what it is told who a runner is, as of now."""
        return Known(self.row, self.official)

    def who(self, tag: str) -> Participant | None:
        """Who wears this tag, as far as the roster knows now."""
        return self.roster.find(tag)

    def change(self, row: SessionRow) -> None:
        """What is said of it and its event is another thing now. By another zone or date all times are read again from
        what was sent, and by the new one those of what is still on its way to the disk when that gets there. Keys stay:
        what comes again is held."""
        before, self.row = self.row, row
        self.places = Places(row.places)
        self._guns.changed()
        if (row.timezone, row.day) != (before.timezone, before.day):
            self._read_times()
            self._outdated_through = self.head
            self.correct_times()

    def correct_times(self) -> None:
        """What is remembered may have times by another zone or date than those of now."""
        times = self._times()
        self.tail.change(lambda read: _corrected(read, times))
        self._correct(self._moved)
        self._correct(self._pinned.values())
        self._guns.correct(times)

    def _correct(self, reads: Iterable[Read]) -> None:
        times = self._times()
        for read in reads:
            _corrected(read, times)

    def _times(self) -> Times:
        return Times(self.row.timezone, self.row.day)

    def _read_times(self) -> None:
        row = self.row
        self.wall = WallClock(ZoneInfo(row.timezone))
        self._midnight_us = midnight_us(row.day)
        self._keys_midnight_us = midnight_us(row.keys_day or row.day)

    def extend(self, reads: list[Read]) -> None:
        """Reads that have become durable, in the order of their offsets."""
        if reads[0].offset <= self._outdated_through:
            self._correct(reads)
        self.tail.extend(reads)
        self.durable = reads[-1].offset
        self.add_guns(guns_of(reads))
        if self._moved:
            self._merge()

    def void(self, read: Read) -> None:
        """There is nothing under this read's offset any more: `read` is the void row in its place."""
        self._guns.drop(read.offset)
        self._pinned.pop(read.offset, None)
        self.tail.replace(read)

    def renumbered(self, reads: list[Read], epoch: int) -> None:
        """Reads of ours whose offsets another hub had given away have these now. What was shown is another epoch."""
        self.epoch = epoch
        if self._outdated_through:
            self._correct(reads)
        self.add_guns(guns_of(reads))
        self._moved += reads
        self._merge()

    def _merge(self) -> None:
        reads = sorted((*self.tail, *self._moved), key=lambda read: read.offset)
        known = {read.offset for read in reads}
        while self.durable + 1 in known:
            self.durable += 1
        self.tail = Tail([read for read in reads if read.offset <= self.durable])
        self._moved = [read for read in reads if read.offset > self.durable]

    def location(self, name: str) -> SeenLocation | None:
        """The location of this name without case, made when it is new; None: there are too many."""
        if len(self.seen.locations) >= LOCATIONS_MAX and name.casefold() not in self.seen.locations:
            return None
        return self.seen.location(name)

    def accept(
        self,
        source: Source,
        observations: Sequence[Observation],
        rejected: Sequence[Rejected],
        received_us: int,
    ) -> tuple[list[Read], list[Rejected], list[tuple[str, int]]]:
        """Judges lines in the order in which they came.

        Gives the reads that are new, numbered; what is to be kept as no read; and what to ask the client for:
        (location, sequence) pairs to stream from.
        """
        if not any(bad.sequence for bad in rejected):
            reads, kept = self._judge(source, observations, received_us)
            return reads, [*rejected, *kept], self._asked(source) if self.seen.gaps else []
        reads, kept, start = [], [], 0
        for bad in rejected:  # it has a place among the others: without it there would be a gap for good
            found, unplaced = self._judge(source, observations[start : bad.after], received_us)
            start = max(start, bad.after)
            reads += found
            kept += unplaced
            if self._is_new(source, bad):
                kept.append(bad)
        found, unplaced = self._judge(source, observations[start:], received_us)
        return reads + found, kept + unplaced, self._asked(source) if self.seen.gaps else []

    def _is_new(self, source: Source, bad: Rejected) -> bool:
        """Whether a line that is no read was not sent before."""
        run = source.run(bad.location) if bad.sequence else None
        if run is None:
            return True
        digest = line_digest(bad.line)
        if run.expect:
            self._check_resume(source, run, bad.sequence, digest)
        return bool(self.seen.judge(run, bad.sequence, digest))

    def _judge(
        self, source: Source, observations: Sequence[Observation], received_us: int
    ) -> tuple[list[Read], list[Rejected]]:
        """The reads among them that are new, and what has no place."""
        reads: list[Read] = []
        rejected: list[Rejected] = []
        judge = self.seen.judge
        instant = self.wall.instant
        midnight_us, keys_midnight_us = self._midnight_us, self._keys_midnight_us
        source_id = source.record.id
        late_before = received_us - self.late_us - source.clock.difference_us
        ahead = received_us + SUSPECT_AHEAD_US
        marks = _MARKS[self.row.testing]
        offset = self.head
        lines = instant_us = 0
        for seen in observations:
            name = seen.location
            run = source.runs.get(name) or source.run(name)
            if run is None:
                rejected.append(Rejected(seen.raw.encode(), f"more than {LOCATIONS_MAX} locations"))
                continue
            wall_us = key_us = seen.wall_us
            if seen.since_midnight:
                wall_us += midnight_us
                key_us += keys_midnight_us
            digest = content_digest(seen.tag, key_us, seen.reader_id, seen.gator)
            sequence = seen.sequence
            if run.expect:
                self._check_resume(source, run, sequence, digest)
            verdict = judge(run, sequence, digest)
            lines += 1
            instant_us = instant(wall_us)
            if not verdict:
                continue
            offset += 1
            reads.append(
                Read(
                    offset,
                    source_id,
                    sequence,
                    run.location.name,
                    seen.tag,
                    instant_us,
                    seen.time_text,
                    seen.lap,
                    seen.reader_id,
                    seen.gator,
                    KIND_GUN if seen.gun else KIND_READ,
                    marks[
                        instant_us < late_before,
                        verdict < 0 and self._repeats(run, digest),
                        not SUSPECT_BEFORE_US <= instant_us <= ahead,
                    ],
                    run.location.key(digest, abs(verdict)),
                    seen.raw,
                    received_us,
                )
            )
        self.head = offset
        if lines:
            source.clock.arrived(received_us, lines, instant_us)
            source.arrived_us = received_us
            source.accepted += len(reads)
        return reads, rejected

    def marks(self, read: Read) -> tuple[str, ...]:
        """Those of a read as of now."""
        if MARK_REPEAT not in read.marks or self.repeats(read.location, read.key):
            return read.marks
        return tuple(mark for mark in read.marks if mark != MARK_REPEAT)

    def repeats(self, name: str, key: bytes) -> bool:
        """Whether what is marked as a repeat is one still: it is none of what was seen at a location that has since
        given way."""
        if not self.places or not key:
            return True
        first = self.seen.first(self.seen.location(name).parse_key(key)[0])
        return first is None or not self.places.gives_way(first.name, name)

    def _repeats(self, run: Run, digest: bytes) -> bool:
        """Whether a content that is known from another location does not count at this one."""
        first = self.seen.first(digest) if self.places else None
        return first is None or not self.places.gives_way(first.name, run.location.name)

    def _check_resume(self, source: Source, run: Run, sequence: int, digest: bytes) -> None:
        """The first line of a resume: the very one that was asked for, or of another numbering. One that begins at
        the first needs no asking; `judge` finds out about it."""
        if sequence > run.expect and source.online > 1:
            return  # of an older connection: a client has nothing beyond what it was asked for, or begins there
        expected, run.expect = run.expect, 0
        if sequence > 1 and not (sequence == expected and run.shown(sequence) == digest):
            self.seen.restart(run)

    def _asked(self, source: Source) -> list[tuple[str, int]]:
        """What to ask for, in the client's own spelling."""
        gaps, self.seen.gaps = self.seen.gaps, []
        names = {id(run): name for name, run in source.runs.items()}
        source.clock.jumped()
        return [(names.get(id(run), run.location.name), run.contiguous + 1) for run in gaps]

    def release(self, places: Iterable[tuple[str, bytes]]) -> list[Run]:
        """Reads under these (location, key) pairs have left: nothing of them is held. See `Seen.release`."""
        keys: dict[str, list[bytes]] = {}
        for name, key in places:
            keys.setdefault(name, []).append(key)
        return [
            run for name, each in keys.items() for run in self.seen.release(self.seen.location(name), each)
        ]

    def load(self, source: Source, location_name: str, sequence: int, key: bytes) -> None:
        """A read that the store holds, in the order of offsets. Nobody comes back to a source without a connection
        id: of what it has shown only the contents matter."""
        if not source.record.connection_id:
            self.seen.hold(self.seen.location(location_name), key)
            return
        run = source.runs.get(location_name) or source.run(location_name)
        if run is not None:
            self.seen.load(run, sequence, key)

    def load_rejected(self, source: Source, bad: Rejected) -> None:
        """A line that is no read and that the store holds, when all reads are in."""
        run = source.run(bad.location) if bad.sequence and source.record.connection_id else None
        if run is not None:
            self.seen.load_beside(run, bad.sequence, line_digest(bad.line))

    def pinned(self, offset: int) -> Read | None:
        """A read whose card stays on some display: kept when it is among the last ones no more, as long as it has been
        asked for before."""
        read = self.tail.find(offset) or self._pinned.get(offset)
        if read is not None:
            self._pinned[offset] = read
            if len(self._pinned) > PINNED_MAX:
                del self._pinned[next(iter(self._pinned))]
        return read

    def recent(self, count: int) -> list[Read]:
        """The last `count` durable reads, oldest first."""
        return self.tail.recent(count)


def _corrected(read: Read, times: Times) -> Read:
    """The same read, its time read again from what was sent; of what no reader sends it stays."""
    instant_us = None if read.kind == KIND_VOID else times.instant(read.time_text)
    if instant_us is not None:
        read.read_us = instant_us
        read.marks = marks_at(read.marks, instant_us, read.received_us)
    return read
