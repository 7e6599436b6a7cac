"""What a soak attacks: a hub that lives again and again as a process of its own, its PostgreSQL, and the lines to both.

Knows processes; refuses to know why they are ended.
"""

import asyncio
import contextlib
import os
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.adversity.cluster import Cluster, cluster
from tests.adversity.disk import unlimit_files
from tests.adversity.proxy import Proxy, socket_of, through
from tests.running import HOST
from tests.serving import ENVIRONMENT, TOP, free_port, write_config

CONNECTIONS_MAX: Final = 256
"""Of one address: every client of a soak has the same, and a stalled line keeps old ones open."""
LIVE_SETTINGS: Final[dict[str, str]] = {}
"""PostgreSQL as the hub runs it: fsync and synchronous_commit are on."""
END_S_MAX: Final = 30.0
PAGE_BYTES: Final = resource.getpagesize()


class Hub:
    """`ready`: it says that it is. `ended_itself`: what it said each time it ended and nobody had told it to."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder = folder
        self._log = log.open("ab", buffering=0)
        self._process: asyncio.subprocess.Process | None = None
        self._talking: list[asyncio.Task[None]] = []
        self._told = False
        self._last_words = b""
        self.ready = asyncio.Event()
        self.began_at = self.ready_at = 0.0
        self.lives = 0
        self.shift_s = 0
        self.ended_itself: list[str] = []

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self, shift_s: int = 0) -> None:
        """It runs; whether it is ready says `ready`."""
        self.lives += 1
        self.shift_s = shift_s
        self.began_at = time.monotonic()
        self._told = False
        self.ready.clear()
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.soak.shifted_hub",
            str(shift_s),
            "serve",
            cwd=self._folder,
            env=ENVIRONMENT | {"PYTHONPATH": str(TOP)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C is for the soak alone, which ends it in order
        )
        self._talking = [
            asyncio.create_task(work(process)) for work in (self._listen, self._keep, self._miss)
        ]

    async def kill(self) -> None:
        """As a power cut does."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> tuple[int, float]:
        """Tells it to stop. Gives the exit code, and how many seconds it took."""
        began = time.monotonic()
        return await self._end(signal.SIGTERM), time.monotonic() - began

    async def _end(self, number: signal.Signals) -> int:
        process = self._process
        if process is None:
            return 0
        self._told = True
        self.ready.clear()
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        try:
            async with asyncio.timeout(END_S_MAX):
                code = await process.wait()
        except TimeoutError:
            process.kill()
            code = await process.wait()
        await asyncio.gather(*self._talking)
        return code

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            if line.startswith(b"racehub ready ") and process is self._process:
                self.ready_at = time.monotonic()
                self.ready.set()

    async def _keep(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        while line := await process.stderr.readline():
            self._last_words = line
            self._log.write(line)

    async def _miss(self, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        if not self._told:
            self.ready.clear()
            self.ended_itself.append(f"exit {code}: {self._last_words.decode(errors='replace').strip()}")

    # what it takes

    def memory_bytes(self) -> int:
        """Resident; 0 when it does not run."""
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
        except (OSError, IndexError):
            return 0

    def open_files(self) -> int:
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))  # noqa: PTH208  counted, not looked at
        except OSError:
            return 0

    def close(self) -> None:
        self._log.close()


class Site:
    """The hub, its PostgreSQL, and a line to each side of it. `dsn` leads to the database past the line."""

    def __init__(self, folder: Path, postgres: Cluster) -> None:
        self.folder = folder
        self.postgres = postgres
        self.dsn = postgres.dsn
        self.web_port, reader_port = free_port(), free_port()
        self.origin = f"http://{HOST}:{self.web_port}"
        self.postgres_line = Proxy(socket_of(postgres.dsn))
        self.reader_line = Proxy((HOST, reader_port))
        self.screen_line = Proxy((HOST, self.web_port))
        self._reader_port = reader_port
        self.hub = Hub(folder, folder / "hub.log")

    @property
    def lines(self) -> tuple[Proxy, ...]:
        return self.postgres_line, self.reader_line, self.screen_line

    async def open(self) -> None:
        for line in self.lines:
            await line.mend()
        write_config(
            self.folder,
            through(self.dsn, self.postgres_line),
            web_port=self.web_port,
            reader_port=self._reader_port,
            more=f"[limits]\nconnections_per_address = {CONNECTIONS_MAX}\n",
            timezone="UTC",
        )

    async def mend(self) -> None:
        """Everything runs and flows, whatever was done to it."""
        with contextlib.suppress(OSError, ValueError):  # it may not run
            self.postgres.thaw()
        await self.postgres.start()
        for line in self.lines:
            await line.mend()
        if self.hub.runs:
            unlimit_files(self.hub.pid)
        else:
            await self.hub.start()

    async def close(self) -> None:
        await self.hub.kill()
        self.hub.close()
        for line in self.lines:
            await line.close()


@asynccontextmanager
async def site(folder: Path, say: Callable[[str], None]) -> AsyncIterator[Site]:
    """Open, with nothing running but PostgreSQL; all of it gone afterwards."""
    say("making a PostgreSQL")
    async with cluster(LIVE_SETTINGS) as postgres:
        made = Site(folder, postgres)
        try:
            await made.open()
            yield made
        finally:
            await made.close()
