"""A real PostgreSQL for tests: one server per run, one fresh database per test. Used by conftest.py."""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from hub.store import migrate
from hub.store.embedded import EmbeddedPostgres

HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "128MB",  # it may lie in memory
    "max_connections": "100",
}
"""A test's server has nothing to keep. More connections: pools of several tests overlap."""
READY: Final = "ready"
"""On the one server of a run: a database with the whole schema, which is copied in a fifth of the time that it takes to
make one."""
MEMORY: Final = Path("/dev/shm")
MEMORY_BYTES_MIN: Final = 4 << 30
"""So much has to be free there: several servers, each with its programs, run at the same time."""

_numbers = itertools.count(1)
_with_ready: set[str] = set()
"""The servers that have it."""


@contextmanager
def folder_for_postgres() -> Iterator[Path]:
    """An empty folder that the server's account can enter, its path short: as root, tmp_path is neither. In memory
    where that can be: a database is three hundred files, and every test has its own."""
    folder = Path(tempfile.mkdtemp(prefix="racehub-test-", dir=MEMORY if _may_lie_in_memory() else None))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _may_lie_in_memory() -> bool:
    """There is enough of it, and programs may be run from there: those of PostgreSQL are copied."""
    if not MEMORY.is_dir():
        return False
    free = shutil.disk_usage(MEMORY).free
    return free >= MEMORY_BYTES_MIN and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC


@contextmanager
def running_postgres() -> Iterator[str]:
    """The DSN of a server that is gone afterwards. Needs no running loop, and may not be inside one."""
    with folder_for_postgres() as folder:
        server = EmbeddedPostgres(folder, extra_settings=HASTY)
        try:
            yield asyncio.run(_started(server))
        finally:
            asyncio.run(server.stop())


async def _started(server: EmbeddedPostgres) -> str:
    dsn = await server.start()
    await execute(dsn, f"CREATE DATABASE {READY}")
    connection = await asyncpg.connect(with_database(dsn, READY))
    await migrate.apply(connection)
    await connection.close()
    _with_ready.add(dsn)
    return dsn


@asynccontextmanager
async def fresh_database(dsn: str, *, empty: bool = False) -> AsyncIterator[str]:
    """The DSN of a database that nobody has used, dropped afterwards, whoever is still connected to it. It has the
    schema, unless it is to be `empty`, or is on a server of the test's own."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    template = "template1" if empty or dsn not in _with_ready else READY
    await execute(dsn, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield with_database(dsn, name)
    finally:
        await execute(dsn, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def with_database(dsn: str, name: str) -> str:
    return urlsplit(dsn)._replace(path=f"/{name}").geturl()


async def execute(dsn: str, statement: str) -> None:
    """One statement on a connection of its own."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
