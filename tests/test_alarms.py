"""Alarms: from facts, each with its words and since when."""

from typing import Any

import pytest

from hub.alarms import (
    DISK_BYTES_MIN,
    Alarm,
    DiskFacts,
    DisplayFacts,
    Facts,
    SourceFacts,
    Thresholds,
    alarms,
    clock_words,
    is_low,
)
from hub.model import US_PER_S

NOW_US = 1_714_809_600 * US_PER_S
MINUTE_US = 60 * US_PER_S
ROOMY = DiskFacts("the data", 100 * DISK_BYTES_MIN, 400 * DISK_BYTES_MIN)


def source(**parts: Any) -> SourceFacts:
    usual: dict[str, Any] = {
        "id": 7,
        "name": "SimpleClient at 192.168.1.30",
        "online": True,
        "arrived_us": NOW_US - US_PER_S,
        "clock_s": 0.1,
        "places": {"FINISH": NOW_US - US_PER_S},
    }
    return SourceFacts(**usual | parts)


def of(wanted: Thresholds | None = None, **parts: Any) -> list[Alarm]:
    return alarms(Facts(NOW_US, **parts), wanted or Thresholds())


def test_all_is_well() -> None:
    assert of(sources=[source()], displays=[DisplayFacts("K7XQ2M9P", "Left", 0)], disks=[ROOMY]) == []


def test_a_reader_that_is_silent() -> None:
    silent = source(arrived_us=NOW_US - 5 * MINUTE_US, places={"FINISH": NOW_US - 50 * MINUTE_US})
    [alarm] = of(sources=[silent])
    assert (alarm.key, alarm.since_us) == ("silent:7", NOW_US - 5 * MINUTE_US)
    assert alarm.words == "SimpleClient at 192.168.1.30 is connected, and silent"
    assert of(Thresholds(silent_min=6, location_min=0), sources=[silent]) == []
    assert of(Thresholds(silent_min=0, location_min=0), sources=[silent]) == []


def test_a_reader_that_is_away() -> None:
    [alarm] = of(Thresholds(silent_min=0), sources=[source(online=False)])
    assert (alarm.key, alarm.kind, alarm.since_us) == ("away:7", "away", NOW_US - US_PER_S)


def test_a_reader_that_has_not_read_is_being_set_up() -> None:
    assert of(sources=[source(arrived_us=0, places={}), source(arrived_us=0, places={}, online=False)]) == []


def test_a_location_without_reads() -> None:
    places = {"FINISH": NOW_US, "START": NOW_US - 20 * MINUTE_US, "5K": NOW_US - 19 * MINUTE_US}
    [alarm] = of(sources=[source(places=places)])
    assert (alarm.key, alarm.words) == (
        "location:7:START",
        "No read at START (SimpleClient at 192.168.1.30)",
    )
    assert of(Thresholds(location_min=0), sources=[source(places=places)]) == []
    assert len(of(Thresholds(location_min=19), sources=[source(places=places)])) == 2


@pytest.mark.parametrize(
    ("difference_s", "words"),
    [
        (None, ""),
        (0.0, ""),
        (2.0, ""),
        (-2.0, ""),
        (2.1, "2.1 s behind"),
        (-31.4, "31.4 s ahead"),
        (240.0, "4 min behind"),
        (-3600.0, "one hour ahead: time zone?"),
        (3600.0 + 299, "one hour behind: time zone?"),
        (-7200.0 + 250, "2 hours ahead: time zone?"),
        (3600.0 + 301, "1 h behind"),
        (20_700.0, "6 h behind"),
        (86_400.0 * 3, "3 days behind"),
    ],
)
def test_a_clock_that_is_off(difference_s: float | None, words: str) -> None:
    assert clock_words(difference_s) == words
    found = of(sources=[source(clock_s=difference_s)])
    expected = [f"The clock of SimpleClient at 192.168.1.30 is {words}"] if words else []
    assert [each.words for each in found] == expected


def test_what_keeps_reads_comes_first() -> None:
    low = DiskFacts("the journal", DISK_BYTES_MIN - 1, 400 * DISK_BYTES_MIN)
    found = of(
        sources=[source(online=False)],
        displays=[DisplayFacts("K7XQ2M9P", "Left", NOW_US - MINUTE_US)],
        disks=[ROOMY, low],
        journal="no space left on device",
        database="connection refused",
        warning="3 reads were set aside",
    )
    assert [each.kind for each in found] == [
        "journal",
        "database",
        "disk",
        "warning",
        "away",
        "screen",
    ]
    assert found[2].words == "The disk of the journal is nearly full: 1.1 GB are free"
    assert found[3].words == "3 reads were set aside"
    assert (found[5].words, found[5].since_us) == ("Left has no screen any more", NOW_US - MINUTE_US)


def test_a_disk_is_low_by_its_bytes_or_its_share() -> None:
    size = 400 * DISK_BYTES_MIN
    assert not is_low(DiskFacts("x", size // 50, size))
    assert is_low(DiskFacts("x", size // 50 - 1, size))
    assert is_low(DiskFacts("x", DISK_BYTES_MIN - 1, 4 * DISK_BYTES_MIN))
