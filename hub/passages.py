"""Who has come by where and when, of one session: all reads of each runner, and how long others took from one location
to the next. Pure.

Knows offsets, tags, locations and times; refuses to know stores, screens and clocks. Of a read it keeps 26 bytes under
its offset, with the offset of the same tag's read before: the reads of one runner are found without looking at those
of others.
"""

from array import array
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from hub.model import KIND_READ, MARK_REPEAT, MARK_SUSPECT, MARK_TEST, US_PER_S, Read
from hub.places import Places
from hub.roster import normal

SAME_PASS_US: Final = 60 * US_PER_S
"""Reads of one tag at one location closer than this are one passage: two antennas, or somebody who lingers."""
_HELD: Final = 1
_TEST: Final = 2
_REPEAT: Final = 4
_GONE: Final = 8
_SUSPECT: Final = 16


class StoredPassage(NamedTuple):
    """What is needed of a row of `timing_reads`. `counts`: it is a read. `marks`: its own."""

    offset: int
    counts: bool
    location: str
    tag: str
    at_us: int
    marks: Sequence[str]


class Passage(NamedTuple):
    """A read. `location`: the name that it came with. `repeat`, `suspect`: its marks."""

    offset: int
    location: str
    tag: str
    at_us: int
    repeat: bool
    suspect: bool


class Visit(NamedTuple):
    """Somebody at a location, as it is shown; `nth`: for which time, from 1. What was read there in a minute is one."""

    location: str
    nth: int
    at_us: int
    offset: int

    @property
    def node(self) -> tuple[str, int]:
        return self.location.casefold(), self.nth


class Passages:
    """`add` what there is, in any order. `testing`: whether what came in a test is there, too."""

    def __init__(self) -> None:
        # by offset
        self._flags = bytearray(1)
        self._tags = array("I", (0,))
        self._locations = array("H", (0,))
        self._times = array("q", (0,))
        self._before = array("q", (0,))
        # what stands for each tag and location
        self._tag_numbers: dict[str, int] = {}
        """Of tags as they came, and as they are compared."""
        self._compared: list[str] = []
        self._spelled: list[str] = []
        """As they came first."""
        self._last = array("q")
        """By tag: the highest offset of it."""
        self._location_numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._at: list[list[int]] = []
        """By location: the offsets there, rising."""

    @property
    def through(self) -> int:
        return len(self._flags) - 1

    def add(self, reads: Iterable[Read]) -> None:
        self.add_stored(
            StoredPassage(
                read.offset, read.kind == KIND_READ, read.location, read.tag, read.read_us, read.marks
            )
            for read in reads
        )

    def add_stored(self, rows: Iterable[StoredPassage]) -> None:
        for offset, counts, location, tag, at_us, marks in rows:
            if offset > self.through:
                self._grow(offset)
            if counts and not self._flags[offset]:
                self._put(offset, location, tag, at_us, marks)

    def void(self, offset: int) -> None:
        """There is nothing under this offset any more, whatever is added."""
        if offset > self.through:
            self._grow(offset)
        self._flags[offset] |= _GONE

    def at(self, offset: int, *, testing: bool = False) -> Passage | None:
        """What was read under this offset."""
        if not 0 < offset <= self.through or not self._counts(offset, testing):
            return None
        flags = self._flags[offset]
        return Passage(
            offset,
            self._names[self._locations[offset]],
            self._compared[self._tags[offset]],
            self._times[offset],
            bool(flags & _REPEAT),
            bool(flags & _SUSPECT),
        )

    def of(self, tags: Iterable[str], *, testing: bool = False) -> list[Passage]:
        """All reads of these tags, by their times."""
        found = []
        for number in {self._tag_numbers[tag] for tag in map(normal, tags) if tag in self._tag_numbers}:
            offset = self._last[number]
            while offset:
                passage = self.at(offset, testing=testing)
                if passage is not None:
                    found.append(passage)
                offset = self._before[offset]
        return sorted(found, key=lambda each: (each.at_us, each.offset))

    def tags(self) -> Iterator[tuple[str, str]]:
        """All that were ever read, as they are compared, each as it came first."""
        return zip(self._compared, self._spelled, strict=True)

    def near(self, offset: int, count: int, *, testing: bool = False) -> list[Passage]:
        """What was read under the next offsets before and after this one, so many either way."""
        around = range(max(1, offset - count), min(self.through, offset + count) + 1)
        return [found for each in around if (found := self.at(each, testing=testing))]

    def before(self, name: str, offset: int) -> int:
        """How many reads there are at a location before this offset."""
        number = self._location_numbers.get(name)
        return 0 if number is None else bisect_left(self._at[number], offset)

    def tags_at(self, names: Iterable[str]) -> Iterator[str]:
        """Whoever was at one of these locations, in the order in which they came; somebody may come again."""
        found = [self._location_numbers[name] for name in names if name in self._location_numbers]
        for number in found:
            yield from (self._compared[self._tags[offset]] for offset in self._at[number])

    def names(self, places: Places, shown: str) -> list[str]:
        """The locations that are shown so."""
        folded = shown.casefold()
        return [name for name in self._names if places.shown(name).casefold() == folded]

    def locations(self, places: Places) -> list[str]:
        """All that somebody was read at, as they are shown, without those that are hidden."""
        return list(dict.fromkeys(places.shown(name) for name in self._names if not places.is_hidden(name)))

    def _counts(self, offset: int, testing: bool) -> bool:
        flags = self._flags[offset]
        return bool(flags & _HELD) and not flags & _GONE and (testing or not flags & _TEST)

    def _put(self, offset: int, location: str, tag: str, at_us: int, marks: Sequence[str]) -> None:
        number = self._tag_numbers.get(tag)
        if number is None:
            number = self._tag(tag)
        self._tags[offset] = number
        self._locations[offset] = self._location(location)
        self._times[offset] = at_us
        self._flags[offset] = (
            _HELD
            | (_TEST if MARK_TEST in marks else 0)
            | (_REPEAT if MARK_REPEAT in marks else 0)
            | (_SUSPECT if MARK_SUSPECT in marks else 0)
        )
        self._chain(number, offset)
        at = self._at[self._locations[offset]]
        if not at or offset > at[-1]:
            at.append(offset)
        else:
            insort(at, offset)

    def _chain(self, tag: int, offset: int) -> None:
        """Into its place among those of its tag: mostly the last."""
        later, before = 0, self._last[tag]
        while before > offset:
            later, before = before, self._before[before]
        self._before[offset] = before
        if later:
            self._before[later] = offset
        else:
            self._last[tag] = offset

    def _grow(self, offset: int) -> None:
        more = offset - self.through
        self._flags.extend(bytes(more))
        for column in (self._tags, self._locations, self._times, self._before):
            column.frombytes(bytes(more * column.itemsize))

    def _tag(self, tag: str) -> int:
        compared = normal(tag)
        number = self._tag_numbers.get(compared)
        if number is None:
            number = self._tag_numbers[compared] = len(self._compared)
            self._compared.append(compared)
            self._spelled.append(tag)
            self._last.append(0)
        self._tag_numbers[tag] = number
        return number

    def _location(self, name: str) -> int:
        number = self._location_numbers.get(name)
        if number is None:
            number = self._location_numbers[name] = len(self._names)
            self._names.append(name)
            self._at.append([])
        return number


def visits(passages: Sequence[Passage], places: Places, start: str = "") -> list[Visit]:
    """Where somebody was, by time: without hidden locations, times that cannot be, and repeats. At `start`, where
    people wait on the mat, the last read before they are anywhere else is the one that counts, else the first."""
    found: list[Visit] = []
    last: dict[str, int] = {}
    often: Counter[str] = Counter()
    start = start.casefold()
    counted = {each.at_us for each in passages if not each.repeat and not places.is_hidden(each.location)}
    for each in passages:
        if each.suspect or places.is_hidden(each.location) or (each.repeat and each.at_us in counted):
            continue
        shown = places.shown(each.location)
        folded = shown.casefold()
        waits = folded == start and len(found) == often[folded] > 0
        again = folded in last and each.at_us - last[folded] < SAME_PASS_US
        last[folded] = each.at_us
        if waits:
            found[-1] = Visit(shown, 1, each.at_us, each.offset)
        elif not again:
            often[folded] += 1
            found.append(Visit(shown, often[folded], each.at_us, each.offset))
    return found
