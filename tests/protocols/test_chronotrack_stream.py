"""Read lines as SimpleClient 0.6.0 writes them, and the numbering behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.protocols.chronotrack_stream import (
    LAYOUT,
    TIME_FORMATS,
    Item,
    Laps,
    Layout,
    Stream,
    format_line,
    format_lines,
    format_time,
    gun_item,
    parse_layout,
)

US = 1_000_000
NOON_US = 1717243200 * US  # 2024-06-01 12:00
MIDNIGHT_US = NOON_US - 43_200 * US
READ = Item("4711", NOON_US + 5_070_000, 3, "0A11B2", 8)


@pytest.mark.parametrize(
    ("time_format", "text"),
    [
        ("iso", "2024-06-01T12:00:05.07"),
        ("unix", "1717243205.07"),
        ("normal", "12:00:05.07"),
        ("msecs", "43205070"),
    ],
)
def test_times(time_format: str, text: str) -> None:
    assert format_time(NOON_US + 5_070_000, time_format, MIDNIGHT_US) == text


@pytest.mark.parametrize(
    ("days", "normal", "msecs"), [(-3, "84:00:05.07", "302405070"), (1, "-11:59:54.93", "-43194930")]
)
def test_times_of_day_run_on_past_midnight_and_before_it(days: int, normal: str, msecs: str) -> None:
    first_day_us = MIDNIGHT_US + days * 86_400 * US
    assert format_time(NOON_US + 5_070_000, "normal", first_day_us) == normal
    assert format_time(NOON_US + 5_070_000, "msecs", first_day_us) == msecs


def test_a_read_line_and_a_gun_line() -> None:
    assert format_line(7, "FINISH", READ) == "CT01_33~7~FINISH~4711~2024-06-01T12:00:05.07~3~0A11B2~8\r\n"
    gun = gun_item(NOON_US, "I0AB1C")
    assert format_line(1, "FINISH", gun) == "CT01_33~1~FINISH~GUNTIME~2024-06-01T12:00:00.00~0~I0AB1C~0\r\n"


def test_lines_are_numbered_on() -> None:
    lines = format_lines(9, "A", [READ, READ], time_format="unix")
    assert lines == [
        "CT01_33~9~A~4711~1717243205.07~3~0A11B2~8\r\n",
        "CT01_33~10~A~4711~1717243205.07~3~0A11B2~8\r\n",
    ]


@pytest.mark.parametrize(
    ("name", "separator", "end"),
    [
        ("CT01_13", ",", "\r\n"),
        ("CT01_23", ";", "\r\n"),
        ("ct01_33", "~", "\r\n"),
        ("CT01_43", "|", "\r\n"),
        ("CT01_53", "\t", "\r\n"),
        ("CT01_32", "~", "\n"),
    ],
)
def test_layouts(name: str, separator: str, end: str) -> None:
    layout = parse_layout(name)
    assert layout == Layout(name.upper(), separator, end)
    fields = (name.upper(), "7", "FINISH", "4711", "2024-06-01T12:00:05.07", "3", "0A11B2", "8")
    assert format_line(7, "FINISH", READ, layout=layout) == separator.join(fields) + end


@pytest.mark.parametrize("name", ["XX", "CT01_63", "CT01_30", "CT01_3B", "CT01_333", "CT02_33", ""])
def test_other_layouts_are_none(name: str) -> None:
    assert parse_layout(name) is None
    assert parse_layout(LAYOUT.name) == LAYOUT


def test_a_read_out_of_order_repeats_a_lap() -> None:
    """As on the wire: laps follow the clock, and what is sent is not sent anew."""
    laps = Laps()
    counts = [laps.count("1", second * US) for second in (10, 20, 30, 25, 40, 5, 40)]
    assert counts == [1, 2, 3, 3, 4, 1, 5]
    assert laps.count("2", 7 * US) == 1


def test_a_restart_moves_guns_to_the_front() -> None:
    stream = Stream("A" * 40)
    items = [READ, gun_item(NOON_US, "I0AB1C"), Item("5", NOON_US, 1, "0A11B2", 1)]
    for item in items:
        stream.append("FINISH", item)
    stream.restart("B" * 40)
    assert stream.connection_id == "B" * 40
    assert stream.location("finish").items == [items[1], items[0], items[2]]


def test_the_first_day_is_that_of_the_first_item() -> None:
    stream = Stream("A" * 40)
    stream.location("EMPTY")
    assert stream.first_day_us == 0
    stream.append("FINISH", READ)
    assert stream.first_day_us == MIDNIGHT_US


@pytest.mark.parametrize("name", ["", "A~B", "A,B", "A\tB", "A\r\nB", "A\0"])
def test_names_that_would_break_a_line_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a location's name"):
        Stream("A" * 40).location(name)


@pytest.mark.parametrize("text", ["", "A" * 39, "G" * 40])
def test_a_connection_id_is_40_hex_digits(text: str) -> None:
    with pytest.raises(ValueError, match="40 hex digits"):
        Stream(text)
    with pytest.raises(ValueError, match="40 hex digits"):
        Stream("A" * 40).restart(text)


@given(st.integers(0, 253402300799_990_000), st.sampled_from(sorted(TIME_FORMATS)), st.integers(0, 10**15))
def test_fuzz_times(wall_us: int, time_format: str, first_day_us: int) -> None:
    """Every time of the years 1970 to 9999 has a text in every format, without a separator in it."""
    text = format_time(wall_us, time_format, first_day_us)
    assert text.isascii()
    assert not set(text) & set("~,;|\t ")


@given(st.lists(st.integers(0, 50), max_size=60))
def test_fuzz_laps(seconds: list[int]) -> None:
    """In order of time laps count from 1 without a hole; out of order none is above the number of reads."""
    laps = Laps()
    assert [laps.count("1", second) for second in sorted(seconds)] == list(range(1, len(seconds) + 1))
    mixed = Laps()
    assert all(1 <= mixed.count("1", second) <= at for at, second in enumerate(seconds, 1))
