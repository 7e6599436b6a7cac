"""What an operator wishes of a display: what follows from one wish after the other, and in which session."""

from typing import Any

import msgspec
import pytest

from hub.display_control import ACTIONS, Wish, check, controlled, in_force, is_for_the_wall, of_any, pinned
from hub.errors import CallerError, Conflict, Invalid

NOW_US = 1_767_225_600_123_456


def after(*wishes: tuple[str, int], session_id: int | None = 7, of: dict[str, Any] | None = None) -> Any:
    """(action, offset) one after the other; each a second later."""
    control = of or {}
    for number, (action, offset) in enumerate(wishes):
        wish = msgspec.convert({"action": action}, Wish)
        now_us = NOW_US + number * 1_000_000
        control = controlled(control, wish, session_id=session_id, offset=offset, now_us=now_us)
    return control


@pytest.mark.parametrize(
    ("wishes", "control"),
    [
        ([("blank", 0)], {"blank": True}),
        ([("blank", 0), ("blank", 0)], {"blank": True}),
        ([("blank", 0), ("unblank", 0)], {}),
        ([("unblank", 0)], {}),
        ([("hold", 0)], {"session": 7, "hold": 1_767_225_600_123}),
        ([("hold", 0), ("hold", 0)], {"session": 7, "hold": 1_767_225_600_123}),
        ([("pin", 4), ("pin", 5)], {"session": 7, "pin": {"offset": 5}}),
        ([("skip", 9), ("skip", 8)], {"session": 7, "skip": 9}),
        (
            [("hold", 0), ("pin", 4), ("skip", 9), ("blank", 0), ("unblank", 0)],
            {"session": 7, "hold": 1_767_225_600_123, "pin": {"offset": 4}, "skip": 9},
        ),
        ([("hold", 0), ("pin", 4), ("skip", 9), ("blank", 0), ("resume", 0)], {}),
    ],
)
def test_one_wish_after_the_other(wishes: list[tuple[str, int]], control: dict[str, Any]) -> None:
    assert after(*wishes) == control


def test_what_was_wished_of_one_session_says_nothing_of_another() -> None:
    control = after(("hold", 0), ("pin", 4), ("skip", 9), ("blank", 0))
    assert in_force(control, 7) == {
        "blank": True,
        "hold": 1_767_225_600_123,
        "pin": {"offset": 4},
        "skip": 9,
    }
    assert pinned(control, 7) == 4
    for session_id in (8, None):
        assert in_force(control, session_id) == of_any(control) == {"blank": True}
        assert pinned(control, session_id) is None
    assert after(("skip", 2), session_id=8, of=control) == {"blank": True, "session": 8, "skip": 2}
    assert in_force({}, None) == in_force({}, 7) == {}


@pytest.mark.parametrize(
    ("words", "session_id", "error"),
    [
        ({"action": "blank", "offset": 3}, 7, Invalid),
        ({"action": "hold", "offset": 3}, 7, Invalid),
        ({"action": "resume", "offset": 3}, 7, Invalid),
        ({"action": "hold"}, None, Conflict),
        ({"action": "pin"}, None, Conflict),
        ({"action": "skip", "offset": 3}, None, Conflict),
        ({"action": "blank"}, None, None),
        ({"action": "unblank"}, None, None),
        ({"action": "resume"}, None, None),
        ({"action": "pin", "offset": 3}, 7, None),
    ],
)
def test_what_can_be_wished(
    words: dict[str, Any], session_id: int | None, error: type[CallerError] | None
) -> None:
    wish = msgspec.convert(words, Wish)
    if error is None:
        check(wish, session_id)
        return
    with pytest.raises(error):
        check(wish, session_id)


@pytest.mark.parametrize(
    "words", [{}, {"action": "dance"}, {"action": "pin", "offset": 0}, {"action": "pin", "until": 5}]
)
def test_what_is_no_wish_at_all(words: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(words, Wish)


def test_every_wish_has_its_word_in_the_log() -> None:
    actions = msgspec.json.schema(Wish)["$defs"]["Wish"]["properties"]["action"]["enum"]
    assert set(ACTIONS) == set(actions)


@pytest.mark.parametrize(
    ("changes", "settings", "wanted"),
    [
        ({}, {}, True),
        ({"kind": "gun"}, {}, False),
        ({"marks": ["late"]}, {}, False),
        ({"marks": ["test"]}, {}, True),
        ({}, {"locations": ["start", "Finish "]}, True),
        ({}, {"locations": ["START"]}, False),
        ({}, {"races": ["10K"]}, True),
        ({}, {"races": ["Half"]}, False),
        ({"runner": {"race_name": ""}}, {"races": ["Half"]}, False),
        ({"lap": 2}, {"laps": "every"}, True),
        ({"lap": 2}, {"laps": "first"}, False),
    ],
)
def test_who_gets_a_card(changes: dict[str, Any], settings: dict[str, Any], wanted: bool) -> None:
    read = {"kind": "read", "marks": (), "location": "FINISH", "lap": 1, "runner": {"race_name": "10k"}}
    assert is_for_the_wall(read | changes, settings) is wanted


def test_of_a_tag_that_nobody_has_no_race_is_known() -> None:
    read = {"kind": "read", "marks": (), "location": "FINISH", "lap": 1}
    assert is_for_the_wall(read, {}) and not is_for_the_wall(read, {"races": ["10K"]})
