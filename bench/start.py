"""From the start of `racehub serve` until it says that it is ready.

With a database that is there; with none, in an empty folder, where a PostgreSQL is made first; and with a million
reads in the active session, all of which it has to know again before a reader may connect. The limits beside them:
Python importing the hub, and the same rows fetched from PostgreSQL and thrown away.
"""

import asyncio
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Final

import asyncpg

from bench import ingest, made, processes
from bench.table import Row

KNOWN: Final = processes.size("BENCH_KNOWN", 1_000_000)
STARTS: Final = 3
PIECE: Final = 50_000
FETCHED: Final = 10_000
KNOWN_QUERY: Final = (
    "SELECT feed_offset, source_id, location_name, sequence_number, read_key FROM timing_reads"
    " WHERE session_id = (SELECT max(id) FROM timing_sessions) AND feed_offset > $1"
    " ORDER BY feed_offset LIMIT $2"
)


def measure() -> dict[str, Any]:
    with processes.database() as (dsn, folder):
        _seconds(folder / "hub", dsn)  # migrates
        pairs = [(_import_seconds(), _seconds(folder / "hub", dsn)) for _ in range(STARTS)]
        asyncio.run(_fill(dsn))
        full = _seconds(folder / "hub", dsn)
        fetched = asyncio.run(_fetch_all(dsn))
        empty = folder / "embedded"
        empty.mkdir(mode=0o711)
        first = _seconds(empty, "")
    imported, there = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {
        "import_s": imported,
        "fetch_s": fetched,
        "there_s": there,
        "known": KNOWN,
        "full_s": full,
        "embedded_s": first,
        "more_per_million_s": (full - there) * 1e6 / KNOWN,
    }


def _seconds(folder: Path, dsn: str) -> float:
    environment = {
        "RACEHUB_SERVER__DATA_DIR": str(folder),
        "RACEHUB_SERVER__TIMEZONE": "UTC",
        "RACEHUB_SERVER__LOG_LEVEL": "error",
        "RACEHUB_WEB__HOST": "127.0.0.1",
        "RACEHUB_WEB__PORT": "0",
        "RACEHUB_LISTENERS__0__HOST": "127.0.0.1",
        "RACEHUB_LISTENERS__0__PORT": "0",
        "RACEHUB_DATABASE__DSN": dsn,
    }
    started = time.monotonic()
    with processes.child(
        sys.executable, "-m", "hub", "serve", folder=folder.parent, environment=environment
    ) as process:
        line = process.line()
        seconds = time.monotonic() - started
    if not line.startswith("racehub ready "):
        raise RuntimeError(f"racehub serve said {line!r}")
    return seconds


def _import_seconds() -> float:
    started = time.monotonic()
    with processes.child(sys.executable, "-c", "import hub.cli; print()") as process:
        process.line()
        return time.monotonic() - started


async def _fetch_all(dsn: str) -> float:
    """Seconds to fetch what the hub has to know of each read, in pieces as large as the hub's."""
    connection = await asyncpg.connect(dsn)
    started = time.monotonic()
    offset = 0
    while rows := await connection.fetch(KNOWN_QUERY, offset, FETCHED):
        offset = rows[-1]["feed_offset"]
    seconds = time.monotonic() - started
    await connection.close()
    return seconds


async def _fill(dsn: str) -> None:
    """The active session gets its million, with the source and the location that they came from."""
    connection = await asyncpg.connect(dsn)
    session_id = await connection.fetchval("SELECT max(id) FROM timing_sessions WHERE status = 'active'")
    await connection.execute(
        "INSERT INTO timing_sources (id, partner_id, session_id, listener, protocol, remote_address, program,"
        " version, connection_id, event_name, last_seen)"
        " VALUES (1, 1, $1, 'chronotrack', 'chronotrack', '127.0.0.1', 'SimpleClient', '0.6.0', 'BENCH', 'BENCH',"
        " now())",
        session_id,
    )
    await connection.execute(
        "INSERT INTO timing_locations (id, session_id, location_name) VALUES (1, $1, $2)",
        session_id,
        made.LOCATION,
    )
    for first in range(1, KNOWN + 1, PIECE):
        count = min(PIECE, KNOWN + 1 - first)
        await ingest.copy_rows(connection, made.records(count, session_id, first))
    await connection.close()


def rows(figures: dict[str, Any]) -> list[Row]:
    there, first, more = figures["there_s"], figures["embedded_s"], figures["more_per_million_s"]
    return [
        Row("start: with a database", there, "s", "<= 2 s", there <= 2),
        Row("start: Python importing the hub", figures["import_s"], "s"),
        Row("start: the first, with a PostgreSQL of its own", first, "s", "<= 8 s", first <= 8),
        Row(f"start: with {figures['known']:,} reads to know", figures["full_s"], "s"),
        Row("start: what a million reads add", more, "s", "<= 10 s", more <= 10),
        Row("start: the same rows fetched by themselves", figures["fetch_s"], "s"),
    ]
