"""What people have made of the locations of a session."""

import pytest

from hub.model import PlaceRow
from hub.places import Places

PLACES = Places(
    [
        PlaceRow("FINISH", "Ziel", position=2),
        PlaceRow("finish1", "Ziel", merged=True, position=2),
        PlaceRow("5K", "5K", hidden=True, position=1),
        PlaceRow("FIN", "Ziel"),
    ]
)


def test_where_nobody_has_said_anything_all_is_as_it_came() -> None:
    none = Places()
    assert not none and none.shown("START") == none.called("START") == "START"
    assert not none.is_hidden("START") and none.names("START") == ["START"]


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [("Finish", "Ziel", False), ("FINISH1", "Ziel", False), ("5k", "5K", True), ("START", "START", False)],
)
def test_names_are_compared_without_case(name: str, shown: str, hidden: bool) -> None:
    assert PLACES and (PLACES.shown(name), PLACES.is_hidden(name)) == (shown, hidden)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ziel", ["FINISH", "finish1", "FIN", "ziel"]),
        ("finish1", ["finish1"]),
        ("5k", ["5K"]),
        ("START", ["START"]),
    ],
)
def test_a_name_means_all_that_is_shown_so_or_itself(text: str, names: list[str]) -> None:
    assert PLACES.names(text) == names


def test_what_is_written_down_may_be_either_name() -> None:
    called = [PLACES.called(each) for each in ("ziel", "finish1", "FINISH", "START")]
    assert called == ["ziel", "Ziel", "Ziel", "START"]
    swapped = Places([PlaceRow("A", "B"), PlaceRow("B", "A")])
    assert swapped.called("A") == "A"


@pytest.mark.parametrize(
    ("first", "name", "gives_way"),
    [
        ("5K", "FINISH", True),
        ("finish1", "FINISH", True),
        ("finish1", "START", False),
        ("FINISH", "finish1", False),
        ("FIN", "FINISH", False),
        ("START", "5K", False),
    ],
)
def test_a_read_counts_again_where_the_first_place_was_no_place_of_its_own(
    first: str, name: str, gives_way: bool
) -> None:
    assert PLACES.gives_way(first, name) == gives_way


def test_those_that_have_no_place_come_last() -> None:
    assert sorted(["START", "FINISH", "5K", "A"], key=PLACES.position) == ["5K", "FINISH", "START", "A"]
