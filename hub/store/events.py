"""Events and their races, made and changed. Knows their tables; refuses to know who may."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from hub.store.database import Connection, query

RaceRow = tuple[str, int, str, str]
"""(name, distance in metres, start location, finish location)"""


class EventRow(msgspec.Struct, frozen=True):
    """A row of `events`."""

    id: int
    partner_id: int
    name: str
    day: date
    timezone: str


async def find(connection: Connection, event_id: int) -> EventRow | None:
    """The event, which nobody else changes until the end of this transaction."""
    row = await connection.fetchrow(query("event_locked"), event_id)
    return EventRow(*row) if row else None


async def make(connection: Connection, partner_id: int, name: str, day: date, timezone: str) -> int:
    statement = (
        "INSERT INTO events (partner_id, name, event_date, timezone) VALUES ($1, $2, $3, $4) RETURNING id"
    )
    return int(await connection.fetchval(statement, partner_id, name, day, timezone))


async def change(connection: Connection, row: EventRow) -> None:
    await connection.execute(
        "UPDATE events SET name = $2, event_date = $3, timezone = $4 WHERE id = $1",
        row.id,
        row.name,
        row.day,
        row.timezone,
    )


async def delete(connection: Connection, event_id: int) -> None:
    await connection.execute("DELETE FROM events WHERE id = $1", event_id)


async def session_count(connection: Connection, event_id: int) -> int:
    return int(
        await connection.fetchval("SELECT count(*) FROM timing_sessions WHERE event_id = $1", event_id)
    )


async def put_races(connection: Connection, event_id: int, races: Sequence[RaceRow]) -> None:
    """Makes these the event's races. One of the same name, without case, stays the same one."""
    names = [name.casefold() for name, *_ in races]
    held = {row["name"].casefold(): row["id"] for row in await _races(connection, event_id)}
    gone = [number for name, number in held.items() if name not in names]
    await connection.execute("DELETE FROM races WHERE id = ANY($1::bigint[])", gone)
    for race in races:
        number = held.get(race[0].casefold())
        if number is None:
            await add_race(connection, event_id, race)
        else:
            await change_race(connection, number, race)


async def find_race(connection: Connection, event_id: int, race_id: int) -> RaceRow | None:
    row = await connection.fetchrow(query("race_of"), event_id, race_id)
    return (row["name"], row["distance_m"], row["start_location"], row["finish_location"]) if row else None


async def other_names(connection: Connection, event_id: int, but_not: int = 0) -> set[str]:
    """The names of an event's races, but that of one, in their compared form."""
    rows = await _races(connection, event_id)
    return {row["name"].casefold() for row in rows if row["id"] != but_not}


async def add_race(connection: Connection, event_id: int, race: RaceRow) -> int:
    return int(await connection.fetchval(query("race_add"), event_id, *race))


async def change_race(connection: Connection, race_id: int, race: RaceRow) -> None:
    await connection.execute(query("race_change"), race_id, *race)


async def delete_race(connection: Connection, race_id: int) -> None:
    await connection.execute("DELETE FROM races WHERE id = $1", race_id)


async def _races(connection: Connection, event_id: int) -> list[Any]:
    return list(await connection.fetch("SELECT id, name FROM races WHERE event_id = $1", event_id))
