"""The check itself: it has to find what is lost, doubled, moved, or shown otherwise than it is held."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.adversity.checks import exactly_once, given, same_picture, shown_as_held, without_holes
from tests.adversity.wall import Wall
from tests.running import Reader

TOLD = {
    "kind": "read",
    "marks": [],
    "location": "FINISH",
    "tag": "7",
    "time": "2026-05-09T13:45:00.120+05:45",
    "lap": 1,
    "received_at": "2026-05-09T08:00:01.500+00:00",
}


def told(offset: int, **changes: Any) -> dict[str, Any]:
    return {"type": "read", "offset": offset, "bib": None} | TOLD | changes


def hello(offset: int, *recent: dict[str, Any], recovered: bool = False, epoch: int = 1) -> dict[str, Any]:
    session = {"id": 1}
    return {
        "type": "hello",
        "session": session,
        "epoch": epoch,
        "offset": offset,
        "recovered": recovered,
        "recent": list(recent),
    }


def row(offset: int, **changes: Any) -> dict[str, Any]:
    moment = datetime(2026, 5, 9, 8, 0, 0, 120_000, tzinfo=UTC)
    return {
        "id": offset,
        "session_id": 1,
        "feed_offset": offset,
        "read_key": offset,
        "kind": "read",
        "marks": [],
        "location_name": "FINISH",
        "tag_code": "7",
        "read_time": moment,
        "read_time_raw": "2026-05-09T13:45:00.12",
        "reader_id": "12000C",
        "gator_number": 1,
        "lap_count": 1,
        "received_at": moment.replace(second=1, microsecond=500_789),
    } | changes


def wall(*messages: dict[str, Any]) -> Wall:
    made = Wall("", "")
    for each in messages:
        made.take(json.loads(json.dumps(each)))
    return made


def test_lost_and_doubled_are_told_apart() -> None:
    reader = Reader(("", 0))
    reader.add("1", "2")
    expected = given([reader])
    times = {tag: time for _, tag, time, *_ in expected}  # a hundredth of a second may lie between them
    held = [row(number, tag_code=str(number), read_time_raw=times[str(number)]) for number in (1, 2)]
    exactly_once(held, expected)
    with pytest.raises(AssertionError, match="1 lost"):
        exactly_once(held[:1], expected)
    with pytest.raises(AssertionError, match="1 doubled"):
        exactly_once([*held, held[0]], expected)
    with pytest.raises(AssertionError, match="1 lost"):
        exactly_once([held[0], row(2, kind="void")], expected)
    exactly_once([held[0], row(2, kind="void")], expected - Counter({max(expected): 1}))


@pytest.mark.parametrize(
    "rows",
    [
        [row(1), row(3)],
        [row(2)],
        [row(1), row(2, id=1)],
        [row(1), row(2, read_key=1)],
        [row(1), row(1, id=2, session_id=2, read_key=1), row(3)],
    ],
)
def test_holes_and_what_is_there_twice(rows: list[dict[str, Any]]) -> None:
    without_holes([row(1), row(2), row(1, id=3, session_id=2)])
    with pytest.raises(AssertionError):
        without_holes(rows)


@pytest.mark.parametrize(
    "changes",
    [
        {"tag_code": "8"},
        {"lap_count": 2},
        {"marks": ["late"]},
        {"read_time": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_shown_otherwise_than_held(changes: dict[str, Any]) -> None:
    shown = wall(hello(0), told(1))
    shown_as_held(shown, [row(1)])
    with pytest.raises(AssertionError):
        shown_as_held(shown, [row(1, **changes)])
    with pytest.raises(KeyError):
        shown_as_held(shown, [])


def test_a_void_row_has_to_be_told() -> None:
    with pytest.raises(AssertionError, match="is void"):
        shown_as_held(wall(hello(0), told(1)), [row(1, kind="void")])
    retract = {"type": "retract", "offset": 1}
    shown_as_held(wall(hello(0), told(1), retract), [row(1, kind="void")])
    shown_as_held(wall(hello(0), told(1), hello(1, retract, recovered=True)), [row(1, kind="void")])
    same_picture(wall(hello(0), told(1), retract), wall(hello(1, retract)))


@pytest.mark.parametrize(
    ("messages", "fault"),
    [
        ([hello(0), told(2)], "2 came after 0"),
        ([hello(0), told(1), told(1)], "1 came after 1"),
        ([hello(0), told(1), hello(1, told(1, tag="8"), recovered=True)], "otherwise before"),
        ([hello(0), told(1), hello(0)], "had been shown 1, and the hub is at 0"),
        ([hello(0), told(1), hello(2, told(1), told(2))], "could not go on from 1"),
        ([hello(0), told(1), hello(1, recovered=True, epoch=2)], "goes on in another"),
        ([{"type": "surprise"}], "unexpected"),
    ],
)
def test_what_no_screen_may_be_told(messages: list[dict[str, Any]], fault: str) -> None:
    shown = wall(*messages)
    assert len(shown.faults) >= 1 and fault in shown.faults[0]


def test_a_picture_is_what_was_told_last() -> None:
    runner = {"bib": "7", "name": "Ann"}
    shown = wall(hello(0), told(1), told(2), {"type": "correction", "offset": 2, "runner": runner})
    fresh = wall(hello(2, told(1), told(2, bib="7", runner=runner)))
    same_picture(shown, fresh)
    with pytest.raises(AssertionError):
        same_picture(wall(hello(0), told(1), told(2)), fresh)
    with pytest.raises(AssertionError):
        same_picture(wall(hello(0), told(1)), fresh)


def test_a_picture_is_no_longer_than_a_hello_says_anew() -> None:
    shown = wall(hello(0), *(told(offset) for offset in range(1, 251)))
    assert list(shown.picture) == list(range(51, 251)) and shown.faults == []


def test_who_is_far_behind_or_in_another_epoch_starts_afresh() -> None:
    shown = wall(hello(0), told(1), hello(2002, told(2002)))
    assert (shown.faults, shown.afresh, shown.after, list(shown.picture)) == ([], 1, 2002, [2002])
    shown = wall(hello(0), told(1), hello(1, told(1, tag="8"), epoch=2))
    assert (shown.faults, shown.afresh, shown.picture[1]["tag"]) == ([], 1, "8")
