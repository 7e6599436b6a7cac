"""What the control room remembers between two looks."""

from pathlib import Path

import pytest

from hub.model import KIND_GUN, KIND_READ, US_PER_S, Participant, Read, SessionRow
from hub.roster import Roster
from hub.session import Session
from hub.tail import BLOCK_READS, TAIL_READS_MAX
from hub.web.watch import DISK_AGE_US, NO_TAGS, TAGS_AGE_US, TAGS_AT_ONCE_MAX, UNKNOWN_MAX, Watch

NOW_US = 1_714_809_600 * US_PER_S


def session(number: int = 1) -> Session:
    row = SessionRow(number, 1, "Sunday", "", "active", 1, "UTC", "2024-05-04", NOW_US)
    return Session(row, late_us=US_PER_S)


def show(held: Session, *tags: str, location: str = "FINISH", kind: str = KIND_READ) -> None:
    for tag in tags:
        held.durable += 1
        us = NOW_US + held.durable * US_PER_S
        held.tail.extend([Read(held.durable, 7, 1, location, tag, us, "", 1, "", 1, kind, (), b"", "", us)])


def test_tags_that_nobody_wears() -> None:
    held, seen = session(), Watch([])
    held.roster = Roster([Participant(1, "101", ("4711",))])
    held.crew = frozenset({"99995"})
    show(held, "4711", "101", "99995", "5000", "6000", "5000")
    show(held, "GUNTIME", kind=KIND_GUN)
    found = seen.unknown_tags([held], NOW_US, {1})[1]
    assert found["count"] == 2
    assert [(each["tag"], each["count"], each["location"]) for each in found["last"]] == [
        ("5000", 2, "FINISH"),
        ("6000", 1, "FINISH"),
    ]


def test_of_many_the_last_are_listed() -> None:
    held = session()
    show(held, *map(str, range(100, 130)))
    found = Watch([]).unknown_tags([held], NOW_US, {1})[1]
    assert found["count"] == 30 and len(found["last"]) == UNKNOWN_MAX
    assert (found["last"][0]["tag"], found["last"][-1]["tag"]) == ("129", "110")


def test_they_are_looked_for_now_and_then() -> None:
    held, seen = session(), Watch([])
    show(held, "1")
    assert seen.unknown_tags([held], NOW_US, {1})[1]["count"] == 1
    show(held, "2")
    assert seen.unknown_tags([held], NOW_US + TAGS_AGE_US - 1, {1})[1]["count"] == 1
    assert seen.unknown_tags([held], NOW_US + TAGS_AGE_US, {1})[1]["count"] == 2
    held.roster = Roster([Participant(1, "1"), Participant(2, "2")])
    assert seen.unknown_tags([held], NOW_US + 2 * TAGS_AGE_US, {1})[1] == NO_TAGS


def test_few_sessions_at_a_time_and_gone_ones_forgotten() -> None:
    many, seen = [session(number) for number in range(1, 7)], Watch([])
    for answer in range(1, 7):
        assert len(seen.unknown_tags(many, NOW_US + answer, range(1, 7))) == answer * TAGS_AT_ONCE_MAX
    for held in many:
        show(held, "1")
    later_us = NOW_US + 10 * TAGS_AGE_US
    for answer in range(6):
        found = seen.unknown_tags(many, later_us + answer, range(1, 7))
        assert sum(each["count"] for each in found.values()) == answer + 1, "each in its turn"
    assert set(seen.unknown_tags([], NOW_US, {1, 3})) == {1, 3}


def test_where_a_reader_was_heard_is_remembered_longer_than_its_session_does() -> None:
    held, seen = session(), Watch([])
    show(held, "1", location="START")
    show(held, "2")
    assert seen.heard([held]) == {7: {"START": NOW_US + US_PER_S, "FINISH": NOW_US + 2 * US_PER_S}}
    show(held, *("3" for _ in range(TAIL_READS_MAX + 2 * BLOCK_READS)))
    assert dict(held.tail.arrivals()).keys() == {(7, "FINISH")}
    assert seen.heard([held])[7]["START"] == NOW_US + US_PER_S
    assert seen.heard([]) == {}


def test_disks_are_asked_now_and_then_and_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "journal").mkdir()
    seen = Watch([("the data", tmp_path), ("the journal", tmp_path / "journal"), ("x", tmp_path / "none")])
    [first] = seen.disks(NOW_US)
    assert first.of == "the data" and 0 < first.free <= first.total
    monkeypatch.setattr("hub.disk.room", lambda folder: None)
    assert seen.disks(NOW_US + DISK_AGE_US - 1) == [first]
    assert seen.disks(NOW_US + DISK_AGE_US) == []
