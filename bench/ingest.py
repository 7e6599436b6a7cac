"""Reads over TCP from a separate process until the last one is committed, against a plain COPY of the same rows.

Three ways into the same table of the same PostgreSQL, in turns, so that a noisy machine is noisy for all:
`copy` (asyncpg's copy_records_to_table, batches of 5,000, nothing else), `hub` (sender, TCP, parser, session memory,
journal, drain), `no journal` (the same with a journal that forgets).
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
from asyncpg.pgproto.pgproto import UUID

from hub.protocols.ct01 import LineParser
from hub.store.embedded import EmbeddedPostgres
from hub.store.reads import COLUMNS

READS: Final = int(os.environ.get("BENCH_READS", "200000"))
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "3"))
BATCH: Final = 5000
POLL_S: Final = 0.01


def lines(count: int) -> Iterator[bytes]:
    """A finish as dense as it gets: 3,000 tags, several times each, two readers with four antennas."""
    start = datetime(2026, 5, 9, 8, 0, 0)
    for number in range(1, count + 1):
        moment = start + timedelta(milliseconds=10 * number)
        stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 10_000:02d}"
        reader = "12000C" if number % 3 else "120044"
        text = f"CT01_33~{number}~FINISH~{number * 7 % 3000}~{stamp}~{number // 3000 + 1}~{reader}~{1 << number % 4}"
        yield text.encode() + b"\r\n"


def records(count: int, session_id: int) -> list[tuple[Any, ...]]:
    """The same reads as rows for `copy_records_to_table`, in the order of COLUMNS."""
    parser = LineParser()
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    now = datetime.now(UTC)
    rows: list[tuple[Any, ...]] = []
    for number, line in enumerate(lines(count), 1):
        seen = parser.parse(line.rstrip())
        rows.append(
            (
                session_id,
                1,
                1,
                seen.location,
                seen.reader_id,
                "read",
                [],
                number,
                seen.sequence,
                seen.lap,
                seen.gator,
                epoch + timedelta(microseconds=seen.wall_us),
                now,
                UUID(number.to_bytes(16, "big")),
                seen.time_text,
                seen.tag,
                seen.raw,
            )
        )
    return rows


async def plain_copy(dsn: str, rows: list[tuple[Any, ...]]) -> float:
    """Reads a second of nothing but COPY."""
    connection = await asyncpg.connect(dsn)
    started = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        await connection.copy_records_to_table(
            "timing_reads", records=rows[start : start + BATCH], columns=COLUMNS
        )
    seconds = time.perf_counter() - started
    await connection.close()
    return len(rows) / seconds


async def through_hub(dsn: str, folder: Path, count: int, *, journal: bool) -> float:
    """Reads a second from the sender's first byte until the last one is committed."""
    with hub_process(dsn, folder, journal=journal) as port:
        connection = await asyncpg.connect(dsn)
        session_id = await connection.fetchval("SELECT max(id) FROM timing_sessions WHERE status = 'active'")
        with subprocess.Popen(
            [sys.executable, "-m", "bench.sender", str(port), str(count)], stdout=subprocess.PIPE, text=True
        ) as sender:
            assert sender.stdout is not None
            started = float((await asyncio.to_thread(sender.stdout.readline)).split()[-1])
            query = "SELECT coalesce(max(feed_offset), 0) FROM timing_reads WHERE session_id = $1"
            while await connection.fetchval(query, session_id) < count:
                await asyncio.sleep(POLL_S)
            seconds = time.time() - started
        await connection.close()
    return count / seconds


@contextmanager
def hub_process(dsn: str, folder: Path, *, journal: bool) -> Iterator[int]:
    """A hub in a process of its own; gives its reader port."""
    arguments = [sys.executable, "-m", "bench.hub_process", dsn, str(folder)]
    with subprocess.Popen(
        [*arguments, "journal" if journal else "none"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield port
        finally:
            process.terminate()
            process.wait(30)


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


async def measure() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="racehub-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        postgres = EmbeddedPostgres(folder)
        dsn = await postgres.start()
        try:
            with hub_process(dsn, folder / "first", journal=True):
                pass  # migrates
            rates: dict[str, list[float]] = {"copy": [], "hub": [], "no journal": []}
            for turn in range(ROUNDS):
                rates["copy"].append(await plain_copy(dsn, records(READS, await fresh_session(dsn))))
                for way, journal in (("hub", True), ("no journal", False)):
                    await fresh_session(dsn)
                    place = folder / f"{turn}-{journal}"
                    rates[way].append(await through_hub(dsn, place, READS, journal=journal))
        finally:
            await postgres.stop()
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
