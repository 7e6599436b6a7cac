"""What the demo keeps in PostgreSQL: an event with its races, a display, a session for each of its races, and a user.

All of it is found again by `timing_sessions.purpose`, and the user by an address that nobody can have, so that nothing
of anybody else is ever touched.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from hub.model import PURPOSE_DEMO, DisplayRow, Participant, Race, SessionRow
from hub.roster import Roster
from hub.store import rosters, sessions
from hub.store.database import Connection, query

SESSIONS_KEPT: Final = 5
"""Races of the demo that can be looked at afterwards; it runs for ever."""
USER: Final = "demo@racehub.invalid"
"""`.invalid` is for what does not exist (RFC 6761)."""


async def ensure_user(connection: Connection, partner_id: int, password_hash: str) -> None:
    """USER, an owner of this partner, has this password, and is signed in nowhere."""
    await connection.execute(query("demo_user"), partner_id, USER, password_hash)


async def lock_user_out(connection: Connection) -> bool:
    """USER may not come in any more; False: there was nobody to lock out."""
    return bool(await connection.fetchval(query("demo_user_away"), USER))


async def ensure_event(
    connection: Connection, partner_id: int, name: str, day: date, timezone: str, races: Sequence[Race]
) -> int:
    """The demo's event, made at its first race; gives its id."""
    event_id = await connection.fetchval(query("demo_event"), partner_id)
    if event_id is None:
        event_id = await connection.fetchval(
            "INSERT INTO events (partner_id, name, event_date, timezone) VALUES ($1, $2, $3, $4) RETURNING id",
            partner_id,
            name,
            day,
            timezone,
        )
        await connection.executemany(
            "INSERT INTO races (event_id, name, distance_m, start_location, finish_location)"
            " VALUES ($1, $2, $3, $4, $5)",
            [(event_id, *msgspec.structs.astuple(race)) for race in races],
        )
    else:
        await connection.execute(
            "UPDATE events SET name = $2, event_date = $3, timezone = $4 WHERE id = $1",
            event_id,
            name,
            day,
            timezone,
        )
    return int(event_id)


async def start_session(
    connection: Connection,
    partner_id: int,
    event_id: int,
    name: str,
    timezone: str,
    participants: Sequence[Participant],
) -> tuple[SessionRow, Roster]:
    """A session for the next race, with its roster."""
    session_id = await sessions.create(connection, partner_id, name, purpose=PURPOSE_DEMO, event_id=event_id)
    await rosters.replace(connection, session_id, participants)
    row = await connection.fetchrow(query("sessions_memory"), session_id)
    return sessions.session_row(row, timezone), Roster(await rosters.load(connection, session_id))


async def show(
    connection: Connection, partner_id: int, session_id: int, name: str, locations: Sequence[str]
) -> DisplayRow:
    """Gives the demo's display, made at its first race, this session. Its code stays the same for ever, and so does
    what somebody has made of it: its template, say."""
    code = await connection.fetchval(query("demo_display"), partner_id, name)
    if code is None:
        code = await sessions.create_display(connection, partner_id, name)
    settings = {"locations": list(locations)}
    await connection.execute(
        "UPDATE displays SET session_id = $2, settings = $3::jsonb || settings WHERE code = $1",
        code,
        session_id,
        msgspec.json.encode(settings).decode(),
    )
    return next(each for each in await sessions.displays(connection) if each.code == code)


async def end_session(connection: Connection, session_id: int) -> None:
    """It has been raced. Of those that were raced before it, the last few are kept."""
    await connection.execute(
        "UPDATE timing_sessions SET status = 'ended', ended_at = now() WHERE id = $1", session_id
    )
    await connection.execute(query("demo_forget"), SESSIONS_KEPT)
