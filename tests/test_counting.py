"""How many have been read where, against a plain recount of what there is."""

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from hub.counting import Counting, Figure, Stored, View
from hub.model import KIND_GUN, KIND_READ, Participant, PlaceRow, Read, SessionRow
from hub.places import Places
from hub.roster import Roster, normal

ROW = SessionRow(1, 1, "Sunday", "", "active", 1, "UTC", "2026-01-01", 1)
TAGS = st.sampled_from(("7", "007", "T1", "t1", "T2", "T3", "crew", "gone"))
LOCATIONS = st.sampled_from(("START", "5K", "5k", "FINISH", "FINSH"))
KEYS = st.sampled_from((b"one", b"two"))


class Said:
    """What a session says. `again`: the keys of repeats that are so still."""

    def __init__(self) -> None:
        self.row = ROW
        self.places = Places()
        self.crew: frozenset[str] = frozenset()
        self.roster = Roster()
        self.again: frozenset[bytes] = frozenset()

    def repeats(self, location: str, key: bytes) -> bool:
        return key in self.again


def read(
    offset: int, location: str, tag: str, *, kind: str = KIND_READ, key: bytes = b"", test: bool = False
) -> Read:
    marks = (*(("repeat",) if key else ()), *(("test",) if test else ()))
    return Read(offset, 5, offset, location, tag, 0, "", 1, "", 1, kind, marks, key, "", 0)


def stored(each: Read) -> Stored:
    key = each.key if "repeat" in each.marks else None
    return Stored(each.offset, each.kind == KIND_READ, each.location, each.tag, "test" in each.marks, key)


def recounted(reads: dict[int, Read], said: View) -> set[Figure]:
    places: dict[str, str] = {}
    runners: dict[str, list[object]] = {"": []}
    for each in reads.values():
        if each.kind != KIND_READ or said.places.is_hidden(each.location) or normal(each.tag) in said.crew:
            continue
        if "test" in each.marks and not said.row.testing:
            continue
        if "repeat" in each.marks and said.repeats(each.location, each.key):
            continue
        shown = said.places.shown(each.location)
        place = places.setdefault(shown.casefold(), shown)
        known = said.roster.find(each.tag)
        for name in ("", place):
            runners.setdefault(name, []).append(known.bib if known else (normal(each.tag),))
    return {Figure(name.casefold(), len(set(found)), len(found)) for name, found in runners.items()}


class Days(RuleBasedStateMachine):
    """Whatever comes, in whatever order: when it is counted, it is what a plain recount says."""

    @initialize()
    def begin(self) -> None:
        self.counting = Counting()
        self.said = Said()
        self.reads: dict[int, Read] = {}
        self.head = 0
        self.missing: list[Read] = []
        """Durable before, and still to be loaded."""
        self.current = False

    @rule(
        tag=TAGS, location=LOCATIONS, kind=st.sampled_from((KIND_READ,) * 3 + (KIND_GUN,)), test=st.booleans()
    )
    def comes(self, tag: str, location: str, kind: str, test: bool) -> None:
        self._add(read(self.head + 1, location, tag, kind=kind, test=test))

    @rule(tag=TAGS, location=LOCATIONS, key=KEYS)
    def comes_again(self, tag: str, location: str, key: bytes) -> None:
        self._add(read(self.head + 1, location, tag, key=key))

    @rule(tag=TAGS, location=LOCATIONS)
    def was_there(self, tag: str, location: str) -> None:
        self.head += 1
        if not self.current and self.counting.through < self.head:
            self.missing.append(read(self.head, location, tag))

    @rule()
    def is_loaded(self) -> None:
        if not self.current:
            self.counting.add_stored(map(stored, self.missing))
            self.reads |= {each.offset: each for each in self.missing}
            self.missing.clear()

    @rule(data=st.data())
    def is_voided(self, data: st.DataObject) -> None:
        if self.head:
            offset = data.draw(st.integers(1, self.head))
            self.counting.void(offset)
            self.reads.pop(offset, None)
            self.missing = [each for each in self.missing if each.offset != offset]

    @rule(people=st.lists(st.frozensets(TAGS, max_size=3), max_size=3))
    def new_roster(self, people: list[frozenset[str]]) -> None:
        self.said.roster = Roster(
            Participant(number, f"bib {number}", tuple(tags)) for number, tags in enumerate(people)
        )
        self._is_another()

    @rule(shown=st.sampled_from(("5K", "Finish", "FINISH")), name=LOCATIONS, hidden=st.booleans())
    def is_called(self, shown: str, name: str, hidden: bool) -> None:
        self.said.places = Places([PlaceRow(name, shown, hidden, merged=shown.casefold() != name.casefold())])
        self._is_another()

    @rule(testing=st.booleans(), crew=st.frozensets(st.just("crew")), again=st.frozensets(KEYS))
    def is_said_otherwise(self, testing: bool, crew: frozenset[str], again: frozenset[bytes]) -> None:
        self.said.row = replace(ROW, testing=testing)
        self.said.crew, self.said.again = crew, again
        self._is_another()

    @rule(count=st.integers(1, 5))
    def counts_on(self, count: int) -> None:
        if not self.missing:
            self.current = self.counting.go_on(count) and self.current

    @rule()
    def counts_all(self) -> None:
        self.is_loaded()
        if not self.current:
            self.counting.begin(self.said)
            while not self.counting.go_on(2):
                pass
        self.current = True

    @invariant()
    def is_right(self) -> None:
        if self.current:
            found = [each._replace(location=each.location.casefold()) for each in self.counting.figures()]
            assert found[0].location == "" and len(found) == len(set(found))
            assert set(found) == recounted(self.reads, self.said)

    def _add(self, each: Read) -> None:
        self.head = each.offset
        self.reads[each.offset] = each
        self.counting.add([each])

    def _is_another(self) -> None:
        self.counting.begin(self.said)
        self.current = False


TestDays = Days.TestCase
TestDays.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)


def counted(counting: Counting, said: View) -> dict[str, tuple[int, int]]:
    counting.begin(said)
    while not counting.go_on(1):
        pass
    return {each.location: (each.runners, each.reads) for each in counting.figures()}


def test_several_tags_of_a_runner_are_one_runner() -> None:
    counting, said = Counting(), Said()
    counting.add([read(1, "5K", "T1"), read(2, "5K", "0T2"), read(3, "FINISH", "T2"), read(4, "FINISH", "?")])
    assert counted(counting, said) == {"": (3, 4), "5K": (2, 2), "FINISH": (2, 2)}
    said.roster = Roster([Participant(1, "7", ("T1", "T2"))])
    assert counted(counting, said) == {"": (2, 4), "5K": (1, 2), "FINISH": (2, 2)}


def test_what_comes_while_it_is_counted_is_counted() -> None:
    counting, said = Counting(), Said()
    counting.add([read(1, "5K", "T1"), read(2, "5K", "T2"), read(3, "5K", "T3")])
    counting.begin(said)
    assert not counting.go_on(2) and not counting.counted
    counting.add([read(4, "5K", "T4")])
    counting.void(1)
    assert counting.figures() == [Figure("", 0, 0)]
    assert counting.go_on(2)
    assert counting.figures() == [Figure("", 3, 3), Figure("5K", 3, 3)]
    counting.void(4)
    assert counting.figures() == [Figure("", 2, 2), Figure("5K", 2, 2)]


def test_what_was_retracted_before_it_is_loaded() -> None:
    counting, said = Counting(), Said()
    counting.void(2)
    counting.add_stored([stored(read(1, "5K", "T1")), stored(read(2, "5K", "T2"))])
    counting.add_stored([stored(read(1, "5K", "T1"))])
    assert counted(counting, said) == {"": (1, 1), "5K": (1, 1)}


def test_of_a_million_reads_a_few_bytes_each_are_kept() -> None:
    counting = Counting()
    counting.add_stored(Stored(each, True, "5K", f"T{each % 100}", False, None) for each in range(1, 10_001))
    kept = (counting._marks, counting._tags, counting._locations)
    assert sum(len(memoryview(each).cast("B")) for each in kept) == 7 * 10_001
    assert counted(counting, Said()) == {"": (100, 10_000), "5K": (100, 10_000)}
