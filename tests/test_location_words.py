"""What may be said of locations, and what follows for the others."""

from collections.abc import Callable

import pytest

from hub.errors import Conflict, Invalid, NotFound
from hub.location_words import Line, LocationChange, changed, merged, split

START, FINISH, FIN1, TENT = LINES = (
    Line(1, "START"),
    Line(2, "FINISH", shown_name="Ziel"),
    Line(3, "finish1", merged_into=2),
    Line(4, "TENT"),
)


def test_a_name_is_given_and_taken_back() -> None:
    (line,) = changed(LINES, 1, LocationChange(shown_name="  Start line "))
    assert line == Line(1, "START", shown_name="Start line") and line.shown == "Start line"
    for back in ("", None, "FINISH"):
        (line,) = changed(LINES, 2, LocationChange(shown_name=back))
        assert line == Line(2, "FINISH")
    assert changed(LINES, 1, LocationChange(shown_name="START")) == []


@pytest.mark.parametrize("name", ["ziel", "tent"])
def test_no_two_are_called_the_same(name: str) -> None:
    with pytest.raises(Conflict, match="merge START into it") as refused:
        changed(LINES, 1, LocationChange(shown_name=name))
    assert refused.value.field == "shown_name"


def test_the_name_of_a_part_is_free() -> None:
    (line,) = changed(LINES, 2, LocationChange(shown_name="finish1"))
    assert line.shown == "finish1"
    with pytest.raises(Conflict, match="finish1 already"):
        split([START, line, FIN1], 3)


@pytest.mark.parametrize("name", ["\x07", "a\nb"])
def test_a_name_is_one_line_of_text(name: str) -> None:
    with pytest.raises(Invalid, match="shown_name"):
        changed(LINES, 1, LocationChange(shown_name=name))


def test_hidden_and_shown_again() -> None:
    (line,) = changed(LINES, 4, LocationChange(hidden=True))
    assert line == Line(4, "TENT", hidden=True)
    assert changed(LINES, 4, LocationChange(hidden=False)) == []


@pytest.mark.parametrize(
    ("location_id", "position", "order"), [(4, 1, [4, 1, 2]), (1, 2, [2, 1, 4]), (1, 900, [2, 4, 1])]
)
def test_the_others_make_room(location_id: int, position: int, order: list[int]) -> None:
    after = changed(LINES, location_id, LocationChange(position=position))
    places = {each.id: each.position or 0 for each in after}
    assert sorted(places, key=lambda each: places[each]) == order and set(places.values()) == {1, 2, 3}


def test_it_is_merged_into_the_whole_of_a_part_and_takes_its_own_parts_along() -> None:
    assert merged(LINES, 4, 3) == [Line(4, "TENT", merged_into=2)]
    assert [(each.id, each.merged_into) for each in merged(LINES, 2, 1)] == [(2, 1), (3, 1)]
    assert merged(LINES, 3, 2) == []


@pytest.mark.parametrize(("location_id", "into"), [(2, 2), (2, 3)])
def test_nothing_is_a_part_of_itself(location_id: int, into: int) -> None:
    with pytest.raises(Conflict, match="cannot be a part of itself"):
        merged(LINES, location_id, into)


def test_split_it_is_as_it_was() -> None:
    assert split(LINES, 3) == [Line(3, "finish1")]
    assert split(LINES, 1) == []


def test_of_a_part_nothing_else_is_said() -> None:
    with pytest.raises(Conflict, match="a part of Ziel"):
        changed(LINES, 3, LocationChange(hidden=True))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: changed(LINES, 9, LocationChange()),
        lambda: merged(LINES, 1, 9),
        lambda: split(LINES, 9),
    ],
)
def test_a_location_of_another_session_is_not_there(ask: Callable[[], list[Line]]) -> None:
    with pytest.raises(NotFound, match="no location 9"):
        ask()
