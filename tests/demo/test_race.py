"""Who crosses what and when in the demo."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.demo.people import TAGS, WAVES, runners
from hub.demo.race import (
    ANTENNAS,
    COURSES,
    FIRST_LOOK_S,
    LAST_S,
    LOCATIONS,
    RACES,
    READERS,
    SHOWN_LOCATIONS,
    START_S_MAX,
    STRANGE_TAGS,
    STRANGERS_MAX,
    Course,
    Crossing,
    crossings,
)
from hub.model import Participant

FIELD: Final = runners()
BY_TAG: Final = {each.tags[0]: each for each in FIELD}
RACE: Final = crossings(FIELD, seed=1)
SPEED: Final = 10
"""At which the demo runs, if nobody asks for another."""


def by_tag(race: list[Crossing]) -> dict[str, list[Crossing]]:
    found: dict[str, list[Crossing]] = defaultdict(list)
    for crossing in race:
        if not crossing.gun:
            found[crossing.tag].append(crossing)
    return found


def first_seen(race: list[Crossing], location: str) -> dict[str, float]:
    """When each tag came there first."""
    times: dict[str, float] = {}
    for crossing in race:
        if crossing.location == location and not crossing.gun:
            times.setdefault(crossing.tag, crossing.at_s)
    return times


def finishes(course: Course, seed: int = 1) -> list[float]:
    """Seconds from the own gun to the finish, rising, of those whom the roster knows."""
    found = first_seen(crossings(FIELD, seed=seed), course.race.finish_location)
    return sorted(
        at_s - course.guns_s[int(BY_TAG[tag].wave) - 1]
        for tag, at_s in found.items()
        if tag in BY_TAG and BY_TAG[tag].race_name == course.race.name
    )


def check(field: list[Participant], race: list[Crossing]) -> None:
    """In order of time; guns first; every runner from the start, by the splits, to the finish."""
    assert all(before.at_s <= after.at_s for before, after in pairwise(race))
    assert sorted(each.at_s for each in race if each.gun) == sorted(s for c in COURSES for s in c.guns_s)
    assert race[0].gun
    assert race[0].at_s == 0
    assert race[-1].at_s <= LAST_S
    wearers = {each.tags[0]: each for each in field}
    for crossing in race:
        assert crossing.location in LOCATIONS
        assert crossing.gun == (crossing.tag == "")
        assert crossing.reader in range(READERS)
        assert crossing.antenna in range(ANTENNAS)
        assert crossing.at_s == round(crossing.at_s, 2)
    for tag, seen in by_tag(race).items():
        courses = [course for course in COURSES if course.race.start_location == seen[0].location]
        assert courses, "starts at a start"
        order = [location for location, _ in courses[0].points]
        places = [order.index(each.location) for each in seen]
        assert places == sorted(places)
        if tag in wearers:
            check_start(courses[0], wearers[tag], seen[0].at_s)


def check_start(course: Course, runner: Participant, at_s: float) -> None:
    assert runner.race_name == course.race.name
    assert 0 < at_s - course.guns_s[int(runner.wave) - 1] <= START_S_MAX


@given(st.integers(1, 300), st.integers())
@settings(max_examples=25, deadline=None)
def test_any_field_and_any_seed(count: int, seed: int) -> None:
    field = runners(count, seed=seed)
    check(field, crossings(field, seed=seed))


def test_the_usual_field_and_a_large_one() -> None:
    check(FIELD, RACE)
    large = runners(5000)
    check(large, crossings(large, seed=1))


def test_guns_are_fired_even_when_nobody_runs() -> None:
    guns = crossings([], seed=1)
    assert [(each.at_s, each.location) for each in guns] == [
        (0, "START 5K"),
        (300, "START 5K"),
        (1200, "START HM"),
        (1380, "START HM"),
        (1560, "START HM"),
    ]


def test_the_same_seed_gives_the_same_race_and_another_gives_another() -> None:
    assert crossings(FIELD, seed=1) == RACE
    assert crossings(FIELD, seed=2) != RACE


def test_courses_and_waves_are_those_of_the_roster() -> None:
    assert {course.race.name: len(course.guns_s) for course in COURSES} == WAVES
    assert all(len(course.pace_s) == len(course.guns_s) for course in COURSES)
    assert [race.name for race in RACES] == list(WAVES)
    assert LOCATIONS == ("START 5K", "FINISH", "START HM", "10K", "15K")
    assert SHOWN_LOCATIONS == ("FINISH", "10K", "15K")


@pytest.mark.parametrize("seed", range(5))
def test_a_first_look_sees_the_first_finisher_and_then_a_gun(seed: int) -> None:
    race = crossings(FIELD, seed=seed)
    first = min(first_seen(race, "FINISH").values())
    guns = [each.at_s for each in race if each.gun]
    assert first == 950
    assert (first - FIRST_LOOK_S) / SPEED == 11
    assert (min(each for each in guns if each > FIRST_LOOK_S) - FIRST_LOOK_S) / SPEED == 36


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("course", COURSES, ids=lambda course: str(course.race.name))
def test_finish_times_rise_fast_and_fall_slowly(course: Course, seed: int) -> None:
    times = finishes(course, seed)
    middle = times[len(times) // 2]
    assert course.fastest_s <= times[0] < course.fastest_s + 2
    assert course.slowest_s <= times[-1] <= course.slowest_s + START_S_MAX
    assert sum(times) / len(times) > middle  # more of them far behind than far in front
    assert times[-1] - middle > middle - times[0]
    per_part = Counter(int((each - times[0]) / (times[-1] - times[0]) * 10) for each in times)
    busiest = max(per_part, key=per_part.__getitem__)
    assert 2 <= busiest <= 5
    assert per_part[0] < per_part[busiest] / 2
    assert per_part[9] + per_part[10] < per_part[busiest] / 3


@pytest.mark.parametrize("seed", range(5))
def test_the_finish_is_never_too_full_to_be_read(seed: int) -> None:
    times = sorted(first_seen(crossings(FIELD, seed=seed), "FINISH").values())
    per_10_s = [sum(at <= each < at + 10 * SPEED for each in times) for at in times]
    assert 15 <= max(per_10_s) <= 50  # up to five a second on the screen, in the thick of the 5K


@pytest.mark.parametrize("seed", range(5))
def test_somebody_walks_alone_and_comes_last(seed: int) -> None:
    times = sorted(first_seen(crossings(FIELD, seed=seed), "FINISH").values())
    assert times[-1] - times[-2] > START_S_MAX
    assert times[-1] > LAST_S - 2 * START_S_MAX


def test_the_first_are_of_an_age_to_be_first() -> None:
    for course in COURSES:
        finished = [BY_TAG[tag] for tag in first_seen(RACE, "FINISH") if tag in BY_TAG]
        winners = [each for each in finished if each.race_name == course.race.name][:3]
        assert all(15 < int(each.age) < 50 for each in winners)


def test_groups_cross_together() -> None:
    times = sorted(first_seen(RACE, "FINISH").values())
    bunches = sum(after - before < 1 for before, after in pairwise(times))
    assert bunches > len(times) * 0.1
    assert any(last - first < 12 for first, last in zip(times, times[6:], strict=False)), "a pacer's"


def test_some_do_not_come_and_some_give_up() -> None:
    seen = by_tag(RACE)
    away = [tag for tag in BY_TAG if tag not in seen]
    stopped = [tag for tag, each in seen.items() if all(one.location != "FINISH" for one in each)]
    assert len(FIELD) * 0.02 < len(away) < len(FIELD) * 0.05
    assert len(FIELD) * 0.01 < len(stopped) < len(FIELD) * 0.03


def test_a_few_splits_are_missed() -> None:
    seen = {split: first_seen(RACE, split) for split in ("10K", "15K")}
    halves = [
        tag
        for tag in first_seen(RACE, "FINISH")
        if tag in BY_TAG and BY_TAG[tag].race_name == COURSES[1].race.name
    ]
    missed = sum(tag not in times for times in seen.values() for tag in halves)
    assert 0 < missed < 2 * len(halves) * 0.05


def test_some_chips_are_seen_again_some_seconds_later() -> None:
    again = [
        after.at_s - before.at_s
        for seen in by_tag(RACE).values()
        for before, after in pairwise(seen)
        if before.location == after.location
    ]
    assert len(RACE) * 0.01 < len(again) < len(RACE) * 0.04
    assert min(again) > 2
    assert max(again) < 21


def test_some_run_with_a_chip_that_nobody_is_known_by() -> None:
    unknown = {tag for tag in by_tag(RACE) if tag not in BY_TAG}
    assert len(unknown) == STRANGERS_MAX
    assert all(int(tag) in STRANGE_TAGS for tag in unknown)
    assert not set(STRANGE_TAGS) & set(TAGS)
