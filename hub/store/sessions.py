"""Sessions, sources, displays and partners as the hub keeps them in memory. Knows their tables.

`load` is run once at start, when everything of the journal is in PostgreSQL.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from hub.model import (
    NOBODY,
    PURPOSE_RACE,
    DisplayRow,
    PartnerRow,
    PlaceRow,
    Race,
    Read,
    SessionRow,
    SourceRecord,
)
from hub.results import Gun
from hub.store.database import Connection, query
from hub.tail import TAIL_READS_MAX

log = logging.getLogger(__name__)

CODE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0 and 1: a code is read from a wall and typed on a phone."""
CODE_CHARS: Final = 8
STREAM_KEY_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"
STREAM_KEY_CHARS: Final = 10
KEYS_AT_ONCE: Final = 10_000
TEMPLATES_AT_ONCE: Final = 20

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

KnownRead = tuple[int, int, str, int, bytes]
"""(offset, source id, location name, sequence, key): what the memory of a session is made of; key empty: none."""

RejectedLine = tuple[int, int, bytes]
"""(id, source id, line)"""

StoredTemplate = tuple[int, int, str, int, str]
"""(id, partner id, name, version, content as JSON)"""


def _random(alphabet: str, chars: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(chars))


def new_code() -> str:
    """A display's code that nobody can guess."""
    return _random(CODE_ALPHABET, CODE_CHARS)


def new_stream_key() -> str:
    return _random(STREAM_KEY_ALPHABET, STREAM_KEY_CHARS)


def _us(moment: datetime) -> int:
    # Not timestamp(): a float is off by a microsecond now and then.
    return (moment - _EPOCH) // timedelta(microseconds=1)


async def end_old(connection: Connection, days: int, session_name: str) -> int:
    """Ends the active sessions that have heard nothing for so many days; 0: none. Gives how many. Readers of a partner
    whose last one has ended by that have a new one to go to."""
    if not days:
        return 0
    before = await _partners_on_the_air(connection)
    ended = int(await connection.fetchval("SELECT cleanup_old_sessions($1)", days))
    for partner_id in sorted(before - await _partners_on_the_air(connection)):
        await create(connection, partner_id, session_name)
        log.info("session: made %r, for the last active one has ended (retention)", session_name)
    return ended


async def _partners_on_the_air(connection: Connection) -> set[int]:
    """Those with a session that readers can go to."""
    return {row["partner_id"] for row in await connection.fetch(query("partners_on_the_air"))}


async def old(connection: Connection, days: int) -> dict[int, int]:
    """The sessions that `end_old` would end, each with the last offset that PostgreSQL holds of it."""
    return {row["id"]: row["head"] for row in await connection.fetch(query("sessions_old"), days)}


async def end(connection: Connection, session_ids: Sequence[int]) -> None:
    await connection.execute(
        "UPDATE timing_sessions SET status = 'ended', ended_at = now() WHERE id = ANY($1) AND status = 'active'",
        list(session_ids),
    )


async def ensure_empty(
    connection: Connection, partner_id: int, name: str, timezone: str, but_not: Sequence[int]
) -> SessionRow:
    """An active session of a partner without any reads, none of `but_not`; made when there is none."""
    session_id = await connection.fetchval(query("session_empty"), partner_id, list(but_not))
    if session_id is None:
        session_id = await create(connection, partner_id, name)
        log.info("session: made %r, for there will be no other active one", name)
    return session_row(await connection.fetchrow(query("sessions_memory"), session_id), timezone)


async def ensure_default(connection: Connection, session_name: str) -> int:
    """What a first look needs: a session of the default partner, and one display of it. Who has ended the last one
    gets no other. Gives the partner's id; where that has another slug by now, or has gone, that of the oldest."""
    partner_id = await connection.fetchval("SELECT id FROM partners ORDER BY slug <> 'default', id LIMIT 1")
    if not await connection.fetchval(query("sessions_any")):
        await create(connection, partner_id, session_name)
        log.info("session: made %r, for there was none", session_name)
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM displays)"):
        await create_display(connection, partner_id, "Finish")
    return int(partner_id)


async def create(
    connection: Connection,
    partner_id: int,
    name: str,
    *,
    purpose: str = PURPOSE_RACE,
    event_id: int | None = None,
) -> int:
    """Makes an active session with a stream key of its own; gives its id."""
    made = await connection.fetchval(
        "INSERT INTO timing_sessions (partner_id, session_name, stream_key, purpose, event_id)"
        " VALUES ($1, $2, $3, $4, $5) RETURNING id",
        partner_id,
        name,
        new_stream_key(),
        purpose,
        event_id,
    )
    return int(made)


async def create_display(connection: Connection, partner_id: int, name: str) -> str:
    """Makes a display that follows the partner's one active session; gives its code."""
    code = new_code()
    await connection.execute(
        "INSERT INTO displays (code, partner_id, name) VALUES ($1, $2, $3)", code, partner_id, name
    )
    return code


async def partners(connection: Connection) -> list[PartnerRow]:
    rows = await connection.fetch("SELECT id, slug, name FROM partners ORDER BY id")
    return [PartnerRow(*row) for row in rows]


async def active(connection: Connection, timezone: str) -> list[SessionRow]:
    """All active sessions. `timezone` is that of sessions whose event says none."""
    rows = await connection.fetch(query("sessions_memory"), None)
    return [session_row(row, timezone) for row in rows if row["status"] == "active"]


async def of_event(connection: Connection, event_id: int) -> list[int]:
    """The sessions of an event."""
    rows = await connection.fetch("SELECT id FROM timing_sessions WHERE event_id = $1 ORDER BY id", event_id)
    return [row["id"] for row in rows]


async def find(connection: Connection, session_id: int, timezone: str) -> SessionRow | None:
    """One session, whatever its status; None: there is none for this connection."""
    row = await connection.fetchrow(query("sessions_memory"), session_id)
    return None if row is None else session_row(row, timezone)


def session_row(row: Any, timezone: str) -> SessionRow:
    """A row of `sessions_memory`; without an event its zone is `timezone`, and its day that on which it was made."""
    timezone = _known_zone(row["timezone"]) or timezone
    return SessionRow(
        id=row["id"],
        partner_id=row["partner_id"] or NOBODY,
        name=row["session_name"],
        event_name=row["event_name"] or "",
        status=row["status"],
        epoch=row["epoch"],
        timezone=timezone,
        # Asked of our own zones: PostgreSQL's may not know a name that ours do.
        day=(row["event_date"] or row["created_at"].astimezone(ZoneInfo(timezone)).date()).isoformat(),
        created_us=_us(row["created_at"]),
        stream_key=row["stream_key"],
        purpose=row["purpose"],
        races=msgspec.json.decode(row["races"], type=tuple[Race, ...]),
        keys_day=row["keys_day"].isoformat() if row["keys_day"] else "",
        testing=row["testing"],
        places=msgspec.json.decode(row["places"], type=tuple[PlaceRow, ...]),
        event_id=row["event_id"],
        source_id=row["source_id"] or 0,
        mode=row["mode"],
        minors_under=row["minors_under"],
        minors_privacy=row["minors_privacy"],
    )


def _known_zone(name: str | None) -> str:
    """A zone that another program has written into the tables may be one that nobody knows."""
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError):
        log.error("session: the time zone %r of its event is unknown; the hub's own is taken", name)
        return ""


async def sources(connection: Connection, session_ids: Sequence[int]) -> list[SourceRecord]:
    """The sources that feed these sessions, in the order in which they first came."""
    rows = await connection.fetch(query("sources_of"), list(session_ids))
    return [
        SourceRecord(
            row["id"],
            row["partner_id"],
            row["session_id"],
            row["listener"],
            row["protocol"],
            row["remote_address"],
            row["program"],
            row["version"],
            row["connection_id"],
            row["event_name"],
            row["clock_difference_us"],
            _us(row["last_seen"]),
            row["assigned_session_id"] or 0,
            row["proved"],
        )
        for row in rows
    ]


async def displays(connection: Connection) -> list[DisplayRow]:
    return [
        DisplayRow(
            row["code"],
            row["partner_id"],
            row["session_id"],
            row["name"],
            msgspec.json.decode(row["settings"], type=dict[str, Any]),
            row["place"],
            _us(row["expires_at"]) if row["expires_at"] else None,
            _us(row["revoked_at"]) if row["revoked_at"] else None,
            row["template_id"],
            msgspec.json.decode(row["control"], type=dict[str, Any]),
        )
        for row in await connection.fetch(query("displays_all"))
    ]


async def templates(connection: Connection, after: int) -> list[StoredTemplate]:
    """Those in force with ids after this one, some at a time."""
    rows = await connection.fetch(query("templates_living"), after, TEMPLATES_AT_ONCE)
    return [tuple(row) for row in rows]


async def old_keys(connection: Connection) -> list[tuple[str, int]]:
    """The stream keys of sessions that are not active, and those that were given up, each with its partner."""
    return [(row["stream_key"], row["partner_id"]) for row in await connection.fetch(query("old_keys"))]


async def guns(connection: Connection, session_id: int) -> list[Gun]:
    return [Gun(*row) for row in await connection.fetch(query("guns"), session_id)]


async def known_reads(connection: Connection, session_id: int, after: int) -> list[KnownRead]:
    """The next KEYS_AT_ONCE rows of a session after an offset, in the order of offsets, voided ones too."""
    rows = await connection.fetch(query("reads_known"), session_id, after, KEYS_AT_ONCE)
    return [
        (offset, source_id or 0, location_name, sequence or 0, key.bytes if key else b"")
        for offset, source_id, location_name, sequence, key in rows
    ]


async def rejected_lines(connection: Connection, session_id: int, after: int) -> list[RejectedLine]:
    """The next KEYS_AT_ONCE lines that look like reads and are none."""
    rows = await connection.fetch(query("rejects_placed"), session_id, after, KEYS_AT_ONCE)
    return [(number, source_id, line) for number, source_id, line in rows]


async def tail(connection: Connection, session_id: int) -> list[Read]:
    """The last reads of a session, oldest first: what screens are shown after a restart."""
    rows = await connection.fetch(query("reads_tail"), session_id, TAIL_READS_MAX)
    return [read_of(row) for row in reversed(rows)]


def read_of(row: Any) -> Read:
    """A row of `reads_tail` or `reads_page` as a Read."""
    values: list[Any] = list(row)
    values[11] = tuple(values[11])
    values[12] = values[12].bytes if values[12] else b""
    return Read(*values)
