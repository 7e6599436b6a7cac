"""Reads over TCP from a separate process until the last one is committed, against a plain COPY of the same rows.

Three ways into the same table of the same PostgreSQL, in turns, so that a noisy machine is noisy for all:
`copy` (asyncpg's copy_records_to_table, batches of 5,000, nothing else), `hub` (sender, TCP, parser, session memory,
journal, drain), `no journal` (the same with a journal that forgets).
"""

import asyncio
import statistics
import time
from pathlib import Path
from typing import Any, Final

import asyncpg

from bench import ctp01, processes
from bench.made import records
from bench.table import Row
from hub.store.reads import COLUMNS

READS: Final = processes.size("BENCH_READS", 200_000)
ROUNDS: Final = processes.size("BENCH_ROUNDS", 3)
BATCH: Final = 5000
POLL_S: Final = 0.01


async def copy_rows(connection: Any, rows: list[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), BATCH):
        await connection.copy_records_to_table(
            "timing_reads", records=rows[start : start + BATCH], columns=COLUMNS
        )


async def plain_copy(dsn: str, rows: list[tuple[Any, ...]]) -> float:
    """Seconds of nothing but COPY."""
    connection = await asyncpg.connect(dsn)
    started = time.perf_counter()
    await copy_rows(connection, rows)
    seconds = time.perf_counter() - started
    await connection.close()
    return seconds


def through_hub(dsn: str, folder: Path, count: int, *, journal: bool) -> float:
    """Seconds from the sender's first byte until the last read is committed."""
    with (
        processes.hub(dsn, folder, journal=journal) as server,
        processes.python("sender", server.reader_port, count, ctp01.new_id()) as sender,
    ):
        started = float(sender.line().split()[-1])
        return asyncio.run(_committed(dsn, count)) - started


async def _committed(dsn: str, count: int) -> float:
    """When the newest session had so many reads."""
    connection = await asyncpg.connect(dsn)
    session_id = await connection.fetchval("SELECT max(id) FROM timing_sessions WHERE status = 'active'")
    query = "SELECT coalesce(max(feed_offset), 0) FROM timing_reads WHERE session_id = $1"
    while await connection.fetchval(query, session_id) < count:
        await asyncio.sleep(POLL_S)
    at = time.monotonic()
    await connection.close()
    return at


async def fresh_session(dsn: str) -> int:
    """A new active session; those before it are ended and emptied, so that each way finds the same table."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("TRUNCATE timing_reads; UPDATE timing_sessions SET status = 'ended'")
    session_id = await connection.fetchval(
        "INSERT INTO timing_sessions (partner_id, session_name, stream_key)"
        " VALUES (1, 'bench', gen_random_uuid()::text) RETURNING id"
    )
    await connection.execute("CHECKPOINT")
    await connection.close()
    return int(session_id)


def measure() -> dict[str, Any]:
    rates: dict[str, list[float]] = {"copy": [], "hub": [], "no journal": []}
    with processes.database() as (dsn, folder):
        with processes.hub(dsn, folder / "first"):
            pass  # migrates
        for turn in range(ROUNDS):
            rows = records(READS, asyncio.run(fresh_session(dsn)))
            rates["copy"].append(READS / asyncio.run(plain_copy(dsn, rows)))
            for way, journal in (("hub", True), ("no journal", False)):
                asyncio.run(fresh_session(dsn))
                seconds = through_hub(dsn, folder / f"{turn}-{journal}", READS, journal=journal)
                rates[way].append(READS / seconds)
    return {"reads": READS, "rounds": ROUNDS, "rates": rates} | _figures(rates)


def _figures(rates: dict[str, list[float]]) -> dict[str, Any]:
    """Ratios are taken within a round, where the machine was the same, and their median is said."""
    to_copy = [hub / copy for hub, copy in zip(rates["hub"], rates["copy"], strict=True)]
    journal_cost = [1 - hub / bare for hub, bare in zip(rates["hub"], rates["no journal"], strict=True)]
    return {
        "copy_per_s": statistics.median(rates["copy"]),
        "hub_per_s": statistics.median(rates["hub"]),
        "no_journal_per_s": statistics.median(rates["no journal"]),
        "hub_to_copy": statistics.median(to_copy),
        "journal_cost": statistics.median(journal_cost),
    }


def rows(figures: dict[str, Any]) -> list[Row]:
    hub, ratio, cost = figures["hub_per_s"], figures["hub_to_copy"], figures["journal_cost"]
    return [
        Row("ingest: reads over TCP until committed", hub, "/s", ">= 40,000 /s", hub >= 40_000),
        Row("ingest: plain COPY of the same rows", figures["copy_per_s"], "/s"),
        Row("ingest: hub to plain COPY", ratio, "x", ">= 0.5 x", ratio >= 0.5),
        Row("ingest: hub without its journal", figures["no_journal_per_s"], "/s"),
        Row("ingest: what the journal costs", cost, "of the rate", "<= 0.33 of the rate", cost <= 1 / 3),
    ]
