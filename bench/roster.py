"""A roster's file from the upload until it is in force: 100,000 rows, some of them bad, by the addresses that the page
uses. Then the same file once more, with some runners changed.

The limit beside it: the same rows read by Python's csv alone, and copied into a table of that many columns.
"""

import asyncio
import csv
import io
import json
import re
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import asyncpg

from bench import processes
from bench.processes import Child
from bench.table import Row, below
from hub.web.auth import admin_token

ROWS: Final = processes.size("BENCH_ROSTER", 100_000)
BAD: Final = ROWS // 200
CHANGED: Final = ROWS // 100
HEADER: Final = (
    "bib,tag,first_name,last_name,gender,birth_date,city,state,country,division,race,wave,team,Shirt\n"
)
KIB: Final = 1024
READS: Final = "hub.roster_reading"
POLL_S: Final = 0.05
BOUNDARY: Final = "bench-roster"


def file(changed: int = 0) -> bytes:
    """Every so many-th row is bad, each in one of four ways; the first ones have another city when they are changed."""
    return (HEADER + "".join(_row(number, changed) for number in range(1, ROWS + 1))).encode()


def _row(number: int, changed: int) -> str:
    bib, tag, born, more = (
        str(number),
        f"58{number:06d}",
        f"{number % 12 + 1}/{number % 28 + 1}/{1950 + number % 60}",
        "",
    )
    if number % (ROWS // BAD) == 0:
        match number // (ROWS // BAD) % 4:
            case 0:
                born = "13/32/1990"
            case 1:
                bib = str(number - 1)
            case 2:
                more = ",,x"
            case _:
                return ",,,,M,,Nowhere,,,,,,,\n"
    city = f"Town {number % 500}" if number <= changed else f"City {number % 500}"
    return (
        f"{bib},{tag},First{number % 997},Family{number % 4999},{'FM'[number % 2]},{born},{city},S{number % 50},"
        f"NZL,M{number % 12},Half,{number % 8},Team {number % 900},{'SML'[number % 3]}{more}\n"
    )


class Web:
    """The hub's addresses, asked as the page asks them."""

    def __init__(self, base: str, token: str) -> None:
        self._base = base
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Any:
        headers = self._headers | ({"Content-Type": kind} if body is not None else {})
        request = urllib.request.Request(f"{self._base}{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=processes.PATIENCE_S) as response:
            answer = response.read()
        return json.loads(answer) if answer else None

    def bring(self, session: int, data: bytes) -> Any:
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="session"\r\n\r\n{session}\r\n'.encode(),
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\n\r\n'.encode(),
            data,
            f"\r\n--{BOUNDARY}--\r\n".encode(),
        ]
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.ask("POST", "/api/rosters/files", b"".join(parts), kind)["file"]

    def job(self, path: str, body: dict[str, Any], pid: int) -> tuple[Any, int, float]:
        """Its result, how many states of its progress were seen, and the memory of the process that reads, in MB."""
        job = self.ask("POST", path, json.dumps(body).encode())["job"]
        seen, child_mb = set(), 0.0
        while job["status"] == "running":
            seen.add((job["done"], job["words"]))
            child_mb = max(child_mb, _child_mb(pid))
            time.sleep(POLL_S)
            job = self.ask("GET", f"/api/jobs/{job['id']}")["job"]
        if job["status"] != "done":
            raise RuntimeError(f"the job has {job['status']}: {job['error']}")
        return job["result"], len(seen), child_mb


def measure() -> dict[str, Any]:
    with processes.database() as (dsn, folder):
        with processes.python("roster_process", dsn, folder) as process:
            base = dict(each.split("=", 1) for each in process.line().split()[2:])["web"]
            session = processes.ask(dsn, "SELECT max(id) FROM timing_sessions WHERE status = 'active'")
            web = Web(base, admin_token(folder))
            figures = {"rows": ROWS, "at_rest": _figures(process)}
            figures["first"] = _put(web, process, session, file())
            figures["again"] = _put(web, process, session, file(CHANGED))
        figures["plain"] = asyncio.run(_plain(dsn, file()))
    return figures


def _put(web: Web, process: Child, session: int, data: bytes) -> dict[str, Any]:
    """Seconds by part, and what came of it."""
    begun = _figures(process)
    started = time.perf_counter()
    kept = web.bring(session, data)
    path = f"/api/rosters/files/{kept['id']}"
    brought = time.perf_counter()
    preview, seen, child_mb = web.job(f"{path}/preview", {}, process.pid)
    previewed = time.perf_counter()
    before = _figures(process)
    applied, seen_then, child_then_mb = web.job(f"{path}/apply", {"gone": "remove"}, process.pid)
    ended = time.perf_counter()
    after = _figures(process)
    web.ask("DELETE", path)
    return {
        "mb": len(data) / 1e6,
        "look_s": brought - started,
        "preview_s": previewed - brought,
        "apply_s": ended - previewed,
        "preview_block_ms": before["block_ms"],
        "apply_block_ms": after["block_ms"],
        "hub_mb": after["hub_mb"],
        "child_mb": max(child_mb, child_then_mb),
        "preview_busy_ms": before["busy_ms"],
        "apply_busy_ms": after["busy_ms"],
        "preview_cpu_s": before["cpu_s"] - begun["cpu_s"],
        "apply_cpu_s": after["cpu_s"] - before["cpu_s"],
        "progress": min(seen, seen_then),
        "left_out": preview["left_out"],
        "reasons": len({each["reason"].split()[0] for each in preview["problems"]}),
        **{name: applied[name] for name in ("added", "changed", "gone", "participants")},
    }


def _figures(process: Child) -> dict[str, float]:
    process.tell("")
    found: dict[str, float] = process.answer()
    return found


def _child_mb(pid: int) -> float:
    """The highest that a child of this process that reads a roster has taken so far; 0: it has none."""
    found = 0.0
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # a thread, or a child, has just ended
            for child in path.read_text(encoding="ascii").split():
                command = Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8")
                status = Path(f"/proc/{child}/status").read_text(encoding="utf-8")
                high = re.search(r"VmHWM:\s+(\d+) kB", status)
                # As it is before it has become another program it is the hub's copy.
                if high and READS in command:
                    found = max(found, int(high[1]) * KIB / 1e6)
    return found


async def _plain(dsn: str, data: bytes) -> dict[str, float]:
    """The same by csv and COPY alone, into a table that nobody asks."""
    started = time.perf_counter()
    header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    width = len(header)
    records = [tuple(row) for row in rows if len(row) == width]
    read = time.perf_counter()
    connection = await asyncpg.connect(dsn)
    columns = [f"c{number}" for number in range(width)]
    await connection.execute(f"CREATE TEMP TABLE plain ({', '.join(f'{each} text' for each in columns)})")
    await connection.copy_records_to_table("plain", records=records, columns=columns)
    ended = time.perf_counter()
    await connection.close()
    return {"csv_s": read - started, "copy_s": ended - read}


def rows(figures: dict[str, Any]) -> list[Row]:
    first, again, plain = figures["first"], figures["again"], figures["plain"]
    what = f"roster: {figures['rows']:,} rows, {first['left_out']} of them bad"
    block = max(first["preview_block_ms"], first["apply_block_ms"], again["apply_block_ms"])
    busy = max(first["preview_busy_ms"], first["apply_busy_ms"], again["apply_busy_ms"])
    return [
        below(f"{what}: from upload until it is in force", first["look_s"] + first["apply_s"], "s", 10),
        Row("roster: of that until it is looked at", first["look_s"], "s"),
        Row("roster: its preview, beside that", first["preview_s"], "s"),
        Row(f"roster: the same file with {again['changed']:,} changed, previewed", again["preview_s"], "s"),
        Row("roster: and applied", again["apply_s"], "s"),
        Row("roster: the same rows by csv and COPY alone", plain["csv_s"] + plain["copy_s"], "s"),
        below("roster: the longest that the hub's loop was held up", block, "ms", 50),
        Row("roster: of that, as long as it was busy itself", busy, "ms"),
        Row("roster: states of progress seen", first["progress"], "", ">= 5", first["progress"] >= 5),
        below("roster: the hub's memory at its highest", again["hub_mb"], "MB", 600),
        below("roster: that of the process that reads", again["child_mb"], "MB", 200),
    ]
