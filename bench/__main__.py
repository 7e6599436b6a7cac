"""`make bench`: runs every benchmark, prints one table, and keeps the figures in bench/results/."""

import asyncio
import json
import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench import ingest, memory

RESULTS: Final = Path(__file__).parent / "results"


def main() -> None:
    started = time.perf_counter()
    figures: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "ingest": asyncio.run(ingest.measure()),
        "memory": memory.measure(),
    }
    Console(width=110).print(_table(figures))
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{figures['at'].replace(':', '')}.json"
    path.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    Console().print(f"{time.perf_counter() - started:.0f} s; kept in bench/results/{path.name}")


def _table(figures: dict[str, Any]) -> Table:
    table = Table(title="race hub", title_justify="left")
    for name in ("what", "measured", "wanted", ""):
        table.add_column(name, justify="left" if name == "what" else "right")
    for what, value, unit, wanted, fits in _rows(figures):
        table.add_row(what, f"{value:,.{0 if value > 100 else 2}f} {unit}", wanted, "yes" if fits else "NO")
    return table


def _rows(figures: dict[str, Any]) -> list[tuple[str, float, str, str, bool]]:
    reads, held = figures["ingest"], figures["memory"]
    people, keys = held["participants"]["mb"], held["known_reads"]["bytes_per_read"]
    hub, ratio, cost = reads["hub_per_s"], reads["hub_to_copy"], reads["journal_cost"]
    return [
        ("plain COPY of the same rows", reads["copy_per_s"], "/s", "the limit", True),
        ("reads over TCP, committed, with journal", hub, "/s", ">= 40,000 /s", hub >= 40_000),
        ("the same without the journal", reads["no_journal_per_s"], "/s", "", True),
        ("hub to plain COPY", ratio, "x", ">= 0.50 x", ratio >= 0.5),
        ("what the journal costs", cost, "of the rate", "<= 0.33", cost <= 1 / 3),
        ("100,000 participants", people, "MB", "< 100 MB", people < 100),
        ("a known read (of 1,000,000)", keys, "bytes", "<= 200 bytes", keys <= 200),
    ]


if __name__ == "__main__":
    main()
