"""What a batch is, and what becomes of reads that PostgreSQL holds otherwise or will not take."""

import time
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from hub.model import InboxRecord
from hub.store import batch, reads
from hub.store.batch import Batch, first_line
from hub.store.database import Connection
from tests.postgres import execute
from tests.store.making import SOURCE_ID, filling, group, key, read, rows, session_in, source, stored


def test_groups_are_flattened_and_the_last_word_on_a_source_counts() -> None:
    made = Batch(0)
    made.add(4, group(1, [read(1), read(2)]))
    made.add(7, group(2, [read(1)], sources=[source(2, clock_us=5)]))
    assert made.through == 7
    assert [(session_id, each.offset) for session_id, each in made.reads] == [(1, 1), (1, 2), (2, 1)]
    assert [each.clock_us for each in made.sources.values()] == [5]


def test_pieces_hold_everything_once() -> None:
    made = Batch(0)
    made.add(1, group(1, [read(offset) for offset in range(1, 2 * batch.APART_READS_MAX + 2)]))
    pieces = list(made.pieces())
    assert [len(each.reads) for each in pieces] == [batch.APART_READS_MAX, batch.APART_READS_MAX, 1]
    assert [each for piece in pieces for each in piece.reads] == made.reads
    assert [len(each.sources) for each in pieces] == [1, 0, 0]
    assert len(list(Batch(3).pieces())) == 1  # sources and rejects alone are to be stored, too


async def test_inboxes_come_before_what_they_got(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    async with filling(database_dsn) as fill:
        partner_id = await connection.fetchval("SELECT id FROM partners")
        for number, whose in ((51, partner_id), (52, 0), (53, 10**6)):
            made = group(number, [read(1)], sources=[source(number, number)])
            made.inboxes.append(
                InboxRecord(number, whose, number, f"reader {number}\0", 1_780_000_000_000_000)
            )
            fill.put(made)
            await fill.drained()
            fill.put(made)  # once more, as after a crash
        await fill.drained()
        found = await connection.fetch(
            "SELECT id, partner_id, source_id, session_name, purpose, status FROM timing_sessions ORDER BY id"
        )
        assert [tuple(row) for row in found] == [
            (number, whose, number, f"reader {number}", "inbox", "active")
            for number, whose in ((51, partner_id), (52, None), (53, None))
        ], "of a partner that has gone it is nobody's"
        assert [len(await stored(database_dsn, number)) for number in (51, 52, 53)] == [1, 1, 1]
        assert fill.drain.foreign == 0
    await connection.close()


def test_a_reason_is_short() -> None:
    assert first_line(ValueError("a\nb")) == "a"
    assert first_line(ValueError()) == "ValueError"
    assert len(first_line(ValueError("x" * 1000))) == batch.REASON_CHARS_MAX


async def test_another_read_under_our_offset_is_no_reason_to_drop_ours(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        other = [read(offset, key=key(offset, 1), source_id=8) for offset in (2, 3, 9)]
        await reads.copy(connection, [(session_id, 1, each) for each in other])
        ours = group(session_id, [read(offset) for offset in range(1, 6)])
        fill.put(ours)
        await fill.drained()
        held = {row["feed_offset"]: row["read_key"].bytes for row in await stored(database_dsn, session_id)}
        assert held == {each.offset: each.key for each in other} | {
            1: key(1),
            4: key(4),
            5: key(5),
            10: key(2),
            11: key(3),
        }
        assert [(each.session_id, each.epoch) for each in fill.renumbered] == [(session_id, 2)]
        assert [each.offset for each in fill.renumbered[0].reads] == [10, 11]
        assert fill.drain.foreign == 2
        fill.put(group(session_id, [read(12)]))
        await fill.drained()
    async with filling(
        database_dsn
    ) as fill:  # the same journal again, as after a crash before it was emptied
        fill.put(ours)
        await fill.drained()
        assert (fill.renumbered, fill.drain.foreign) == ([], 0)
    assert len(await stored(database_dsn, session_id)) == len(held) + 1
    assert await connection.fetchval("SELECT epoch FROM timing_sessions") == 2
    await connection.close()


async def test_a_new_offset_is_told_even_when_the_answer_was_lost(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committed, and the connection lost before we heard of it: the second try finds the read moved already."""
    connection = await asyncpg.connect(database_dsn)
    original = batch.BatchWriter.insert
    lost = 0

    async def loses_its_answer(
        self: batch.BatchWriter, connection: Connection, made: batch.Batch
    ) -> list[batch.Renumbered]:
        nonlocal lost
        found = await original(self, connection, made)
        lost += 1
        if lost == 1:
            raise ConnectionResetError
        return found

    monkeypatch.setattr(batch.BatchWriter, "insert", loses_its_answer)
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        await reads.copy(connection, [(session_id, 1, read(1, key=key(1, 1)))])
        fill.put(group(session_id, [read(1)]))
        await fill.drained()
        assert [(each.epoch, [r.offset for r in each.reads]) for each in fill.renumbered] == [(2, [2])]
    assert len(await stored(database_dsn, session_id)) == 2
    await connection.close()


POISON: dict[str, dict[str, Any]] = {
    "NUL": {"tag": "12\0"},
    "lone surrogate": {"raw": "CT01_33~\ud800"},
    "number beyond int64": {"sequence": 2**63},
    "number far beyond": {"lap": -(2**90)},
    "time beyond timestamptz": {"read_us": -(10**18)},
    "location that no index holds": {"location": "".join(map(chr, range(0x4E00, 0x4E00 + 6000)))},
}


@pytest.mark.parametrize("kind", POISON)
@pytest.mark.parametrize("way", ["copy", "insert"])
async def test_poison_is_set_aside_and_all_others_are_in(database_dsn: str, kind: str, way: str) -> None:
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        if way == "copy":
            fill.put(group(session_id, [read(1)]))
            await fill.drained()
        made = [read(offset) for offset in range(2, 3002)]
        made[1500] = replace(made[1500], **POISON[kind])
        fill.put(group(session_id, made))
        fill.put(group(session_id, [read(3002)]))
        await fill.drained()
        held = {row["feed_offset"]: row for row in await stored(database_dsn, session_id)}
        first = 1 if way == "copy" else 2
        assert list(held) == list(range(first, 3003))
        assert [row["feed_offset"] for row in held.values() if row["kind"] != "read"] == [1502]
        assert (held[1502]["kind"], held[1502]["read_key"].bytes) == ("void", key(1502))
        (reject,) = await rows(database_dsn, "SELECT * FROM timing_rejects")
        assert reject["line"] == made[1500].raw.encode("utf-8", "surrogatepass")
        assert (reject["session_id"], reject["source_id"]) == (session_id, SOURCE_ID)
        assert reject["reason"]
        assert (fill.drain.poisoned, fill.drain.problem) == (1, "")
        assert fill.voided == [(session_id, 1502)]


async def test_poison_replayed_is_set_aside_once(database_dsn: str) -> None:
    for _ in range(3):
        async with filling(database_dsn) as fill:
            session_id = (await rows(database_dsn, "SELECT max(id) FROM timing_sessions"))[0][0]
            session_id = session_id or await session_in(database_dsn)
            fill.put(group(session_id, [read(1), read(2, tag="\0"), read(3)]))
            await fill.drained()
    assert [row["kind"] for row in await stored(database_dsn, session_id)] == ["read", "void", "read"]
    assert len(await rows(database_dsn, "SELECT FROM timing_rejects")) == 1


async def test_poison_under_a_taken_offset_keeps_its_key_under_another(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        await reads.copy(connection, [(session_id, 1, read(1, key=key(1, 1)))])
        fill.put(group(session_id, [read(1, raw="\0")]))
        await fill.drained()
    held = [
        (row["feed_offset"], row["kind"], row["read_key"].bytes)
        for row in await stored(database_dsn, session_id)
    ]
    assert held == [(1, "read", key(1, 1)), (2, "void", key(1))]
    await connection.close()


async def test_even_when_all_is_poison_it_ends(database_dsn: str) -> None:
    """Of a kind that only PostgreSQL knows, so that each is tried alone."""
    async with filling(database_dsn) as fill:
        session_id = await session_in(database_dsn)
        await execute(database_dsn, "ALTER TABLE timing_reads ADD CHECK (kind = 'void' OR tag_code = '7')")
        made = [read(offset, tag="7" if offset % 500 == 0 else "8") for offset in range(1, 2501)]
        fill.put(group(session_id, made))
        began = time.monotonic()
        await fill.drained()
        assert time.monotonic() - began < 20
        kinds = [row["kind"] for row in await stored(database_dsn, session_id)]
        assert (len(kinds), kinds.count("read"), fill.drain.poisoned) == (2500, 5, 2495)
        assert len(await rows(database_dsn, "SELECT FROM timing_rejects")) == 2495


async def test_reads_of_a_session_that_was_deleted_are_kept_as_lines(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    async with filling(database_dsn) as fill:
        gone, stays = await session_in(database_dsn), await session_in(database_dsn)
        fill.put(group(gone, [read(1)]))
        await fill.drained()
        await connection.execute("DELETE FROM timing_sessions WHERE id = $1", gone)
        late = group(gone, [read(2), read(3)])
        fill.put(late)
        fill.put(group(stays, [read(1)]))
        fill.put(group(gone, [read(4, location="new")]))
        fill.put(late)
        await fill.drained()
        assert len(await stored(database_dsn, stays)) == 1
        rejects = await rows(database_dsn, "SELECT * FROM timing_rejects ORDER BY received_at")
        assert [row["line"].decode() for row in rejects] == [read(offset).raw for offset in (2, 3, 4)]
        assert {(row["session_id"], row["reason"]) for row in rejects} == {
            (None, "its session had been deleted")
        }
        assert fill.drain.poisoned == 0
    await connection.close()
