"""From the journal into PostgreSQL, exactly once and in order, whatever is in the way."""

import asyncio

import asyncpg
import pytest

from hub.errors import NotOwner, StoreError
from hub.model import RejectRecord, SourceRecord
from hub.store import batch, drain, reads
from hub.store.database import Connection
from tests.postgres import execute
from tests.store.making import (
    SOURCE_ID,
    START_US,
    filling,
    group,
    key,
    line_to,
    read,
    rows,
    session_in,
    source,
    stored,
    until,
    until_true,
)


def watch_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which way each batch goes in."""
    ways: list[str] = []
    for way in ("copy", "insert", "take_apart"):
        original = getattr(batch.BatchWriter, way)

        async def noted(
            self: object, connection: Connection, made: object, way: str = way, original: object = original
        ) -> object:
            ways.append(way)
            return await original(self, connection, made)  # type: ignore[operator]

        monkeypatch.setattr(batch.BatchWriter, way, noted)
    return ways


async def test_in_order_with_sources_locations_and_rejects(database_dsn: str) -> None:
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        bad = RejectRecord(5, SOURCE_ID, session_id, START_US, "not a r\0ead", b"\xff\0nonsense")
        fill.put(group(session_id, [read(1, location="START"), read(2)], rejects=[bad]))
        fill.put(group(session_id, [read(3, location="Finish", reader_id="R2")], sources=[]))
        await fill.drained()
        assert fill.journal.done[-1] == 2
        assert (fill.drain.stored, fill.drain.problem) == (3, "")
        held = await stored(database_dsn, session_id)
        assert [(row["feed_offset"], row["location_name"]) for row in held] == [
            (1, "START"),
            (2, "FINISH"),
            (3, "Finish"),
        ]
        places = await rows(database_dsn, "SELECT * FROM timing_locations ORDER BY id")
        assert [(row["location_name"], row["reader_id"]) for row in places] == [
            ("START", "R1"),
            ("FINISH", "R2"),
        ]
        assert [row["location_id"] for row in held] == [places[0]["id"], places[1]["id"], places[1]["id"]]
        (reject,) = await rows(database_dsn, "SELECT * FROM timing_rejects")
        assert (reject["id"], reject["line"], reject["reason"]) == (5, b"\xff\0nonsense", "not a read")
        (known,) = await rows(database_dsn, "SELECT * FROM timing_sources")
        assert (known["id"], known["session_id"], known["connection_id"]) == (SOURCE_ID, session_id, "c-1")


async def test_a_source_is_kept_up_to_date(database_dsn: str) -> None:
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        fill.put(group(session_id, [], sources=[source(session_id)]))
        await fill.drained()
        later: SourceRecord = source(session_id, clock_us=-5, seen_us=START_US + 9, program="other")
        fill.put(group(session_id, [], sources=[later]))
        await fill.drained()
        (known,) = await rows(database_dsn, "SELECT * FROM timing_sources")
        assert (known["clock_difference_us"], known["program"]) == (-5, "other")
        assert known["last_seen"] == reads.instant(START_US + 9)


async def test_copy_after_the_first_batch_and_insert_after_doubt(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways = watch_ways(monkeypatch)
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        for offset in range(1, 5):
            if offset == 4:
                fill.writer.drop()
            fill.put(group(session_id, [read(offset)]))
            await fill.drained()
        assert ways == ["insert", "copy", "copy", "copy"]  # a new connection alone is no doubt
        monkeypatch.setattr(reads, "copy", copy_without_an_answer)
        fill.put(group(session_id, [read(5)]))
        await fill.drained()
        monkeypatch.undo()
        assert ways[4:] == ["copy", "insert"]
        assert [row["feed_offset"] for row in await stored(database_dsn, session_id)] == [1, 2, 3, 4, 5]


async def copy_without_an_answer(*_: object) -> None:
    raise ConnectionResetError


async def test_replays_are_harmless(database_dsn: str) -> None:
    session_ids: list[int] = []
    for start in range(3):
        async with filling(database_dsn) as fill:
            if not session_ids:
                session_ids = [await session_in(database_dsn), await session_in(database_dsn)]
            for offset in range(1, 40):
                for session_id in session_ids:
                    bad = RejectRecord(offset, SOURCE_ID, session_id, START_US, "bad", b"bad")
                    fill.put(group(session_id, [read(offset)], rejects=[bad]))
            await fill.drained()
            assert (fill.drain.foreign, fill.drain.poisoned, fill.renumbered) == (0, 0, []), start
    for session_id in session_ids:
        assert [row["feed_offset"] for row in await stored(database_dsn, session_id)] == list(range(1, 40))
    assert len(await rows(database_dsn, "SELECT FROM timing_rejects")) == 39
    assert [row[0] for row in await rows(database_dsn, "SELECT epoch FROM timing_sessions")] == [1, 1]


async def test_beyond_the_window_groups_are_read_back_in_order(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "WINDOW_READS_MAX", 10)
    monkeypatch.setattr(drain, "BATCH_READS_MAX", 4)
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        for offset in range(1, 100, 3):
            fill.put(group(session_id, [read(offset), read(offset + 1), read(offset + 2)]))
        fill.start()
        await until(lambda: fill.journal.done)
        fill.put(group(session_id, [read(100)]))  # while it is reading back
        await fill.drained()
        assert fill.journal.asked
        assert fill.journal.done == sorted(set(fill.journal.done))
        held = await stored(database_dsn, session_id)
        assert [row["feed_offset"] for row in held] == list(range(1, 101))
        assert [row["id"] for row in held] == sorted(row["id"] for row in held)
        asked = len(fill.journal.asked)
        fill.put(group(session_id, [read(101)]))  # and from memory again
        await fill.drained()
        assert len(fill.journal.asked) == asked
        assert len(await stored(database_dsn, session_id)) == 101


async def test_what_a_hub_before_has_left(database_dsn: str) -> None:
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        for number in (3, 7):  # numbers may have gaps
            fill.journal.groups[number] = (group(session_id, [read(number)]), 1)
        fill.drain.spill()
        await fill.drained()
        assert fill.journal.done == [7]
        fill.drain.put(8, group(session_id, [read(8)]), 1)
        await fill.drained()
        assert [row["feed_offset"] for row in await stored(database_dsn, session_id)] == [3, 7, 8]


KILL_WRITERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name = 'racehub writer' AND datname = current_database()"
)


async def test_cut_off_again_and_again_in_a_stream(database_dsn: str) -> None:
    """pg_terminate_backend while batches go in: by itself, in order, exactly once."""
    killer = await asyncpg.connect(database_dsn)
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        fill.start()
        for offset in range(1, 2001, 10):
            fill.put(group(session_id, [read(each) for each in range(offset, offset + 10)]))
            if offset % 250 == 1:
                await until_true(lambda: killer.fetchval(KILL_WRITERS))
            await asyncio.sleep(0)
        await fill.drained()
        held = await stored(database_dsn, session_id)
        assert [row["feed_offset"] for row in held] == list(range(1, 2001))
        assert [row["read_key"].bytes for row in held] == [key(offset) for offset in range(1, 2001)]
        assert (fill.drain.problem, fill.drain.foreign) == ("", 0)
    await killer.close()


async def test_a_cut_line_and_a_silent_one(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.database.WRITE_S_MAX", 0.3)
    monkeypatch.setattr("hub.store.database.CONNECT_S_MAX", 0.3)
    async with line_to(database_dsn) as (dsn, line), filling(dsn) as fill:
        session_id = await session_in(database_dsn)
        fill.start()
        for offset in range(1, 301):
            fill.put(group(session_id, [read(offset)]))
            if offset in (50, 100, 150):
                await until(lambda: fill.drain.stored)
                line.cut()
            if offset == 200:
                line.stall()
            if offset == 250:
                await until(lambda: fill.drain.problem)
                line.go_on()
                line.cut()
            await asyncio.sleep(0)
        await fill.drained()
        assert [row["feed_offset"] for row in await stored(database_dsn, session_id)] == list(range(1, 301))


REFUSALS = {
    "a table that is gone": (
        "ALTER TABLE timing_reads RENAME TO elsewhere",
        "ALTER TABLE elsewhere RENAME TO timing_reads",
        'relation "timing_reads" does not exist',
    ),
    "a table for sources that is gone": (
        "ALTER TABLE timing_sources RENAME TO elsewhere",
        "ALTER TABLE elsewhere RENAME TO timing_sources",
        'relation "timing_sources" does not exist',
    ),
    "read only": (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on',"
        " current_database()); END $$",
        "SET transaction_read_only = off; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET"
        " default_transaction_read_only', current_database()); END $$",
        "read-only transaction",
    ),
}


@pytest.mark.parametrize("kind", REFUSALS)
@pytest.mark.parametrize("way", ["copy", "insert"])
async def test_what_is_nobodys_fault_is_said_and_tried_again(
    database_dsn: str, kind: str, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    breaks, mends, words = REFUSALS[kind]
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        if way == "copy":
            fill.put(group(session_id, [read(1)]))
            await fill.drained()
        await execute(database_dsn, breaks)
        if kind == "read only":
            fill.writer.drop()
        done = list(fill.journal.done)
        fill.put(group(session_id, [read(2)]))
        fill.start() if fill.task is None else None
        await until(lambda: words in fill.drain.problem)
        assert fill.journal.done == done  # the journal stays as it is
        assert any(words in record.message for record in caplog.records if record.levelname == "ERROR")
        await execute(database_dsn, mends)
        await fill.drained()
        assert fill.drain.problem == ""
        assert [row["feed_offset"] for row in await stored(database_dsn, session_id)][-1] == 2


async def test_no_room_on_the_disk_is_away_for_now(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = batch.BatchWriter.insert
    full = True

    async def insert(
        self: batch.BatchWriter, connection: Connection, made: batch.Batch
    ) -> list[batch.Renumbered]:
        if full:
            raise asyncpg.DiskFullError("could not extend file: No space left on device")
        return await original(self, connection, made)

    monkeypatch.setattr(batch.BatchWriter, "insert", insert)
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        fill.put(group(session_id, [read(1)]))
        fill.start()
        await until(lambda: "No space left" in fill.drain.problem)
        full = False
        await fill.drained()
        assert len(await stored(database_dsn, session_id)) == 1


async def test_another_owner_ends_it_and_the_journal_stays(database_dsn: str) -> None:
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        fill.put(group(session_id, [read(1)]))
        await fill.drained()
        fill.writer.drop()
        async with filling(database_dsn) as other:
            assert other.writer.connected
        fill.put(group(session_id, [read(2)]))
        with pytest.raises(NotOwner, match="taken over"):
            await fill.drained()
        assert "taken over" in fill.drain.problem
        assert fill.journal.done == [1]
        assert len(await stored(database_dsn, session_id)) == 1


async def test_a_fault_of_our_own_ends_it_with_words(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(batch.BatchWriter, "insert", broken)
    async with filling(database_dsn) as fill:
        fill.put(group(1, [read(1)]))
        with pytest.raises(StoreError, match=r"the way into the database has failed: KeyError\('oops'\)"):
            await fill.drained()
        assert fill.journal.done == []
        assert fill.drain.problem


async def test_being_cancelled_loses_nothing(database_dsn: str) -> None:
    async with line_to(database_dsn) as (dsn, line), filling(dsn) as fill:
        session_id = await session_in(database_dsn)
        fill.put(group(session_id, [read(1)]))
        await fill.drained()
        line.stall()
        fill.put(group(session_id, [read(2)]))
        await until(lambda: not fill.drain._window)
        await fill.stop()
        assert fill.journal.done == [1]
    async with filling(database_dsn) as fill:
        fill.put(group(session_id, [read(1)]))
        fill.put(group(session_id, [read(2)]))
        await fill.drained()
    assert [row["feed_offset"] for row in await stored(database_dsn, session_id)] == [1, 2]


async def test_a_lost_connection_is_found_while_nobody_writes(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "PROBE_S", 0.05)
    async with line_to(database_dsn) as (dsn, line), filling(dsn) as fill:
        fill.start()
        taken = line.taken
        line.cut()
        await until(lambda: line.taken > taken)
        await until(lambda: fill.writer.connected)
        assert not fill.drain.problem


async def test_a_database_that_was_taken_over_is_found_while_nobody_writes(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "PROBE_S", 0.05)
    async with filling(database_dsn) as fill:
        await execute(database_dsn, "UPDATE hub_owner SET generation = generation + 1")
        fill.writer.drop()
        fill.start()
        assert fill.task is not None
        async with asyncio.timeout(30):
            with pytest.raises(NotOwner):
                await fill.task
