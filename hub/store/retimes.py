"""Read times that are to be read again by another zone or date. Knows the rows; refuses to know how times are read.

`times_by` of a session says by which zone and date its rows stand while that is another than its event's.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from hub.model import SessionRow
from hub.store.database import Connection, query

ROWS_AT_ONCE: Final = 2000
"""Rows of one transaction: a twentieth of a second. More hold up the loop for ten milliseconds and longer."""


class Sent(NamedTuple):
    """What of a read its time is made of, and what that was made to."""

    offset: int
    text: str
    read_us: int
    marks: tuple[str, ...]
    received_us: int


class Retimed(NamedTuple):
    offset: int
    read_us: int
    marks: tuple[str, ...]


async def unfinished(connection: Connection) -> set[int]:
    """The sessions of which some rows may stand by another zone or date than that of their event."""
    rows = await connection.fetch("SELECT id FROM timing_sessions WHERE times_by IS NOT NULL")
    return {row["id"] for row in rows}


async def begin(connection: Connection, before: SessionRow) -> None:
    """From here on, until `finish`, rows may stand by the zone and date of `before`. Keys stay by its date."""
    await connection.execute(
        query("retime_begin"), before.id, f"{before.timezone} {before.day}", before.keys_day or before.day
    )
    await connection.execute(
        "UPDATE timing_sources SET clock_difference_us = NULL WHERE session_id = $1", before.id
    )


async def head(connection: Connection, session_id: int) -> int:
    """The last offset of a session that PostgreSQL holds; 0: none."""
    statement = "SELECT coalesce(max(feed_offset), 0) FROM timing_reads WHERE session_id = $1"
    return int(await connection.fetchval(statement, session_id))


async def count(connection: Connection, session_id: int) -> int:
    """How many rows there are to go through."""
    return int(await connection.fetchval(query("retime_count"), session_id))


async def sent(connection: Connection, session_id: int, after: int) -> list[Sent]:
    """The next ROWS_AT_ONCE reads of a session after an offset, in the order of offsets."""
    rows = await connection.fetch(query("retime_sent"), session_id, after, ROWS_AT_ONCE)
    return [Sent(offset, text, us, tuple(marks), received) for offset, text, us, marks, received in rows]


async def put(connection: Connection, session_id: int, rows: Sequence[Retimed]) -> None:
    offsets, times, marks = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    texts = [",".join(each) for each in marks]
    await connection.execute(query("retime_put"), session_id, offsets, times, texts)


async def finish(connection: Connection, session_id: int) -> None:
    await connection.execute("UPDATE timing_sessions SET times_by = NULL WHERE id = $1", session_id)
