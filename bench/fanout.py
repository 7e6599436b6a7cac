"""What it costs the server's processor to show a read on a screen, by how many reads one turn of the loop brings.

The hub's web application with real sockets; reads are published to its session without reader, journal and drain.
Counted is the processor time of the whole process, user and system, less what the same time takes without reads.
In turns with it `ws` on Node sends messages of the same bytes, joined and encoded beforehand, to the same screens.
"""

import json
import shutil
import statistics
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench import processes
from bench.processes import Child, Server
from bench.table import Row

SCREENS: Final = processes.size("BENCH_FANOUT_SCREENS", 200)
ROUNDS: Final = processes.size("BENCH_FANOUT_ROUNDS", 3)
TIMED: Final = 2
FOLDER: Final = Path(__file__).parent / "node"
WS: Final = "ws@8"


class Case(NamedTuple):
    """`pause_s`: long enough for every screen to have a turn's reads before the next."""

    reads: int
    turns: int
    pause_s: float
    us_max: float | None


CASES: Final = (Case(1, 300, 0.005, None), Case(10, 100, 0.02, 2.5), Case(100, 40, 0.06, 1.0))


def measure() -> dict[str, Any]:
    node = _node()
    with processes.database() as (dsn, folder), ExitStack() as stack:
        place = folder / "hub"
        hub = stack.enter_context(processes.hub(dsn, place, module="fanout_process"))
        processes.load_roster(dsn, place)
        hub.process.tell(f"messages {max(case.reads for case in CASES)}")
        messages: list[str] = hub.process.answer()
        servers = {"hub": hub}
        if node:
            file = folder / "messages.json"
            file.write_text(json.dumps(messages), encoding="utf-8")
            script = str(Path(__file__).with_name("ws_server.mjs"))
            servers["ws"] = processes.said_ready(
                stack.enter_context(processes.child(node, script, str(file)))
            )
        costs = _costs(servers)
    return {
        "screens": SCREENS,
        "message_bytes": statistics.mean(map(len, messages)),
        "us": costs,
    }


def _costs(servers: dict[str, Server]) -> dict[str, dict[str, float]]:
    """Microseconds for a read and a screen, by server and reads a turn: the median of the rounds."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in servers}
    for _ in range(ROUNDS):
        for name, server in servers.items():
            with processes.screens(server, SCREENS, TIMED) as screens:
                for case, cost in zip(CASES, _round(server.process, screens), strict=True):
                    found[name].setdefault(str(case.reads), []).append(cost)
    return {
        name: {reads: statistics.median(costs) for reads, costs in cases.items()}
        for name, cases in found.items()
    }


def _round(server: Child, screens: Child) -> list[float]:
    costs: list[float] = []
    sent = 0
    for case in CASES:
        idle_s = _spent(server, 0, case)
        cost_s = _spent(server, case.reads, case) - idle_s
        sent += case.reads * case.turns
        screens.tell(f"expect {sent}")
        screens.expect("seen")
        costs.append(cost_s / (case.reads * case.turns * SCREENS) * 1e6)
    screens.end_input()
    closed = screens.answer()["closed"]
    if closed:
        raise RuntimeError(f"{closed} screens were cut")
    return costs


def _spent(server: Child, reads: int, case: Case) -> float:
    server.tell(f"spend {reads} {case.turns} {case.pause_s}")
    return float(server.answer())


def _node() -> str | None:
    """Node's program, when it is here with `ws`, which is installed if npm can."""
    node, npm = shutil.which("node"), shutil.which("npm")
    package = FOLDER / "node_modules" / "ws" / "package.json"
    if node and npm and not package.exists():
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / ".gitignore").write_text("*\n", encoding="ascii")
        (FOLDER / "package.json").write_text('{"private": true}\n', encoding="ascii")
        subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--prefix", str(FOLDER), WS],
            check=False,
            capture_output=True,
        )
    return node if package.exists() else None


def rows(figures: dict[str, Any]) -> list[Row]:
    found: list[Row] = []
    hub, ws = figures["us"]["hub"], figures["us"].get("ws")
    for case in CASES:
        cost = hub[str(case.reads)]
        what = f"fan-out, {case.reads} read{'s' if case.reads > 1 else ''} a turn"
        wanted = f"<= {case.us_max} us" if case.us_max else ""
        found.append(Row(f"{what}: a read on a screen", cost, "us", wanted, cost <= (case.us_max or cost)))
        if ws:
            found.append(Row(f"{what}: the same by ws on Node", ws[str(case.reads)], "us"))
    return found if ws else [*found, Row("fan-out by ws on Node", None, "node or ws is not here")]
