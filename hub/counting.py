"""How many have been read where: how often at each location of a session, and by how many runners. Pure.

Knows offsets, tags and locations; refuses to know stores, screens and clocks. Of a read it keeps a few bytes under its
offset, and counts from them: when a location is called otherwise, a tag becomes somebody's, or a test is over, all of
it is counted again from memory, a piece at a time.
"""

from array import array
from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from hub.model import KIND_READ, MARK_REPEAT, MARK_TEST, Read, SessionRow
from hub.places import Places
from hub.roster import Roster, normal

ALL: Final = ""
"""The location that stands for all of them together."""

_HELD: Final = 1
_TEST: Final = 2
_REPEAT: Final = 4
_GONE: Final = 8
_NOT_ASKED: Final = 0
_CREW: Final = -1


class View(Protocol):
    """What a session says of its reads as of now."""

    @property
    def row(self) -> SessionRow: ...
    @property
    def places(self) -> Places: ...
    @property
    def crew(self) -> frozenset[str]: ...
    @property
    def roster(self) -> Roster: ...

    def repeats(self, location: str, key: bytes) -> bool: ...


class Stored(NamedTuple):
    """What is needed of a row of `timing_reads`. `counts`: it is a read. `key`: of a repeat."""

    offset: int
    counts: bool
    location: str
    tag: str
    test: bool
    key: bytes | None


class Figure(NamedTuple):
    location: str
    runners: int
    reads: int


class Counting:
    """One session's. `add` all that there is, in any order; `begin` and `go_on` until that is true. From then on
    `figures` follows what is added and voided."""

    def __init__(self) -> None:
        # by offset
        self._marks = bytearray(1)
        self._tags = array("I", (0,))
        self._locations = array("H", (0,))
        self._keys: dict[int, bytes] = {}
        # what stands for each tag and location
        self._tag_numbers: dict[str, int] = {}
        """Of tags as they came, and as they are compared."""
        self._compared: list[str] = []
        self._location_numbers: dict[str, int] = {}
        self._names: list[str] = []
        # what was counted
        self._figures: _Figures | None = None
        self._next: _Figures | None = None

    @property
    def through(self) -> int:
        return len(self._marks) - 1

    @property
    def repeats(self) -> bool:
        """Whether it holds any: by what is voided, one of them may be the first now."""
        return bool(self._keys)

    @property
    def counted(self) -> bool:
        return self._figures is not None

    def add(self, reads: Iterable[Read]) -> None:
        for read in reads:
            if read.kind == KIND_READ:
                key = read.key if MARK_REPEAT in read.marks else None
                self._put(read.offset, read.location, read.tag, MARK_TEST in read.marks, key)

    def add_stored(self, rows: Iterable[Stored]) -> None:
        for offset, counts, location, tag, test, key in rows:
            if counts:
                self._put(offset, location, tag, test, key)

    def void(self, offset: int) -> None:
        """There is nothing under this offset any more, whatever is added."""
        if offset > self.through:
            self._grow(offset)
        if self._figures is not None:
            self._figures.count(offset, -1)
        if self._next is not None and offset <= self._next.through:
            self._next.count(offset, -1)
        self._marks[offset] |= _GONE

    def begin(self, view: View) -> None:
        """All of it is to be counted by what the session says now. Until it is, `figures` stay as they were."""
        self._next = _Figures(self, view)

    def go_on(self, count: int) -> bool:
        """Counts so many reads more; whether it is done."""
        found = self._next
        if found is None:
            return True
        last = min(self.through, found.through + count)
        for offset in range(found.through + 1, last + 1):
            found.count(offset, 1)
        found.through = last
        if last < self.through:
            return False
        self._figures, self._next = found, None
        return True

    def figures(self) -> list[Figure]:
        """All locations together, and then each that has been read at, by its name."""
        return self._figures.said() if self._figures is not None else [Figure(ALL, 0, 0)]

    def _put(self, offset: int, location: str, tag: str, test: bool, key: bytes | None) -> None:
        if offset > self.through:
            self._grow(offset)
        elif self._marks[offset]:
            return  # it is here, or gone
        number = self._tag_numbers.get(tag)
        self._tags[offset] = self._tag(tag) if number is None else number
        number = self._location_numbers.get(location)
        self._locations[offset] = self._location(location) if number is None else number
        self._marks[offset] = _HELD | (_TEST if test else 0) | (_REPEAT if key is not None else 0)
        if key is not None:
            self._keys[offset] = key
        if self._figures is not None and self._next is None:
            self._figures.count(offset, 1)

    def _grow(self, offset: int) -> None:
        more = offset - self.through
        self._marks.extend(bytes(more))
        self._tags.frombytes(bytes(more * self._tags.itemsize))
        self._locations.frombytes(bytes(more * self._locations.itemsize))

    def _tag(self, tag: str) -> int:
        compared = normal(tag)
        number = self._tag_numbers.get(compared)
        if number is None:
            number = self._tag_numbers[compared] = len(self._compared)
            self._compared.append(compared)
        self._tag_numbers[tag] = number
        return number

    def _location(self, name: str) -> int:
        number = self._location_numbers[name] = len(self._names)
        self._names.append(name)
        return number


class _Place:
    """`runners`: how often each was read here."""

    __slots__ = ("name", "reads", "runners")

    def __init__(self, name: str) -> None:
        self.name = name
        self.reads = 0
        self.runners: dict[int, int] = {}

    def count(self, runner: int, by: int) -> None:
        self.reads += by
        often = self.runners.get(runner, 0) + by
        if often:
            self.runners[runner] = often
        else:
            del self.runners[runner]


class _Figures:
    """What there is, by what a session said at one time. `through`: the offset up to which all is counted."""

    def __init__(self, counting: Counting, view: View) -> None:
        self._of = counting
        self._view = view
        self._testing, self._roster = view.row.testing, view.roster
        self._named, self._crew = view.places, view.crew
        self._all = _Place(ALL)
        self._places: dict[str, _Place] = {}
        self._by_location: list[_Place | None] = []
        self._runners: list[int] = []
        self._no_repeats: set[int] = set()
        """Marked as such, and counted all the same."""
        self.through = 0

    def count(self, offset: int, by: int) -> None:
        marks = self._of._marks[offset]
        if marks != _HELD and not self._counts(offset, marks, by):
            return
        number, tag = self._of._locations[offset], self._of._tags[offset]
        if number >= len(self._by_location):
            self._find_places()
        if tag >= len(self._runners):
            self._runners += [_NOT_ASKED] * (len(self._of._compared) - len(self._runners))
        place, runner = self._by_location[number], self._runners[tag] or self._who(tag)
        if place is not None and runner != _CREW:
            place.count(runner, by)
            self._all.count(runner, by)

    def said(self) -> list[Figure]:
        places = sorted((each for each in self._places.values() if each.reads), key=lambda each: each.name)
        return [Figure(each.name, len(each.runners), each.reads) for each in (self._all, *places)]

    def _counts(self, offset: int, marks: int, by: int) -> bool:
        if not marks & _HELD or marks & _GONE or (marks & _TEST and not self._testing):
            return False
        if not marks & _REPEAT:
            return True
        if by > 0:
            name = self._of._names[self._of._locations[offset]]
            if not self._view.repeats(name, self._of._keys[offset]):
                self._no_repeats.add(offset)
        return offset in self._no_repeats

    def _find_places(self) -> None:
        """Of the locations that are new."""
        for name in self._of._names[len(self._by_location) :]:
            shown = self._named.shown(name)
            hidden = self._named.is_hidden(name)
            place = None if hidden else self._places.setdefault(shown.casefold(), _Place(shown))
            self._by_location.append(place)

    def _who(self, tag: int) -> int:
        """One number for all tags of a participant, one for each tag that is nobody's."""
        text = self._of._compared[tag]
        participant = self._roster.find(text)
        runner = 2 * tag + 2 if participant is None else 2 * participant.id + 1
        self._runners[tag] = runner = _CREW if text in self._crew else runner
        return runner
