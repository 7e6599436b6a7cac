"""Times as sent, read by a zone and a date; and that reading them again by others gives what the first reading would
have given.
"""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import MARK_LATE, MARK_SUSPECT, US_PER_S
from hub.times import SUSPECT_AHEAD_US, Times, WallClock, is_suspect, marks_at, midnight_us

ZONE: Final = "America/Chicago"
WALL_US: Final = 1_620_460_800 * US_PER_S
"""08:00 of 2021-05-08 on a wall clock."""


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2021-03-28T01:59:59", "2021-03-28T00:59:59"),
        ("2021-03-28T03:00:00", "2021-03-28T01:00:00"),
        ("2021-03-28T02:30:00", "2021-03-28T01:30:00"),  # an hour that does not exist
        ("2021-10-31T01:59:59", "2021-10-30T23:59:59"),
        ("2021-10-31T02:30:00", "2021-10-31T00:30:00"),  # an hour that comes twice: its first
        ("2021-10-31T03:00:00", "2021-10-31T02:00:00"),
    ],
)
def test_wall_times_around_a_change_of_the_clocks(wall: str, utc: str) -> None:
    clock = WallClock(ZoneInfo("Europe/Berlin"))
    expected = int(datetime.fromisoformat(utc + "+00:00").timestamp()) * US_PER_S
    for _ in range(2):
        assert clock.instant(wall_us(wall) + 640_000) == expected + 640_000


def wall_us(text: str) -> int:
    return int(datetime.fromisoformat(text + "+00:00").timestamp()) * US_PER_S


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), st.sampled_from([ZONE, "Asia/Kolkata", "UTC"])
)
def test_wall_times_agree_with_datetime(moment: datetime, zone: str) -> None:
    clock = WallClock(ZoneInfo(zone))
    wall = wall_us(moment.replace(microsecond=0).isoformat())
    assert (
        clock.instant(wall)
        == int(moment.replace(microsecond=0, tzinfo=ZoneInfo(zone)).timestamp()) * US_PER_S
    )


@pytest.mark.parametrize("wall", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", ZONE])
def test_a_clock_that_was_never_set_fails_nothing(wall: str, zone: str) -> None:
    us = wall_us(wall)
    assert abs(WallClock(ZoneInfo(zone)).instant(us) - us) <= 86_400 * US_PER_S
    WallClock(ZoneInfo(zone)).instant(2**63 - 1)


def test_many_days_do_not_fill_the_memory() -> None:
    clock = WallClock(ZoneInfo(ZONE))
    for quarter in range(5000):
        clock.instant(WALL_US + quarter * 900 * US_PER_S)
    assert len(clock._offsets) <= 1001


@pytest.mark.parametrize(
    ("sent", "utc"),
    [
        ("2026-05-16T10:00:00.25", "2026-05-16T08:00:00.250000"),
        ("10:00:00", "2026-05-16T08:00:00"),
        ("-01:00:00", "2026-05-15T21:00:00"),
        ("25:00:00.5", "2026-05-16T23:00:00.500000"),
        ("36000000", "2026-05-16T08:00:00"),
        ("1778925600.5", "2026-05-16T08:00:00.500000"),
    ],
)
def test_every_form_of_a_time(sent: str, utc: str) -> None:
    wanted = datetime.fromisoformat(utc) - datetime(1970, 1, 1)
    assert Times("Europe/Berlin", "2026-05-16").instant(sent) == round(wanted.total_seconds() * 1e6)


@pytest.mark.parametrize("sent", ["", "soon", "2026-05-16", "2026-13-01T00:00:00", "1e9"])
def test_of_what_is_no_time_nothing_is_said(sent: str) -> None:
    assert Times("UTC", "2026-05-16").instant(sent) is None


def test_a_date_that_is_none() -> None:
    with pytest.raises(ValueError, match="month"):
        midnight_us("2026-13-01")


@pytest.mark.parametrize(
    ("us", "suspect"),
    [(0, True), (WALL_US + SUSPECT_AHEAD_US, False), (WALL_US + SUSPECT_AHEAD_US + 1, True)],
)
def test_a_time_that_cannot_be(us: int, suspect: bool) -> None:
    assert is_suspect(us, WALL_US) is suspect


def test_the_mark_of_it_comes_and_goes_and_the_others_stay() -> None:
    assert marks_at((MARK_LATE,), 0, WALL_US) == (MARK_LATE, MARK_SUSPECT)
    assert marks_at((MARK_LATE, MARK_SUSPECT, "test"), WALL_US, WALL_US) == (MARK_LATE, "test")
    assert marks_at((MARK_SUSPECT,), 0, WALL_US) == (MARK_SUSPECT,)
