"""Moves as they are kept, and the rows that they take along."""

from collections.abc import Iterable

import asyncpg
import pytest

from hub.store import moves, reads
from hub.store.moves import Left, Move
from tests.store.making import SOURCE_ID, START_US, key, migrated, new_session, read

OTHER = SOURCE_ID + 1
LEFT = (
    "SELECT feed_offset, source_id, kind, tag_code, location_name, read_key, raw_data, marks FROM timing_reads"
    " WHERE session_id = $1 ORDER BY feed_offset"
)


async def put(connection: asyncpg.Connection, session_id: int, offsets: Iterable[int]) -> None:
    """Every third read is another source's."""
    made = [read(each, source_id=OTHER if each % 3 == 0 else SOURCE_ID, marks=("late",)) for each in offsets]
    await reads.copy(connection, [(session_id, 1, each) for each in made])


async def test_a_move_goes_on_where_it_was(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    before, after = await new_session(connection), await new_session(connection)
    first = await moves.begin(connection, SOURCE_ID, before, after)
    second = await moves.begin(connection, OTHER, after, before)
    assert first == Move(first.id, SOURCE_ID, before, after, 0, 0)
    assert await moves.unfinished(connection) == [first, second]
    on = first._replace(copied=1000)
    await moves.note(connection, on)
    assert await moves.unfinished(connection) == [on, second], "the source still feeds the old session"
    over = on._replace(through=1500, copied=1500)
    await moves.note(connection, over)
    assert await moves.unfinished(connection) == [over, second]
    await moves.finish(connection, over)
    assert await moves.unfinished(connection) == [second]
    await connection.execute("DELETE FROM timing_sessions WHERE id = $1", before)
    assert await moves.unfinished(connection) == [], "it goes with a session of it"
    await connection.close()


async def test_what_a_source_has_sent_comes_in_pieces_and_in_order(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "READS_AT_ONCE", 3)
    connection = await migrated(database_dsn)
    before, after = await new_session(connection), await new_session(connection)
    await put(connection, before, range(1, 8))
    await put(connection, after, [1])
    move = await moves.begin(connection, SOURCE_ID, before, after)
    found = await moves.sent(connection, move)
    assert [each.offset for each in found] == [1, 2, 4]
    assert found[0] == read(1, marks=("late",)), "with all that it was"
    move = move._replace(copied=4)
    assert [each.offset for each in await moves.sent(connection, move)] == [5, 7]
    assert await moves.sent(connection, move._replace(copied=7)) == []
    await connection.close()


async def test_rows_are_emptied_in_pieces_and_keep_their_offsets(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "READS_AT_ONCE", 3)
    connection = await migrated(database_dsn)
    before, after = await new_session(connection), await new_session(connection)
    await put(connection, before, range(1, 9))
    move = (await moves.begin(connection, SOURCE_ID, before, after))._replace(through=7, copied=7)
    first = await moves.void(connection, move)
    received = [START_US + offset * 10_000 + 5 for offset in (1, 2, 4)]
    assert first == [
        Left(offset, "FINISH", key(offset), received_us)
        for offset, received_us in zip((1, 2, 4), received, strict=True)
    ]
    assert [each.offset for each in await moves.void(connection, move)] == [5, 7]
    assert await moves.void(connection, move) == [], "there is nothing more to do"
    assert await moves.sent(connection, move._replace(copied=0)) == [read(8, marks=("late",))], "came later"
    rows = await connection.fetch(LEFT, before)
    assert [row["feed_offset"] for row in rows] == list(range(1, 9))
    gone = [row for row in rows if row["kind"] == "void"]
    assert [row["feed_offset"] for row in gone] == [1, 2, 4, 5, 7]
    assert {(row["tag_code"], row["read_key"], row["raw_data"], *row["marks"]) for row in gone} == {
        ("", None, "")
    }
    kept = [(row["feed_offset"], row["source_id"], row["tag_code"]) for row in rows if row["kind"] == "read"]
    assert kept == [(3, OTHER, "000003"), (6, OTHER, "000006"), (8, SOURCE_ID, "000008")]
    await connection.close()


async def test_a_row_without_a_key_is_emptied_like_the_others(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    before, after = await new_session(connection), await new_session(connection)
    await put(connection, before, [1])
    await connection.execute("UPDATE timing_reads SET read_key = NULL")
    move = (await moves.begin(connection, SOURCE_ID, before, after))._replace(through=1)
    assert [each.key for each in await moves.void(connection, move)] == [b""]
    await connection.close()
