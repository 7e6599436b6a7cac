"""A hub whose reads come from nowhere: `python -m bench.fanout_process DSN FOLDER journal` prints its ready line.

Lines on stdin: `messages N` is answered by N messages as screens get them (JSON). `spend K TURNS PAUSE_S` publishes K
reads in one turn of the loop, TURNS times with a pause between, and is answered by the processor seconds that this
process took for it; with K = 0 it only pauses.
"""

import asyncio
import json
import logging
import signal
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from bench import made
from bench.hub_process import settings
from hub import encode
from hub.app import App, freeze_memory
from hub.model import Read
from hub.session import Session


class Source:
    """Makes the next reads of the one session, and hands them over as the hub does when they are on disk."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._session: Session = next(iter(app.hub.sessions.values()))

    def messages(self, count: int) -> list[str]:
        now_us = time.time_ns() // 1000
        reads = [made.read(number, now_us) for number in range(1, count + 1)]
        return [encode.read_message(self._session, read).decode() for read in reads]

    async def spend(self, count: int, turns: int, pause_s: float) -> float:
        prepared = [self._reads(count) for _ in range(turns)]
        started = time.process_time()
        for reads in prepared:
            if reads:
                self._session.extend(reads)
                self._app.live.publish(self._session, reads)
            await asyncio.sleep(pause_s)
        return time.process_time() - started

    def _reads(self, count: int) -> list[Read]:
        first = self._session.head + 1
        self._session.head += count
        now_us = time.time_ns() // 1000
        return [made.read(offset, now_us) for offset in range(first, first + count)]


async def answer(source: Source, command: str) -> Any:
    word, *values = command.split()
    if word == "messages":
        return source.messages(int(values[0]))
    return await source.spend(int(values[0]), int(values[1]), float(values[2]))


async def run(dsn: str, folder: Path) -> None:
    app = App(settings(dsn, folder))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.request_stop)
    try:
        addresses = await app.start()
        freeze_memory()
        _say(addresses.ready_line())
        source = Source(app)
        while command := await asyncio.to_thread(sys.stdin.readline):
            _say(json.dumps(await answer(source, command)))
    finally:
        await app.stop()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(sys.argv[1], Path(sys.argv[2])))
