"""The account of a session has to find what is lost, doubled, moved, foreign, or was shown otherwise."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.encode import iso
from hub.protocols.chronotrack_stream import Item
from tests.soak.book import Book, Glass, Page
from tests.soak.reads import GUN_AT, Controller, stream_of

START_US = 1_778_310_000_000_000
COUNT = 40
Row = dict[str, Any]


def controller() -> Controller:
    made = Controller(0, START_US)
    made.count = COUNT
    return made


def rows_of(one: Controller) -> list[Row]:
    """As they are stored."""
    return [_row(one, sequence) for sequence in range(1, one.items + 1)]


def _row(one: Controller, sequence: int) -> Row:
    item = _item(one, sequence)
    fields = one.line(0 if item.gun else one.number_of(_time(one, sequence)), sequence).split("~")
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=item.wall_us)
    return {
        "feed_offset": sequence,
        "kind": "gun" if item.gun else "read",
        "marks": [],
        "location_name": one.location,
        "tag_code": item.tag,
        "read_time": moment,
        "read_time_raw": fields[4],
        "lap_count": item.lap,
        "reader_id": item.reader_id,
        "sequence_number": sequence,
        "raw_data": "~".join(fields),
        "received_at": moment + timedelta(seconds=1),
    }


def _item(one: Controller, sequence: int) -> Item:
    return stream_of(one, "0" * 40, "").locations[0].items[sequence - 1]


def _time(one: Controller, sequence: int) -> str:
    wall_us = _item(one, sequence).wall_us
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=wall_us)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 10_000:02d}"


def shown(rows: list[Row]) -> Glass:
    """A screen that was shown all of them."""
    glass = Glass("", "")
    hello = {"type": "hello", "session": {"id": 1}, "epoch": 1, "offset": 0, "recovered": False, "recent": []}
    glass.take(hello)
    for row in rows:
        glass.take(
            {
                "type": "read",
                "offset": row["feed_offset"],
                "kind": row["kind"],
                "marks": row["marks"],
                "location": row["location_name"],
                "tag": row["tag_code"],
                "time": iso(_us(row["read_time"])),
                "lap": row["lap_count"],
                "received_at": iso(_us(row["received_at"])),
            }
        )
    return glass


def _us(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def account(rows: list[Row], glass: Glass, aside: list[bytes] | None = None) -> Page:
    book = Book([controller()], [glass])
    for row in rows:
        book.enter(row)
    return book.close(aside or [])


def test_all_is_well() -> None:
    rows = rows_of(controller())
    page = account(rows, shown(rows))
    assert page.sound and (page.given, page.stored) == (COUNT + 1, COUNT + 1)


def test_the_gun_is_a_read_too() -> None:
    rows = [row for row in rows_of(controller()) if row["feed_offset"] != GUN_AT]
    for offset, row in enumerate(rows, 1):
        row["feed_offset"] = offset
    assert account(rows, Glass("", "")).lost == 1


def lose(rows: list[Row]) -> None:
    rows.pop()


def double(rows: list[Row]) -> None:
    rows.append(rows[3] | {"feed_offset": len(rows) + 1})


def leave_a_hole(rows: list[Row]) -> None:
    rows[-1]["feed_offset"] += 1


def change_the_line(rows: list[Row]) -> None:
    rows[5]["raw_data"] += "x"


def store_what_nobody_sent(rows: list[Row]) -> None:
    rows[5]["reader_id"] = "FFFFFF"


@pytest.mark.parametrize(
    ("harm", "count"),
    [
        (lose, "lost"),
        (double, "doubled"),
        (leave_a_hole, "holes"),
        (change_the_line, "foreign"),
        (store_what_nobody_sent, "foreign"),
    ],
)
def test_what_is_wrong_is_counted(harm: Callable[[list[Row]], None], count: str) -> None:
    rows = rows_of(controller())
    harm(rows)
    page = account(rows, Glass("", ""))
    assert getattr(page, count) == 1 and not page.sound and page.faults


@pytest.mark.parametrize(
    "name", ["kind", "marks", "location_name", "tag_code", "lap_count", "received_at", "read_time"]
)
def test_what_was_shown_otherwise(name: str) -> None:
    rows = rows_of(controller())
    glass = shown(rows)
    value = rows[7][name]
    rows[7][name] = (
        value + timedelta(milliseconds=2)
        if isinstance(value, datetime)
        else ["late"]
        if name == "marks"
        else 99
    )
    page = account(rows, glass)
    assert page.misshown == 1 and not page.sound


def test_what_was_set_aside_is_not_lost() -> None:
    rows = rows_of(controller())
    glass = shown(rows)
    line = rows[4]["raw_data"].encode()
    rows[4] = rows[4] | {"kind": "void", "raw_data": "", "tag_code": ""}
    page = account(rows, glass, [line])
    assert (page.lost, page.poisoned, page.misshown) == (0, 1, 1)  # the screen was not told
    glass.take({"type": "retract", "offset": 5})
    assert account(rows, glass, [line]).sound
    assert account(rows, glass, []).lost == 1
    assert account(rows, glass, [line, line]).doubled == 1


def test_a_screen_that_is_told_something_else_under_an_offset_says_so() -> None:
    rows = rows_of(controller())
    glass = shown(rows)
    assert glass.faults == []
    glass.take(shown_hello(rows[-1] | {"tag_code": "other"}))
    assert "otherwise before" in glass.faults[0]
    glass.next_session()
    assert not glass.was_shown(1)


def shown_hello(row: Row) -> dict[str, Any]:
    """What comes after a cut line, with this for its last read."""
    read = {
        "type": "read",
        "offset": row["feed_offset"],
        "kind": row["kind"],
        "marks": row["marks"],
        "location": row["location_name"],
        "tag": row["tag_code"],
        "time": iso(_us(row["read_time"])),
        "lap": row["lap_count"],
        "received_at": iso(_us(row["received_at"])),
    }
    return {
        "type": "hello",
        "session": {"id": 1},
        "epoch": 1,
        "offset": row["feed_offset"],
        "recovered": True,
        "recent": [read],
    }


def test_it_knows_how_far_each_controller_was_shown() -> None:
    one = controller()
    rows = rows_of(one)
    assert Glass("", "").latest(one) == 0
    assert shown(rows[:10]).latest(one) == 10
    assert shown(rows).latest(one) == COUNT
    assert shown(rows).latest(Controller(1, START_US)) == 0
