"""A reader comes back with a backlog of 250,000 lines while another one is at work.

The backlog's connection has been there before, so it is resumed, and its lines are old: they are kept, marked late
and shown to screens as such. Told is how long it takes until the last one is committed, and how long meanwhile a
read of the other reader takes to the screens. The limit beside it: a plain COPY of the same rows.
"""

import asyncio
import time
from typing import Any, Final

import asyncpg

from bench import ctp01, ingest, made, processes
from bench.latency import delays_ms
from bench.table import Row, below, spread

LINES: Final = processes.size("BENCH_REPLAY", 250_000)
PER_S: Final = 100
LIVE_READS_MAX: Final = made.PEOPLE
SCREENS: Final = 5
POLL_S: Final = 0.01
LAST_QUERY: Final = (
    "SELECT true FROM timing_reads WHERE session_id = (SELECT max(id) FROM timing_sessions)"
    " AND feed_offset >= $1 AND sequence_number = $1 AND tag_code NOT LIKE 'L%'"
)
"""Nothing is sought while there are fewer reads than that; then a few."""


def measure() -> dict[str, Any]:
    with processes.database() as (dsn, folder):
        place = folder / "hub"
        with processes.hub(dsn, place) as server:
            processes.load_roster(dsn, place)
            connection_id = ctp01.new_id()
            _come_and_go(server.reader_port, connection_id)
            asyncio.run(_committed(dsn, 1))
            with (
                processes.screens(server, SCREENS, SCREENS) as screens,
                processes.reader(server, PER_S, LIVE_READS_MAX) as live,
            ):
                live.tell("go")
                with processes.python("sender", server.reader_port, LINES, connection_id) as sender:
                    started = float(sender.line().split()[-1])
                    ended = asyncio.run(_committed(dsn, LINES))
                live.end_input()
                left: list[int] = live.answer()
                screens.tell(f"expect {len(left)}")
                screens.expect("seen")
                screens.end_input()
                seen = screens.answer()
        rows = made.records(LINES, asyncio.run(ingest.fresh_session(dsn)))
        copy_s = asyncio.run(ingest.plain_copy(dsn, rows))
    if seen["closed"]:
        raise RuntimeError(f"{seen['closed']} screens were cut")
    return {
        "lines": LINES,
        "seconds": ended - started,
        "copy_seconds": copy_s,
        "meanwhile_ms": spread(_meanwhile(left, seen["screens"], started, ended)),
    }


def _come_and_go(port: int, connection_id: str) -> None:
    """The first line of the backlog, so that the rest is a resume."""
    line, _ = ctp01.connect(port, connection_id)
    line.sendall(next(made.lines(1)))
    ctp01.leave(line)


async def _committed(dsn: str, number: int) -> float:
    """When the backlog's line of this number was in the database."""
    connection = await asyncpg.connect(dsn)
    while not await connection.fetchval(LAST_QUERY, number):
        await asyncio.sleep(POLL_S)
    at = time.monotonic()
    await connection.close()
    return at


def _meanwhile(left: list[int], screens: list[list[list[int]]], since: float, until: float) -> list[float]:
    """The delays of reads that left in this time."""
    first = sum(at < since * 1e9 for at in left)
    count = sum(at < until * 1e9 for at in left)
    during = [
        [
            list(column)
            for column in zip(*[pair for pair in zip(*each, strict=True) if pair[0] <= count], strict=True)
        ]
        for each in screens
    ]
    return delays_ms(left, during, first)


def rows(figures: dict[str, Any]) -> list[Row]:
    lines, seconds, meanwhile = figures["lines"], figures["seconds"], figures["meanwhile_ms"]
    return [
        below(f"replay: {lines:,} lines until committed", seconds, "s", 8),
        Row("replay: plain COPY of the same rows", figures["copy_seconds"], "s"),
        Row("replay: COPY to hub", figures["copy_seconds"] / seconds, "x"),
        Row("replay: a live read to screen meanwhile: p50", meanwhile["p50"], "ms"),
        below("replay: a live read to screen meanwhile: p99", meanwhile["p99"], "ms", 100),
    ]
