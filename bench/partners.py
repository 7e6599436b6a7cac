"""Many partners in one process: what it takes of memory, and whether one session's screens wait for all the others.

PARTNERS with SESSIONS active sessions in all, each with READS reads and RUNNERS runners, a reader and SCREENS_EACH
screens. All readers send PER_S reads a second for SECONDS. Then each of the TIMED sessions sends as many in its turn,
alone, while nobody else does: that is the limit. Every read has to be in the database, and on every screen.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench import partners_database, processes
from bench.latency import delays_ms
from bench.memory import resident_bytes
from bench.partners_database import Place
from bench.processes import Child, Server
from bench.table import Row, below, spread

PARTNERS: Final = processes.size("BENCH_PARTNERS", 200)
SESSIONS: Final = processes.size("BENCH_SESSIONS", 400)
READS: Final = processes.size("BENCH_SESSION_READS", 5000)
RUNNERS: Final = processes.size("BENCH_RUNNERS", 100)
SECONDS: Final = processes.size("BENCH_PARTNERS_SECONDS", 60)
PER_S: Final = 2
SCREENS_EACH: Final = 5
TIMED: Final = 5
"""Sessions whose screens are timed: of two reads a second the slowest hundredth would be a single one."""
WARM_UP_S: Final = 5
MIB_MAX: Final = 1024
TIMES_MAX: Final = 2.0
POLL_S: Final = 0.1
STORED_S_MAX: Final = 30.0
STORED: Final = "SELECT count(*) FROM timing_reads WHERE session_id = ANY($1) AND kind = 'read'"


class Most:
    """The most memory that a process has had, looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._pid = pid
        self._over = threading.Event()

    def watch(self) -> None:
        while not self._over.wait(POLL_S):
            self.bytes = max(self.bytes, resident_bytes(self._pid))

    def end(self) -> None:
        self._over.set()


def measure() -> dict[str, Any]:
    with processes.database() as (dsn, folder):
        with processes.hub(dsn, folder / "first"):
            pass  # migrates
        places = partners_database.fill(
            dsn, partners=PARTNERS, sessions=SESSIONS, reads=READS, runners=RUNNERS
        )
        started = time.monotonic()
        with processes.hub(dsn, folder / "hub") as server, _most(server) as most:
            start_s = time.monotonic() - started
            fresh = resident_bytes(server.process.pid)
            figures = _run(server, places)
            sent = SESSIONS * (SECONDS + WARM_UP_S) * PER_S + TIMED * _turn()
            stored = _stored(dsn, places, SESSIONS * READS + sent)
    return figures | {
        "partners": PARTNERS,
        "sessions": SESSIONS,
        "start_s": start_s,
        "fresh_mib": fresh / 2**20,
        "most_mib": most.bytes / 2**20,
        "not_stored": SESSIONS * READS + sent - stored,
    }


def _turn() -> int:
    """Reads that a timed session sends alone."""
    return SECONDS * PER_S // TIMED


def _run(server: Server, places: list[Place]) -> dict[str, Any]:
    timed, others = places[:TIMED], places[TIMED:]
    keys = [place.key for place in places]
    count = (SECONDS + WARM_UP_S) * PER_S
    with (
        processes.screens(_with(server, timed), TIMED * SCREENS_EACH, TIMED * SCREENS_EACH) as screens,
        processes.followers(_with(server, others), len(others) * SCREENS_EACH) as followers,
        processes.readers(server, PER_S, count + _turn(), TIMED, keys) as readers,
    ):
        _send(readers, WARM_UP_S * PER_S)
        before, at = _cpu_s(server.process.pid), time.monotonic()
        _send(readers, SECONDS * PER_S)
        share = (_cpu_s(server.process.pid) - before) / (time.monotonic() - at)
        screens.tell(f"expect {count}")
        screens.expect("seen")
        followers.tell(f"expect {count}")
        had = followers.answer()
        for place in range(TIMED):
            left = _send(readers, _turn(), place)
        screens.tell(f"expect {count + _turn()}")
        screens.expect("seen")
        screens.end_input()
        seen = screens.answer()
    if had["closed"] or seen["closed"]:
        raise RuntimeError(f"{had['closed'] + seen['closed']} screens were cut")
    among, alone = _spread(left, seen["screens"], count)
    return {
        "screens": SESSIONS * SCREENS_EACH,
        "among": among,
        "alone": alone,
        "processor": share,
        "missed": count * len(others) * SCREENS_EACH - had["had"] + had["astray"] + _missed(seen, count),
    }


def _with(server: Server, places: list[Place]) -> Server:
    return server._replace(path=",".join(f"/ws/d/{place.code}" for place in places))


def _send(readers: Child, count: int, place: int | None = None) -> list[list[int]]:
    """So many of one reader, or of all; gives when all reads of the timed ones have left until now."""
    readers.tell(f"send {count} {'' if place is None else place}")
    left: list[list[int]] = readers.answer()
    return left


def _spread(
    left: list[list[int]], screens: list[list[list[int]]], count: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Milliseconds: those of the first `count` reads, without the warm-up, and those after."""
    among: list[float] = []
    alone: list[float] = []
    for place, times in enumerate(left):
        mine = screens[place * SCREENS_EACH : (place + 1) * SCREENS_EACH]
        first = [[tags[:count], at[:count]] for tags, at in mine]
        among += delays_ms(times, first, WARM_UP_S * PER_S)
        alone += delays_ms(times, mine, count)
    return spread(among), spread(alone)


def _missed(seen: dict[str, Any], count: int) -> int:
    """Reads that timed screens have not had in their order."""
    wanted = list(range(1, count + _turn() + 1))
    return sum(abs(len(tags) - len(wanted)) + (tags != wanted) for tags, _ in seen["screens"])


def _stored(dsn: str, places: list[Place], wanted: int) -> int:
    """How many reads the database holds, as soon as it is all of them."""
    ids = [place.session_id for place in places]
    patience = time.monotonic() + STORED_S_MAX
    while (stored := int(processes.ask(dsn, STORED, ids))) < wanted and time.monotonic() < patience:
        time.sleep(POLL_S)
    return stored


def _cpu_s(pid: int) -> float:
    """Processor time of a process until now."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _most(server: Server) -> Iterator[Most]:
    most = Most(server.process.pid)
    watching = threading.Thread(target=most.watch)
    watching.start()
    try:
        yield most
    finally:
        most.end()
        watching.join()


def rows(figures: dict[str, Any]) -> list[Row]:
    among, alone = figures["among"], figures["alone"]
    what = f"{figures['partners']} partners, {figures['sessions']} sessions, {figures['screens']:,} screens"
    times = among["p99"] / alone["p99"]
    return [
        Row(f"{what}: the hub has started in", figures["start_s"], "s"),
        Row(f"{what}: memory, just started", figures["fresh_mib"], "MiB"),
        below(f"{what}: memory, the most", figures["most_mib"], "MiB", MIB_MAX),
        Row(f"{what}: of one processor", figures["processor"], "x"),
        Row(f"{what}: read to screen, p50", among["p50"], "ms"),
        Row(f"{what}: read to screen, p99", among["p99"], "ms"),
        Row(f"{what}: one session alone, p50", alone["p50"], "ms"),
        Row(f"{what}: one session alone, p99", alone["p99"], "ms"),
        Row(f"{what}: among all to alone, p50", among["p50"] / alone["p50"], "x"),
        Row(f"{what}: among all to alone, p99", times, "x", f"<= {TIMES_MAX:g} x", times <= TIMES_MAX),
        Row(f"{what}: reads not stored", figures["not_stored"], "reads", "0", not figures["not_stored"]),
        Row(f"{what}: reads that screens missed", figures["missed"], "reads", "0", not figures["missed"]),
    ]
