"""What participants and known reads take in memory, told by the process's own size. Each in a fresh process."""

import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Final

from bench import processes
from bench.table import Row, below
from hub.model import Participant
from hub.roster import Roster, interned
from hub.seen import Seen, content_digest

PARTICIPANTS: Final = 100_000
READS: Final = processes.size("BENCH_KEYS", 1_000_000)


def size_bytes(process: int | str = "self") -> int:
    """Resident memory of a process. What this one does not need any more is not counted."""
    gc.collect()
    return resident_bytes(process)


def resident_bytes(process: int | str = "self") -> int:
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def participants() -> dict[str, float]:
    """A roster of 100,000, each with its own names, tag and bib, and with a city, a division and a team."""
    before = size_bytes()
    roster = Roster(
        interned(
            Participant(
                number,
                str(number),
                (f"A{number:06d}",),
                first_name=f"First{number}",
                last_name=f"Family-Name{number}",
                age=str(20 + number % 60),
                gender="FM"[number % 2],
                city=f"City {number % 5000}",
                state=f"S{number % 50}",
                country="NZL",
                division=f"M{number % 12}",
                race_name="Half marathon",
                wave=str(number % 8),
                team_name=f"Team {number % 900}",
            )
        )
        for number in range(PARTICIPANTS)
    )
    return {"participants": roster.size, "mb": (size_bytes() - before) / 1e6}


def known_reads() -> dict[str, float]:
    """What a session remembers of a million reads, all shown by one numbering."""
    before = size_bytes()
    seen = Seen()
    run = seen.new_run(seen.location("FINISH"))
    started = time.perf_counter()
    for number in range(1, READS + 1):
        seen.judge(run, number, content_digest(str(number % 5000), number * 10_000, "12000C", 8))
    seconds = time.perf_counter() - started
    return {
        "reads": READS,
        "bytes_per_read": (size_bytes() - before) / READS,
        "us_per_read": seconds / READS * 1e6,
    }


def measure() -> dict[str, Any]:
    return {name: _in_fresh_process(name) for name in ("participants", "known_reads")}


def _in_fresh_process(name: str) -> Any:
    with processes.python("memory", name) as process:
        return process.answer()


def rows(figures: dict[str, Any]) -> list[Row]:
    each = figures["known_reads"]["bytes_per_read"]
    return [
        below("memory: 100,000 participants", figures["participants"]["mb"], "MB", 100),
        Row(
            f"memory: a known read (of {figures['known_reads']['reads']:,})",
            each,
            "bytes",
            "<= 200 bytes",
            each <= 200,
        ),
    ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"participants": participants, "known_reads": known_reads}[sys.argv[1]]()))
