"""Participants in PostgreSQL. Knows their table; refuses to know where they come from."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from hub.model import Participant
from hub.roster import interned
from hub.store.database import Connection, query

COLUMNS: Final = (
    "session_id",
    "bib",
    "tags",
    "first_name",
    "last_name",
    "age",
    "gender",
    "city",
    "state",
    "country",
    "division",
    "race_name",
    "wave",
    "team_name",
    "custom",
)
ROWS_AT_ONCE: Final = 5000


async def session_exists(connection: Connection, session_id: int) -> bool:
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT FROM timing_sessions WHERE id = $1)", session_id)
    )


async def replace(connection: Connection, session_id: int, participants: Sequence[Participant]) -> None:
    """Makes these the session's roster, in the caller's transaction."""
    await connection.execute("DELETE FROM participants WHERE session_id = $1", session_id)
    for start in range(0, len(participants), ROWS_AT_ONCE):
        records = [_record(session_id, each) for each in participants[start : start + ROWS_AT_ONCE]]
        await connection.copy_records_to_table("participants", records=records, columns=COLUMNS)


async def load(connection: Connection, session_id: int) -> list[Participant]:
    """The session's roster."""
    found: list[Participant] = []
    async for row in connection.cursor(query("participants"), session_id, prefetch=ROWS_AT_ONCE):
        values: list[Any] = list(row)
        values[2] = tuple(values[2])
        values[-1] = tuple(msgspec.json.decode(values[-1], type=dict[str, str]).items())
        found.append(interned(Participant(*values)))
    return found


def _record(session_id: int, each: Participant) -> tuple[object, ...]:
    return (
        session_id,
        each.bib,
        each.tags,
        each.first_name,
        each.last_name,
        each.age,
        each.gender,
        each.city,
        each.state,
        each.country,
        each.division,
        each.race_name,
        each.wave,
        each.team_name,
        msgspec.json.encode(dict(each.custom)).decode(),
    )
