"""Official results of sessions. Knows their table; refuses to know where they come from."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Any

from hub.model import Official
from hub.roster import normal
from hub.store.database import Connection, query
from hub.sync_words import ResultRow


async def of_session(connection: Connection, session_id: int) -> list[ResultRow]:
    """All. They may be a hundred thousand: what they say is read beside the loop."""
    return await asyncio.to_thread(_read, await _rows(connection, session_id, "", None))


async def page(connection: Connection, session_id: int, after: str, limit: int) -> list[ResultRow]:
    """Those after this entry, in their order."""
    return _read(await _rows(connection, session_id, after, limit))


async def _rows(connection: Connection, session_id: int, after: str, limit: int | None) -> Sequence[Any]:
    statement = (
        "SELECT entry, bib, fields::text FROM official_results"
        " WHERE session_id = $1 AND entry > $2 ORDER BY entry LIMIT $3"
    )
    found: Sequence[Any] = await connection.fetch(statement, session_id, after, limit)
    return found


def _read(rows: Sequence[Any]) -> list[ResultRow]:
    return [ResultRow(row[0], row[1], json.loads(row[2])) for row in rows]


def by_bib(rows: Iterable[ResultRow]) -> Official:
    """As a session has them in memory."""
    return {normal(each.bib): each.fields for each in rows if each.bib.strip()}


async def put(connection: Connection, session_id: int, results: Sequence[ResultRow]) -> None:
    """Each entry once."""
    await connection.execute(
        query("official_results_put"),
        session_id,
        [each.entry for each in results],
        [each.bib for each in results],
        [json.dumps(each.fields) for each in results],
    )


async def remove(connection: Connection, session_id: int, entries: Iterable[str] | None = None) -> None:
    """None: all of the session."""
    if entries is None:
        await connection.execute("DELETE FROM official_results WHERE session_id = $1", session_id)
    else:
        statement = "DELETE FROM official_results WHERE session_id = $1 AND entry = ANY($2)"
        await connection.execute(statement, session_id, list(entries))
