"""Connections to PostgreSQL: the web's pool, and the one writer that owns the database. Knows asyncpg.

The writer holds an advisory lock, so that one hub writes at a time, and a row that says who it is, with a
generation. After a lost connection it takes the lock again and looks at the row: another generation means that
another hub has been at work meanwhile, and this one must stop.
"""

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg

from hub.errors import NotOwner, StoreAway

log = logging.getLogger(__name__)

LOCK_KEY: Final = 0x7261636568756231
"""The advisory lock of the one hub that writes ("racehub1")."""
LOCK_WAIT_S: Final = 30.0
"""How long a new hub waits for a lock: a killed hub's connection may take that long to be noticed."""
LOCK_POLL_S: Final = 0.2
CONNECT_S_MAX: Final = 10.0
WRITE_S_MAX: Final = 60.0
"""A batch of five thousand rows takes 50 ms; a server that needs a minute is as good as away."""

T = TypeVar("T")
Connection = Any
"""An asyncpg connection; asyncpg's own types do not say which of its two classes it is."""

AWAY: Final = (
    OSError,
    ssl.SSLError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)
"""What says that PostgreSQL cannot answer now. Everything else is about what it was asked."""


@cache
def query(name: str) -> str:
    """The text of `queries/NAME.sql`."""
    return resources.files("hub.store.queries").joinpath(f"{name}.sql").read_text(encoding="utf-8")


async def open_pool(dsn: str, *, size_min: int, size_max: int, statement_timeout_s: float) -> asyncpg.Pool:
    """The pool for requests. Raises StoreAway."""
    try:
        return await asyncpg.create_pool(
            dsn,
            min_size=size_min,
            max_size=size_max,
            timeout=CONNECT_S_MAX,
            command_timeout=statement_timeout_s + 1,
            server_settings={
                "statement_timeout": f"{int(statement_timeout_s * 1000)}",
                "application_name": "racehub web",
            },
        )
    except AWAY as problem:
        raise StoreAway(_words(problem)) from problem


class Database:
    """The pool with errors in our words, for everything that reads on behalf of a request."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection in a transaction. Raises StoreAway."""
        try:
            async with self._pool.acquire(timeout=CONNECT_S_MAX) as connection, connection.transaction():
                yield connection
        except (*AWAY, asyncpg.QueryCanceledError) as problem:
            raise StoreAway(_words(problem)) from problem

    async def alive(self) -> bool:
        try:
            async with asyncio.timeout(2), self.connection() as connection:
                await connection.execute("SELECT 1")
        except (StoreAway, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        try:
            async with asyncio.timeout(2):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


class Writer:
    """The one connection that writes reads. `run` gives it to a function, connecting again first where need be."""

    def __init__(self, dsn: str, data_dir: Path) -> None:
        self._dsn = dsn
        self._data_dir = str(data_dir)
        self._connection: Connection | None = None
        self._generation: int | None = None

    @property
    def connected(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    async def open(self, prepare: Callable[[Connection], Awaitable[object]]) -> None:
        """Connects, becomes the owner, and lets `prepare` bring the schema up to date before the owner's row is
        written. Raises StoreAway, or NotOwner when another hub keeps the lock for LOCK_WAIT_S."""
        try:
            connection = await self._connect()
            await self._lock(connection)
            await prepare(connection)
            await self._claim(connection)
        except AWAY as problem:
            raise StoreAway(_words(problem)) from problem

    async def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Runs `work` on the connection. Raises StoreAway (the connection is given up; what was done may be there
        or not), NotOwner, or what PostgreSQL says against the data."""
        try:
            if not self.connected:
                connection = await self._connect()
                await self._check_owner(connection)
                await self._lock(connection)
                await self._claim(connection)
            async with asyncio.timeout(WRITE_S_MAX):
                return await work(self._connection)
        except (*AWAY, asyncpg.QueryCanceledError) as problem:
            self._give_up()
            raise StoreAway(_words(problem)) from problem

    async def close(self) -> None:
        if self._connection is not None:
            try:
                await self._connection.close(timeout=2)
            except AWAY:
                self._give_up()

    def _give_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None

    async def _connect(self) -> Connection:
        self._give_up()
        self._connection = await asyncpg.connect(
            self._dsn,
            timeout=CONNECT_S_MAX,
            server_settings={
                "statement_timeout": f"{int(WRITE_S_MAX * 1000)}",
                "application_name": "racehub writer",
            },
        )
        return self._connection

    async def _lock(self, connection: Connection) -> None:
        """Waits for the advisory lock, ending what is left of a killed hub of this very data directory."""
        deadline = asyncio.get_running_loop().time() + LOCK_WAIT_S
        said = False
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY):
            owner = await _owner(connection)
            if owner and owner["data_dir"] == self._data_dir and owner["host"] == socket.gethostname():
                # We hold the lock on the data directory, so that hub is dead and only its connection lives on.
                await connection.execute("SELECT pg_terminate_backend($1)", owner["backend_pid"])
            if not said:
                said = True
                log.warning("database: in use by %s; waiting up to %.0f s", _who(owner), LOCK_WAIT_S)
            if asyncio.get_running_loop().time() > deadline:
                raise NotOwner(f"the database is in use by {_who(owner)}")
            await asyncio.sleep(LOCK_POLL_S)

    async def _check_owner(self, connection: Connection) -> None:
        owner = await _owner(connection)
        if self._generation is not None and (owner is None or owner["generation"] != self._generation):
            raise NotOwner(f"while the database was out of reach it was taken over by {_who(owner)}")

    async def _claim(self, connection: Connection) -> None:
        await self._check_owner(connection)
        generation = await connection.fetchval(
            query("claim"), self._data_dir, socket.gethostname(), os.getpid(), self._generation is None
        )
        self._generation = int(generation)


async def _owner(connection: Connection) -> asyncpg.Record | None:
    if await connection.fetchval("SELECT to_regclass('hub_owner')") is None:
        return None
    return await connection.fetchrow("SELECT * FROM hub_owner")


def _who(owner: asyncpg.Record | None) -> str:
    if owner is None:
        return "another hub"
    return f"the hub of {owner['data_dir']} on {owner['host']} (process {owner['pid']})"


def _words(problem: BaseException) -> str:
    """One line on what PostgreSQL said, without the DSN."""
    text = str(problem).strip().split("\n")[0]
    return f"PostgreSQL does not answer: {text or type(problem).__name__}"
