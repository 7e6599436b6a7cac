"""A session's memory: offsets, marks, clocks, places to resume from. Time is an argument."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from hub.guns import GUNS_MAX
from hub.model import (
    KIND_GUN,
    KIND_READ,
    TAG_GUN,
    US_PER_S,
    Observation,
    PlaceRow,
    Race,
    Read,
    Rejected,
    SessionRow,
    SourceRecord,
)
from hub.results import WAVES_MAX
from hub.session import (
    LOCATIONS_MAX,
    SPELLINGS_MAX,
    Session,
    Source,
)
from hub.source_clock import CLOCK_SAMPLES_MIN, SourceClock
from hub.tail import TAIL_READS_MAX

DAY: Final = "2021-05-08"
ZONE: Final = "America/Chicago"
WALL_US: Final = 1_620_460_800 * US_PER_S
"""08:00 of that day on a wall clock."""
NOON_US: Final = int(datetime(2021, 5, 8, 8, tzinfo=ZoneInfo(ZONE)).timestamp()) * US_PER_S
"""The instant of it."""
LATE_US: Final = 120 * US_PER_S


def observation(
    sequence: int,
    tag: str = "",
    *,
    location: str = "FINISH",
    wall_us: int = WALL_US,
    since_midnight: bool = False,
    gun: bool = False,
) -> Observation:
    tag = tag or f"{sequence}"
    return Observation(
        sequence, location, tag, wall_us, since_midnight, "text", 1, "12000C", 8, gun, f"raw {tag}"
    )


def new_session(timezone: str = ZONE) -> Session:
    return Session(SessionRow(1, 1, "", "", "active", 1, timezone, DAY, 0), late_us=LATE_US)


def new_source(session: Session, number: int = 1, connection_id: str = "A" * 40) -> Source:
    record = SourceRecord(number, 1, 1, "main", "chronotrack", "::1", "", "", connection_id, "", None, 0)
    source = Source(record, session)
    source.connected(0)
    return source


@pytest.fixture
def session() -> Session:
    return new_session()


@pytest.fixture
def source(session: Session) -> Source:
    return new_source(session)


def feed(source: Source, *observations: Observation, now_us: int = NOON_US) -> list[Read]:
    reads, rejected, _ = source.session.accept(source, observations, [], now_us)
    assert not rejected
    return reads


def asked(source: Source, *observations: Observation) -> list[tuple[str, int]]:
    return source.session.accept(source, observations, [], NOON_US)[2]


# Offsets


def test_offsets_have_no_holes_whatever_is_dropped(session: Session, source: Source) -> None:
    other = new_source(session, 2, "B" * 40)
    given_out = [
        *feed(source, observation(1), observation(2)),
        *feed(other, observation(1), observation(2), observation(3)),
        *feed(source, observation(2), observation(3), observation(4)),
    ]
    assert [read.offset for read in given_out] == [1, 2, 3, 4]
    assert [(read.source_id, read.tag) for read in given_out] == [(1, "1"), (1, "2"), (2, "3"), (1, "4")]
    assert (session.head, session.durable) == (4, 0)


def test_a_read_keeps_what_the_line_said(source: Source) -> None:
    (read, gun) = feed(source, observation(1, "M12"), observation(2, TAG_GUN, gun=True), now_us=NOON_US + 5)
    assert (read.kind, gun.kind) == (KIND_READ, KIND_GUN)
    assert (read.raw, read.time_text, read.reader_id, read.gator, read.lap) == (
        "raw M12",
        "text",
        "12000C",
        8,
        1,
    )
    assert (read.read_us, read.received_us, len(read.key)) == (NOON_US, NOON_US + 5, 16)
    assert read.key != gun.key


# Times


def test_times_since_midnight_count_from_the_day_of_the_session(source: Source) -> None:
    hour = 3600 * US_PER_S
    walls = [8 * hour, 32 * hour, -hour]
    reads = feed(source, *(observation(n, wall_us=w, since_midnight=True) for n, w in enumerate(walls, 1)))
    assert [read.read_us - NOON_US for read in reads] == [0, 24 * hour, -9 * hour]


def test_a_time_of_day_and_a_full_time_are_one_content(session: Session, source: Source) -> None:
    assert feed(source, observation(1, "7"))
    other = new_source(session, 2, "B" * 40)
    assert not feed(other, observation(2, "7", wall_us=8 * 3600 * US_PER_S, since_midnight=True))


# Marks


def test_what_lies_more_than_the_limit_before_its_arrival_is_late(source: Source) -> None:
    (read,) = feed(source, observation(1), now_us=NOON_US + LATE_US)
    (late,) = feed(source, observation(2), now_us=NOON_US + LATE_US + 1)
    assert (read.marks, late.marks) == ((), ("late",))


def test_the_same_content_at_another_location_is_a_repeat(source: Source) -> None:
    reads = feed(source, observation(1, "7"), observation(1, "7", location="FINSIH"))
    assert [read.marks for read in reads] == [(), ("repeat",)]
    (both,) = feed(source, observation(1, "7", location="START"), now_us=NOON_US + 2 * LATE_US)
    assert both.marks == ("late", "repeat")


# The clock difference


def arrive_singly(source: Source, count: int, difference_us: int, first: int = 1) -> None:
    """One read a second, each `difference_us` after its own time."""
    for number in range(first, first + count):
        at = number * US_PER_S
        feed(source, observation(number, wall_us=WALL_US + at), now_us=NOON_US + at + difference_us)


def test_a_clock_that_is_behind_is_learnt_and_its_reads_are_not_late(source: Source) -> None:
    hour = 3600 * US_PER_S
    arrive_singly(source, CLOCK_SAMPLES_MIN, hour)
    assert not source.clock.known  # the first read after a start may be any age
    arrive_singly(source, 1, hour, first=CLOCK_SAMPLES_MIN + 1)
    assert (source.clock.known, source.clock.difference_us, source.clock.changed) == (True, hour, True)
    (read,) = feed(
        source, observation(99, wall_us=WALL_US + 99 * US_PER_S), now_us=NOON_US + 99 * US_PER_S + hour
    )
    assert read.marks == ()
    assert source.noted_record(5).clock_us == hour
    assert not source.clock.changed
    restarted = SourceClock(source.record.clock_us)
    assert (restarted.known, restarted.difference_us, restarted.changed) == (True, hour, False)


# Locations


def test_a_location_is_spelt_as_it_first_came(session: Session, source: Source) -> None:
    names = ["Finish", "FINISH", "finish"]
    reads = feed(source, *(observation(n, location=name) for n, name in enumerate(names, 1)))
    assert {read.location for read in reads} == {"Finish"}
    assert len(session.seen.locations) == 1
    assert not feed(new_source(session, 2, "B"), observation(1, location="FiNiSh"))


def test_a_location_too_many_is_rejected_with_its_lines(session: Session, source: Source) -> None:
    many = [observation(1, location=f"P{number}") for number in range(LOCATIONS_MAX + 1)]
    reads, rejected, _ = session.accept(source, many, [], NOON_US)
    assert len(reads) == LOCATIONS_MAX
    assert rejected == [Rejected(b"raw 1", f"more than {LOCATIONS_MAX} locations")]
    assert feed(source, observation(2, location="p0"))


def test_spellings_do_not_fill_the_memory(source: Source) -> None:
    names = [f"{number:012b}".replace("0", "a").replace("1", "A") for number in range(SPELLINGS_MAX + 100)]
    assert len(feed(source, *(observation(n, location=name) for n, name in enumerate(names, 1)))) == len(
        names
    )
    assert len(source.runs) == SPELLINGS_MAX
    assert len({id(run) for run in source.runs.values()}) == 1


# Coming back


def come_back(source: Source, durable: int) -> dict[str, int]:
    for run in source.runs.values():
        run.durable = min(durable, run.contiguous)
    source.disconnected()
    return source.connected(NOON_US)


def observations(numbers: Sequence[int], shift: int = 0) -> list[Observation]:
    return [observation(number, f"{number + shift}") for number in numbers]


def test_it_resumes_where_it_was_durable(source: Source) -> None:
    feed(
        source,
        *observations(range(1, 6)),
        observation(1, "x", location="Start"),
        observation(3, location="5K"),
    )
    assert come_back(source, 4) == {"finish": 4, "start": 1}
    assert asked(source, *observations(range(4, 8)), observation(1, "x", location="Start")) == []
    assert source.session.head == 9
    assert source.silent_resumes() == []


@pytest.mark.parametrize(
    ("numbers", "shift"),
    [(range(4, 7), 1), (range(4, 7), -1), (range(3, 7), 1), (range(2, 5), 0), (range(9, 12), 0)],
    ids=["shifted up", "shifted down", "shorter", "another line", "beyond"],
)
def test_a_first_line_that_is_not_the_one_held_is_asked_from_the_beginning(
    source: Source, numbers: Sequence[int], shift: int
) -> None:
    """And nothing is counted twice, though the old sequences stand for other contents now."""
    feed(source, *observations(range(1, 6)))
    come_back(source, 4)
    assert asked(source, *observations(numbers, shift)) == [("FINISH", 1)]
    assert asked(source, *observations(range(1, 12), shift)) == []
    tags = {observation_.tag for observation_ in observations(range(1, 12), shift)} | {
        "1",
        "2",
        "3",
        "4",
        "5",
    }
    assert source.session.head == len(tags)


def test_one_that_begins_anew_by_itself_is_asked_nothing(source: Source) -> None:
    feed(source, *observations(range(1, 6)))
    come_back(source, 4)
    assert asked(source, *observations(range(1, 8), 1)) == []
    assert source.session.head == 8


def test_lines_of_the_older_connection_do_not_spoil_the_resume(source: Source) -> None:
    """The line has gone dead, the client is back already, and then comes what the old connection still held."""
    feed(source, *observations(range(1, 6)))
    for run in source.runs.values():
        run.durable = 4
    assert source.connected(NOON_US) == {"finish": 4}
    assert asked(source, *observations([6])) == []
    assert source.runs["FINISH"].expect == 4
    assert asked(source, *observations([4, 5])) == []
    assert source.runs["FINISH"].expect == 0
    source.disconnected()
    assert source.runs["FINISH"].live
    assert asked(source, *observations([6, 7])) == []
    assert source.session.head == 7


def test_a_location_that_stays_silent_after_a_resume_is_told_once(source: Source) -> None:
    feed(
        source,
        *observations(range(1, 4)),
        observation(4, location="finish"),
        observation(1, "x", location="5K"),
    )
    come_back(source, 9)
    feed(source, observation(1, "x", location="5K"))
    assert source.silent_resumes() in (["FINISH"], ["finish"])
    assert source.silent_resumes() == []
    assert asked(source, *observations([1, 2], 9)) == []


def test_a_gap_is_asked_for_once_a_connection(source: Source) -> None:
    assert asked(source, *observations([1, 2, 4, 6])) == [("FINISH", 3)]
    assert asked(source, *observations([9])) == []
    come_back(source, 9)
    assert asked(source, *observations([2, 12])) == [("FINISH", 3)]


def test_a_numbering_that_was_forgotten_begins_anew(session: Session, source: Source) -> None:
    feed(source, *observations(range(1, 4)))
    source.disconnected()
    session.seen.forget(source.runs["FINISH"])
    assert source.connected(NOON_US) == {}
    assert feed(source, *observations(range(1, 5)))[0].tag == "4"


def test_a_source_that_is_forgotten_leaves_what_it_has_shown(session: Session, source: Source) -> None:
    feed(source, *observations(range(1, 4)))
    source.disconnected()
    source.forget()
    assert not session.seen.location("FINISH").runs
    assert not feed(new_source(session, 2, "B"), *observations(range(1, 4), 0))


# What the store holds


def test_what_is_loaded_is_held_and_resumed(session: Session, source: Source) -> None:
    reads = feed(source, *observations(range(1, 4)), observation(4, "3"))
    assert len(reads) == 4
    loaded = new_session()
    again, stranger = new_source(loaded), new_source(loaded, 2, "")
    for read in reads:
        loaded.load(again, read.location, read.sequence, read.key)
        loaded.load(stranger, "START", read.sequence, read.key)
    loaded.seen.loaded()
    assert not stranger.runs
    again.disconnected()
    assert again.connected(NOON_US) == {"finish": 4}
    assert not feed(again, observation(4, "3"))
    assert len(feed(new_source(loaded, 3, "C"), *observations(range(1, 5)))) == 1


def test_the_last_reads_are_kept(session: Session) -> None:
    reads = feed(new_source(session), *observations(range(1, TAIL_READS_MAX + 6)))
    session.tail.extend(reads)
    assert [read.offset for read in session.recent(3)] == [session.head - 2, session.head - 1, session.head]
    assert session.recent(10**6)[0].offset == 6
    assert session.recent(0) == []


def test_reads_with_new_offsets_take_their_place_among_the_last(session: Session) -> None:
    """Also before the reads that were numbered between are durable."""
    reads = feed(new_source(session), *observations(range(1, 6)))
    session.extend(reads[:2])
    session.renumbered([reads[3]], epoch=2)
    assert (session.epoch, session.durable, list(session.tail)) == (2, 2, reads[:2])
    session.extend([reads[2]])
    assert (session.durable, list(session.tail)) == (4, reads[:4])
    session.extend([reads[4]])
    assert (session.durable, list(session.tail)) == (5, reads)


def test_durable_guns_make_the_starts_and_a_void_one_none(session: Session, source: Source) -> None:
    def gun(offset: int, *marks: str) -> Read:
        return Read(
            offset, 1, offset, "START", "GUNTIME", offset * 10**6, "", 0, "M", 0, "gun", marks, b"", "", 0
        )

    session.extend([gun(1), gun(2, "repeat")])
    assert [each.guns_us for each in session.starts] == [(1_000_000,)]
    session.extend([gun(9)])
    assert [each.guns_us for each in session.starts] == [(1_000_000, 9_000_000)]
    session.void(replace(gun(1), kind="void"))
    assert [each.guns_us for each in session.starts] == [(9_000_000,)]
    session.extend([gun(each * 10) for each in range(1, 2 * GUNS_MAX)])
    assert len(session.starts[0].guns_us) <= WAVES_MAX


def test_a_clock_of_ours_that_is_set_makes_nobody_late(session: Session, source: Source) -> None:
    """An hour forward and two back: what has just been read is news all the while."""
    now_us = NOON_US
    for number in range(1, 60):
        now_us += 2 * US_PER_S
        if number in (20, 40):
            by_us = (3600 if number == 20 else -7200) * US_PER_S
            now_us += by_us
            source.clock.jumped_by(by_us)
        seen = replace(observation(number), wall_us=WALL_US + number * 2 * US_PER_S)
        (read,) = feed(source, seen, now_us=now_us)
        assert "late" not in read.marks, number


# Times that cannot be


@pytest.mark.parametrize(
    ("ahead_s", "marks"),
    [
        (0, ()),
        (600, ()),
        (601, ("suspect_time",)),
        (86_400, ("suspect_time",)),
        (-100, ()),
        (-130, ("late",)),
        (-40 * 365 * 86_400, ("late", "suspect_time")),
    ],
)
def test_times_that_cannot_be_are_marked(source: Source, ahead_s: int, marks: tuple[str, ...]) -> None:
    plain = observation(1)
    (now,) = feed(source, plain)
    odd = replace(plain, wall_us=plain.wall_us + ahead_s * US_PER_S)
    (read,) = feed(new_source(new_session()), odd, now_us=now.read_us)
    assert (read.marks, read.read_us) == (marks, now.read_us + ahead_s * US_PER_S)


# What people say of locations, and tests


def with_places(session: Session, *rows: PlaceRow) -> None:
    session.change(replace(session.row, places=rows))


@pytest.mark.parametrize(
    ("place", "marks"),
    [
        (PlaceRow("FINSH", "FINSH", hidden=True), ()),
        (PlaceRow("FINSH", "FINISH", merged=True), ()),
        (PlaceRow("FINSH", "TENT", merged=True), ("repeat",)),
        (PlaceRow("FINISH", "FINISH", hidden=True), ("repeat",)),
    ],
)
def test_a_repeat_of_what_has_given_way_counts(
    session: Session, source: Source, place: PlaceRow, marks: tuple[str, ...]
) -> None:
    """Whether that was said before it came or after."""
    feed(source, observation(1, "1", location="FINSH"), observation(2, "2", location="FINSH"))
    (before,) = feed(source, observation(1, "1"))
    assert before.marks == session.marks(before) == ("repeat",)
    with_places(session, place)
    (after,) = feed(source, observation(2, "2"))
    assert after.marks == session.marks(before) == marks
    with_places(session)
    assert session.marks(before) == ("repeat",)


def test_reads_of_a_test_are_marked_and_its_guns_start_nothing_afterwards(
    session: Session, source: Source
) -> None:
    session.change(replace(session.row, testing=True))
    reads = feed(source, observation(1), observation(2, TAG_GUN, gun=True))
    assert [each.marks for each in reads] == [("test",), ("test",)]
    session.extend(reads)
    assert [each.location for each in session.starts] == ["FINISH"]
    session.change(replace(session.row, testing=False))
    assert not list(session.starts) and session.durable == 2
    (read,) = feed(source, observation(3))
    assert (read.offset, read.marks) == (3, ())


def test_guns_count_at_their_location_as_it_is_called(session: Session, source: Source) -> None:
    guns = [
        observation(number, TAG_GUN, gun=True, location=location, wall_us=WALL_US + number * 60 * US_PER_S)
        for number, location in enumerate(("START", "start2", "TENT"), 1)
    ]
    session.extend([read for gun in guns for read in feed(source, replace(gun, sequence=1))])
    assert len(list(session.starts)) == 3
    session.change(replace(session.row, races=(Race("10K", 10_000, "start2", "FINISH"),)))
    with_places(
        session,
        PlaceRow("START", "Bridge"),
        PlaceRow("start2", "Bridge", merged=True),
        PlaceRow("TENT", "TENT", hidden=True),
    )
    (start,) = list(session.starts)
    assert (start.location, start.race, len(start.guns_us)) == ("Bridge", "10K", 2)
