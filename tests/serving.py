"""`racehub` as a process of its own: what a user starts, a supervisor stops and a power cut kills."""

import asyncio
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from tests.running import HOST, PATIENCE_S, ZONE

TOP: Final = Path(__file__).parent.parent
HUB: Final = (sys.executable, "-m", "hub")
SPARE: Final = (sys.executable, "-m", "tests.spare_hub")
Run = Callable[..., tuple[int, str, str]]
"""`racehub` within this process (the fixture `run`): words in; exit code, stdout and stderr out."""
ENVIRONMENT: Final = {
    **{name: value for name, value in os.environ.items() if not name.startswith("RACEHUB_")},
    "SSL_CERT_FILE": os.devnull,
}
"""Without the machine's authorities, which aiohttp would read as soon as it is loaded, for a tenth of a second: no hub
of a test asks anybody."""


def free_port() -> int:
    """One that nobody uses now, for a hub that comes back under it."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def write_config(
    folder: Path,
    dsn: str,
    *,
    web_port: int = 0,
    reader_port: int = 0,
    more: str = "",
    timezone: str = ZONE.key,
) -> Path:
    """A config.toml of a hub on this machine only, which keeps its data in `folder`/var."""
    path = folder / "config.toml"
    path.write_text(
        f'[server]\ndata_dir = "var"\ntimezone = "{timezone}"\n'
        f'[web]\nhost = "{HOST}"\nport = {web_port}\n'
        f'[database]\ndsn = "{dsn}"\n'
        f'[[listeners]]\nhost = "{HOST}"\nport = {reader_port}\n{more}'
    )
    return path


class Process:
    """`python -m hub ...`, with what it printed."""

    def __init__(self, process: "asyncio.subprocess.Process | Split") -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    async def line(self) -> str:
        """The next line on stdout; empty when there will be none."""
        assert self._process.stdout is not None
        async with asyncio.timeout(3 * PATIENCE_S):
            return (await self._process.stdout.readline()).decode().rstrip("\n")

    async def ready(self) -> dict[str, str]:
        """The addresses of its first line: web, and each listener."""
        line = await self.line()
        assert line.startswith("racehub ready "), line or await self.end()
        return dict(part.split("=", 1) for part in line.split()[2:])

    async def logged(self, text: str) -> str:
        """The next line on stderr that holds this; those before it are gone."""
        assert self._process.stderr is not None
        async with asyncio.timeout(3 * PATIENCE_S):
            while line := (await self._process.stderr.readline()).decode():
                if text in line:
                    return line.rstrip("\n")
        raise EOFError(f"it ended and has not logged {text!r}")

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def end(self) -> tuple[int, str, str]:
        """Waits for it; gives the exit code, and what is left of stdout and stderr."""
        async with asyncio.timeout(3 * PATIENCE_S):
            out, err = await self._process.communicate()
        return self._process.returncode or 0, out.decode(), err.decode()

    async def kill(self) -> None:
        """As a power cut does."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()


async def started(*command: str, folder: Path, files: int = 0) -> Process:
    """`files`: how many it may open; 0: as many as we."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    return Process(
        await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=ENVIRONMENT | {"PYTHONPATH": str(TOP)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=limit if files else None,
        )
    )


@asynccontextmanager
async def hub_process(
    *arguments: str, folder: Path, program: Sequence[str] = HUB, files: int = 0
) -> AsyncIterator[Process]:
    """Started in `folder`; killed if it still runs at the end. `program`: the hub, or what runs it. `files`: how many
    it may open; 0: as many as we."""
    process = await started(*program, *arguments, folder=folder, files=files)
    try:
        yield process
    finally:
        await process.kill()


class Split:
    """One that was split off, where asyncio has a process of its own."""

    stdin: Final = None

    def __init__(self, pid: int, pipes: Sequence[asyncio.StreamReader]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout, self.stderr, self._told = pipes

    def send_signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def communicate(self) -> tuple[bytes, bytes]:
        out, err = await asyncio.gather(self.stdout.read(), self.stderr.read())
        if self.returncode is None:
            self.returncode = int(await self._told.readline())
        return out, err


class Spare:
    """Hubs that are started one after the other in one folder, split off of one that has loaded its modules."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._line: socket.socket | None = None
        self._loaded: asyncio.subprocess.Process | None = None
        self._transports: list[asyncio.ReadTransport] = []

    async def prepare(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self._loaded = await asyncio.create_subprocess_exec(
                *SPARE,
                cwd=self._folder,
                env=ENVIRONMENT | {"PYTHONPATH": str(TOP)},
                stdin=theirs.fileno(),
            )

    async def take(self, module: str, *arguments: str) -> Process:
        """It runs the `main` of this module from now on."""
        assert self._line is not None
        pipes = [os.pipe() for _ in range(3)]
        readers = [await self._reader(ours) for ours, _ in pipes]
        socket.send_fds(self._line, [json.dumps([module, *arguments]).encode()], [each for _, each in pipes])
        for _, each in pipes:
            os.close(each)
        async with asyncio.timeout(3 * PATIENCE_S):
            pid = int(await readers[2].readline())
        return Process(Split(pid, readers))

    async def _reader(self, file: int) -> asyncio.StreamReader:
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(file, "rb", 0)
        )
        self._transports.append(transport)
        return reader

    async def close(self) -> None:
        if self._line is not None and self._loaded is not None:
            self._line.close()
            with suppress(ProcessLookupError):
                self._loaded.kill()
            await self._loaded.wait()
        for each in self._transports:
            each.close()
