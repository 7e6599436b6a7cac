"""What is worth saying of somebody, and what is not."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import stories
from hub.model import US_PER_S, Participant
from hub.paces import Leg
from hub.passages import Visit
from hub.stories import Fact, Placing, Told, born, facts, ordinal, together

DAY = date(2026, 5, 16)
ANN = Participant(
    1,
    "17",
    ("A1",),
    "Ann",
    "Lee",
    age="34",
    gender="F",
    city="Hilo",
    state="HI",
    country="US",
    division="F30-34",
    race_name="10K",
    team_name="Owls",
)


def own(**columns: str) -> Participant:
    return Participant(
        1, "17", custom=tuple((name.replace("_", " "), value) for name, value in columns.items())
    )


def said(told: Told) -> list[tuple[str, str]]:
    return [(fact.kind, fact.words) for fact in facts(told)]


def test_what_a_roster_says() -> None:
    assert said(Told(ANN, DAY, "FINISH", note="Left-handed")) == [
        ("note", "Left-handed"),
        ("hometown", "From Hilo, HI, US"),
        ("team", "Runs for Owls"),
        ("age", "34 years old"),
        ("division", "Division F30-34"),
        ("race", "In the 10K"),
    ]
    assert facts(Told(None, DAY, "FINISH")) == facts(Told(Participant(1, "17"), DAY, "FINISH")) == []
    weights = [fact.weight for fact in facts(Told(Participant(1, "1", age="81"), DAY, ""))]
    assert weights == [65]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("Birthdate", "1990-05-16", "Has a birthday today, the 36th"),
        ("DOB", "05/18/1990", "36th birthday in 2 days"),
        ("date of birth", "15.5.1990", "36th birthday 1 day ago"),
        ("Birthdate", "1990-05-24", None),
        ("Birthdate", "1990-13-40", None),
        ("Birthdate", "2027-05-16", None),
        ("Birthdate", "soon", None),
        ("First_Timer", "Yes", "Here for the first time"),
        ("First marathon", "x", "First marathon"),
        ("first timer", "no", None),
        ("Streak", "12", "12 in a row"),
        ("Finishes", "7", "7 times until now"),
        ("Finishes", "1", None),
        ("Finishes", "many", None),
        ("Charity", "Red Cross", "Charity: Red Cross"),
        ("Email", "ann@x.example", None),
        ("Emergency Contact", "Bob", None),
        ("Medikamente", "Insulin", None),
        ("Geburtsort", "Ulm", None),
        ("Shirt size", "M", None),
    ],
)
def test_what_own_columns_say(column: str, value: str, words: str | None) -> None:
    found = facts(Told(own(**{column: value}), DAY, "FINISH"))
    assert [fact.words for fact in found] == ([] if words is None else [words])


def test_what_is_for_announcers_is_said_first() -> None:
    ann = Participant(
        1, "17", custom=(("dob", "1990-05-17"),), phonetic="LEE", notes="Twin", birth_date="1990-05-16"
    )
    assert said(Told(ann, DAY, "")) == [
        ("birthday", "Has a birthday today, the 36th"),
        ("own", "Say “LEE”"),
        ("own", "Twin"),
    ]


def test_a_birthday_across_the_turn_of_the_year_and_of_a_leap_day() -> None:
    turn = Told(own(dob="1990-12-30"), date(2026, 1, 2), "")
    assert said(turn) == [("birthday", "35th birthday 3 days ago")]
    assert said(Told(own(dob="1992-02-29"), date(2026, 3, 1), "")) == [
        ("birthday", "Has a birthday today, the 34th")
    ]


def test_round_numbers_are_said_first() -> None:
    (ten,), (nine,) = (facts(Told(own(streak=number), DAY, "")) for number in ("10", "9"))
    assert ten.weight > nine.weight


def test_times_and_legs() -> None:
    minute = 60 * US_PER_S
    at = [Visit(name, 1, at_min * minute, 1) for name, at_min in (("START", 0), ("5K", 25), ("10K", 55))]
    walk = [Leg(at[0], at[1], 5000.0), Leg(at[1], at[2], 5000.0)]
    told = Told(None, DAY, "10K", gun_us=57 * minute, net_us=55 * minute, legs=walk)
    assert said(told) == [
        ("time", "55:00 since the start line, 57:00 since the gun"),
        ("pace", "20% slower than on the leg before"),
        ("split", "30:00 from 5K to 10K, 6:00 a kilometre"),
    ]
    assert said(Told(None, DAY, "5K", legs=[Leg(at[0], at[1], None)])) == [
        ("split", "25:00 from START to 5K")
    ]


def test_places() -> None:
    first = facts(Told(ANN, DAY, "FINISH", placing=Placing(14, 1, 1)))
    assert [fact.words for fact in first if fact.kind == "place"] == [
        "1st woman of the 10K to come here",
        "1st of F30-34 to come here",
        "14th of the 10K to come here",
    ]
    assert not [
        fact for fact in facts(Told(ANN, DAY, "", placing=Placing(51, 51, 0))) if fact.kind == "place"
    ]


def other(number: int, **fields: Any) -> Participant:
    return Participant(number, str(number), first_name=f"P{number}", **fields)


def test_who_comes_together() -> None:
    bob = other(2, last_name="LEE", team_name=" owls ", city="Kona")
    cat = other(3, last_name="Fox", city="hilo", state="HI")
    dan = other(4, last_name="Fox", city="Hilo", state="OR")
    found = together(ANN, [ANN, bob, cat, dan, bob])
    assert [(each.kind, each.name, each.who) for each in found] == [
        ("family", "Lee", (bob,)),
        ("team", "Owls", (bob,)),
        ("city", "Hilo", (cat,)),
    ]
    assert [each.kind for each in together(ANN, [cat, other(5, city="Hilo"), dan])] == [], (
        "most are from there"
    )
    many = together(ANN, [other(number, team_name="Owls") for number in range(2, 12)])
    words = [fact.words for fact in facts(Told(ANN, DAY, "", together=many)) if fact.kind == "together"]
    assert words == ["Comes with P2, P3, P4, P5 and 6 more, also of Owls"]
    assert together(Participant(1, "1"), [Participant(2, "2")]) == []


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=12), st.dates())
def test_whatever_a_roster_has(columns: dict[str, str], day: date) -> None:
    found = facts(Told(Participant(1, "1", age="9" * 30, custom=tuple(columns.items())), day, ""))
    assert all(0 < fact.weight <= 100 and fact.words for fact in found)
    assert [fact.weight for fact in found] == sorted((fact.weight for fact in found), reverse=True)
    assert sum(fact.kind == "own" for fact in found) <= stories.OTHERS_SAID


@given(st.dates(min_value=date(1900, 1, 1)))
def test_days_are_read_as_rosters_write_them(day: date) -> None:
    assert born(day.isoformat()) == born(f"{day.isoformat()}T00:00:00Z") == day
    assert born(f"{day.month}/{day.day}/{day.year}") == born(f"{day.day}.{day.month}.{day.year}") == day


def test_numbers_in_order() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th")
    ]
    assert Fact("x", "y", 1).weight == 1
