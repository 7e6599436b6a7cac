"""A reader's clock is known by what arrives singly."""

import pytest

from hub.model import US_PER_S
from hub.source_clock import CLOCK_SAMPLES_MAX, SourceClock


def test_the_difference_is_the_median_of_the_last_single_reads() -> None:
    clock = SourceClock(None)
    clock.started(0)
    clock.arrived(1 * US_PER_S, 1, 0)
    for number in range(2, 100):
        age = 900 * US_PER_S if number % 3 == 0 else number * 1000
        clock.arrived(number * US_PER_S, 1, number * US_PER_S - age)
    assert 80_000 < clock.difference_us < 101_000
    for number in range(100, 100 + CLOCK_SAMPLES_MAX):
        clock.arrived(number * US_PER_S, 1, number * US_PER_S)
    assert clock.difference_us == 0


@pytest.mark.parametrize(
    ("gap_us", "lines"), [(US_PER_S // 2 - 1, 1), (US_PER_S, 2)], ids=["too close", "not single"]
)
def test_only_single_reads_tell(gap_us: int, lines: int) -> None:
    clock = SourceClock(None)
    clock.started(0)
    for number in range(1, 50):
        clock.arrived(number * gap_us, lines, 0)
    assert not clock.known


def test_the_first_read_after_a_start_or_a_jump_tells_nothing() -> None:
    clock = SourceClock(None)
    for number in range(1, 50):
        if number % 2:
            clock.started(number * US_PER_S)
        else:
            clock.jumped()
        clock.arrived(number * US_PER_S + US_PER_S // 2, 1, 0)
    assert not clock.known


def test_a_clock_that_is_not_known_is_not_moved() -> None:
    clock = SourceClock(None)
    clock.jumped_by(5)
    assert (clock.known, clock.difference_us) == (False, 0)
