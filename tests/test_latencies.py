"""The parts of a read's way, as they are put together from groups and reports."""

from typing import Any

import pytest

from hub.latencies import FORGOTTEN_US, GROUPS_KEPT, SAMPLES, Latencies
from hub.latency import ERROR_MAX, JOURNAL, PAINT, READ, SEND, WHOLE
from hub.model import Read, SessionRow, SourceRecord
from hub.session import Session, Source

NOW_US = 1_717_230_000_000_000
SESSION = Session(SessionRow(5, 1, "S", "E", "active", 1, "UTC", "2024-06-01", NOW_US), late_us=120_000_000)


def source(clock_us: int | None) -> Source:
    return Source(SourceRecord(9, 1, 5, "l", "p", "r", "p", "v", "c", "e", clock_us, NOW_US), SESSION)


def read(offset: int, **changes: Any) -> Read:
    """It was on its way for 300 ms by a clock that is 250 ms behind."""
    fields: dict[str, Any] = {
        "offset": offset, "source_id": 9, "sequence": offset, "location": "F", "tag": "A", "read_us": NOW_US - 300_000,
        "time_text": "", "lap": 1, "reader_id": "", "gator": 1, "kind": "read", "marks": (), "key": b"", "raw": "",
        "received_us": NOW_US,
    }  # fmt: skip
    return Read(**fields | changes)


def near(us: float) -> Any:
    return pytest.approx(us, rel=ERROR_MAX)


def test_the_whole_is_the_sum_of_its_parts() -> None:
    held = Latencies({9: source(250_000)})
    group = held.journalled(1, 5, [read(1), read(2)], NOW_US + 2_000)
    held.sent(group, NOW_US + 5_000)
    assert held.painted(5, 2, 20_000, NOW_US + 30_000) == 25_000
    parts = held.unsaved(5).parts
    assert parts[READ].percentile_us(50) == near(50_000)
    assert (parts[JOURNAL].percentile_us(50), parts[JOURNAL].count) == (near(2_000), 2)
    assert (parts[SEND].percentile_us(50), parts[SEND].count) == (near(3_000), 2)
    assert (parts[PAINT].percentile_us(50), parts[PAINT].count) == (near(20_000), 1)
    assert (parts[WHOLE].percentile_us(50), parts[WHOLE].count) == (near(75_000), 1)
    minute = held.lately(5)
    assert minute is not None
    assert minute.of(NOW_US + 40_000).percentile_us(50) == near(25_000), (
        "what its reader took is not the screens' fault"
    )


def test_what_is_not_known_of_a_readers_clock_is_not_made_up() -> None:
    for clock_us, changes in ((None, {}), (250_000, {"marks": ("late",)}), (250_000, {"kind": "gun"})):
        held = Latencies({9: source(clock_us)})
        held.sent(held.journalled(1, 5, [read(1, **changes)], NOW_US), NOW_US)
        assert held.unsaved(5).parts[READ].count == 0
        assert held.painted(5, 1, 1_000, NOW_US) == 1_000
    held = Latencies({})
    held.journalled(1, 5, [read(1)], NOW_US)
    assert held.unsaved(5).parts[READ].count == 0


def test_of_a_large_group_some_reads_are_looked_at() -> None:
    held = Latencies({9: source(0)})
    held.journalled(1, 5, [read(offset) for offset in range(1, 1001)], NOW_US)
    parts = held.unsaved(5).parts
    assert parts[READ].count == SAMPLES and parts[JOURNAL].count == 1000


def test_of_what_was_sent_at_no_known_time_a_report_counts_for_nothing() -> None:
    held = Latencies({})
    assert held.painted(5, 1, 1_000, NOW_US) is None
    held.sent(held.journalled(1, 5, [read(11), read(12)], NOW_US), NOW_US)
    for offset in (1, 10, 13):
        assert held.painted(5, offset, 1_000, NOW_US) is None
    assert held.painted(5, 11, 1_000, NOW_US) == 1_000
    assert held.unsaved(5).parts[PAINT].count == 1


def test_groups_are_forgotten_and_so_are_those_of_another_epoch() -> None:
    held = Latencies({})
    for offset in range(1, GROUPS_KEPT + 2):
        held.sent(held.journalled(1, 5, [read(offset)], NOW_US), NOW_US)
    assert held.painted(5, 1, 1, NOW_US) is None
    assert held.painted(5, 2, 1, NOW_US) == 1
    held.sent(held.journalled(1, 5, [read(50)], NOW_US), NOW_US)
    assert held.painted(5, GROUPS_KEPT + 1, 1, NOW_US) is None
    assert held.painted(5, 50, 1, NOW_US) == 1


def test_what_is_taken_is_counted_once_and_may_come_back() -> None:
    held = Latencies({})
    held.journalled(1, 5, [read(1)], NOW_US)
    taken = held.take(NOW_US)
    assert set(taken) == {(1, 5)} and not held.unsaved(5)
    assert held.take(NOW_US) == {}
    held.give_back(5, taken[1, 5])
    assert held.unsaved(5).parts[JOURNAL].count == 1
    held.take(NOW_US)
    held.take(NOW_US + FORGOTTEN_US + 1)
    assert held.lately(5) is None
    held.give_back(5, taken[1, 5])
    assert not held.unsaved(5), "one that is forgotten is not made again for what is minutes old"
