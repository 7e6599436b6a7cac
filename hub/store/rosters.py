"""Participants in PostgreSQL. Knows their table; refuses to know where they come from."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from hub.model import Participant
from hub.roster import interned
from hub.store.database import Connection, query

CUSTOM: Final = Participant.__struct_fields__.index("custom")
ROWS_AT_ONCE: Final = 2000
"""In one statement, and made into JSON in one turn of the loop: 5 ms."""


async def session_exists(connection: Connection, session_id: int) -> bool:
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT FROM timing_sessions WHERE id = $1)", session_id)
    )


async def replace(connection: Connection, session_id: int, participants: Sequence[Participant]) -> None:
    """Makes these the session's roster, in the caller's transaction."""
    await connection.execute("DELETE FROM participants WHERE session_id = $1", session_id)
    for start in range(0, len(participants), ROWS_AT_ONCE):
        rows = [_fields(each) for each in participants[start : start + ROWS_AT_ONCE]]
        await connection.execute(query("roster_insert"), session_id, msgspec.json.encode(rows).decode())


async def load(connection: Connection, session_id: int) -> list[Participant]:
    """The session's roster."""
    found: list[Participant] = []
    async for row in connection.cursor(query("participants"), session_id, prefetch=ROWS_AT_ONCE):
        values: list[Any] = list(row)
        values[2] = tuple(values[2])
        values[CUSTOM] = tuple(msgspec.json.decode(values[CUSTOM], type=dict[str, str]).items())
        found.append(interned(Participant(*values)))
    return found


def _fields(each: Participant) -> dict[str, object]:
    return msgspec.structs.asdict(each) | {"custom": dict(each.custom), "birth_date": each.birth_date or None}
