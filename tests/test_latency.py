"""Histograms held against the sorted lists that they stand for."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hub.latency import (
    BUCKETS,
    ERROR_MAX,
    FINE_US,
    LONGEST_US,
    MINUTE_SLICES,
    PARTS,
    SLICE_US,
    WHOLE,
    Histogram,
    Minute,
    Way,
    bucket,
    figures,
    middle_us,
    packed,
    unpacked,
)

TIMES = some.one_of(some.integers(0, 2 * FINE_US), some.integers(0, LONGEST_US), some.integers(500, 90_000))
PERCENT = some.sampled_from([1, 25, 50, 90, 95, 99, 99.9, 100])


def made(times: list[int]) -> Histogram:
    histogram = Histogram()
    for us in times:
        histogram.add(us)
    return histogram


@given(some.lists(TIMES, min_size=1, max_size=200), PERCENT)
def test_a_percentile_is_that_of_the_sorted_list_but_for_the_error_stated(
    times: list[int], percent: float
) -> None:
    exact = sorted(times)[max(1, math.ceil(len(times) * percent / 100)) - 1]
    found = made(times).percentile_us(percent)
    assert found is not None
    assert abs(found - exact) <= exact * ERROR_MAX
    assert exact >= FINE_US or found == exact


@given(some.lists(TIMES), some.lists(TIMES))
def test_what_is_merged_is_what_was_counted_at_once(ones: list[int], others: list[int]) -> None:
    merged = made(ones)
    merged.merge(made(others))
    assert sorted(merged.items()) == sorted(made(ones + others).items())
    assert merged.count == len(ones) + len(others)


@given(TIMES, TIMES)
def test_buckets_are_in_order(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert 0 <= bucket(low) <= bucket(high) < BUCKETS


@given(some.integers(0, BUCKETS - 1))
def test_every_bucket_holds_its_own_middle(number: int) -> None:
    assert bucket(middle_us(number)) == number or middle_us(number) > LONGEST_US


def test_what_no_clock_can_have_measured_is_at_the_ends() -> None:
    assert bucket(-5) == bucket(0) == 0
    assert bucket(10**18) == bucket(LONGEST_US) == BUCKETS - 1
    assert Histogram().percentile_us(50) is None
    assert figures(Histogram()) is None


def test_many_at_once_count_as_many() -> None:
    histogram = Histogram()
    histogram.add(20, 99)
    histogram.add(5000)
    assert histogram.count == 100
    told = figures(histogram)
    assert told == {"count": 100, "p50_ms": 0.02, "p95_ms": 0.02, "p99_ms": 0.02}
    assert histogram.percentile_us(100) == pytest.approx(5000, rel=ERROR_MAX)


def test_the_last_minute_forgets() -> None:
    minute, now_us = Minute(), 1_717_230_000_000_000
    minute.add(10, now_us)
    minute.add(20, now_us + SLICE_US)
    minute.add(20, now_us + SLICE_US)
    assert minute.of(now_us + 2 * SLICE_US).count == 3
    assert sorted(minute.of(now_us + 3 * SLICE_US).items()) == [(20, 2)]
    assert minute.of(now_us + 60 * SLICE_US).count == 0
    minute.add(30, now_us)
    assert minute.of(now_us - 2 * SLICE_US).count == 0, (
        "of a clock that was set back nothing is of the future"
    )


@given(some.lists(some.tuples(TIMES, some.integers(0, 3 * MINUTE_SLICES * SLICE_US)), max_size=60))
def test_a_minute_is_what_was_counted_in_its_slices(times: list[tuple[int, int]]) -> None:
    minute, ordered = Minute(), sorted(times, key=lambda each: each[1])
    for us, at_us in ordered:
        minute.add(us, at_us)
    end = ordered[-1][1] // SLICE_US if ordered else 0
    last = [us for us, at_us in ordered if at_us // SLICE_US > end - MINUTE_SLICES]
    assert sorted(minute.of(end * SLICE_US).items()) == sorted(made(last).items())


@given(some.dictionaries(some.sampled_from(PARTS), some.lists(TIMES, max_size=30)))
def test_what_is_kept_comes_back(times: dict[str, list[int]]) -> None:
    way = Way()
    for part, each in times.items():
        way.parts[part] = made(each)
    back = unpacked(json.loads(json.dumps(packed(way))))
    assert {part: sorted(each.items()) for part, each in back.parts.items()} == {
        part: sorted(each.items()) for part, each in way.parts.items()
    }
    assert bool(back) == any(times.values())
    back.merge(way)
    assert back.parts[WHOLE].count == 2 * way.parts[WHOLE].count


@pytest.mark.parametrize(
    "kept",
    [
        None,
        [],
        {"ALPHAX": 1},
        {"parts": 7},
        {"parts": {WHOLE: []}},
        {"parts": {WHOLE: {"x": 1, "-1": 1, "99999": 1, "²": 1, "3": "1", "4": -1, "5": True}}},
        {"parts": {"no part": {"1": 1}}},
    ],
)
def test_what_is_no_histogram_is_none(kept: Any) -> None:
    assert not unpacked(kept)
