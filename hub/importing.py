"""A controller's files as the reads that SimpleClient makes of them: what `racehub import` puts into a session.

Knows both files and the line that a CTP01 client would send for each read; refuses to know sessions, and which reads
are held already. Each read is written as that line and parsed as the hub parses it: so its content is the streamed
one's, whatever either of them makes of a name or a number, and importing what was streamed doubles nothing. Only the
sequence (the line in the file) and the raw text (that line) are the file's own.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Final, NamedTuple

import msgspec

from hub.errors import FileFormatError
from hub.model import Observation, Rejected
from hub.protocols import ct01
from hub.protocols.chronotrack_client import encode
from hub.protocols.chronotrack_stream import Item, Laps, Stream, format_line, gun_item
from hub.protocols.controller_file import LineProblem, MarkerFile, TagFile, parse_markers, parse_tags
from hub.protocols.lines import LINE_BYTES_MAX

PROTOCOL: Final = "controller-file"
PIECE_LINES: Final = 250
"""Lines that are put into a session in one turn of the loop, 2 ms, as the listener takes them from a reader."""
REJECTED_MAX: Final = 100_000
"""Bad lines of one file. A damaged file has a few; each is kept as it came, and this many are no controller's."""
PROBLEMS_MAX: Final = 1000
"""Bad lines that are told one by one; `rejected` counts them all."""
TEXT_CHARS_MAX: Final = 200
"""Of a file's or an event's name."""
_END: Final = b"\r\n"


class NoLocation(FileFormatError):
    """The files do not say where they were written, or not in words that a reader could send."""


class ControllerFiles(msgspec.Struct, frozen=True):
    """A `.csv` as it came, and the `.mrk` that was written with it. Names are for people."""

    tags_name: str
    tags: bytes
    markers_name: str = ""
    markers: bytes = b""


class Problem(msgspec.Struct, frozen=True):
    """A line that is no read, and why."""

    file: str
    line: int
    reason: str


class Imported(msgspec.Struct, frozen=True):
    """What an import has done. lines: those of the `.csv`, and of the `.mrk` the guns and what cannot be read; each
    is a read or rejected. reads: with the `guns` among them; each is `new` or was `held`. repeats: new ones that are
    held under another location, too."""

    session: int
    location: str
    lines: int
    reads: int
    guns: int
    new: int
    held: int
    repeats: int
    rejected: int
    problems: list[Problem]


class Piece(NamedTuple):
    """Some lines of one file."""

    observations: list[Observation]
    rejected: list[Rejected]
    problems: list[Problem]


class Part:
    """One of the two files: how many lines it has for us, and those lines in pieces. Not to be used twice."""

    def __init__(
        self, name: str, data: bytes, rows: Iterator["_Row"], bad: list[LineProblem], lines: int
    ) -> None:
        self.name = shown(name)
        self.lines = lines
        self._rows = rows
        self._bad = iter(bad)
        self._raw = data.split(b"\n")
        self._parser = ct01.LineParser()
        self._laps: dict[str, Laps] = {}

    def pieces(self) -> Iterator[Piece]:
        """At most PIECE_LINES each. It takes as long as reading them does: not for the loop."""
        while rows := list(islice(self._rows, PIECE_LINES)):
            piece = Piece([], [], [])
            for row in rows:
                self._put(piece, *row)
            yield piece
        while bad := list(islice(self._bad, PIECE_LINES)):
            piece = Piece([], [], [])
            for each in bad:
                self._reject(piece, each.line, each.reason)
            yield piece

    def _put(self, piece: Piece, line: int, location: str, item: Item) -> None:
        if not item.gun:
            laps = self._laps.setdefault(location.casefold(), Laps())
            item = msgspec.structs.replace(item, lap=laps.count(item.tag, item.wall_us))
        try:
            seen = self._parser.parse(_on_the_wire(line, location, item))
        except ct01.BadLine as problem:
            self._reject(piece, line, str(problem))
        else:
            # PostgreSQL has no NUL; a column that we do not use may hold anything.
            raw = ct01.decode(self._line(line)).replace("\0", "\N{REPLACEMENT CHARACTER}")
            piece.observations.append(msgspec.structs.replace(seen, raw=raw))

    def _reject(self, piece: Piece, line: int, reason: str) -> None:
        piece.rejected.append(Rejected(self._line(line), reason))
        piece.problems.append(Problem(self.name, line, reason))

    def _line(self, number: int) -> bytes:
        """As it came, without its end; of a longer one than any reader sends, the beginning."""
        return self._raw[number - 1].removesuffix(b"\r")[:LINE_BYTES_MAX]


_Row = tuple[int, str, Item]
"""(line in the file, location, read; its lap is not counted yet)"""


class ImportPlan(NamedTuple):
    """locations: those of the reads, as files spell them. parts: the guns' file comes first, as SimpleClient sends a
    past that it finds."""

    locations: tuple[str, ...]
    event: str
    guns: int
    parts: tuple[Part, ...]

    @property
    def lines(self) -> int:
        return sum(part.lines for part in self.parts)


def plan(files: ControllerFiles, location: str | None) -> ImportPlan:
    """What the files hold. The reads are of `location`, else of what the markers say was in force at each.

    FileFormatError: a file is none of the kind. NoLocation: nothing says where this was read.
    """
    limit = REJECTED_MAX + 1
    tags = parse_tags(files.tags, files.tags_name, problems_max=limit)
    markers = parse_markers(files.markers, files.markers_name, problems_max=limit)
    for file in (tags, markers):
        if file.problems.count > REJECTED_MAX:
            raise FileFormatError(f"{file.name}: more than {REJECTED_MAX} lines of it cannot be read")
    if not location and not markers.point:
        raise NoLocation(f"{files.tags_name}: no Point marker says where this was read; give the location")
    guns = Part(
        files.markers_name,
        files.markers,
        _guns(markers, location),
        markers.problems.first,
        len(markers.guns) + markers.problems.count,
    )
    reads = Part(
        files.tags_name,
        files.tags,
        _reads(tags, markers, location),
        tags.problems.first,
        len(tags.reads) + tags.problems.count,
    )
    names = _names(files, tags, markers, location)
    parts = tuple(part for part in (guns, reads) if part.lines)
    return ImportPlan(names, shown(markers.event), len(markers.guns), parts)


def location_name(text: str) -> str:
    """A location's name as the hub hears it from a reader. ValueError: it could not be sent."""
    Stream("0" * 40).location(text)
    try:
        return ct01.LineParser().parse(_on_the_wire(1, text, Item("1", 0, 1, "", 1))).location
    except ct01.BadLine as problem:
        raise ValueError(str(problem)) from problem


def shown(text: str) -> str:
    """A name that somebody gave, as it may be kept and shown."""
    return "".join(filter(str.isprintable, text))[:TEXT_CHARS_MAX]


def _on_the_wire(sequence: int, location: str, item: Item) -> bytes:
    return encode(format_line(sequence, location, item)).removesuffix(_END)


def _guns(markers: MarkerFile, location: str | None) -> Iterator[_Row]:
    for gun in markers.guns:
        point = location or markers.point_at(gun.sequence, gun.wall_us)
        yield gun.line, point, gun_item(gun.wall_us, gun.controller)


def _reads(tags: TagFile, markers: MarkerFile, location: str | None) -> Iterator[_Row]:
    for read in tags.reads:
        item = Item(read.tag, read.wall_us, 0, read.reader_id, read.antenna)
        yield read.line, location or markers.point_at(read.sequence, read.wall_us), item


def _names(
    files: ControllerFiles, tags: TagFile, markers: MarkerFile, location: str | None
) -> tuple[str, ...]:
    """The locations, each once, in the order in which they come."""
    rows = chain(_guns(markers, location), _reads(tags, markers, location))
    used = dict.fromkeys(name for _, name, _ in rows) or {location or markers.point: None}
    try:
        names = [location_name(name) for name in used]
    except ValueError as problem:
        raise NoLocation(f"{files.tags_name}: {problem}") from problem
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return tuple(found.values())
