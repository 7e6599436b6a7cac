"""A hub that is looked into while its screens stall: `python -m bench.stalled_process DSN FOLDER journal` prints its
ready line.

Lines on stdin: `begin` forgets what was measured so far, and is answered by this process's memory in bytes. `late` is
answered by how late the loop came to what was due every PROBE_S since then, how much of each of these times it worked
itself (milliseconds; otherwise others had the processor), and the most memory that this process had (bytes). `ends` is
answered by the screens whose sockets have gone since then, by the port they came from: why, when its queue was full
(0: never) and when the socket was gone (nanoseconds of the monotonic clock).
"""

import asyncio
import json
import logging
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

import uvloop
from aiohttp.web_protocol import RequestHandler

from bench.hub_process import settings
from bench.memory import resident_bytes
from bench.table import spread
from hub import fanout
from hub.app import App, freeze_memory
from hub.web import sockets

PROBE_S: Final = 0.005
MEMORY_PROBES: Final = 20
"""Memory is looked at with every so many probes: it costs more to ask for."""


class Loop:
    """How late this process's loop is, and what it takes meanwhile."""

    def __init__(self) -> None:
        self._late_ms: list[float] = []
        self._own_ms: list[float] = []
        self._most_bytes = 0
        self.begin()

    def begin(self) -> int:
        self._late_ms.clear()
        self._own_ms.clear()
        self._most_bytes = resident_bytes()
        return self._most_bytes

    def late(self) -> dict[str, Any]:
        return {
            "late_ms": spread(self._late_ms),
            "own_ms": spread(self._own_ms),
            "most_bytes": self._most_bytes,
        }

    def probe(self, due: float, worked: float) -> None:
        """Was due at this time of the monotonic clock; this thread had `worked` when it was asked for (seconds).
        Calls itself again and again."""
        late_ms = (time.monotonic() - due) * 1e3
        self._late_ms.append(late_ms)
        self._own_ms.append(min(late_ms, (time.thread_time() - worked) * 1e3))
        if len(self._late_ms) % MEMORY_PROBES == 0:
            self._most_bytes = max(self._most_bytes, resident_bytes())
        asyncio.get_running_loop().call_later(
            PROBE_S, self.probe, time.monotonic() + PROBE_S, time.thread_time()
        )


class Ends:
    """What became of each screen, told by the hub's own calls."""

    def __init__(self) -> None:
        self._full: dict[int, int] = {}
        self._why: dict[int, str] = {}
        self._gone: dict[int, int] = {}
        self._screens: dict[sockets.Screen, int] = {}

    def begin(self) -> None:
        for each in (self._full, self._why, self._gone):
            each.clear()

    def ends(self) -> dict[int, dict[str, Any]]:
        return {
            port: {"why": why, "full": self._full.get(port, 0), "gone": self._gone[port]}
            for port, why in self._why.items()
            if port in self._gone
        }

    def watch(self) -> None:
        """Puts itself between the hub and three of its calls."""
        cut, lost = fanout.Subscriber.cut, RequestHandler.connection_lost
        add, remove = sockets.Screens.add, sockets.Screens.remove

        def cut_and_tell(subscriber: fanout.Subscriber, reason: fanout.CloseReason) -> None:
            if reason is fanout.TOO_SLOW and subscriber.reason is None:
                ports = (port for each, port in self._screens.items() if each._subscriber is subscriber)
                self._full[next(ports)] = time.monotonic_ns()
            cut(subscriber, reason)

        def lose(handler: RequestHandler, exc: BaseException | None) -> None:
            port = _port(handler.transport)
            lost(handler, exc)
            self._gone[port] = time.monotonic_ns()

        def come(screens: sockets.Screens, screen: sockets.Screen) -> None:
            self._screens[screen] = _port(screen._request.transport)
            add(screens, screen)

        def leave(screens: sockets.Screens, screen: sockets.Screen) -> None:
            self._why[self._screens.pop(screen)] = screen.ended
            remove(screens, screen)

        for owner, name, call in (
            (fanout.Subscriber, "cut", cut_and_tell),
            (RequestHandler, "connection_lost", lose),
            (sockets.Screens, "add", come),
            (sockets.Screens, "remove", leave),
        ):
            setattr(owner, name, call)


def _port(transport: asyncio.BaseTransport | None) -> int:
    """That the other side came from."""
    name = transport.get_extra_info("peername") if transport else None
    return int(name[1]) if name else 0


async def run(dsn: str, folder: Path) -> None:
    app = App(settings(dsn, folder))
    loop, ends = Loop(), Ends()
    ends.watch()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.request_stop)
    try:
        addresses = await app.start()
        freeze_memory()
        _say(addresses.ready_line())
        loop.probe(time.monotonic(), time.thread_time())
        while command := await asyncio.to_thread(sys.stdin.readline):
            if command.strip() == "begin":
                ends.begin()
            answers = {"begin": loop.begin, "late": loop.late, "ends": ends.ends}
            _say(json.dumps(answers[command.strip()]()))
    finally:
        await app.stop()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(sys.argv[1], Path(sys.argv[2])))
