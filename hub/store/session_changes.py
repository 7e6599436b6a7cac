"""Sessions as they are made, begun, ended and called otherwise. Knows their table; refuses to know memory and
screens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from hub.store.database import Connection, query
from hub.store.sessions import new_stream_key

SCHEDULED: Final = "scheduled"
ACTIVE: Final = "active"
ENDED: Final = "ended"


class State(msgspec.Struct, frozen=True):
    """What may be changed of a session. scheduled_for: when it begins by itself."""

    id: int
    partner_id: int
    name: str
    purpose: str
    status: str
    event_id: int | None
    scheduled_for: datetime | None
    mode: str
    minors_under: int
    minors_privacy: str


async def state(connection: Connection, session_id: int) -> State | None:
    """How a session is, and stays until the end of this transaction but for what is changed in it."""
    row = await connection.fetchrow(query("session_locked"), session_id)
    return State(*row) if row else None


async def make(
    connection: Connection,
    partner_id: int,
    name: str,
    *,
    purpose: str,
    event_id: int | None,
    status: str,
    scheduled_for: datetime | None,
) -> int:
    """A session with a stream key of its own; gives its id."""
    return int(
        await connection.fetchval(
            query("session_make"),
            partner_id,
            name,
            new_stream_key(),
            purpose,
            event_id,
            status,
            scheduled_for,
        )
    )


async def change(connection: Connection, to: State) -> None:
    """Name, purpose, event, time of its beginning, mode and rule for minors become those of `to`."""
    await connection.execute(
        query("session_change"),
        to.id,
        to.name,
        to.purpose,
        to.event_id,
        to.scheduled_for,
        to.mode,
        to.minors_under,
        to.minors_privacy,
    )


async def begin(connection: Connection, session_id: int) -> None:
    """It is active from now on, for the first time or again."""
    await connection.execute(query("session_begin"), session_id)


async def end(connection: Connection, session_id: int) -> None:
    await connection.execute(
        "UPDATE timing_sessions SET status = 'ended', ended_at = now() WHERE id = $1 AND status <> 'ended'",
        session_id,
    )


async def renew_key(connection: Connection, session_id: int) -> str:
    """Another stream key, which it gives. The old one is kept: it leads nowhere any more."""
    key = new_stream_key()
    await connection.execute(query("session_key"), session_id, key)
    return key


async def test(connection: Connection, session_id: int, on: bool) -> bool:
    """It is being tested from now on, or not any more. False: it was so before."""
    statement = "UPDATE timing_sessions SET testing = $2 WHERE id = $1 AND testing <> $2 RETURNING true"
    return bool(await connection.fetchval(statement, session_id, on))


async def event_is_of(connection: Connection, event_id: int, partner_id: int) -> bool:
    """Whether there is such an event of this partner."""
    statement = "SELECT EXISTS (SELECT FROM events WHERE id = $1 AND partner_id = $2)"
    return bool(await connection.fetchval(statement, event_id, partner_id))


async def due(connection: Connection, now: datetime) -> list[int]:
    """Scheduled sessions whose time has come, the earliest first."""
    return [row["id"] for row in await connection.fetch(query("sessions_due"), now)]


async def next_time(connection: Connection) -> datetime | None:
    """When the next scheduled session begins; None: there is none that begins by itself."""
    found: datetime | None = await connection.fetchval(query("session_next"))
    return found


async def begin_due(connection: Connection) -> Sequence[int]:
    """Begins those whose time came while no hub was there. Gives which."""
    return [row["id"] for row in await connection.fetch(query("sessions_begin_due"))]
