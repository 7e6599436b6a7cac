"""From accept to written: nothing is seen, counted or a place to resume from before it is on disk."""

from collections.abc import Iterable
from typing import Final

import pytest
from msgspec.structs import replace

from hub import hub as hub_module
from hub import served
from hub.hub import Hub, Sealed
from hub.model import DisplayRow, Observation, Read, Rejected, RejectRecord, SessionRow, SourceRecord
from hub.served import Ids
from hub.session import Session, Source

NOW_US: Final = 1_620_460_800_000_000
ID: Final = "A" * 40


def session_row(number: int, *, partner_id: int = 1, created_us: int = 0) -> SessionRow:
    return SessionRow(number, partner_id, "", "", "active", 1, "UTC", "2021-05-08", created_us)


def observations(numbers: Iterable[int], location: str = "FINISH") -> list[Observation]:
    return [
        Observation(number, location, f"{number}", NOW_US, False, "", 1, "12000C", 8, False, f"raw {number}")
        for number in numbers
    ]


class World:
    """A hub with session 1, and what it has called."""

    def __init__(self) -> None:
        self.now_us = NOW_US
        self.woken = 0
        self.published: list[tuple[int, list[int]]] = []
        self.hub = Hub(now_us=lambda: self.now_us, wake=self._wake, publish=self._publish)
        self.hub.ports["main"] = 1
        self.hub.add_session(Session(session_row(1), late_us=10**9))

    def _wake(self) -> None:
        self.woken += 1

    def _publish(self, session: Session, reads: list[Read]) -> None:
        self.published.append((session.row.id, [read.offset for read in reads]))

    def connect(self, connection_id: str = ID, *, partner_id: int = 1, event_name: str = "21ROTM") -> Source:
        source = self.hub.open_source(
            partner_id=partner_id,
            listener="main",
            protocol="chronotrack",
            remote="192.0.2.7",
            program="SimpleClient",
            version="0.6.0",
            connection_id=connection_id,
            event_name=event_name,
        )
        source.connected(self.now_us)
        return source

    def accept(self, source: Source, numbers: Iterable[int], rejected: Iterable[Rejected] = ()) -> None:
        assert self.hub.accept(source, observations(numbers), list(rejected), self.now_us) == []

    def seal(self) -> Sealed:
        sealed = self.hub.seal()
        assert sealed is not None
        return sealed

    def write(self) -> None:
        self.hub.written(self.seal())

    def resume(self, source: Source) -> dict[str, int]:
        self.hub.release(source)
        return source.connected(self.now_us)


@pytest.fixture
def world() -> World:
    return World()


# Durable before visible


def test_nothing_is_seen_before_it_is_on_disk(world: World) -> None:
    source = world.connect()
    world.accept(source, [1, 2, 3], [Rejected(b"x", "bad")])
    session = world.hub.sessions[1]
    sealed = world.seal()
    assert (world.published, world.hub.total_reads, world.hub.total_rejected) == ([], 0, 0)
    assert (session.durable, list(session.tail), source.runs["FINISH"].durable) == (0, [], 0)
    world.hub.written(sealed)
    assert (world.published, world.hub.total_reads, world.hub.total_rejected) == ([(1, [1, 2, 3])], 3, 1)
    assert (session.durable, len(session.tail), source.runs["FINISH"].durable) == (3, 3, 3)
    assert world.resume(source) == {"finish": 3}


def test_what_comes_while_a_group_is_written_waits_for_the_next(world: World) -> None:
    source = world.connect()
    world.accept(source, [1, 2])
    first = world.seal()
    world.accept(source, [3, 4])
    world.hub.written(first)
    assert (world.published, source.runs["FINISH"].durable) == ([(1, [1, 2])], 2)
    second = world.seal()
    assert second.group.sessions[0].first_offset == 3
    world.hub.written(second)
    assert (world.published[1:], source.runs["FINISH"].durable) == ([(1, [3, 4])], 4)


def test_a_group_holds_sources_reads_and_rejects_of_all(world: World) -> None:
    world.hub.add_session(Session(session_row(2, partner_id=2), late_us=1))
    one, other, foreign = world.connect(), world.connect("B" * 40), world.connect(ID, partner_id=2)
    world.accept(one, [1, 2])
    world.accept(foreign, [1])
    world.accept(other, [1, 2, 3])
    world.accept(one, [], [Rejected(b"?", "no read")])
    world.hub.reject(0, [Rejected(b"early", "no source")], NOW_US)
    sealed = world.seal()
    assert [record.id for record in sealed.group.sources] == [one.id, foreign.id, other.id]
    batches = [(each.session_id, each.first_offset, len(each.reads)) for each in sealed.group.sessions]
    assert (batches, sealed.reads) == ([(1, 1, 3), (2, 1, 1)], 4)
    places = [(record.source_id, record.session_id, record.line) for record in sealed.group.rejects]
    assert places == [(one.id, 1, b"?"), (0, None, b"early")]
    assert world.hub.seal() is None
    assert world.woken == 5


def test_a_source_travels_before_its_first_line_and_once(world: World) -> None:
    source = world.connect()
    assert world.hub.seal() is None  # a connection that says nothing is not worth a row
    world.accept(source, [1])
    (record,) = world.seal().group.sources
    assert record == SourceRecord(
        source.id,
        1,
        1,
        "main",
        "chronotrack",
        "192.0.2.7",
        "SimpleClient",
        "0.6.0",
        ID,
        "21ROTM",
        None,
        NOW_US,
    )
    world.accept(source, [2])
    assert world.seal().group.sources == []


def test_a_source_that_brings_only_what_is_held_is_noted_all_the_same(world: World) -> None:
    world.accept(world.connect(), [1, 2])
    other = world.connect("B" * 40)
    world.accept(other, [1, 2])
    assert other.id in [record.id for record in world.seal().group.sources]


def test_a_clock_that_moved_travels_with_the_next_read(world: World) -> None:
    source = world.connect()
    for number in range(1, 8):
        world.now_us += 1_000_000
        world.accept(source, [number])
    records = world.seal().group.sources
    assert [(record.id, record.clock_us is not None) for record in records] == [(source.id, True)]
    assert records[0] is source.record
    source.noted_record(0)
    assert records[0] is not source.record  # what was sealed is not changed under the hands of the writer


# A place to resume from


def test_duplicates_only_are_durable_when_what_they_repeat_is(world: World) -> None:
    source, other = world.connect(), world.connect("B" * 40)
    world.accept(source, [1, 2])
    world.accept(other, [1, 2])
    sealed = world.seal()
    world.accept(other, [1, 2])
    assert other.runs["FINISH"].durable == 0
    world.hub.written(sealed)
    assert other.runs["FINISH"].durable == 2


def test_duplicates_that_come_while_a_group_is_written_are_durable_after_it(world: World) -> None:
    source = world.connect()
    world.accept(source, [1, 2])
    world.write()
    world.accept(source, [3])
    sealed = world.seal()
    late = world.connect("B" * 40)
    late.noted = True
    world.accept(late, [1, 2, 3])
    assert world.hub.seal() is None
    assert late.runs["FINISH"].durable == 0
    world.hub.written(sealed)
    assert late.runs["FINISH"].durable == 3


def test_duplicates_that_come_when_all_is_on_disk_are_durable_at_once(world: World) -> None:
    world.accept(world.connect(), [1, 2])
    world.write()
    other = world.connect("B" * 40)
    other.noted = True
    world.accept(other, [1, 2])
    assert other.runs["FINISH"].durable == 2
    assert world.hub.seal() is None


def test_a_rewind_while_its_group_is_written_leaves_no_false_place(world: World) -> None:
    """What was sealed under sequence 3 is not what stands under it now, which is not on disk yet."""
    source = world.connect()
    world.accept(source, [1, 2, 3])
    sealed = world.seal()
    rewound = [replace(each, sequence=n) for n, each in enumerate(observations([1, 12, 13]), 1)]
    world.hub.accept(source, rewound, [], NOW_US)
    assert source.runs["FINISH"].contiguous == 3
    world.hub.written(sealed)
    assert source.runs["FINISH"].durable <= 1
    world.write()
    assert source.runs["FINISH"].durable == 3


# Sources


def test_a_source_is_known_again_by_its_connection_id(world: World) -> None:
    source = world.connect()
    world.accept(source, [1])
    world.hub.release(source)
    assert world.connect() is source
    assert world.connect() is source  # a second connection while the first is still open
    assert source.online == 2
    assert world.connect("B" * 40) is not source
    assert world.connect("") is not world.connect("")


def test_a_source_that_calls_itself_otherwise_is_written_down_anew(world: World) -> None:
    source = world.connect()
    world.accept(source, [1])
    assert world.hub.seal() is not None
    assert world.connect(event_name="22ROTM") is source
    world.accept(source, [2])
    sealed = world.hub.seal()
    assert sealed is not None
    assert [each.event_name for each in sealed.group.sources] == ["22ROTM"]
    world.accept(world.connect(event_name="22ROTM"), [3])
    again = world.hub.seal()
    assert again is not None
    assert not again.group.sources


def test_a_source_of_another_partner_is_another(world: World) -> None:
    world.hub.add_session(Session(session_row(2, partner_id=2), late_us=1))
    assert world.connect(ID) is not world.connect(ID, partner_id=2)


@pytest.mark.parametrize(("connection_id", "says", "kept"), [(ID, True, 1), (ID, False, 0), ("", True, 0)])
def test_release_keeps_whom_a_reader_can_come_back_to(
    world: World, connection_id: str, says: bool, kept: int
) -> None:
    source = world.connect(connection_id)
    if says:
        world.accept(source, [1, 2])
    world.hub.release(source)
    assert len(world.hub.sources) == kept
    assert len(world.hub.sessions[1].seen.location("FINISH").runs) == kept
    if says:
        world.write()
        world.accept(world.connect("C" * 40), [1, 2])
        assert world.hub.sessions[1].head == 2


def test_a_source_with_a_connection_left_is_not_released(world: World) -> None:
    source = world.connect()
    world.connect()
    world.hub.release(source)
    assert world.hub.sources == {source.id: source}
    world.hub.release(source)
    assert world.hub.sources == {}


def test_sources_that_are_away_for_long_are_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "SOURCES_KEPT_MAX", 3)
    sources = [world.connect(f"{number}" * 40) for number in range(3)]
    for number, source in enumerate(sources):
        world.accept(source, range(1, number + 2))
        world.hub.release(source)
    assert world.connect("0" * 40) is sources[0]
    world.connect("9" * 40)
    assert list(world.hub.sources.values())[:2] == [sources[2], sources[0]]
    again = world.connect("1" * 40)
    assert again is not sources[1]
    world.accept(again, [1, 2, 3, 4])
    assert world.hub.sessions[1].head == 4


def test_sources_of_the_store_are_known_when_their_reader_can_come_back(world: World) -> None:
    record = SourceRecord(7, 1, 1, "main", "chronotrack", "::1", "", "", ID, "", 60_000_000, 0)
    source = world.hub.add_source(record)
    assert world.connect() is source
    assert source.noted
    assert source.clock.difference_us == 60_000_000
    world.hub.add_source(SourceRecord(8, 1, 1, "main", "chronotrack", "::1", "", "", "", "", None, 0))
    assert list(world.hub.sources) == [7]
    far = 2**52
    world.hub.add_source(SourceRecord(far, 1, 1, "main", "chronotrack", "::1", "", "", "B" * 40, "", None, 0))
    assert world.hub.new_id() > far


# Sessions and displays


def test_the_newest_active_session_is_shown_and_of_several_none_is_fed_without_a_key(world: World) -> None:
    assert world.hub.active_session(2) is None
    newer = Session(session_row(2, created_us=5), late_us=1)
    world.hub.add_session(newer)
    source = world.connect()
    assert world.hub.inboxes == {source.session.row.id: source.session}
    world.accept(source, [1])
    assert world.hub.sessions[1].head == newer.head == 0 and source.session.head == 1
    following = DisplayRow("ABCDEFGH", 1, None, "")
    assert world.hub.session_of(following) is newer
    assert world.hub.session_of(DisplayRow("ABCDEFGH", 1, 1, "")) is world.hub.sessions[1]
    assert world.hub.session_of(DisplayRow("ABCDEFGH", 1, 9, "")) is None
    assert world.hub.session_of(DisplayRow("ABCDEFGH", 2, None, "")) is None


def test_without_a_session_there_is_an_inbox(world: World) -> None:
    world.hub.remove_session(world.hub.sessions[1])
    source = world.connect()
    row = source.session.row
    assert world.hub.sessions == {} and world.hub.inboxes == {row.id: source.session}
    assert (row.purpose, row.partner_id, row.source_id) == ("inbox", 1, source.id)
    assert source.record.session_id == row.id
    world.accept(source, [1, 2])
    group = world.seal().group
    assert [(each.id, each.source_id) for each in group.inboxes] == [(row.id, source.id)]
    assert [(each.session_id, each.first_offset) for each in group.sessions] == [(row.id, 1)]


# Limits


@pytest.mark.parametrize("what", ["reads", "rejects", "both"])
def test_too_much_that_waits_for_the_disk_stops_the_sockets(
    world: World, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(hub_module, "OPEN_LINES_MAX", 4)
    source = world.connect()
    reads, rejects = {"reads": (4, 0), "rejects": (0, 4), "both": (2, 2)}[what]
    world.accept(source, range(1, reads + 1), [Rejected(b"", "")] * max(0, rejects - 1))
    assert world.hub.congested is (not rejects)
    world.hub.reject(0, [Rejected(b"", "")] * min(1, rejects), NOW_US)
    assert world.hub.congested
    sealed = world.seal()
    assert not world.hub.congested
    world.hub.written(sealed)
    world.accept(source, [], [Rejected(b"", "")])
    assert isinstance(world.seal().group.rejects[0], RejectRecord)


def test_lines_without_a_place_are_rejected_with_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.session.LOCATIONS_MAX", 1)
    source = world.connect()
    bad = [Rejected(b"?", "no read")]
    lines = [*observations([1]), *observations([1], "START")]
    assert world.hub.accept(source, lines, bad, NOW_US) == []
    assert [record.line for record in world.seal().group.rejects] == [b"?", b"raw 1"]
    assert len(bad) == 1


# Ids


def test_ids_are_unique_and_grow_whatever_the_clock_does() -> None:
    now_us = NOW_US
    new_id = Ids(lambda: now_us)
    given = [new_id() for _ in range(5000)]
    now_us += 1_000_000
    given.append(new_id())
    now_us -= 3_600_000_000
    given += [new_id() for _ in range(10)]
    assert given == sorted(set(given))
    assert given[0] == NOW_US // 1000 << 11
    new_id.taken(1)
    assert new_id() == given[-1] + 1


def test_ids_fit_a_browser_until_2109() -> None:
    assert Ids(lambda: 4_386_000_000 * 1_000_000)() < 2**53


# Stream keys


def keyed(number: int, key: str, purpose: str = "race", partner_id: int = 1) -> Session:
    row = replace(
        session_row(number, partner_id=partner_id, created_us=number), stream_key=key, purpose=purpose
    )
    return Session(row, late_us=1)


def test_an_event_name_that_is_a_stream_key_leads_to_its_session(world: World) -> None:
    older, newer = keyed(2, "Kq4ZpT8wXb"), keyed(3, "aaaaaaaaaa")
    world.hub.add_session(older)
    world.hub.add_session(newer)
    assert world.connect("B" * 40, event_name="Kq4ZpT8wXb").session is older
    assert world.connect("C" * 40, event_name="aaaaaaaaaa").session is newer
    for number, name in enumerate(("kq4zpt8wxb", "")):  # a key is exact
        assert world.connect(f"{number}" * 40, event_name=name).session.row.purpose == "inbox"


def test_a_key_of_another_partner_is_just_a_name(world: World) -> None:
    world.hub.add_session(keyed(2, "Kq4ZpT8wXb", partner_id=2))
    assert world.connect(event_name="Kq4ZpT8wXb").session is world.hub.sessions[1]


def test_a_demo_is_reached_by_its_key_alone(world: World) -> None:
    demo = keyed(2, "Kq4ZpT8wXb", "demo")
    world.hub.add_session(demo)
    assert world.connect().session is world.hub.sessions[1]
    assert world.hub.session_of(DisplayRow("ABCDEFGH", 1, None, "")) is world.hub.sessions[1]
    assert world.connect("B" * 40, event_name="Kq4ZpT8wXb").session is demo
    assert world.hub.session_of(DisplayRow("ABCDEFGH", 1, 2, "")) is demo


def test_a_reader_that_takes_up_a_key_feeds_another_session_from_then_on(world: World) -> None:
    other = keyed(2, "Kq4ZpT8wXb", "demo")
    before = world.connect()
    world.accept(before, [1, 2])
    world.write()
    world.hub.add_session(other)
    after = world.connect(event_name="Kq4ZpT8wXb")
    assert after is not before and after.session is other
    assert world.connect(event_name="Kq4ZpT8wXb") is after
    back = world.connect(event_name="21ROTM")  # without the key it is not at home there any more
    assert back.session is world.hub.sessions[1]
    assert world.connect(event_name="Kq4ZpT8wXb").session is other
    after = world.connect(event_name="Kq4ZpT8wXb")
    world.accept(after, [1, 2, 3])
    world.write()
    assert [row for row in world.published if row[0] == 2] == [(2, [1, 2, 3])]


def test_of_a_key_only_the_beginning_is_shown(world: World) -> None:
    world.hub.add_session(keyed(2, "Kq4ZpT8wXb"))
    assert world.hub.shown_event("Kq4ZpT8wXb") == "Kq…"
    assert world.hub.shown_event("Kq4ZpT8wX") == "Kq4ZpT8wX"
    assert world.hub.shown_event("21ROTM") == "21ROTM"


def test_a_session_that_has_ended_is_fed_no_more(world: World) -> None:
    over = keyed(2, "Kq4ZpT8wXb")
    world.hub.add_session(over)
    fed = world.connect("B" * 40, event_name="Kq4ZpT8wXb")
    world.accept(fed, [1])
    world.write()
    world.hub.release(fed)
    world.hub.remove_session(over)
    assert 2 not in world.hub.sessions and fed.id not in world.hub.sources
    facts = {"partner_id": 1, "listener": "main", "protocol": "", "remote": "", "program": "", "version": ""}
    for number, key in enumerate(("Kq4ZpT8wXb", "bbbbbbbbbb")):
        world.hub.routes.add_old_keys([("bbbbbbbbbb", 1)])
        assert world.hub.routes.is_key(key) and world.hub.shown_event(key) == f"{key[:2]}…"
        opened = world.hub.open_source(**facts, connection_id=f"{number}" * 40, event_name=key)  # type: ignore[arg-type]
        assert opened.session.row.purpose == "inbox", (
            "its key leads nowhere, and least of all into another session"
        )


# Guests


def test_a_guest_is_fed_and_nobody_else_is_led_to_it(world: World) -> None:
    world.hub.guests[2] = guest = Session(session_row(2, created_us=9), late_us=1)
    source = world.hub.new_source(
        guest,
        listener="import",
        protocol="file",
        remote="",
        program="",
        version="",
        connection_id="",
        event_name="",
    )
    assert (world.hub.find(2), world.hub.find(1), world.hub.find(3)) == (guest, world.hub.sessions[1], None)
    assert world.hub.active_session(1) is world.hub.sessions[1] is world.connect().session
    world.accept(source, [1, 2])
    assert [read.offset for read in world.hub.unsealed(guest)] == [1, 2]
    assert (world.hub.groups_wanted, world.hub.groups_written) == (1, 0)
    sealed = world.seal()
    assert (world.hub.groups_wanted, world.hub.unsealed(guest)) == (1, [])
    world.hub.written(sealed)
    assert (world.hub.groups_written, guest.durable, world.published) == (1, 2, [(2, [1, 2])])
