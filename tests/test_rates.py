"""Reads a second, by session, over a minute."""

from hub.model import US_PER_S
from hub.rates import RATE_SECONDS, Rates

NOW_US = 1_714_809_600 * US_PER_S


def of(rates: Rates, session_id: int, after_s: float) -> list[int]:
    return rates.of(session_id, NOW_US + int(after_s * US_PER_S))


def test_each_second_has_its_figure() -> None:
    rates = Rates()
    for after_s, reads in ((0, 3), (0.5, 2), (2, 7)):
        rates.add(1, reads, NOW_US + int(after_s * US_PER_S))
    found = of(rates, 1, 3)
    assert len(found) == RATE_SECONDS - 1 and found[-3:] == [5, 0, 7] and sum(found) == 12


def test_the_second_that_is_not_over_is_not_told() -> None:
    rates = Rates()
    rates.add(1, 5, NOW_US)
    assert of(rates, 1, 0.9) == []
    assert of(rates, 1, 1.1)[-1] == 5


def test_what_is_older_than_a_minute_is_forgotten() -> None:
    rates = Rates()
    rates.add(1, 5, NOW_US)
    assert sum(of(rates, 1, RATE_SECONDS - 1)) == 5
    assert of(rates, 1, RATE_SECONDS) == []
    rates.add(1, 1, NOW_US + 10 * RATE_SECONDS * US_PER_S)
    assert sum(of(rates, 1, 10 * RATE_SECONDS + 1)) == 1


def test_sessions_are_told_apart_and_the_silent_ones_forgotten() -> None:
    rates = Rates()
    rates.add(1, 5, NOW_US)
    rates.add(2, 6, NOW_US)
    assert (sum(of(rates, 1, 1)), sum(of(rates, 2, 1)), of(rates, 3, 1)) == (5, 6, [])
    rates.add(4, 1, NOW_US + 2 * RATE_SECONDS * US_PER_S)
    assert set(rates._sessions) == {4}


def test_a_clock_that_is_set_back_loses_nothing() -> None:
    rates = Rates()
    rates.add(1, 5, NOW_US)
    rates.add(1, 2, NOW_US - 30 * US_PER_S)
    assert of(rates, 1, 1)[-1] == 7
