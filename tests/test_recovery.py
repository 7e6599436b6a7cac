"""What a hub knows again after a start."""

from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest

from hub import recovery
from hub.hub import Hub
from hub.model import Observation, Participant, Read, SourceRecord
from hub.seen import SeenLocation, content_digest
from hub.session import Session
from hub.store import migrate, reads, rosters, sessions
from hub.store.database import Writer
from tests.store.making import SOURCE_ID, START_US, key, new_session, put_source, read, source

T = TypeVar("T")


def held(number: int, count: int = 1) -> Read:
    """A read with the key that the hub would give it."""
    digest = content_digest(f"{number:06d}", START_US + number, "R1", 1)
    return read(number, key=SeenLocation(0, "finish").key(digest, count))


def seen(number: int, sequence: int | None = None) -> Observation:
    return Observation(
        sequence=sequence or number,
        location="FINISH",
        tag=f"{number:06d}",
        wall_us=START_US + number,
        since_midnight=False,
        time_text="",
        lap=1,
        reader_id="R1",
        gator=1,
        gun=False,
        raw=f"line {number}",
    )


class Start:
    """A hub at its start, before the load, and a connection beside it."""

    def __init__(self, writer: Writer, connection: asyncpg.Connection) -> None:
        self.writer = writer
        self.connection = connection
        self.hub = Hub(now_us=lambda: START_US, wake=lambda: None, publish=lambda *_: None)

    async def load(self, *, afresh: bool = False) -> Hub:
        await recovery.load(
            self.writer.insist, self.hub, ports={}, timezone="UTC", late_us=120_000_000, afresh=afresh
        )
        return self.hub

    async def know(self, made: SourceRecord) -> None:
        await put_source(self.connection, made)

    async def put(self, session_id: int, *made: Read) -> None:
        await reads.copy(self.connection, [(session_id, 1, each) for each in made])

    async def close(self) -> None:
        await self.writer.close()
        await self.connection.close()


async def starting(dsn: str) -> Start:
    writer = Writer(dsn, Path("/data/one"))
    await writer.open(migrate.apply)
    return Start(writer, await asyncpg.connect(dsn))


def one_session(hub: Hub) -> Session:
    (session,) = hub.sessions.values()
    return session


async def test_heads_of_the_database(database_dsn: str) -> None:
    start = await starting(database_dsn)
    one, two = await new_session(start.connection), await new_session(start.connection, status="ended")
    await start.put(two, read(1), read(7))
    assert await recovery.stored_heads(start.connection) == {one: 0, two: 7}
    await start.close()


async def test_memory_is_as_before(database_dsn: str) -> None:
    start = await starting(database_dsn)
    session_id = await new_session(start.connection, "Race", epoch=4)
    await new_session(start.connection, "over", status="ended")
    await start.know(source(session_id, clock_us=-2_000_000))
    await start.put(session_id, *(held(number) for number in range(1, 31)))
    await sessions.ensure_default(start.connection, "unused")
    await rosters.replace(start.connection, session_id, [Participant(0, "5", ("000003",))])
    hub = await start.load()
    session = one_session(hub)
    assert (session.head, session.durable, session.epoch) == (30, 30, 4)
    assert [each.offset for each in session.recent(1000)] == list(range(1, 31))
    assert (hub.total_reads, len(hub.displays), session.roster.size) == (30, 1, 1)
    known = hub.sources[SOURCE_ID]
    assert known.clock.difference_us == -2_000_000
    assert known.connected(START_US) == {"finish": 30}  # a place to resume from
    assert session.accept(known, [seen(number) for number in range(30, 33)], [], START_US)[0][0].offset == 31
    assert session.head == 32
    await start.close()


async def test_reads_of_a_source_that_is_gone_are_known_all_the_same(database_dsn: str) -> None:
    start = await starting(database_dsn)
    session_id = await new_session(start.connection)
    await start.put(session_id, held(1), held(2))
    hub = await start.load()
    session = one_session(hub)
    other = hub.open_source(
        partner_id=session.row.partner_id,
        listener="l",
        protocol="p",
        remote="",
        program="",
        version="",
        connection_id="another",
        event_name="",
    )
    assert other is not None
    accepted, _, _ = session.accept(other, [seen(2, 1), seen(3, 2)], [], START_US)
    assert [(each.offset, each.tag) for each in accepted] == [(3, "000003")]
    await start.close()


async def test_pieces_make_the_same_memory(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "KEYS_AT_ONCE", 7)
    start = await starting(database_dsn)
    session_id = await new_session(start.connection)
    await start.know(source(session_id))
    await start.put(session_id, *(held(number) for number in range(1, 31)))
    session = one_session(await start.load())
    assert (session.head, len(session.seen)) == (30, 30)
    await start.close()


async def test_holes_become_void_and_the_epoch_goes_up(database_dsn: str) -> None:
    start = await starting(database_dsn)
    whole, broken = (
        await new_session(start.connection, "whole"),
        await new_session(start.connection, "broken"),
    )
    await start.put(whole, held(1), held(2))
    await start.put(broken, held(3), held(4), held(8))
    hub = await start.load()
    assert [(each.head, each.epoch) for each in hub.sessions.values()] == [(2, 1), (8, 2)]
    rows = await start.connection.fetch(
        "SELECT feed_offset, kind, read_key FROM timing_reads WHERE session_id = $1 ORDER BY feed_offset",
        broken,
    )
    assert [row["feed_offset"] for row in rows] == list(range(1, 9))
    assert [row["feed_offset"] for row in rows if row["kind"] == "void"] == [1, 2, 5, 6, 7]
    assert all(row["read_key"] is None for row in rows if row["kind"] == "void")
    assert await start.connection.fetchval("SELECT epoch FROM timing_sessions WHERE id = $1", broken) == 2
    assert [each.offset for each in hub.sessions[broken].recent(10)] == list(range(1, 9))
    again = await starting_again(start)
    assert [(each.head, each.epoch) for each in again.sessions.values()] == [(2, 1), (8, 2)]
    await start.close()


async def test_afresh_is_one_epoch_more_with_holes_or_without(database_dsn: str) -> None:
    start = await starting(database_dsn)
    whole, broken, empty = [
        await new_session(start.connection, name) for name in ("whole", "broken", "empty")
    ]
    await start.put(whole, held(1), held(2))
    await start.put(broken, held(3))
    hub = await start.load(afresh=True)
    assert [(each.row.id, each.head, each.epoch) for each in hub.sessions.values()] == [
        (whole, 2, 2),
        (broken, 3, 2),
        (empty, 0, 2),
    ]
    assert await start.connection.fetchval("SELECT count(*) FROM timing_reads WHERE kind = 'void'") == 2
    await start.close()


async def starting_again(start: Start) -> Hub:
    second = Start(start.writer, start.connection)
    return await second.load()


async def test_void_rows_keep_their_keys_or_are_without(database_dsn: str) -> None:
    start = await starting(database_dsn)
    session_id = await new_session(start.connection)
    await start.know(source(session_id))
    await start.put(session_id, held(1), held(2), held(3))
    await start.connection.execute("UPDATE timing_reads SET kind = 'void' WHERE feed_offset > 1")
    await start.connection.execute("UPDATE timing_reads SET read_key = NULL WHERE feed_offset = 3")
    hub = await start.load()
    session = one_session(hub)
    assert (session.head, session.epoch, len(session.seen)) == (3, 1, 2)
    accepted, _, _ = session.accept(hub.sources[SOURCE_ID], [seen(2), seen(3)], [], START_US)
    assert [(each.offset, each.tag) for each in accepted] == [(4, "000003")]  # its key was given back
    assert [each.key == b"" for each in session.recent(10)] == [False, False, True]
    await start.close()


async def test_equal_contents_are_counted_again(database_dsn: str) -> None:
    start = await starting(database_dsn)
    session_id = await new_session(start.connection)
    await start.know(source(session_id))
    twice = held(1, 2)
    twice.offset = twice.sequence = 2
    await start.put(session_id, held(1), twice)
    hub = await start.load()
    session = one_session(hub)
    known = hub.sources[SOURCE_ID]
    accepted, _, _ = session.accept(known, [seen(1, 1), seen(1, 2), seen(1, 3)], [], START_US)
    assert [each.offset for each in accepted] == [3]
    assert accepted[0].key == held(1, 3).key
    assert key(1) != accepted[0].key
    await start.close()


async def test_a_participant_nobody_can_tell_is_said(
    database_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    start = await starting(database_dsn)
    session_id = await new_session(start.connection)
    await rosters.replace(start.connection, session_id, [Participant(0, "7"), Participant(0, "007")])
    await start.load()
    assert "carried by more than one participant, so nobody: 7" in caplog.text
    await start.close()
