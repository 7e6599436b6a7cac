"""How often a service is asked, with the time handed in."""

import pytest

from hub.providers.budget import BURST
from hub.sync_plan import (
    DAY_S,
    HOUR_S,
    MINUTE_S,
    SHARE,
    Asked,
    Facts,
    back_off_s,
    results_period_s,
    roster_period_s,
    stretch,
)

DAY = 1_000 * DAY_S
NINE = DAY + 9 * HOUR_S
SAID = Facts(begins_s=NINE, day_s=DAY)
"""Begins at nine."""
DATED = Facts(day_s=DAY)


@pytest.mark.parametrize(
    ("before_s", "period_s"),
    [
        (40 * DAY_S, HOUR_S),
        (DAY_S + 1, HOUR_S),
        (DAY_S, 15 * MINUTE_S),
        (3 * HOUR_S + 1, 15 * MINUTE_S),
        (3 * HOUR_S, 2 * MINUTE_S),
        (45 * MINUTE_S + 1, 2 * MINUTE_S),
        (45 * MINUTE_S, 10),
        (0, 10),
        (-8 * HOUR_S + 1, 10),
        (-8 * HOUR_S, HOUR_S),
    ],
)
def test_it_is_asked_the_more_often_the_nearer_the_start_is(before_s: float, period_s: float) -> None:
    assert roster_period_s(SAID, NINE - before_s) == period_s
    assert roster_period_s(SAID._replace(ended=True), NINE - before_s) is None


def test_the_last_gun_says_when_it_is_over_whatever_was_said_before() -> None:
    gun_s = NINE + 3 * HOUR_S
    fired = SAID._replace(gun_s=gun_s)
    assert roster_period_s(fired, gun_s + 8 * HOUR_S - 1) == 10
    assert roster_period_s(fired, gun_s + 8 * HOUR_S) == HOUR_S
    tried = SAID._replace(gun_s=NINE - 12 * HOUR_S)
    assert roster_period_s(tried, NINE - 4 * HOUR_S - 1) == 10
    assert roster_period_s(tried, NINE - 4 * HOUR_S) == 15 * MINUTE_S
    assert roster_period_s(tried, NINE + 7 * HOUR_S) == 10


def test_while_reads_come_it_is_a_race() -> None:
    for facts in (SAID, DATED, Facts(gun_s=DAY)):
        at_s = DAY + 3 * DAY_S
        assert roster_period_s(facts._replace(read_s=at_s - 14 * MINUTE_S), at_s) == 10
        assert roster_period_s(facts._replace(read_s=at_s - 15 * MINUTE_S), at_s) == HOUR_S


def test_a_day_is_a_race_from_the_morning_to_midnight() -> None:
    periods = {
        hour: roster_period_s(DATED, DAY + hour * HOUR_S) for hour in (-20, -12, 1, 3, 4.25, 12, 23.9, 24)
    }
    assert periods == {
        -20: HOUR_S,
        -12: 15 * MINUTE_S,
        1: 15 * MINUTE_S,
        3: 2 * MINUTE_S,
        4.25: 10,
        12: 10,
        23.9: 10,
        24: HOUR_S,
    }


def test_results_are_asked_for_while_they_are_shown_or_the_race_goes_on() -> None:
    def period_s(facts: Facts, at_s: float, *, mode: bool = False, wanted: bool = True) -> float | None:
        return results_period_s(facts, at_s, results_mode=mode, wanted=wanted)

    fired = SAID._replace(gun_s=NINE)
    assert period_s(SAID, NINE - HOUR_S) is None
    assert period_s(SAID, NINE - HOUR_S, mode=True, wanted=False) == 60
    assert period_s(fired, NINE + HOUR_S) == 60
    assert period_s(fired, NINE + HOUR_S, wanted=False) is None
    assert period_s(fired, NINE + 9 * HOUR_S) is None
    ended = fired._replace(ended=True, ended_s=NINE + 6 * HOUR_S)
    assert period_s(ended, NINE + 7 * HOUR_S - 1) == 60
    assert period_s(ended, NINE + 7 * HOUR_S, mode=True) is None
    assert period_s(ended, NINE + 6.5 * HOUR_S, wanted=False) is None


def test_a_service_that_is_away_is_left_alone_for_longer_each_time() -> None:
    assert [back_off_s(tries) for tries in (1, 2, 3, 4, 8, 9, 5000)] == [5, 10, 20, 40, 600, 600, 600]
    assert back_off_s(1, 90.0) == 90
    assert back_off_s(9, 90.0) == 600
    assert back_off_s(1, 3600.0) == 3600


def test_what_is_too_much_for_an_account_is_stretched_for_all_its_sessions_alike() -> None:
    assert stretch([], 100) == 1
    assert stretch([Asked(2, 10)], 1000) == 1
    assert stretch([Asked(1, 10)], 200) == pytest.approx(360 / (200 * SHARE))
    four = [Asked(2, 10)] * 4
    factor = stretch(four, 500)
    assert sum(each.calls * HOUR_S / (each.period_s * factor) for each in four) == pytest.approx(500 * SHARE)


def test_what_is_left_of_an_hour_is_no_less_than_what_may_be_made_at_once() -> None:
    assert SHARE < 1 - BURST
