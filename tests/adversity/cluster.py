"""A PostgreSQL of a test's own, whose processes are stopped, killed, frozen and started again. Its files are real.

Knows processes and pg_ctl; refuses to know tables. Works where the embedded server does.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from hub.store.embedded import EmbeddedPostgres
from tests.postgres import HASTY, folder_for_postgres
from tests.running import PATIENCE_S

POLL_S: Final = 0.02
WAYS: Final = ("fast", "immediate", "kill")
"""How it can be stopped: with a shutdown, by quitting at once, by SIGKILL of all its processes."""


class Cluster:
    """`dsn` is its database's, the same for all of its life."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._server = EmbeddedPostgres(folder, extra_settings=settings)
        self.dsn = ""

    async def start(self) -> str:
        """Until it answers."""
        self.dsn = await self._server.start()
        return self.dsn

    async def stop(self, way: str = "fast") -> None:
        """Until it is gone."""
        if way == "fast":
            await self._server.stop()
            return
        processes = self.processes()
        if way == "immediate":
            os.kill(processes[0], signal.SIGQUIT)
        else:
            _tell(processes, signal.SIGKILL)
        async with asyncio.timeout(PATIENCE_S):
            while any(map(_runs, processes)):  # noqa: ASYNC110
                await asyncio.sleep(POLL_S)

    def freeze(self) -> None:
        """No process of it does anything, and the kernel takes what is sent to it."""
        _tell(self.processes(), signal.SIGSTOP)

    def thaw(self) -> None:
        _tell(self.processes(), signal.SIGCONT)

    def processes(self) -> list[int]:
        """The postmaster, and all that it has started: each of those is a process group of its own."""
        postmaster = self.postmaster
        return [postmaster, *_children(postmaster)]

    @property
    def postmaster(self) -> int:
        return int((self._server.place / "cluster" / "postmaster.pid").read_text().split()[0])


def _tell(processes: list[int], number: signal.Signals) -> None:
    for pid in processes:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue  # a backend whose client has left meanwhile


def _children(parent: int) -> list[int]:
    """From `/proc`, or from ps where there is none."""
    if Path("/proc/self/stat").exists():
        return [
            pid for pid in (int(path.name) for path in Path("/proc").glob("[0-9]*")) if _parent(pid) == parent
        ]
    lines = os.popen("ps -A -o pid=,ppid=").read().splitlines()
    return [int(line.split()[0]) for line in lines if int(line.split()[1]) == parent]


def _parent(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[1])


def _runs(pid: int) -> bool:
    """A process that has ended, and that nobody has asked how, does not."""
    state = os.popen(f"ps -o stat= -p {pid}").read().strip()
    return bool(state) and not state.startswith("Z")


@asynccontextmanager
async def cluster(settings: Mapping[str, str] = HASTY) -> AsyncIterator[Cluster]:
    """Running; gone afterwards, in whatever state it was left."""
    with folder_for_postgres() as folder:
        one = Cluster(folder, settings)
        try:
            await one.start()
            yield one
        finally:
            with contextlib.suppress(OSError, ValueError):  # it may not run
                one.thaw()
            await one.stop()
