"""The packed reads of a session are what a deque of them would be, and take less of the memory."""

import sys
from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.model import Read
from hub.tail import BLOCK_READS, TAIL_READS_MAX, Tail

NOW_US: Final = 1_767_225_600_000_000
BYTES_MAX: Final = 100
"""What a read may take in a tail that is full. As an object it takes seven times as much."""


def read(offset: int, source_id: int = 5, location: str = "FINISH") -> Read:
    raw = f"CT01_33~{offset}~{location}~T{offset % 700}~08:{offset % 60:02d}:00.00~1~12000C~1"
    key = (offset * 2**60).to_bytes(16, "big")
    return Read(
        offset,
        source_id,
        offset,
        location,
        f"T{offset % 700}",
        NOW_US - offset,
        "08:00:00.00",
        1,
        "12000C",
        1,
        "read",
        ("late",) if offset % 9 == 0 else (),
        key,
        raw,
        NOW_US + offset,
    )


def reads(first: int, count: int) -> list[Read]:
    return [read(offset) for offset in range(first, first + count)]


def moved(one: Read, by_us: int) -> Read:
    return replace(one, read_us=one.read_us + by_us)


def packed_bytes(tail: Tail) -> int:
    return sum(sys.getsizeof(block.data) for block in tail._blocks)


def hole_free(plain: Iterable[Read]) -> int:
    """The offset after which there is no hole, found the plain way."""
    offsets = {each.offset for each in plain}
    reach = max(offsets, default=0)
    while reach in offsets:
        reach -= 1
    return reach


# The model: whatever is done to it, it holds what a deque would

step = st.one_of(
    st.tuples(st.just("extend"), st.integers(1, 3 * BLOCK_READS)),
    st.tuples(st.just("few"), st.integers(1, 5)),
    st.tuples(st.just("flood"), st.integers(900, 2 * TAIL_READS_MAX + 70)),
    st.tuples(st.just("hole"), st.integers(1, 3)),
    st.tuples(st.just("void"), st.integers(0, 2200)),
    st.tuples(st.just("change"), st.integers(1, 10**9)),
    st.tuples(st.just("again"), st.just(0)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(step, max_size=25), st.integers(0, 2100), st.integers(0, 2100))
def test_it_holds_what_a_deque_would(steps: list[tuple[str, int]], back: int, count: int) -> None:
    """After any steps: the same reads in the same order, by every way to ask for them."""
    tail = Tail()
    plain: deque[Read] = deque(maxlen=TAIL_READS_MAX)
    head = 0
    for name, number in steps:
        if name in ("extend", "few", "flood"):
            added = reads(head + 1, number)
            head += number
            tail.extend(added)
            plain.extend(added)
        elif name == "hole":
            head += number
        elif name == "void":
            gone = replace(read(max(1, head - number)), kind="void", key=b"")
            tail.replace(gone)
            plain = deque((gone if each.offset == gone.offset else each for each in plain), plain.maxlen)
        elif name == "change":
            tail.change(partial(moved, by_us=number))
            plain = deque((moved(each, number) for each in plain), plain.maxlen)
        else:
            tail = Tail(list(tail))
    held = list(plain)
    assert list(tail) == held and len(tail) == len(held)
    assert tail.recent(count) == held[max(0, len(held) - count) :]
    assert tail.after(head - back, count) == [each for each in held if each.offset > head - back][:count]
    assert (tail.last, tail.reach) == (held[-1].offset if held else 0, hole_free(held))


# One by one


@pytest.mark.parametrize("many", [1, 7, BLOCK_READS, TAIL_READS_MAX + 300])
def test_a_full_one_is_small_however_its_reads_came(many: int) -> None:
    tail = Tail()
    for first in range(1, 3 * TAIL_READS_MAX, many):
        tail.extend(reads(first, many))
    assert len(tail) == TAIL_READS_MAX
    flood = many >= BLOCK_READS
    assert packed_bytes(tail) < (3 if flood else 1) * BYTES_MAX * TAIL_READS_MAX
    assert len(tail._fresh) < BLOCK_READS and len(tail._blocks) <= TAIL_READS_MAX // BLOCK_READS + 1


def test_what_is_loaded_is_small() -> None:
    tail = Tail(reads(1, 3 * TAIL_READS_MAX))
    assert len(tail) == TAIL_READS_MAX and tail.reach == 2 * TAIL_READS_MAX
    assert packed_bytes(tail) < BYTES_MAX * TAIL_READS_MAX


def test_a_copy_stays_as_it_was() -> None:
    tail = Tail(reads(1, 100))
    before = tail.copy()
    tail.extend(reads(101, TAIL_READS_MAX))
    tail.replace(replace(read(2050), kind="void"))
    assert list(before) == reads(1, 100) and (before.reach, before.last) == (0, 100)
    before.extend(reads(101, 1))
    assert len(tail) == TAIL_READS_MAX and tail.last == TAIL_READS_MAX + 100


def test_when_each_source_was_last_heard_of_where() -> None:
    tail = Tail()
    places = [(5, "START"), (6, "FINISH"), (5, "FINISH")]
    for number, (source_id, location) in enumerate(places):
        first = number * BLOCK_READS + 1
        tail.extend([read(offset, source_id, location) for offset in range(first, first + BLOCK_READS)])
    tail.extend([read(3 * BLOCK_READS + 1, 5, "START")])
    found: dict[tuple[int, str], int] = {}
    for place, at_us in tail.arrivals():
        found.setdefault(place, at_us)
    assert list(found.items()) == [
        ((5, "START"), NOW_US + 3 * BLOCK_READS + 1),
        ((5, "FINISH"), NOW_US + 3 * BLOCK_READS),
        ((6, "FINISH"), NOW_US + 2 * BLOCK_READS),
    ]


@pytest.mark.parametrize("count", [1, 63, 200, 2500])
@pytest.mark.parametrize("back", [0, 10, 100, 5000])
def test_those_since_a_moment_are_all_there_and_no_more_than_a_block_before(count: int, back: int) -> None:
    tail = Tail()
    for offset in range(1, count + 1):
        tail.extend([read(offset)])
    found = [each.offset for each in tail.since(NOW_US + count - back)]
    wanted = len(range(max(1, count - back, count - TAIL_READS_MAX + 1), count + 1))
    assert found == list(range(found[0], count + 1))
    assert wanted <= len(found) < wanted + 2 * BLOCK_READS


def test_one_by_its_offset() -> None:
    tail = Tail(reads(5, 200))
    tail.extend(reads(210, 3))
    assert [tail.find(each) for each in (5, 70, 204, 211)] == [read(each) for each in (5, 70, 204, 211)]
    assert [tail.find(each) for each in (0, 4, 207, 213)] == [None] * 4


def test_an_empty_one() -> None:
    assert Tail().since(0) == []
    tail = Tail()
    tail.replace(read(1))
    assert (list(tail), len(tail), tail.recent(5), tail.after(0, 5), tail.last, tail.reach) == (
        [],
        0,
        [],
        [],
        0,
        0,
    )
