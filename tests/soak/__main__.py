"""`make soak`: attacks a hub for some minutes, and says what became of the reads. Exit 1 when anything was lost,
doubled or shown wrongly, or when the hub took more memory or files than it may.

`python -m tests.soak [--minutes 5] [--seed N]`
"""

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from tests.soak.figures import Report
from tests.soak.soak import READS_PER_S, SESSION_S, Pace, soak

WIDTH = 110


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, help="of the faults; without one, another each time")
    parser.add_argument("--reads-per-s", type=float, default=READS_PER_S)
    parser.add_argument("--session-s", type=float, default=SESSION_S, help="after which a session is ended")
    arguments = parser.parse_args()
    console = Console(width=WIDTH, highlight=False)
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().getrandbits(32)
    say(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="racehub-soak-") as name:
        folder = Path(name)
        with contextlib.suppress(KeyboardInterrupt):
            pace = Pace(arguments.reads_per_s, arguments.session_s)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                report = runner.run(soak(folder, minutes=arguments.minutes, seed=seed, say=say, pace=pace))
            sys.exit(bool(finish(console, report, folder)))


def say(text: str) -> None:
    print(text, flush=True)


def finish(console: Console, report: Report, folder: Path) -> list[str]:
    table = Table(title="soak", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for row in report.lines():
        table.add_row(*row)
    console.print(table)
    problems = report.problems()
    for problem in problems:
        console.print(f"NOT AS IT SHOULD BE: {problem}")
    if problems:
        with tempfile.NamedTemporaryFile(prefix="racehub-soak-", suffix=".log", delete=False) as kept:
            kept.write((folder / "hub.log").read_bytes())
        console.print(f"what the hub said is kept in {kept.name}")
    return problems


if __name__ == "__main__":
    main()
