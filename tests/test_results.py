"""Guns make starts: the last one of each location, with its waves."""

from hub.model import US_PER_S, Race
from hub.results import SAME_GUN_US, START_GAP_US, Gun, Start, starts

MINUTE_US = 60 * US_PER_S
T0 = 1_767_225_600_000_000


def guns(*times_us: int, location: str = "START", first: int = 1) -> list[Gun]:
    return [Gun(number, location, T0 + at_us) for number, at_us in enumerate(times_us, first)]


def test_no_gun_no_start() -> None:
    assert starts([]) == ()


def test_waves_of_a_start_are_in_the_order_of_time_whatever_the_order_of_their_coming() -> None:
    fired = guns(10 * MINUTE_US, 0, 5 * MINUTE_US)
    assert starts(fired) == (Start("START", None, (T0, T0 + 5 * MINUTE_US, T0 + 10 * MINUTE_US)),)


def test_a_gun_that_was_only_tried_is_no_wave() -> None:
    fired = guns(0, START_GAP_US + 1, START_GAP_US + MINUTE_US)
    assert starts(fired)[0].guns_us == (T0 + START_GAP_US + 1, T0 + START_GAP_US + MINUTE_US)
    assert len(starts(guns(0, START_GAP_US))[0].guns_us) == 2


def test_a_shot_that_two_controllers_heard_is_one() -> None:
    assert starts(guns(0, SAME_GUN_US, 2 * SAME_GUN_US + 1))[0].guns_us == (T0, T0 + 2 * SAME_GUN_US + 1)


def test_locations_start_apart_and_are_one_without_case() -> None:
    fired = [*guns(MINUTE_US, location="Start HM"), *guns(0, 5, location="START 5K", first=2)]
    fired += guns(3 * MINUTE_US, location="START HM", first=9)
    assert [(each.location, len(each.guns_us)) for each in starts(fired)] == [
        ("START 5K", 1),
        ("Start HM", 2),
    ]


def test_a_race_is_named_where_it_starts_alone() -> None:
    races = [Race("5K", 5000, "start", "FINISH"), Race("10K", 10000, "B", "FINISH")]
    assert [each.race for each in starts(guns(0), races)] == ["5K"]
    races.append(Race("Walk", 3000, "START", "FINISH"))
    assert [each.race for each in starts(guns(0), races)] == [None]
