"""Who has come by where, held against a list of all reads, at random; and what is one passage."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.model import US_PER_S, PlaceRow, Read
from hub.passages import Passage, Passages, StoredPassage, Visit, visits
from hub.places import Places
from hub.roster import normal

AT_US = 1_767_225_600_000_000
NOWHERE = Places()


def read(offset: int, tag: str, location: str, at_s: float, *marks: str, kind: str = "read") -> Read:
    at_us = AT_US + round(at_s * US_PER_S)
    return Read(offset, 5, offset, location, tag, at_us, "", 1, "", 1, kind, marks, b"", "raw", AT_US)


TAGS = st.sampled_from(["a1", "0A1", "b2", "c3"])
ROWS = st.lists(
    st.tuples(
        TAGS,
        st.sampled_from(["START", "5K", "FINISH"]),
        st.integers(0, 500),
        st.sampled_from([(), ("test",), ("repeat",), ("late",)]),
        st.sampled_from(["read", "read", "read", "gun", "void"]),
    ),
    max_size=30,
)


@given(ROWS, st.randoms(use_true_random=False), st.booleans(), st.sets(st.integers(1, 30), max_size=4))
def test_all_of_a_runner_is_found_in_whatever_order_it_came(
    rows: list[Any], random: Any, testing: bool, gone: set[int]
) -> None:
    reads = [
        read(offset, tag, location, at_s, *marks, kind=kind)
        for offset, (tag, location, at_s, marks, kind) in enumerate(rows, 1)
    ]
    passages = Passages()
    order = [*reads, *reads[:5]]
    random.shuffle(order)
    for offset in sorted(gone)[:2]:
        passages.void(offset)
    for each in order:
        passages.add([each])
    for offset in gone:
        passages.void(offset)
    there = {
        each.offset: each
        for each in reads
        if each.kind == "read" and each.offset not in gone and (testing or "test" not in each.marks)
    }
    for tag in ("a1", "B2", "c3", "nobody"):
        wanted = [each for each in there.values() if normal(each.tag) == normal(tag)]
        found = passages.of([tag, f" {tag}"], testing=testing)
        assert [each.offset for each in found] == [
            each.offset for each in sorted(wanted, key=lambda each: (each.read_us, each.offset))
        ]
    for offset in range(-1, len(reads) + 2):
        found_at = passages.at(offset, testing=testing)
        assert (found_at is not None) == (offset in there)
        if found_at is not None:
            one = there[offset]
            assert (found_at.location, found_at.at_us) == (one.location, one.read_us)
            assert (found_at.tag, found_at.repeat) == (normal(one.tag), "repeat" in one.marks)
    near = [each.offset for each in passages.near(10, 3, testing=testing)]
    assert near == [offset for offset in range(7, 14) if offset in there]
    here = [each for each in reads if each.kind == "read" and each.location == "5K"]
    if not gone:
        assert list(passages.tags_at(["5K", "elsewhere"])) == [normal(each.tag) for each in here]
        assert passages.before("5K", 10) == sum(each.offset < 10 for each in here)


@given(ROWS)
def test_what_is_stored_is_what_was_read(rows: list[Any]) -> None:
    reads = [
        read(offset, tag, where, at_s, *marks, kind=kind)
        for offset, (tag, where, at_s, marks, kind) in enumerate(rows, 1)
    ]
    one, other = Passages(), Passages()
    one.add(reads)
    other.add_stored(
        StoredPassage(each.offset, each.kind == "read", each.location, each.tag, each.read_us, each.marks)
        for each in reads
    )
    assert one.through == other.through == len(reads)
    assert all(
        one.at(offset, testing=True) == other.at(offset, testing=True) for offset in range(len(reads) + 1)
    )


def passage(location: str, at_s: float, offset: int = 1, **marks: bool) -> Passage:
    at_us = AT_US + round(at_s * US_PER_S)
    return Passage(offset, location, "a1", at_us, **({"repeat": False, "suspect": False} | marks))


def way(*found: Passage, places: Places = NOWHERE, start: str = "") -> list[tuple[str, int, float]]:
    return [
        (each.location, each.nth, (each.at_us - AT_US) / US_PER_S) for each in visits(found, places, start)
    ]


def test_reads_of_one_minute_are_one_passage() -> None:
    lingers = [passage("5K", at_s) for at_s in (0, 30, 80, 130)]
    assert way(*lingers, passage("5k", 500), passage("10K", 900)) == [
        ("5K", 1, 0),
        ("5k", 2, 500),
        ("10K", 1, 900),
    ]


def test_at_the_start_the_last_one_counts() -> None:
    waits = [passage("START", at_s) for at_s in (0, 200, 400)]
    assert way(*waits, passage("5K", 1600), start="start") == [("START", 1, 400), ("5K", 1, 1600)]
    assert way(*waits, passage("5K", 1600)) == [
        ("START", 1, 0),
        ("START", 2, 200),
        ("START", 3, 400),
        ("5K", 1, 1600),
    ]
    laps = (passage("START", 0), passage("5K", 900), passage("START", 1800))
    assert way(*laps, start="START") == [("START", 1, 0), ("5K", 1, 900), ("START", 2, 1800)]


def test_what_is_no_visit() -> None:
    places = Places([PlaceRow("TENT", "TENT", hidden=True), PlaceRow("Finish2", "FINISH", merged=True)])
    found = (
        passage("TENT", 0),
        passage("5K", 10, suspect=True),
        passage("Finish2", 100),
        passage("FINISH", 110),
        passage("10K", 100, repeat=True),
        passage("20K", 1000, repeat=True),
    )
    assert way(*sorted(found, key=lambda each: each.at_us), places=places) == [
        ("FINISH", 1, 100),
        ("20K", 1, 1000),
    ]


def test_names_of_locations() -> None:
    passages = Passages()
    passages.add([read(1, "a", "finish", 0), read(2, "a", "Ziel2", 1), read(3, "a", "TENT", 2)])
    places = Places([PlaceRow("Ziel2", "FINISH", merged=True), PlaceRow("TENT", "TENT", hidden=True)])
    assert passages.names(places, "Finish") == ["finish", "Ziel2"]
    assert passages.locations(places) == ["finish", "FINISH"]
    assert Visit("FINISH", 2, 0, 1).node == ("finish", 2)
