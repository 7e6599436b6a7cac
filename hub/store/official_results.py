"""Official results of sessions. Knows their table; refuses to know where they come from."""

import json
from collections.abc import Iterable, Sequence

from hub.model import Official
from hub.roster import normal
from hub.store.database import Connection, query
from hub.sync_words import ResultRow


async def of_session(connection: Connection, session_id: int) -> list[ResultRow]:
    return await page(connection, session_id, "", None)


async def page(connection: Connection, session_id: int, after: str, limit: int | None) -> list[ResultRow]:
    """Those after this entry, in their order; limit None: all."""
    statement = (
        "SELECT entry, bib, fields::text FROM official_results"
        " WHERE session_id = $1 AND entry > $2 ORDER BY entry LIMIT $3"
    )
    rows = await connection.fetch(statement, session_id, after, limit)
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
