"""Reads as rows: both ways in put the same into the table, and neither takes another read for ours."""

import struct
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from hub.model import INT64_MAX, KIND_VOID, Read
from hub.store import reads
from hub.store.database import query
from hub.store.reads import Row
from hub.store.sessions import read_of
from tests.store.making import START_US, key, migrated, new_session, read, stored

VARIETY = [
    read(1),
    read(2, kind="gun", tag="GUNTIME", marks=("late",)),
    read(3, marks=("late", "repeat"), location="Zieleinlauf Süd 終点", raw="~\\,'\"\n\t"),
    read(4, sequence=INT64_MAX, lap=-INT64_MAX, gator=0, tag="", time_text="", reader_id="", raw=""),
    read(5, read_us=-62_135_596_800_000_000, received_us=START_US + 1),  # the year 1
    read(6, read_us=253_402_300_799_999_999 // 1_000_000 * 1_000_000),  # the year 9999
]


def rows_of(session_id: int, made: list[Read]) -> list[tuple[int, int, Read]]:
    return [(session_id, 17, each) for each in made]


async def shown(connection: asyncpg.Connection, session_id: int) -> list[Any]:
    """All columns as text: a date of the year 10000 is no Python datetime."""
    names = ", ".join(f"{name}::text" for name in reads.COLUMNS if name != "session_id")
    text = f"SELECT {names} FROM timing_reads WHERE session_id = $1 ORDER BY feed_offset"
    return [tuple(row) for row in await connection.fetch(text, session_id)]


async def test_copy_and_insert_store_the_same(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    copied, inserted = await new_session(connection), await new_session(connection)
    await reads.copy(connection, rows_of(copied, VARIETY))
    assert await reads.insert(connection, list(rows_of(inserted, VARIETY))) == []
    assert await shown(connection, copied) == await shown(connection, inserted)
    await connection.close()


async def test_what_is_stored_is_what_was_read(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    await reads.copy(connection, rows_of(session_id, VARIETY))
    back = await connection.fetch(query("reads_tail"), session_id, 100)
    assert [read_of(row) for row in reversed(back)] == VARIETY
    row = (await stored(database_dsn, session_id))[0]
    assert (row["location_id"], row["id"], row["read_key"].bytes) == (17, 1, key(1))
    await connection.close()


async def test_nothing_is_a_batch_too(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    await reads.copy(connection, [])
    assert await reads.insert(connection, []) == []
    await connection.close()


@pytest.mark.parametrize(
    "changes", [{"sequence": 2**63}, {"read_us": -(2**63)}, {"raw": "\ud800"}, {"tag": "\udfff"}]
)
def test_what_no_column_holds_cannot_be_packed(changes: dict[str, Any]) -> None:
    with pytest.raises((struct.error, UnicodeEncodeError)):
        reads.pack([(1, 1, read(1, **changes))])


async def test_copy_refuses_an_offset_that_is_taken(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    await reads.copy(connection, rows_of(session_id, [read(1)]))
    with pytest.raises(asyncpg.UniqueViolationError):
        await reads.copy(connection, rows_of(session_id, [read(1)]))
    await connection.close()


async def test_insert_tells_ours_from_others(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    one, two = await new_session(connection), await new_session(connection)
    await reads.copy(connection, [*rows_of(one, [read(1), read(2)]), *rows_of(two, [read(1)])])
    stranger = read(2, key=key(99))
    again = read(1, tag="what a row says does not matter, its key does")
    rows: list[Row] = [(one, 1, again), (one, 1, stranger), (one, 1, read(3)), (two, 1, read(1))]
    assert await reads.insert(connection, rows) == [(one, 1, stranger)]
    assert [row["feed_offset"] for row in await stored(database_dsn, one)] == [1, 2, 3]
    await connection.close()


async def test_two_reads_for_one_place_in_one_batch(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    other = read(1, key=key(2))
    rows: list[Row] = [(session_id, 1, each) for each in (read(1), read(1), other)]
    assert await reads.insert(connection, rows) == [(session_id, 1, other)]
    await connection.close()


async def test_a_read_that_was_voided_is_still_that_read(database_dsn: str) -> None:
    """With its key, or by its source and sequence when the key was given to another session."""
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    made = [read(1), read(2), read(3)]
    await reads.copy(connection, rows_of(session_id, made))
    await connection.execute("UPDATE timing_reads SET kind = 'void' WHERE feed_offset < 3")
    await connection.execute("UPDATE timing_reads SET read_key = NULL WHERE feed_offset > 1")
    foreign = await reads.insert(connection, list(rows_of(session_id, made)))
    assert [row[2].offset for row in foreign] == [3]  # not void: somebody else's without a key
    stranger = read(2, sequence=77)
    assert await reads.insert(connection, [(session_id, 1, stranger)]) == [(session_id, 1, stranger)]
    await connection.close()


async def test_void_rows_go_in_with_a_key_or_without(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    rows: list[Row] = [
        (session_id, None, reads.voided(read(1, sequence=2**70, location="A\0B\ud800"))),
        (session_id, None, replace(reads.voided(read(2)), key=b"")),
    ]
    for _ in range(2):
        assert await reads.insert(connection, rows) == []
    first, second = await stored(database_dsn, session_id)
    assert (first["kind"], first["read_key"].bytes, second["read_key"]) == (KIND_VOID, key(1), None)
    assert (first["sequence_number"], first["location_name"], first["location_id"]) == (
        INT64_MAX,
        "AB?",
        None,
    )
    assert first["read_time"] is first["lap_count"] is None
    back = await connection.fetch(query("reads_tail"), session_id, 100)
    assert [read_of(row).key for row in back] == [b"", key(1)]
    await connection.close()


async def test_keys_are_found_under_any_offset(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id, other = await new_session(connection), await new_session(connection)
    await reads.copy(connection, [*rows_of(session_id, [read(1), read(2)]), *rows_of(other, [read(3)])])
    assert await reads.keys_held(connection, session_id, [key(2), key(3), b""]) == {key(2)}
    await connection.close()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"raw": "a\0"}, "a NUL character in its text"),
        ({"marks": ("\0",)}, "a NUL character in its text"),
        ({"reader_id": "\udc00"}, "half of a character in its text"),
        ({"lap": 2**63}, "a number beyond 64 bits"),
        ({"gator": -(2**64)}, "a number beyond 64 bits"),
    ],
)
def test_flaws(changes: dict[str, Any], reason: str) -> None:
    assert reads.flaw(read(1, **changes)) == reason


def test_storable() -> None:
    assert reads.storable("a\0b\ud800c終") == "ab?c終"
