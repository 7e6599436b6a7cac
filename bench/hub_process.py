"""A hub for a benchmark: `python -m bench.hub_process DSN FOLDER journal|none` prints its ready line.

`none`: with a journal that forgets, to tell what the journal costs.
"""

import asyncio
import itertools
import logging
import signal
import sys
from pathlib import Path

import uvloop

from hub import stores
from hub.app import App, freeze_memory
from hub.config import Database, Limits, Listener, Server, Settings, Web
from hub.model import Group
from hub.store import drain


class NoJournal:
    """Has the shape of a Journal and keeps nothing. The drain is fed from its window alone."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self.pending_bytes = 0
        self.last_id = 0
        self.set_aside = ""
        self._numbers = itertools.count(1)

    def check(self) -> dict[int, int]:
        return {}

    def write(self, _group: Group, _reads: int, _delete_through: int) -> int:
        return next(self._numbers)

    def delete(self, _delete_through: int) -> None:
        """Nothing was kept."""

    def read(self, _after: int, _reads_max: int) -> list[tuple[int, Group]]:
        return []

    def close(self) -> None:
        """Nothing was opened."""


def settings(dsn: str, folder: Path) -> Settings:
    """On this machine only, on ports of the system's choice, in UTC as the reads that are sent."""
    return Settings(
        server=Server(data_dir=str(folder), timezone="UTC"),
        web=Web(host="127.0.0.1", port=0),
        database=Database(dsn=dsn),
        listeners=(Listener(host="127.0.0.1", port=0),),
        limits=Limits(connections_per_address=1000),  # all come from here
    )


async def run(dsn: str, folder: Path) -> None:
    app = App(settings(dsn, folder))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.request_stop)
    try:
        addresses = await app.start()
        freeze_memory()
        sys.stdout.write(f"{addresses.ready_line()}\n")
        sys.stdout.flush()
        await app.until_stopped()
    finally:
        await app.stop()


def main() -> None:
    dsn, folder, journal = sys.argv[1:]
    logging.basicConfig(level=logging.ERROR)
    if journal == "none":
        vars(stores)["Journal"] = NoJournal
        vars(drain)["WINDOW_READS_MAX"] = sys.maxsize
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(dsn, Path(folder)))


if __name__ == "__main__":
    main()
