"""Screens that stop reading: whether the others notice, how soon the stalled ones are gone, and what they cost.

A reader sends PER_S reads a second to a hub with FOLLOWERS screens that want every read in order, for SECONDS: first
without any stalled screen, which is the limit, then with STALLED ones more. Then there are no reads at all, and as many
screens fall silent: half of them read nothing more, the process of the others is stopped as a sleeping laptop's.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from bench import processes
from bench.processes import Child, Server
from bench.table import Row, below

FOLLOWERS: Final = processes.size("BENCH_FOLLOWERS", 950)
SECONDS: Final = processes.size("BENCH_STALLED_SECONDS", 30)
WARM_UP_S: Final = 3
STALLED: Final = {"deaf": 10, "small": 20, "usual": 20}
WORDS: Final = {"deaf": "no hello read", "small": "a small buffer", "usual": "a usual buffer"}
PER_S: Final = 50
TEAM: Final = " of a town with a long name" * 7
"""Makes a read's message about 700 bytes long."""
LATE_MS_MAX: Final = 20.0
FULL_S_MAX: Final = 10.0
SILENCE_S_MAX: Final = 40.0
GONE_S_MAX: Final = 60.0
"""A screen that is there for longer is not going to be gone."""
POLL_S: Final = 0.2


def measure() -> dict[str, Any]:
    with processes.database() as (dsn, folder):
        place = folder / "hub"
        with processes.hub(dsn, place, module="stalled_process") as server:
            processes.load_roster(dsn, place, TEAM)
            with processes.followers(server, FOLLOWERS) as followers:
                _load(server, followers, WARM_UP_S)  # what the first reads take is not counted
                alone = _loaded(server, followers, {})
                stalled = _loaded(server, followers, STALLED)
                silence = _silence(server, followers)
    return {"alone": alone, "stalled": stalled, "silence": silence}


def _loaded(server: Server, followers: Child, kinds: dict[str, int]) -> dict[str, Any]:
    """The same reads, with so many stalled screens of each kind."""
    before_bytes = _asked(server, "begin")
    with _stalled(server, kinds) as last:
        had = _load(server, followers, SECONDS)
        late = _asked(server, "late")
        ends = _ends(server, sum(map(len, last.values())))
    return {
        "missed": FOLLOWERS * SECONDS * PER_S - had["had"],
        "astray": had["astray"],
        "late_ms": late["late_ms"],
        "own_ms": late["own_ms"],
        "grown_bytes": late["most_bytes"] - before_bytes,
        "gone_s": {
            kind: max(_s(ends[port]["gone"], at) for port, at in ports.items())
            for kind, ports in last.items()
        },
        "full_s": [_s(each["gone"], each["full"]) for each in ends.values() if each["full"]],
        "why": Counter(each["why"] for each in ends.values()),
    }


def _silence(server: Server, followers: Child) -> dict[str, Any]:
    """No reads; half of the silent ones read nothing more, the others are asleep."""
    asleep = sum(STALLED.values())
    with processes.followers(server, asleep) as sleepers:
        _asked(server, "begin")
        with _stalled(server, STALLED) as last, _stopped(sleepers) as stopped:
            ends = _ends(server, 2 * asleep)
    silent = {port: at for ports in last.values() for port, at in ports.items()}
    followers.tell("expect 0")
    return {
        "gone_s": max(_s(each["gone"], silent.get(port, stopped)) for port, each in ends.items()),
        "why": Counter(each["why"] for each in ends.values()),
        "closed": followers.answer()["closed"],
    }


def _load(server: Server, followers: Child, seconds: int) -> dict[str, int]:
    """So many seconds of reads, until all who follow have had them."""
    count = PER_S * seconds
    followers.tell("begin")
    followers.expect("begun")
    with processes.reader(server, PER_S, count) as reader:
        reader.tell("go")
        reader.answer()
        followers.tell(f"expect {count}")
        had: dict[str, int] = followers.answer()
    if had["closed"]:
        raise RuntimeError(f"{had['closed']} screens were cut that read on")
    return had


@contextmanager
def _stalled(server: Server, kinds: dict[str, int]) -> Iterator[dict[str, dict[str, int]]]:
    """When each has read its last byte, by kind and port."""
    if not kinds:
        yield {}
        return
    wanted = [word for kind in kinds.items() for word in kind]
    with processes.python("stalled_client", server.web_port, server.path, *wanted) as child:
        yield child.answer()


@contextmanager
def _stopped(child: Child) -> Iterator[int]:
    """When it was."""
    os.kill(child.pid, signal.SIGSTOP)
    try:
        yield time.monotonic_ns()
    finally:
        os.kill(child.pid, signal.SIGCONT)


def _ends(server: Server, count: int) -> dict[str, dict[str, Any]]:
    """Of so many screens, by port, as soon as they are gone. Raises RuntimeError when they stay."""
    patience = time.monotonic() + GONE_S_MAX
    while len(ends := _asked(server, "ends")) < count:
        if time.monotonic() > patience:
            raise RuntimeError(f"{count - len(ends)} stalled screens are still there")
        time.sleep(POLL_S)
    return dict(ends)


def _asked(server: Server, question: str) -> Any:
    server.process.tell(question)
    return server.process.answer()


def _s(end_ns: int, start_ns: int) -> float:
    return (end_ns - start_ns) / 1e9


def rows(figures: dict[str, Any]) -> list[Row]:
    alone, stalled, silence = figures["alone"], figures["stalled"], figures["silence"]
    count = sum(STALLED.values())
    what = f"stalled, {count} of {count + FOLLOWERS:,} screens"
    missed = stalled["missed"] + stalled["astray"]
    cost_kib = (stalled["grown_bytes"] - alone["grown_bytes"]) / count / 1024
    return [
        Row(f"{what}: reads that the others missed", missed, "reads", "0", missed == 0),
        Row(f"{what}: the loop is late by, p50", stalled["late_ms"]["p50"], "ms"),
        below(f"{what}: the loop is late by, p99", stalled["late_ms"]["p99"], "ms", LATE_MS_MAX),
        Row(f"{what}: of that its own work, p99", stalled["own_ms"]["p99"], "ms"),
        Row("stalled, none: the loop is late by, p50", alone["late_ms"]["p50"], "ms"),
        Row("stalled, none: the loop is late by, p99", alone["late_ms"]["p99"], "ms"),
        Row("stalled, none: of that its own work, p99", alone["own_ms"]["p99"], "ms"),
        _at_most(f"{what}: gone after its queue was full, the last", max(stalled["full_s"]), FULL_S_MAX),
        *(
            Row(f"{what}: gone after its last byte, {WORDS[kind]}, the last", seconds, "s")
            for kind, seconds in stalled["gone_s"].items()
        ),
        Row(f"{what}: memory that one takes", cost_kib, "KiB"),
        _at_most(f"silence, {2 * count} screens: gone, the last", silence["gone_s"], SILENCE_S_MAX),
    ]


def _at_most(what: str, seconds: float, most: float) -> Row:
    return Row(what, seconds, "s", f"<= {most:g} s", seconds <= most)
