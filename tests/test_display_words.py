"""What may be asked of displays."""

from typing import Any

import msgspec
import pytest

from hub.display_words import DisplayChange, NamedDisplay, NewDisplay, changed, made
from hub.errors import Invalid
from hub.model import US_PER_S, DisplayRow

NOW_US = 1_767_225_600_000_000  # 2026-01-01T00:00Z
HOUR_US = 3600 * US_PER_S
ROW = DisplayRow("K7XQ2M9P", 1, 7, "Finish", {"duration": 5.0}, "Gate", NOW_US + HOUR_US)


def change(row: DisplayRow = ROW, **words: Any) -> DisplayRow:
    return changed(row, msgspec.convert(words, DisplayChange), NOW_US)


def test_a_display_as_it_is_asked_for() -> None:
    words = {
        "name": "Finish",
        "place": "Gate",
        "session_id": 7,
        "expires_in_hours": 1,
        "settings": {"duration": 5},
    }
    assert made(msgspec.convert(words, NamedDisplay), 1, NOW_US) == msgspec.structs.replace(ROW, code="")
    assert made(NewDisplay(), 2, NOW_US) == DisplayRow("", 2, None, "Screen")


def test_what_is_not_given_stays() -> None:
    assert change() == ROW
    assert change(place="", session_id=None) == DisplayRow(
        "K7XQ2M9P", 1, None, "Finish", {"duration": 5.0}, "", NOW_US + HOUR_US
    )
    assert change(settings={"locations": ["FINISH"]}).settings == {"locations": ["FINISH"]}
    assert change(settings={}).settings == {}
    whole = {
        "duration": 6.0,
        "dwell": 2.0,
        "layout": "adaptive",
        "transitions": False,
        "locations": ["FINISH"],
        "races": ["10K"],
        "laps": "first",
        "gap_s": 30.0,
    }
    assert change(settings=whole).settings == whole
    assert change(settings={"layout": None, "races": None}).settings == {}


def test_what_was_wished_of_a_session_ends_with_it() -> None:
    row = msgspec.structs.replace(ROW, control={"blank": True, "session": 7, "skip": 4})
    assert change(row, name="Gate", session_id=7).control == row.control
    assert change(row, session_id=8).control == {"blank": True}


def test_its_end() -> None:
    assert change(expires_at=None).expires_us is None
    assert change(expires_at="2026-01-01T05:45:01+05:45").expires_us == NOW_US + US_PER_S
    assert change(expires_in_hours=0.5).expires_us == NOW_US + HOUR_US // 2


def test_revoked_and_restored() -> None:
    revoked = change(revoked=True)
    assert revoked.revoked_us == NOW_US
    assert changed(revoked, DisplayChange(revoked=True), NOW_US + 5) == revoked, "it was already"
    assert change(revoked, revoked=False) == ROW


def test_a_code_holds_until_its_end() -> None:
    end_us = NOW_US + HOUR_US
    assert ROW.holds(end_us - 1) and not ROW.holds(end_us)
    assert not change(revoked=True).holds(NOW_US)
    assert change(expires_at=None).holds(1 << 62)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"place": "a\nb"}, "place"),
        ({"settings": {"locations": ["a\0b"]}}, "settings"),
        ({"settings": {"races": ["a\nb"]}}, "settings"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2025-12-31T23:59:59Z"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59Z"}, "expires_at"),
        ({"expires_at": "2027-01-01T00:00:00Z", "expires_in_hours": 1}, "expires_in_hours"),
    ],
)
def test_what_is_refused(words: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        change(**words)
    assert refused.value.field == field and str(refused.value).startswith(f"{field}: expected ")


@pytest.mark.parametrize(
    "words",
    [
        {"expires_at": "2027-01-01T00:00:00"},
        {"expires_in_hours": 0},
        {"expires_in_hours": 1e9},
        {"settings": {"duration": 0.5}},
        {"settings": {"duration": 61}},
        {"settings": {"dwell": 0.5}},
        {"settings": {"dwell": 11}},
        {"settings": {"layout": "round"}},
        {"settings": {"transitions": 1}},
        {"settings": {"races": [""]}},
        {"settings": {"races": ["x" * 201]}},
        {"settings": {"races": ["x"] * 101}},
        {"settings": {"laps": 1}},
        {"settings": {"gap_s": -1}},
        {"settings": {"gap_s": 61}},
        {"settings": {"locations": [""]}},
        {"settings": {"locations": "FINISH"}},
        {"settings": {"colour": "red"}},
        {"place": "x" * 101},
        {"revoked": "yes"},
    ],
)
def test_what_is_no_change_at_all(words: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        change(**words)
