"""Processes of a benchmark: started, talked to by lines, and ended whatever happens."""

import asyncio
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg

from bench import made
from hub.store.embedded import EmbeddedPostgres

TOP: Final = Path(__file__).parent.parent
ENVIRONMENT: Final = {name: value for name, value in os.environ.items() if not name.startswith("RACEHUB_")}
PATIENCE_S: Final = 120.0
"""Who has said nothing by then is not going to."""
END_S_MAX: Final = 30.0


def size(name: str, default: int) -> int:
    """How much of it: from the environment, for a shorter run."""
    return int(os.environ.get(name, str(default)))


class Child:
    """A process that takes lines and answers with lines."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def line(self) -> str:
        """The next line it says. Raises RuntimeError when there will be none."""
        assert self._process.stdout is not None
        watch = threading.Timer(PATIENCE_S, self._process.kill)
        watch.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watch.cancel()
        if not line:
            raise RuntimeError(f"{self._process.args!r} said nothing and is gone")
        return line.rstrip("\n")

    def expect(self, wanted: str) -> None:
        got = self.line()
        if got != wanted:
            raise RuntimeError(f"{self._process.args!r} said {got[:200]!r} instead of {wanted!r}")

    def tell(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n")
        self._process.stdin.flush()

    def end_input(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    def answer(self) -> Any:
        """The next line, as JSON."""
        return json.loads(self.line())


@contextmanager
def child(*command: str, folder: Path = TOP, environment: dict[str, str] | None = None) -> Iterator[Child]:
    """Runs a command; terminates it at the end, and kills it when that is not enough."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=ENVIRONMENT | {"PYTHONPATH": str(TOP)} | (environment or {}),
        start_new_session=True,  # a Ctrl-C is for us alone, who end it in order
    )
    try:
        yield Child(process)
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None and process.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError):  # it was gone before it read what it was told
            process.stdin.close()
        process.terminate()
        process.wait(END_S_MAX)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def python(module: str, *arguments: object) -> Iterator[Child]:
    """`python -m bench.MODULE ARGUMENTS`"""
    with child(sys.executable, "-m", f"bench.{module}", *map(str, arguments)) as process:
        yield process


class Server(NamedTuple):
    """Something that takes readers and shows screens. `path`: the address of its screens; several, with commas."""

    process: Child
    web_port: int
    reader_port: int
    path: str = "/"


def said_ready(process: Child) -> Server:
    addresses = dict(part.split("=") for part in process.line().split()[2:])
    web, reader = (int(addresses[name].rpartition(":")[2]) for name in ("web", "chronotrack"))
    return Server(process, web, reader)


@contextmanager
def hub(dsn: str, folder: Path, *, journal: bool = True, module: str = "hub_process") -> Iterator[Server]:
    """A hub in a process of its own."""
    with python(module, dsn, folder, "journal" if journal else "none") as process:
        server = said_ready(process)
        code = ask(dsn, "SELECT code FROM displays ORDER BY created_at LIMIT 1")
        yield server._replace(path=f"/ws/d/{code}")


@contextmanager
def relay(message_bytes: int) -> Iterator[Server]:
    with python("relay", message_bytes) as process:
        yield said_ready(process)


@contextmanager
def reader(server: Server, per_s: float, count: int) -> Iterator[Child]:
    """Sends nothing until it is told."""
    with python("reader", server.reader_port, per_s, count) as process:
        process.expect("ready")
        yield process


@contextmanager
def readers(server: Server, per_s: float, count: int, timed: int, keys: Sequence[str]) -> Iterator[Child]:
    """One for each stream key. They send nothing until they are told."""
    with python("readers", server.reader_port, per_s, count, timed, ",".join(keys)) as process:
        process.expect("ready")
        yield process


@contextmanager
def screens(server: Server, count: int, timed: int) -> Iterator[Child]:
    """All connected, with their hello."""
    with python("screens_client", server.web_port, server.path, count, timed) as process:
        process.expect("connected")
        yield process


@contextmanager
def followers(server: Server, count: int) -> Iterator[Child]:
    """All connected, with their hello."""
    with python("stalled_client", server.web_port, server.path, "following", count) as process:
        process.expect("connected")
        yield process


def load_roster(dsn: str, folder: Path, team_more: str = "") -> None:
    """The roster of `bench.made` for the newest session, through the hub of this folder."""
    file = folder / "roster.csv"
    file.write_text(made.roster(team_more), encoding="utf-8")
    session_id = ask(dsn, "SELECT max(id) FROM timing_sessions WHERE status = 'active'")
    subprocess.run(
        [sys.executable, "-m", "hub", "roster", str(file), "--session", str(session_id)],
        check=True,
        capture_output=True,
        cwd=folder,
        env=ENVIRONMENT
        | {"PYTHONPATH": str(TOP), "RACEHUB_SERVER__DATA_DIR": str(folder), "RACEHUB_DATABASE__DSN": dsn},
    )


@contextmanager
def database() -> Iterator[tuple[str, Path]]:
    """A PostgreSQL of the benchmark's own: its DSN, and a folder for more."""
    with tempfile.TemporaryDirectory(prefix="racehub-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root PostgreSQL runs as somebody else, who has to get through
        postgres = EmbeddedPostgres(folder)
        try:
            yield asyncio.run(postgres.start()), folder
        finally:
            asyncio.run(postgres.stop())


def ask(dsn: str, query: str, *values: object) -> Any:
    """One value."""
    return asyncio.run(_ask(dsn, query, *values))


async def _ask(dsn: str, query: str, *values: object) -> Any:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query, *values)
    finally:
        await connection.close()


def allow_open_files() -> None:
    """A thousand screens are two thousand sockets, half of them the hub's."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
