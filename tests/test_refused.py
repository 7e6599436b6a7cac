"""Refused readers: counted, shown, told of now and then, and slowed."""

from hub import refused
from hub.model import US_PER_S, Proved
from hub.refused import ADDRESSES_MAX, FADE_S, FREE_TRIES, PAUSE_S_MAX, ROWS_MAX, SAID_EVERY_S, RefusedReaders

HERE = "192.0.2.7"


class Clock:
    def __init__(self) -> None:
        self.us = 1_717_230_000 * US_PER_S
        self.readers = RefusedReaders(lambda: self.us)

    def after(self, seconds: float) -> None:
        self.us += int(seconds * US_PER_S)


def test_each_reader_is_one_row_and_the_last_comes_first() -> None:
    clock = Clock()
    for listener, user in (("main", "Ab…"), ("main", "club"), ("main", "Ab…"), ("other", "Ab…")):
        clock.after(1)
        clock.readers.note(listener, HERE, user, "wrong", Proved(1))
    rows = clock.readers.rows
    assert [(each.listener, each.user, each.count) for each in rows] == [
        ("other", "Ab…", 1),
        ("main", "Ab…", 2),
        ("main", "club", 1),
    ]
    assert rows[0].at_us == clock.us and rows[0].named == Proved(1)


def test_rows_are_so_many_at_most() -> None:
    clock = Clock()
    for number in range(ROWS_MAX + 5):
        clock.readers.note("main", f"10.0.0.{number}", "", "wrong", None)
    assert len(clock.readers.rows) == ROWS_MAX and clock.readers.rows[-1].address == "10.0.0.5"


def test_it_is_said_at_once_and_then_once_a_minute() -> None:
    clock = Clock()
    said = []
    for _ in range(int(SAID_EVERY_S * 2) + 1):
        said.append(clock.readers.note("main", HERE, "club", "wrong", None))
        clock.after(1)
    assert [each for each in said if each] == [1, 61, 121]


def test_an_address_waits_longer_and_longer_but_never_for_too_long() -> None:
    clock = Clock()
    pauses = []
    for _ in range(FREE_TRIES + 6):
        clock.readers.wrong(HERE)
        pauses.append(clock.readers.pause_s(HERE))
    assert pauses == [0, 0, 0, 0.5, 1, 2, 4, 4, 4] and PAUSE_S_MAX < 5
    for _ in range(5000):
        clock.readers.wrong(HERE)
    assert clock.readers.pause_s(HERE) == PAUSE_S_MAX
    assert clock.readers.pause_s("192.0.2.8") == 0
    clock.after(FADE_S)
    assert clock.readers.pause_s(HERE) == 0
    clock.readers.wrong(HERE)
    assert clock.readers.pause_s(HERE) == 0


def test_addresses_are_so_many_at_most() -> None:
    readers = Clock().readers
    for number in range(ADDRESSES_MAX + 10):
        readers.wrong(str(number))
    assert len(readers._tries) == ADDRESSES_MAX


def test_the_pause_is_shorter_than_a_reader_waits() -> None:
    assert refused.PAUSE_S_MAX < 5.0
