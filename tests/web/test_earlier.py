"""What a hello says of the reads before its `recent`."""

import json
from types import SimpleNamespace
from typing import Any, Final

from msgspec.structs import replace

from hub.model import DisplayRow, Participant, PlaceRow, Read, SessionRow
from hub.places import Places
from hub.roster import Roster
from hub.session import Session
from hub.web.earlier import HORIZON_S_MAX, WHOLE_MAX, Reach, before, reach

NOW_US: Final = 1_767_225_600_000_000
DISPLAY: Final = DisplayRow("K7XQ2M9P", 1, None, "Finish")
BEYOND: Final = 10**9
"""An offset after all."""


def read(offset: int, age_s: float, location: str = "FINISH", **fields: Any) -> Read:
    received_us = NOW_US - round(age_s * 1e6)
    made = Read(
        offset,
        5,
        offset,
        location,
        f"T{offset}",
        received_us,
        "",
        1,
        "12000C",
        1,
        "read",
        (),
        b"",
        "raw",
        received_us,
    )
    return replace(made, **fields)


def session(*reads: Read) -> Session:
    row = SessionRow(1, 1, "Sunday", "", "active", 1, "UTC", "2026-01-01", 1)
    made = Session(row, late_us=120_000_000)
    made.roster = Roster([Participant(1, "17", ("T1",), "Ann", "Lee", race_name="10K")])
    made.tail.extend(reads)
    return made


def told(made: Session, first: int = BEYOND, **settings: Any) -> list[Any]:
    display = replace(DISPLAY, settings=settings)
    found: list[Any] = json.loads(before(made, first, reach(display, made), NOW_US))
    return found


def test_brief_where_there_is_no_card_any_more_and_whole_where_there_may_be() -> None:
    made = session(read(1, 13.5), read(2, 9, marks=("test",)), read(3, 7.5), read(4, 1))
    brief, whole = [each for each in told(made) if isinstance(each, list)], told(made, 4)[-1]
    assert brief[0] == [1, NOW_US // 1000 - 13500, "T1", "FINISH", "10K", 1, [], "17"]
    assert (whole["type"], whole["offset"]) == ("read", 3)
    assert [each["offset"] for each in told(made) if isinstance(each, dict)] == [3, 4]


def test_as_far_back_as_the_wall_of_the_display_looks_and_no_further() -> None:
    made = session(*(read(offset, 160 - offset) for offset in range(1, 160)))
    assert len(told(made)) == 15
    assert len(told(made, duration=30)) == 30 + 6 - 1
    assert len(told(made, dwell=10)) == 30 - 1
    assert len(told(made, gap_s=60)) == 60 + 16 - 1
    assert len(told(made, duration=60, dwell=10, gap_s=60)) == 140 - 1 <= HORIZON_S_MAX
    assert told(made, 1) == []


def test_what_never_has_a_card_is_left_out() -> None:
    made = session(
        read(1, 9, marks=("late",)),
        read(2, 9, kind="void"),
        read(3, 9, marks=("repeat",)),
        read(4, 9, "SECRET"),
    )
    made.places = Places([PlaceRow("SECRET", "SECRET", hidden=True)])
    assert told(made) == []


def test_whole_only_of_what_the_display_shows_and_guns_always() -> None:
    made = session(read(1, 2), read(2, 2, "5K"), read(3, 2, kind="gun", tag="GUNTIME"))
    whole = [each["offset"] for each in told(made, locations=[" finish"]) if isinstance(each, dict)]
    assert whole == [1, 3]


def test_no_more_are_whole_than_may_be_on_the_wall() -> None:
    made = session(*(read(offset, (2000 - offset) / 200) for offset in range(1, 2001)))
    kinds = [isinstance(each, dict) for each in told(made, 1801)]
    assert sum(kinds) == WHOLE_MAX and all(kinds[-WHOLE_MAX:])
    made = session(*(read(offset, (2000 - offset) / 40) for offset in range(1, 2001)))
    assert sum(isinstance(each, dict) for each in told(made, 1801)) == 120, "of 8 s, but for the last 200"


def test_starred_are_whole_however_long_they_may_have_to_wait() -> None:
    made = session(read(1, 149), read(2, 140, tag="0ABC"), read(3, 100), read(4, 151))
    made.said = SimpleNamespace(stars=("bib:17", "tag:abc"))  # type: ignore[assignment]
    assert [each["offset"] for each in told(made)] == [1, 2]


def test_what_is_wished_may_be_odd() -> None:
    odd = {"duration": "x", "dwell": None, "gap_s": -1, "locations": "FINISH"}
    made = session()
    assert reach(replace(DISPLAY, settings=odd), made) == reach(None, made) == Reach(8, 16, frozenset())
