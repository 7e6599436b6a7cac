"""`make soak`: attacks a hub for some minutes, and says what became of the reads. Exit 1 when anything was lost,
doubled or shown wrongly, or when the hub took more memory or files than it may.

`python -m tests.soak [--minutes 5] [--seed N]`
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

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
        pace = Pace(arguments.reads_per_s, arguments.session_s)
        work = soak(folder, minutes=arguments.minutes, seed=seed, say=say, pace=pace)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                report = runner.run(until_told(work))
        except (KeyboardInterrupt, asyncio.CancelledError):
            sys.exit("broken off")
        sys.exit(bool(finish(console, report, folder)))


async def until_told(work: Coroutine[Any, Any, Report]) -> Report:
    """A SIGTERM ends it in order, as Ctrl-C does: it has processes of its own."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


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
