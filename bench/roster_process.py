"""A hub for the benchmark of rosters: `python -m bench.roster_process DSN FOLDER` prints its ready line, then answers
each line with how long its loop was held up since the last one, and what it has taken of memory and processor.
"""

import asyncio
import json
import resource
import signal
import sys
import time
from pathlib import Path

import uvloop

from bench.hub_process import settings
from hub.app import App, freeze_memory

TICK_S = 0.001
KIB = 1024


class Lag:
    """The longest that the loop has let somebody wait who wanted to be called after a millisecond; and of that, the
    longest in which it was busy itself: on a machine with other things to do the two differ."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.longest_s = self.busy_s = 0.0
        self._next()

    def take_busy(self) -> float:
        busy, self.busy_s = self.busy_s, 0.0
        return busy

    def take(self) -> float:
        """Since it was asked last."""
        longest, self.longest_s = self.longest_s, 0.0
        return longest

    def _next(self) -> None:
        self._due = self._loop.time() + TICK_S
        self._busy = time.thread_time()
        self._loop.call_at(self._due, self._called)

    def _called(self) -> None:
        self.longest_s = max(self.longest_s, self._loop.time() - self._due)
        self.busy_s = max(self.busy_s, time.thread_time() - self._busy)
        self._next()


async def run(dsn: str, folder: Path) -> None:
    app = App(settings(dsn, folder))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.request_stop)
    addresses = await app.start()
    freeze_memory()
    print(addresses.ready_line(), flush=True)
    answering = asyncio.create_task(answer(Lag()))
    try:
        await app.until_stopped()
    finally:
        answering.cancel()
        await app.stop()


async def answer(lag: Lag) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while await reader.readline():
        figures = {
            "block_ms": lag.take() * 1000,
            "busy_ms": lag.take_busy() * 1000,
            "hub_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB / 1e6,
            "cpu_s": time.process_time(),
        }
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    uvloop.run(run(sys.argv[1], Path(sys.argv[2])))
