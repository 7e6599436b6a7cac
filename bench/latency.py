"""Read to screen: from the reader's socket write until the frame is in the client, under a steady load.

Hub, reader, screens and PostgreSQL are processes of their own on one machine, with one clock. The same reader and
the same screens are then put on a bare relay, with messages of the same size: what the machine and the loop take
without a hub. In between a journal of its own is given one read after another: what a group on disk takes.
"""

import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench import made, processes
from bench.processes import Server
from bench.table import Row, below, spread
from hub.model import Group, SessionReads
from hub.store.journal import Journal

SECONDS: Final = processes.size("BENCH_SECONDS", 8)
WARM_UP_S: Final = 1
ONE_IN: Final = 10
"""Every tenth screen is timed."""
COMMITS: Final = 500


class Case(NamedTuple):
    per_s: int
    screens: int
    p99_ms_max: float

    @property
    def name(self) -> str:
        return f"{self.per_s:,} reads/s, {self.screens} screens"


CASES: Final = (Case(100, 100, 10.0), Case(1000, 200, 50.0))


def measure() -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with processes.database() as (dsn, folder):
        place = folder / "hub"
        with processes.hub(dsn, place) as server:
            processes.load_roster(dsn, place)
            for case in CASES:
                hub = _run(server, case)
                commit_ms = _commits(folder / f"commits-{case.per_s}")
                with processes.relay(round(hub["message_bytes"])) as bare:
                    figures[case.name] = {"hub": hub, "relay": _run(bare, case), "commit_ms": commit_ms}
    return figures


def _run(server: Server, case: Case) -> dict[str, Any]:
    count = case.per_s * (SECONDS + WARM_UP_S)
    with (
        processes.screens(server, case.screens, case.screens // ONE_IN) as screens,
        processes.reader(server, case.per_s, count) as reader,
    ):
        reader.tell("go")
        left: list[int] = reader.answer()
        screens.tell(f"expect {count}")
        screens.expect("seen")
        screens.end_input()
        seen = screens.answer()
    if seen["closed"]:
        raise RuntimeError(f"{seen['closed']} screens were cut")
    reads = sum(len(tags) for tags, _ in seen["screens"])
    return spread(list(delays_ms(left, seen["screens"], case.per_s * WARM_UP_S))) | {
        "sent_per_s": (count - 1) / (left[-1] - left[0]) * 1e9,
        "reads_a_frame": reads / seen["frames"],
        "message_bytes": seen["payload_bytes"] / reads,
    }


def delays_ms(left: list[int], screens: list[list[list[int]]], skip: int = 0) -> list[float]:
    """Of each read on each screen, where `left[0]` is when L1 left, without the first `skip` reads."""
    return [
        (at - left[tag - 1]) / 1e6
        for tags, times in screens
        for tag, at in zip(tags, times, strict=True)
        if tag > skip
    ]


def _commits(folder: Path) -> dict[str, float]:
    """One read a group, one after the other."""
    journal = Journal(folder)
    taken: list[float] = []
    for offset in range(1, COMMITS + 1):
        group = Group([], [SessionReads(1, offset, [made.read(offset, time.time_ns() // 1000)])], [])
        started = time.perf_counter()
        journal.write(group, 1, offset - 1)
        taken.append((time.perf_counter() - started) * 1e3)
    journal.close()
    return spread(taken)


def rows(figures: dict[str, Any]) -> list[Row]:
    found: list[Row] = []
    for case in CASES:
        figure = figures[case.name]
        hub, relay, commit = figure["hub"], figure["relay"], figure["commit_ms"]
        what = f"latency, {case.name}"
        found += [
            Row(f"{what}: p50", hub["p50"], "ms"),
            Row(f"{what}: p95", hub["p95"], "ms"),
            below(f"{what}: p99", hub["p99"], "ms", case.p99_ms_max),
            Row(f"{what}: bare relay, p50", relay["p50"], "ms"),
            Row(f"{what}: bare relay, p99", relay["p99"], "ms"),
            Row(f"{what}: hub to relay, p50", hub["p50"] / relay["p50"], "x"),
            Row(f"{what}: hub to relay, p99", hub["p99"] / relay["p99"], "x"),
            Row(f"{what}: a group on disk, p50", commit["p50"], "ms"),
            Row(f"{what}: a group on disk, p99", commit["p99"], "ms"),
        ]
    size = figures[CASES[-1].name]["hub"]["message_bytes"]
    return [*found, Row("latency: a read's message", size, "bytes")]
