"""A database of many partners: each with its sessions, their reads, runners and displays. Knows tables and what a hub
makes of lines; refuses to know what is measured on it.

One session's reads are judged by the hub's own code, so that their keys are real ones; PostgreSQL copies them into the
others. A key says nothing of its session.
"""

import asyncio
import time
from typing import Final, NamedTuple

import asyncpg

from bench import made
from hub.model import US_PER_S, Read, SessionRow, SourceRecord
from hub.protocols.ct01 import LineParser
from hub.session import Session, Source
from hub.store.reads import COLUMNS, copy

CODE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH: Final = 8

MAKE_PARTNERS: Final = """
INSERT INTO partners (slug, name)
SELECT 'partner-' || number, 'Partner ' || number FROM generate_series(1, $1::int) AS number
RETURNING id"""
MAKE_SESSION: Final = """
INSERT INTO timing_sessions (partner_id, session_name, stream_key) VALUES ($1, $2, $3) RETURNING id"""
MAKE_SOURCES: Final = """
INSERT INTO timing_sources (id, partner_id, session_id, listener, protocol, remote_address, program, version,
                            connection_id, event_name, last_seen)
SELECT id, partner_id, id, 'chronotrack', 'chronotrack', '127.0.0.1', 'SimpleClient', '0.6.0', 'BEFORE-' || id,
       stream_key, now()
FROM timing_sessions WHERE id = ANY($1)"""
MAKE_LOCATIONS: Final = """
INSERT INTO timing_locations (id, session_id, location_name) SELECT id, id, $2 FROM unnest($1::bigint[]) AS id"""
MAKE_RUNNERS: Final = """
INSERT INTO participants (session_id, bib, tags, first_name, last_name, city, race_name)
SELECT id, number, ARRAY['L' || number], 'First' || number, 'Family-Name' || number, 'City ' || number % 50,
       'Half marathon'
FROM unnest($1::bigint[]) AS id, generate_series(1, $2::int) AS number"""
OWN: Final = ("session_id", "source_id", "location_id")
_SHARED: Final = ", ".join(name for name in COLUMNS if name not in OWN)
COPY_READS: Final = f"""
INSERT INTO timing_reads ({", ".join(OWN)}, {_SHARED})
SELECT $1, $1, $1, {_SHARED} FROM timing_reads WHERE session_id = $2"""


class Place(NamedTuple):
    """A session: its id, what its readers say, and a display of it."""

    session_id: int
    key: str
    code: str


def fill(dsn: str, *, partners: int, sessions: int, reads: int, runners: int) -> list[Place]:
    """So many partners and sessions in all, with so many reads and runners each; into a database that a hub has
    migrated."""
    return asyncio.run(_fill(dsn, partners, sessions, reads, runners))


async def _fill(dsn: str, partners: int, sessions: int, reads: int, runners: int) -> list[Place]:
    connection = await asyncpg.connect(dsn)
    try:
        owners = [row["id"] for row in await connection.fetch(MAKE_PARTNERS, partners)]
        places = [await _session(connection, owners[number % partners], number) for number in range(sessions)]
        ids = [place.session_id for place in places]
        await connection.execute(MAKE_SOURCES, ids)
        await connection.execute(MAKE_LOCATIONS, ids, made.LOCATION)
        await connection.execute(MAKE_RUNNERS, ids, runners)
        await copy(connection, [(ids[0], ids[0], read) for read in judged(reads, ids[0])])
        for session_id in ids[1:]:
            await connection.execute(COPY_READS, session_id, ids[0])
        await connection.execute(
            "VACUUM ANALYZE"
        )  # else it comes by itself, in the middle of what is measured
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
    return places


async def _session(connection: asyncpg.Connection, partner_id: int, number: int) -> Place:
    key = f"KEY{number:07d}"
    code = _code(number)
    session_id = await connection.fetchval(MAKE_SESSION, partner_id, f"Session {number}", key)
    await connection.execute(
        "INSERT INTO displays (code, partner_id, session_id, name) VALUES ($1, $2, $3, 'Finish')",
        code,
        partner_id,
        session_id,
    )
    return Place(session_id, key, code)


def _code(number: int) -> str:
    letters = []
    for _ in range(CODE_LENGTH):
        number, rest = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[rest])
    return "".join(letters)


def judged(count: int, session_id: int) -> list[Read]:
    """The reads of `made.lines` as a hub takes them now, of a source with the id of its session."""
    now_us = time.time_ns() // 1000
    row = SessionRow(session_id, 1, "", "", "active", 1, "UTC", "2025-05-10", now_us)
    session = Session(row, late_us=US_PER_S)
    record = SourceRecord(session_id, 1, session_id, "", "", "", "", "", "BEFORE", "", None, now_us)
    source = Source(record, session)
    source.connected(now_us)
    parser = LineParser()
    seen = [parser.parse(line.rstrip()) for line in made.lines(count)]
    found, _, _ = session.accept(source, seen, [], now_us)
    return found
