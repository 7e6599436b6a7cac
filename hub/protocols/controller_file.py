"""What a ChronoTrack controller writes: tag observations (`.csv`, lines `TO~...`) and markers (`.mrk`).

Knows the bytes of both files; refuses to know where they lie, and which runner wears a tag. Times are the
controller's own wall clock: the "Unix seconds" of a tag line are local time written as if it were UTC (a gun
marker of a real file falls exactly into the tag lines around it when both are read so).
"""

import re
from calendar import timegm
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from hub.errors import FileFormatError
from hub.model import US_PER_S

PROBLEMS_MAX: Final = 1000
"""Bad lines kept one by one; the rest is counted. A screenful is read by a person, a million is not."""
PROBLEM_CHARS_MAX: Final = 120
"""Characters of a bad line that are kept with its reason: more than any line seen has."""
PIVOT_YEAR: Final = 80
"""Two-digit years from here on are of the 1900s: a clock that was never set starts at 1980 (real files)."""

_TAG_COLUMNS: Final = (11, 12)  # older controllers do not write the read count
_MARKER_FIELDS: Final = 6
_US_PER_HUNDREDTH: Final = US_PER_S // 100
_NAMED: Final = frozenset({"Event", "Point"})

# What is used is strict; what is not (timer and event codes, rssi, counters, type) may be anything.
_TAG_LINE: Final = re.compile(
    r"TO~([0-9]{1,18})~([0-9]{1,18})~[^~]*~[^~]*~([0-9]{1,10})\.([0-9]{2})~([0-9A-Za-z]{1,12})~([0-9]{1,3})"
    r"~[^~]*~[^~]*~[^~]*(?:~[^~]*)?"
)
_TAG_FIELDS: Final = (
    (1, "[0-9]{1,18}", "the sequence is not a number"),
    (2, "[0-9]{1,18}", "the tag is not a number"),
    (5, r"[0-9]{1,10}\.[0-9]{2}", "the time is not seconds with two decimals"),
    (6, "[0-9A-Za-z]{1,12}", "the reader is not letters and digits"),
    (7, "[0-9]{1,3}", "the antenna is not a number"),
)
_CONTROLLER: Final = re.compile("[0-9A-Za-z]{1,12}")
"""It stands in a gun's line, where nothing may be that would cut it into other fields."""
_MARKER_TIME: Final = re.compile("[0-9]{14}")
_COUNT: Final = re.compile("[0-9]{1,18}")


class TagRead(msgspec.Struct, frozen=True, gc=False):
    """One tag observation. `line` counts from 1 in the file, `sequence` is the controller's own count.

    tag: without the zeros some controllers pad it with. wall_us: see `hub.model`. antenna: bits (1, 2, 4, 8).
    """

    line: int
    sequence: int
    tag: str
    wall_us: int
    reader_id: str
    antenna: int


class Marker(msgspec.Struct, frozen=True, gc=False):
    """One marker. `sequence` is the tag line it stands at: the next or the last one, by controller model."""

    line: int
    controller: str
    name: str
    sequence: int
    wall_us: int
    detail: str


class LineProblem(msgspec.Struct, frozen=True, gc=False):
    """A line that could not be read, why, and how it begins."""

    line: int
    reason: str
    text: str


class Problems:
    """The bad lines of one file: the first of them, as many as are to be kept, with their reasons, and the count of
    all."""

    __slots__ = ("_first_max", "count", "first")

    def __init__(self, first_max: int = PROBLEMS_MAX) -> None:
        self._first_max = first_max
        self.count = 0
        self.first: list[LineProblem] = []

    def add(self, line: int, reason: str, text: str) -> None:
        self.count += 1
        if len(self.first) < self._first_max:
            self.first.append(LineProblem(line, reason, text[:PROBLEM_CHARS_MAX]))


class TagFile(msgspec.Struct, frozen=True):
    """A `.csv` file: its reads in the order of the file, which is not the order of time."""

    name: str
    reads: list[TagRead]
    problems: Problems


class MarkerFile(msgspec.Struct, frozen=True):
    """A `.mrk` file, in so far as a timer needs it: guns, and the names in force."""

    name: str
    controller: str
    guns: list[Marker]
    points: list[Marker]
    events: list[Marker]
    problems: Problems

    @property
    def point(self) -> str:
        """The last point named; "" without one."""
        return self.points[-1].detail if self.points else ""

    @property
    def event(self) -> str:
        """The last event named; "" without one."""
        return self.events[-1].detail if self.events else ""

    def point_at(self, sequence: int, wall_us: int) -> str:
        """The point in force at a tag line: an operator may rename a box in mid-file, and what it read before
        belongs to the point before. The first name holds for what stands above it, too."""
        return _in_force(self.points, sequence, wall_us)


def parse_tags(data: bytes | str, name: str, *, problems_max: int = PROBLEMS_MAX) -> TagFile:
    """Reads and problems of a `.csv`. An empty file is one without reads. `problems_max`: how many are kept.

    FileFormatError: there are lines, and none of them is a tag observation.
    """
    reads: list[TagRead] = []
    problems = Problems(problems_max)
    kind = False
    for number, line in _lines(data):
        kind = kind or line.startswith("TO~")
        match = _TAG_LINE.fullmatch(line)
        if match is None:
            problems.add(number, _tag_reason(line), line)
        else:
            reads.append(_tag_read(number, match))
    if problems.count and not kind:
        raise FileFormatError(f"{name}: line {problems.first[0].line}: expected a tag observation (TO~...)")
    return TagFile(name, reads, problems)


def parse_markers(data: bytes | str, name: str, *, problems_max: int = PROBLEMS_MAX) -> MarkerFile:
    """Guns and names of a `.mrk`. An empty file is one without markers. `problems_max`: as above.

    FileFormatError: there are lines, and none of them is a marker.
    """
    file = MarkerFile(name, "", [], [], [], Problems(problems_max))
    places = {"Gun": file.guns, "Point": file.points, "Event": file.events}
    controller = ""
    for number, line in _lines(data):
        marker = _marker(number, line)
        if isinstance(marker, str):
            file.problems.add(number, marker, line)
            continue
        controller = controller or marker.controller
        place = places.get(marker.name)
        if place is not None and (marker.detail or marker.name not in _NAMED):
            place.append(marker)
    if file.problems.count and not controller:
        first = file.problems.first[0]
        raise FileFormatError(
            f"{name}: line {first.line}: expected a marker of six comma fields: {first.reason}"
        )
    return msgspec.structs.replace(file, controller=controller)


def _lines(data: bytes | str) -> Iterator[tuple[int, str]]:
    """Numbered lines that are not blank, without CR LF or LF. Controllers write ISO-8859-1."""
    text = data.decode("latin-1") if isinstance(data, bytes) else data
    for number, line in enumerate(text.split("\n"), 1):
        if stripped := line.removesuffix("\r"):
            yield number, stripped


def _tag_read(number: int, match: re.Match[str]) -> TagRead:
    sequence, tag, seconds, hundredths, reader_id, antenna = match.groups()
    wall_us = int(seconds) * US_PER_S + int(hundredths) * _US_PER_HUNDREDTH
    return TagRead(number, int(sequence), str(int(tag)), wall_us, reader_id, int(antenna))


def _tag_reason(line: str) -> str:
    """Why a line is no tag observation. Only bad lines come here, so it may take its time."""
    columns = line.split("~")
    if columns[0] != "TO":
        return "the line does not begin with TO~"
    if len(columns) not in _TAG_COLUMNS:
        return f"{len(columns)} columns instead of 11 or 12"
    reasons = (why for at, pattern, why in _TAG_FIELDS if re.fullmatch(pattern, columns[at]) is None)
    return next(reasons, "not a tag observation")


def _marker(number: int, line: str) -> Marker | str:
    """The marker on a line, or why there is none. A detail may hold commas: nothing follows it."""
    fields = line.split(",", _MARKER_FIELDS - 1)
    if len(fields) != _MARKER_FIELDS:
        return f"{len(fields)} fields instead of 6"
    controller, counter, name, sequence, time, detail = fields
    if _CONTROLLER.fullmatch(controller) is None:
        return "the controller is not letters and digits"
    if not name:
        return "the marker's name is empty"
    if _COUNT.fullmatch(counter) is None or _COUNT.fullmatch(sequence) is None:
        return "a sequence is not a number"
    wall_us = _marker_time(time)
    if wall_us is None:
        return "the time is not YYMMDDHHMMSShh"
    return Marker(number, controller, name, int(sequence), wall_us, detail.strip())


def _marker_time(text: str) -> int | None:
    """`21050807094588` is 2021-05-08 07:09:45.88."""
    if _MARKER_TIME.fullmatch(text) is None:
        return None
    year, month, day, hour, minute, second, hundredths = (int(text[at : at + 2]) for at in range(0, 14, 2))
    year += 1900 if year >= PIVOT_YEAR else 2000
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    return timegm(moment.timetuple()) * US_PER_S + hundredths * _US_PER_HUNDREDTH


def _in_force(names: list[Marker], sequence: int, wall_us: int) -> str:
    """The last name set above a tag line; where both have one number, the clock says which was first.

    (Pro2 writes the number of the next line into a marker, MiniTrack that of the last one.)
    """
    found = names[0].detail if names else ""
    for marker in names[1:]:
        if (marker.sequence, marker.wall_us) <= (sequence, wall_us):
            found = marker.detail
    return found
