"""`make bench`: runs every benchmark, prints one table, and keeps the figures in bench/results/.

`python -m bench NAME...` runs only these, and keeps the last figures of the others; `python -m bench --write-docs`
runs nothing and puts the last figures into docs/performance.md. Exit code 1: something that is wanted does not hold.
"""

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.console import Console

from bench import fanout, ingest, latency, memory, partners, replay, roster, screens, stalled, start, table
from bench.processes import TOP, allow_open_files
from bench.table import Row

RESULTS: Final = Path(__file__).parent / "results"
LATEST: Final = RESULTS / "latest.json"
DOCUMENT: Final = TOP / "docs" / "performance.md"
WIDTH: Final = 120


class Bench(NamedTuple):
    measure: Callable[[], dict[str, Any]]
    rows: Callable[[dict[str, Any]], list[Row]]


BENCHES: Final = {
    "ingest": Bench(ingest.measure, ingest.rows),
    "latency": Bench(latency.measure, latency.rows),
    "fanout": Bench(fanout.measure, fanout.rows),
    "screens": Bench(screens.measure, screens.rows),
    "stalled": Bench(stalled.measure, stalled.rows),
    "partners": Bench(partners.measure, partners.rows),
    "replay": Bench(replay.measure, replay.rows),
    "roster": Bench(roster.measure, roster.rows),
    "start": Bench(start.measure, start.rows),
    "memory": Bench(memory.measure, memory.rows),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(BENCHES)}")
    parser.add_argument("--write-docs", action="store_true", help="the last figures into docs/performance.md")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if arguments.write_docs:
        write_docs()
    else:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all processes are ended
        allow_open_files()
        sys.exit(not run(arguments.names or list(BENCHES)))


def run(names: list[str]) -> bool:
    """Whether all holds that is wanted."""
    console = Console(width=WIDTH)
    started = time.perf_counter()
    measured: dict[str, Any] = {}
    for name in names:
        with console.status(name):
            measured[name] = {"at": _now()} | BENCHES[name].measure()
    rows = _rows(measured)
    console.print(table.for_terminal(rows))
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{_now().replace(':', '')}.json"
    path.write_text(json.dumps(_machine() | measured, indent=2), encoding="utf-8")
    LATEST.write_text(json.dumps(_latest() | _machine() | measured, indent=2), encoding="utf-8")
    console.print(f"{time.perf_counter() - started:.0f} s; kept in bench/results/{path.name}")
    return all(row.fits for row in rows)


def write_docs() -> None:
    figures = _latest()
    days = sorted({figures[name]["at"][:10] for name in BENCHES if name in figures})
    when = " to ".join(dict.fromkeys((days[0], days[-1])))
    machine = f"{figures['processors']} processors, {figures['system']}, Python {figures['python']}"
    text = f"Measured {when}: {machine}.\n\n{table.for_docs(_rows(figures))}"
    DOCUMENT.write_text(table.written_into(DOCUMENT.read_text(encoding="utf-8"), text), encoding="utf-8")


def _rows(figures: dict[str, Any]) -> list[Row]:
    return [row for name, bench in BENCHES.items() if name in figures for row in bench.rows(figures[name])]


def _latest() -> dict[str, Any]:
    return dict(json.loads(LATEST.read_text(encoding="utf-8"))) if LATEST.exists() else {}


def _machine() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    main()
