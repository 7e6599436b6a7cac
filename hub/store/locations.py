"""What people say of a session's locations. Knows the columns; refuses to know what may be said (`hub.location_words`).

Locations themselves, and which reader was there last, are kept by the drain.
"""

from collections.abc import Iterable

from hub.location_words import Line
from hub.store.database import Connection, query


async def lines(connection: Connection, session_id: int) -> list[Line]:
    """All of a session; nobody else says anything of them until the end of this transaction."""
    rows = await connection.fetch(query("locations_locked"), session_id)
    return [Line(*row) for row in rows]


async def put(connection: Connection, changed: Iterable[Line]) -> None:
    await connection.executemany(
        query("location_say"),
        [(each.id, each.shown_name, each.merged_into, each.position, each.hidden) for each in changed],
    )
