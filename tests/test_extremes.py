"""What of a roster is hardest to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.extremes import LONGEST_NAMES, LONGEST_VALUES, OTHER_SCRIPTS, SHORTEST_NAMES, Extremes, width
from hub.model import Participant
from hub.roster import Roster


def runner(number: int, last: str, first: str = "", **more: object) -> Participant:
    return Participant(number, str(number), first_name=first, last_name=last, **more)  # type: ignore[arg-type]


def said(*participants: Participant) -> dict[str, object]:
    extremes = Extremes()
    extremes.add(participants)
    return extremes.said()


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("Ann Lee", 7), ("Müller", 6), ("Mu\u0308ller", 6), ("東京", 4), ("نور", 3)],
)
def test_columns_of_a_text(text: str, columns: int) -> None:
    assert width(text) == columns


def test_longest_first_then_shortest_then_other_scripts() -> None:
    people = [runner(each, "x" * each) for each in range(1, 101)]
    people += [runner(200 + each, "حسن", "نور") for each in range(9)] + [runner(300, "山田", "太郎")]
    names = [each["name"] for each in said(*people)["runners"]]  # type: ignore[attr-defined]
    assert names[:LONGEST_NAMES] == ["x" * each for each in range(100, 100 - LONGEST_NAMES, -1)]
    short = names[LONGEST_NAMES : LONGEST_NAMES + SHORTEST_NAMES]
    assert short == ["x" * each for each in range(1, 1 + SHORTEST_NAMES)]
    assert names[LONGEST_NAMES + SHORTEST_NAMES :] == ["نور حسن"] * OTHER_SCRIPTS + ["山田太郎"]


def test_values_of_each_field_and_who_has_none() -> None:
    people = [
        runner(each, "Lee", city="Ab" if each % 2 else "", custom=(("Shirt", "M"),)) for each in range(6)
    ]
    found = said(*people, runner(9, "Lee", city="Torre del Greco"))
    assert found["total"] == 7
    assert found["values"]["city"] == ["Torre del Greco", "Ab"]  # type: ignore[index]
    assert found["missing"] == {"city": 3, "Shirt": 1}
    assert found["fields"] == ["name", "last_name", "bib", "Shirt", "tag_code", "city"]


@given(st.lists(st.text("ab\u3042", min_size=1, max_size=30), max_size=60))
def test_the_longest_are_those_that_sorting_finds(names: list[str]) -> None:
    values = said(*(runner(number, name) for number, name in enumerate(names)))["values"]
    wanted = sorted(dict.fromkeys(names), key=width, reverse=True)[:LONGEST_VALUES]
    held = values["last_name"] if names else []  # type: ignore[index]
    assert [width(each) for each in held] == [width(each) for each in wanted]
    assert len(set(held)) == len(held)


def test_everybody_of_a_roster_once() -> None:
    people = [runner(1, "a", tags=("7", "8")), runner(2, "b", tags=("9",)), runner(3, "c")]
    twice = [Participant(4, "5", ("6",)), Participant(5, "5")]
    assert [each.id for each in Roster([*people, *twice]).everybody()] == [1, 2, 3, 4, 5]
