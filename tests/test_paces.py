"""How fast somebody is, and when they are expected where."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import paces
from hub.model import US_PER_S, PlaceRow, Race
from hub.paces import Course, Expected, course, distance_of, duration, expected, legs, pace
from hub.passages import Visit
from hub.places import Places

TEN = Race("10K", 10_000, "START", "FINISH")
COURSE = course(TEN, Places(), ["START", "5K", "FINISH", "TENT"])


def way(*at: tuple[str, float], first: int = 1) -> list[Visit]:
    """At these locations after so many seconds."""
    return [Visit(name, 1, round(at_s * US_PER_S), offset) for offset, (name, at_s) in enumerate(at, first)]


def field(count: int, *, then: float = 1.1, spread: float = 0.1) -> list[list[Visit]]:
    """Others who were slower on the second half, each in their own measure."""
    random, found = Random(1), []
    for number in range(count):
        first_s = random.uniform(1000, 2000)
        second_s = first_s * random.uniform(then - spread, then + spread)
        at = ("START", 0.0), ("5K", first_s), ("FINISH", first_s + second_s)
        found.append(way(*at, first=1000 + 10 * number))
    return found


def seconds(found: Expected | None) -> tuple[float, float, float]:
    assert found is not None
    return found.from_us / US_PER_S, found.at_us / US_PER_S, found.to_us / US_PER_S


@pytest.mark.parametrize(
    ("name", "metres"),
    [
        ("5K", 5000),
        ("10 km", 10_000),
        ("7,5km", 7500),
        ("KM 15", 15_000),
        ("Mile 3", 4828.032),
        ("3 mi", 4828.032),
        ("400m", 400),
        ("5K split", 5000),
        ("Half", 21_097.5),
        ("FINISH", None),
        ("10K FINISH", None),
        ("halfway", None),
        ("5", None),
        ("K", None),
        ("", None),
    ],
)
def test_what_a_name_says_of_how_far_it_is(name: str, metres: float | None) -> None:
    assert distance_of(name) == (None if metres is None else pytest.approx(metres))


@given(st.text(max_size=20))
def test_whatever_a_location_is_called(name: str) -> None:
    far = distance_of(name)
    assert far is None or far >= 0


def test_what_is_known_of_a_way() -> None:
    assert dict(COURSE.metres) == {"start": 0, "5k": 5000, "finish": 10_000} and COURSE.start == "START"
    laps = course(Race("Laps", 10_000, "LINE", "line"), Places(), ["LINE", "5K", "12K"])
    assert laps.start == "" and dict(laps.metres) == {"5k": 5000}
    assert course(None, Places(), ["5K"]) == Course()
    renamed = course(TEN, Places([PlaceRow("FINISH", "Ziel")]), ["5K"])
    assert renamed.names["ziel"] == "Ziel" and renamed.metres["ziel"] == 10_000
    first, second = legs(way(("START", 0), ("5K", 1500), ("TENT", 1600))[:3], COURSE)
    assert (first.us, first.metres, second.metres) == (1500 * US_PER_S, 5000, None)
    assert (pace(first), pace(second)) == ("5:00 a kilometre", "")
    assert COURSE.of(Visit("5K", 2, 0, 1)) is None


def test_by_the_own_pace_while_nobody_else_is_further() -> None:
    found = expected(way(("START", 0), ("5K", 1500)), COURSE, [])
    assert found is not None and (found.location, found.basis) == ("FINISH", paces.BY_OWN)
    assert seconds(found) == pytest.approx((3000 - 120, 3000, 3000 + 120))
    assert "8%" in found.how and "5K" in found.how


def test_by_the_own_time_and_how_others_went_on() -> None:
    found = expected(way(("START", 0), ("5K", 1500)), COURSE, field(100))
    assert found is not None and found.basis == paces.BY_OWN_AND_OTHERS and "100 others" in found.how
    low, middle, high = seconds(found)
    assert middle == pytest.approx(1500 + 1500 * 1.1, abs=40)
    assert 1500 + 1500 * 1.0 <= low < middle - 80 and middle + 80 < high <= 1500 + 1500 * 1.2


def test_distances_are_not_needed_for_it() -> None:
    found = expected(way(("START", 0), ("5K", 1500)), Course(), field(10))
    assert found is not None and (found.location, found.basis) == ("FINISH", paces.BY_OWN_AND_OTHERS)


def test_by_others_where_there_is_no_time_of_ones_own() -> None:
    found = expected(way(("5K", 1500)), COURSE, field(20))
    assert found is not None and found.basis == paces.BY_OTHERS and "20 others" in found.how
    low, middle, high = seconds(found)
    assert 1500 + 1000 <= low < middle < high <= 1500 + 2000 * 1.2


def test_nothing_is_made_up() -> None:
    assert expected([], COURSE, field(20)) is None
    assert expected(way(("5K", 1500)), COURSE, []) is None, "no time of ones own, and no others"
    assert expected(way(("START", 0), ("5K", 1500)), Course(), field(2)) is None, "two others are too few"
    assert expected(way(("5K", 1500), ("FINISH", 3000)), COURSE, field(20)) is None, "it is over"
    assert expected(way(("TENT", 0), ("5K", 1500)), COURSE, field(4)) is None
    own = way(("START", 0), ("5K", 1500), ("FINISH", 3000))
    assert expected(own[:2], Course(), [own] * 9) is None, "nobody is another of their own"


@pytest.mark.parametrize("many", [9, 20, 150])
def test_the_next_one_is_within_what_is_said_in_eight_of_ten_cases(many: int) -> None:
    """As one who is like the others; and nine of ten of these are within it, as it says."""
    random, held = Random(3), 0
    for _ in range(400):
        shares = [random.lognormvariate(0.1, 0.05) for _ in range(many + 1)]
        ways = [
            way(("START", 0), ("5K", 1500), ("FINISH", 1500 + 1500 * share), first=1000 + 10 * number)
            for number, share in enumerate(shares[1:])
        ]
        low, _, high = seconds(expected(way(("START", 0), ("5K", 1500)), COURSE, ways))
        held += low <= 1500 + 1500 * shares[0] <= high
        assert sum(low <= each[2].at_us / US_PER_S <= high for each in ways) >= 0.9 * many
    assert held >= 0.77 * 400


@given(
    st.lists(st.tuples(st.floats(1, 5000), st.floats(1, 5000)), max_size=30),
    st.floats(1, 5000),
)
def test_what_is_expected_lies_between_what_is_said_and_after_now(
    others: list[tuple[float, float]], own_s: float
) -> None:
    ways = [
        way(("START", 0), ("5K", one), ("FINISH", one + two), first=1000 + 10 * number)
        for number, (one, two) in enumerate(others)
    ]
    found = expected(way(("START", 0), ("5K", own_s)), COURSE, ways)
    assert found is not None
    assert own_s * US_PER_S - 1 <= found.from_us <= found.at_us <= found.to_us


@pytest.mark.parametrize(("us", "text"), [(0, "0:00"), (2_712_400_000, "45:12"), (6_311_600_000, "1:45:12")])
def test_how_long_something_took(us: int, text: str) -> None:
    assert duration(us) == text
