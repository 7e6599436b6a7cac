"""What of a session is written into an export, and the list of exports. Knows the tables; refuses to know files.

Every value comes as text, as PostgreSQL writes it, times in UTC: so nothing is lost that a column can hold.
"""

from collections.abc import AsyncIterator
from typing import Final

from hub.model import ExportRow
from hub.store.database import Connection, query

ROWS_AT_ONCE: Final = 2000
DELETE_S_MAX: Final = 3600.0
"""A session of ten million reads takes minutes to go. All of it goes at once, or nothing."""

Cells = list[tuple[str | None, ...]]


def tables() -> dict[str, str]:
    """The files of an export that are tables: name -> statement."""
    return {
        "reads.csv": query("export_reads"),
        "rejects.csv": query("export_rejects"),
        "roster.csv": query("export_roster"),
        "locations.csv": query("export_locations"),
        "sources.csv": query("export_sources"),
        "showings.csv": query("export_showings"),
        "messages.csv": query("export_messages"),
        "marks.csv": query("export_marks"),
        "calls.csv": query("export_calls"),
        "results.csv": query("export_results"),
    }


async def in_utc(connection: Connection) -> None:
    """Until the end of this transaction."""
    await connection.execute("SET LOCAL timezone = 'UTC'")


async def session_json(connection: Connection, session_id: int) -> str:
    """The session with its event, races and figures, as JSON."""
    return str(await connection.fetchval(query("export_session"), session_id))


async def pieces(connection: Connection, statement: str, session_id: int) -> AsyncIterator[Cells]:
    """The names of the columns, then the rows, some at a time: a session may hold more than the memory."""
    prepared = await connection.prepare(statement)
    yield [tuple(each.name for each in prepared.get_attributes())]
    cursor = await prepared.cursor(session_id)
    while rows := await cursor.fetch(ROWS_AT_ONCE):
        yield [tuple(row) for row in rows]


async def add(
    connection: Connection, partner_id: int, session_id: int, session_name: str, file_name: str, size: int
) -> ExportRow:
    """Notes a file, while its session is still there."""
    row = await connection.fetchrow(
        query("export_add"), partner_id, session_id, session_name, file_name, size
    )
    return ExportRow(*row)


async def find(connection: Connection, export_id: int) -> ExportRow | None:
    row = await connection.fetchrow(query("exports_list"), export_id)
    return ExportRow(*row) if row else None


async def delete(connection: Connection, export_id: int) -> None:
    await connection.execute("DELETE FROM exports WHERE id = $1", export_id)


async def delete_session(connection: Connection, session_id: int) -> None:
    """All of it. Its displays follow the partner's active session from then on."""
    await connection.execute("SET LOCAL statement_timeout = 0")
    # Nobody points a display to it from here on.
    await connection.execute("SELECT FROM timing_sessions WHERE id = $1 FOR UPDATE", session_id)
    await connection.execute("UPDATE displays SET session_id = NULL WHERE session_id = $1", session_id)
    await connection.execute("DELETE FROM timing_sessions WHERE id = $1", session_id, timeout=DELETE_S_MAX)
    await connection.execute("DELETE FROM timing_sources WHERE session_id = $1", session_id)


async def ended_long_ago(connection: Connection, days: int) -> list[int]:
    """Sessions that ended so many days ago, the oldest first."""
    return [row["id"] for row in await connection.fetch(query("sessions_ended_long_ago"), days)]
