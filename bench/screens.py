"""What a screen takes of the hub's memory: connected and idle, and after ten thousand reads went to it.

The hub is warmed up first, by the same reads to a single screen, so that what its first reads, its ring and its
connections to PostgreSQL take is not counted for screens. The limit beside it: the same screens on a bare relay.
"""

from typing import Any, Final

from bench import processes
from bench.memory import size_bytes
from bench.processes import Server
from bench.table import Row

SCREENS: Final = processes.size("BENCH_SCREENS", 1000)
READS: Final = processes.size("BENCH_SCREEN_READS", 10_000)
PER_S: Final = 2000
TIMED: Final = 10


def measure() -> dict[str, Any]:
    with processes.database() as (dsn, folder):
        place = folder / "hub"
        with processes.hub(dsn, place) as server:
            processes.load_roster(dsn, place)
            fresh = size_bytes(server.process.pid)
            with processes.screens(server, 1, 1) as alone:
                _send(server, alone)
            empty = size_bytes(server.process.pid)
            with processes.screens(server, SCREENS, TIMED) as screens:
                idle = size_bytes(server.process.pid)
                _send(server, screens)
                busy = size_bytes(server.process.pid)
                screens.end_input()
                closed = screens.answer()["closed"]
    with processes.relay(500) as bare:
        alone_bytes = size_bytes(bare.process.pid)
        with processes.screens(bare, SCREENS, TIMED):
            relay = size_bytes(bare.process.pid) - alone_bytes
    if closed:
        raise RuntimeError(f"{closed} screens were cut")
    return {
        "screens": SCREENS,
        "reads": READS,
        "hub_mb": fresh / 1e6,
        "warm_mb": empty / 1e6,
        "idle_kib": (idle - empty) / SCREENS / 1024,
        "busy_kib": (busy - empty) / SCREENS / 1024,
        "relay_kib": relay / SCREENS / 1024,
    }


def _send(server: Server, screens: processes.Child) -> None:
    with processes.reader(server, PER_S, READS) as reader:
        reader.tell("go")
        reader.answer()
        screens.tell(f"expect {READS}")
        screens.expect("seen")


def rows(figures: dict[str, Any]) -> list[Row]:
    count, reads = figures["screens"], figures["reads"]
    return [
        Row("memory: the hub, just started, with 10,000 runners", figures["hub_mb"], "MB"),
        Row(f"memory: a screen, idle (of {count:,})", figures["idle_kib"], "KiB"),
        Row(f"memory: a screen, after {reads:,} reads", figures["busy_kib"], "KiB"),
        Row("memory: an idle screen on a bare relay", figures["relay_kib"], "KiB"),
    ]
