"""One session's memory: offsets, what it has seen, its last reads, its roster; and its sources. Synchronous.

Knows what a read is and which marks it gets; refuses to know sockets, journals and screens.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from itertools import islice
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from hub.model import (
    KIND_GUN,
    KIND_READ,
    MARK_LATE,
    MARK_REPEAT,
    US_PER_S,
    Observation,
    Read,
    Rejected,
    SessionRow,
    SourceRecord,
)
from hub.roster import Roster
from hub.seen import Run, Seen, SeenLocation, content_digest

TAIL_READS_MAX: Final = 2000
"""Reads kept to show: what a screen may be behind and still be given one by one."""
LOCATIONS_MAX: Final = 1000
"""Locations of one session. A race has thirty; a stream that names a thousand is broken."""
CLOCK_SAMPLES_MAX: Final = 20
CLOCK_SAMPLES_MIN: Final = 3
"""Differences needed before a clock counts as known: one late read alone must not set it."""
CLOCK_APART_US: Final = US_PER_S // 2
CLOCK_STEP_US: Final = US_PER_S
"""A change of the clock difference smaller than this is not worth writing down."""

_EPOCH: Final = datetime(1970, 1, 1)
_QUARTER_US: Final = 900 * US_PER_S
_MARKS: Final[dict[tuple[bool, bool], tuple[str, ...]]] = {
    (False, False): (),
    (True, False): (MARK_LATE,),
    (False, True): (MARK_REPEAT,),
    (True, True): (MARK_LATE, MARK_REPEAT),
}


class WallClock:
    """Wall times of one zone as instants. An hour that comes twice is taken as its first."""

    __slots__ = ("_offsets", "zone")

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._offsets: dict[int, int] = {}

    def instant(self, wall_us: int) -> int:
        quarter = wall_us // _QUARTER_US
        offset = self._offsets.get(quarter)
        if offset is None:
            if len(self._offsets) > 1000:
                self._offsets.clear()
            offset = self._offsets[quarter] = self._offset_us(wall_us)
        return wall_us - offset

    def _offset_us(self, wall_us: int) -> int:
        try:
            local = (_EPOCH + timedelta(microseconds=wall_us)).replace(tzinfo=self.zone)
            difference = local.utcoffset() or timedelta()
        except OverflowError:  # a clock that was never set, in the year 1 or 9999: any instant will do
            return 0
        return difference // timedelta(microseconds=1)


class SourceClock:
    """How far a reader's clock is behind our own: the median of arrival minus read time of single reads.

    Only reads that arrive singly tell: half a second after the last line, and not the first after a start, which
    may be any age. `difference_us` is 0 until known.
    """

    __slots__ = ("_arrival_us", "_fresh", "_samples", "difference_us", "known", "noted_us")

    def __init__(self, difference_us: int | None) -> None:
        self._samples: deque[int] = deque(maxlen=CLOCK_SAMPLES_MAX)
        self.known = difference_us is not None
        self.difference_us = difference_us or 0
        self.noted_us = difference_us
        self._arrival_us = 0
        self._fresh = True

    def started(self, now_us: int) -> None:
        self._arrival_us = now_us
        self._fresh = True

    def arrived(self, received_us: int, instants: int, instant_us: int) -> None:
        """`instants` reads came at once, the last of them with this read time."""
        alone = instants == 1 and not self._fresh and received_us - self._arrival_us >= CLOCK_APART_US
        self._arrival_us = received_us
        self._fresh = False
        if alone:
            self._samples.append(received_us - instant_us)
            if len(self._samples) >= CLOCK_SAMPLES_MIN:
                self.known = True
                self.difference_us = int(median(self._samples))

    @property
    def changed(self) -> bool:
        """Whether it moved enough since it was last written down."""
        return self.known and (
            self.noted_us is None or abs(self.noted_us - self.difference_us) >= CLOCK_STEP_US
        )


class Source:
    """One reader stream as the hub sees it; survives reconnects. Its connection id marks its numbering."""

    def __init__(self, record: SourceRecord, session: "Session") -> None:
        self.record = record
        self.session = session
        self.clock = SourceClock(record.clock_us)
        self.runs: dict[str, Run] = {}  # location as it came -> its run
        self.noted = False  # whether the store knows of it
        self.online = 0
        self.reads = 0
        self.duplicates = 0
        self.rejected = 0
        self.last_read_us = 0

    @property
    def id(self) -> int:
        return self.record.id

    def connected(self, now_us: int) -> dict[str, int]:
        """A connection begins to feed it. Gives where to resume: casefolded location -> sequence, inclusive."""
        self.online += 1
        self.clock.started(now_us)
        self.runs = {name: run for name, run in self.runs.items() if not run.forgotten}
        resume: dict[str, int] = {}
        for name, run in self.runs.items():
            run.live = True
            run.gap_asked = False
            run.expect = run.durable
            if run.durable:
                resume[name.casefold()] = run.durable
        return resume

    def disconnected(self) -> None:
        self.online -= 1
        if not self.online:
            for run in self.runs.values():
                run.live = False
                run.expect = 0

    def noted_record(self, now_us: int) -> SourceRecord:
        """The record as it is to be kept from now on."""
        self.noted = True
        clock = self.clock
        clock.noted_us = self.record.clock_us = clock.difference_us if clock.known else None
        self.record.seen_us = now_us
        self.record.session_id = self.session.row.id
        return self.record

    def silent_resumes(self) -> list[str]:
        """Locations that were asked to resume and of which nothing has come since. A resume is inclusive, so
        the client's numbering has become shorter than ours: they are to be asked from the beginning."""
        silent = [name for name, run in self.runs.items() if run.expect]
        for name in silent:
            self.runs[name].expect = 0
        return silent


class Location:
    """A named timing point of a session; spelt as it first came."""

    __slots__ = ("name", "seen")

    def __init__(self, name: str, seen: SeenLocation) -> None:
        self.name = name
        self.seen = seen


class Session:
    """`head` is the last offset given, `durable` the last that is on disk: only that is ever shown."""

    def __init__(self, row: SessionRow, *, late_us: int) -> None:
        self.row = row
        self.late_us = late_us
        self.wall = WallClock(ZoneInfo(row.timezone))
        self.midnight_us = int((datetime.fromisoformat(row.day) - _EPOCH).total_seconds()) * US_PER_S
        self.head = 0
        self.durable = 0
        self.epoch = row.epoch
        self.seen = Seen()
        self.locations: dict[str, Location] = {}
        self.roster = Roster()
        self.tail: deque[Read] = deque(maxlen=TAIL_READS_MAX)

    def location(self, name: str) -> Location | None:
        """The location of this name without case, made when it is new; None: there are too many."""
        folded = name.casefold()
        found = self.locations.get(folded)
        if found is None:
            if len(self.locations) >= LOCATIONS_MAX:
                return None
            found = self.locations[folded] = Location(name, self.seen.location(name))
        return found

    def run(self, source: Source, name: str) -> Run | None:
        """What `source` has shown at the location it calls `name`, whatever the case it writes it in."""
        run = source.runs.get(name)
        if run is not None:
            return run
        location = self.location(name)
        if location is None:
            return None
        run = next((each for each in source.runs.values() if each.location is location.seen), None)
        source.runs[name] = run or self.seen.new_run(location.seen)
        return source.runs[name]

    def accept(
        self, source: Source, observations: Iterable[Observation], received_us: int
    ) -> tuple[list[Read], list[Rejected], list[tuple[str, int]]]:
        """Judges lines in the order in which they came.

        Gives the reads that are new, numbered; what has no place; and what to ask the client for: (location,
        sequence) pairs to stream from.
        """
        reads: list[Read] = []
        rejected: list[Rejected] = []
        asked: list[tuple[str, int]] = []
        judge = self.seen.judge
        instant = self.wall.instant
        source_id = source.record.id
        late_before = received_us - self.late_us - source.clock.difference_us
        offset = self.head
        count = instant_us = 0
        for seen in observations:
            name = seen.location
            run = source.runs.get(name) or self.run(source, name)
            if run is None:
                rejected.append(Rejected(seen.raw.encode(), f"more than {LOCATIONS_MAX} locations"))
                continue
            wall_us = seen.wall_us + self.midnight_us if seen.since_midnight else seen.wall_us
            digest = content_digest(seen.tag, wall_us, seen.reader_id, seen.gator)
            sequence = seen.sequence
            if run.expect:
                if sequence != run.expect or not run.holds(sequence, digest):
                    asked.append((name, 1))
                run.expect = 0
            verdict = judge(run, sequence, digest)
            count += 1
            instant_us = instant(wall_us)
            if not verdict:
                continue
            offset += 1
            reads.append(
                Read(
                    offset,
                    source_id,
                    sequence,
                    self.locations[name.casefold()].name,
                    seen.tag,
                    instant_us,
                    seen.time_text,
                    seen.lap,
                    seen.reader_id,
                    seen.gator,
                    KIND_GUN if seen.gun else KIND_READ,
                    _MARKS[instant_us < late_before, verdict < 0],
                    run.location.key(digest, abs(verdict)),
                    seen.raw,
                    received_us,
                )
            )
        self.head = offset
        source.duplicates += count - len(reads)
        source.reads += len(reads)
        if count:
            source.last_read_us = instant_us
            source.clock.arrived(received_us, count, instant_us)
        if self.seen.gaps:
            asked += self._asked_for_gaps(source)
        return reads, rejected, asked

    def _asked_for_gaps(self, source: Source) -> list[tuple[str, int]]:
        gaps, self.seen.gaps = self.seen.gaps, []
        names = {id(run): name for name, run in source.runs.items()}
        return [(names[id(run)], run.contiguous + 1) for run in gaps if id(run) in names]

    def load(self, source: Source, location_name: str, sequence: int, key: bytes) -> None:
        """A read that the store holds, in the order of offsets."""
        run = source.runs.get(location_name) or self.run(source, location_name)
        if run is not None:
            self.seen.load(run, sequence, key)

    def recent(self, count: int) -> list[Read]:
        """The last `count` durable reads, oldest first."""
        return list(islice(self.tail, max(0, len(self.tail) - count), None))
