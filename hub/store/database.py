"""Connections to PostgreSQL: pools, and the one writer that owns the database. Knows asyncpg.

The writer holds an advisory lock, so that one hub writes at a time, and a row that says who it is, with a
generation. After a lost connection it takes the lock again and looks at the row: another generation means that
another hub has been at work meanwhile, and this one must stop.
"""

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg

from hub.errors import NotOwner, StoreAway, StoreError

log = logging.getLogger(__name__)

LOCK_KEY: Final = 0x7261636568756231
"""The advisory lock of the one hub that writes ("racehub1")."""
LOCK_WAIT_S: Final = 30.0
"""How long a new hub waits for a lock: a killed hub's connection may take that long to be noticed."""
LOCK_POLL_S: Final = 0.2
CONNECT_S_MAX: Final = 10.0
WRITE_S_MAX: Final = 60.0
"""A batch of twenty thousand rows takes a fifth of a second; a server that needs a minute is as good as away."""
KEEPALIVE: Final = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""Of the server, towards a hub whose machine has lost its power: its lock is free before the next hub gives up."""
RETRY_S: Final = 1.0
ALIVE_S_MAX: Final = 2.0
CLOSE_S_MAX: Final = 2.0
"""How long closing waits for an answer; then the connection is cut."""

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
_CLOSED: Final = "the handler is closed"
"""So ends what uvloop says, as a RuntimeError, of a connection that has broken and of which it has not told yet."""
UNUSABLE: Final = (asyncpg.QueryCanceledError, asyncpg.InternalClientError)
"""What a request, beyond that, gets from a pool whose server was killed: it may hand out a connection that it is
just making again."""


@cache
def query(name: str) -> str:
    """The text of `queries/NAME.sql`."""
    return resources.files("hub.store.queries").joinpath(f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def heard(*more: type[Exception]) -> Iterator[None]:
    """What says that PostgreSQL cannot answer now, and `more` of that kind, becomes StoreAway."""
    try:
        yield
    except (*AWAY, *more) as problem:
        raise StoreAway(words(problem)) from problem
    except RuntimeError as problem:
        if not str(problem).endswith(_CLOSED):
            raise
        raise StoreAway("PostgreSQL does not answer: the connection has broken") from problem


async def open_pool(
    dsn: str, *, size_min: int, size_max: int, statement_timeout_s: float, name: str = "racehub", **login: Any
) -> asyncpg.Pool:
    """A pool of connections; `login` goes before what `dsn` says. Raises StoreAway, or StoreError when PostgreSQL does
    not want us."""
    try:
        with heard():
            return await asyncpg.create_pool(
                dsn,
                **login,
                min_size=size_min,
                max_size=size_max,
                timeout=CONNECT_S_MAX,
                command_timeout=statement_timeout_s + 1,
                server_settings={
                    "statement_timeout": f"{int(statement_timeout_s * 1000)}",
                    "application_name": name,
                },
            )
    except asyncpg.PostgresError as problem:
        raise StoreError(words(problem)) from problem


class Database:
    """A pool with errors in our words."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection in a transaction. Raises StoreAway."""
        with heard(*UNUSABLE):
            async with self._pool.acquire(timeout=CONNECT_S_MAX) as connection, _transaction(connection):
                yield connection

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Connection]:
        """The same for a change of our own. Raises StoreAway, or StoreError when PostgreSQL refuses."""
        try:
            async with self.connection() as connection:
                yield connection
        except asyncpg.PostgresError as problem:
            raise StoreError(words(problem)) from problem

    async def alive(self) -> bool:
        """Whether PostgreSQL answers, and soon."""
        try:
            async with asyncio.timeout(ALIVE_S_MAX), self.connection() as connection:
                await connection.execute("SELECT 1")
        except (StoreAway, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        try:
            with heard(asyncpg.PostgresError):
                async with asyncio.timeout(CLOSE_S_MAX):
                    await self._pool.close()
        except StoreAway:
            self._pool.terminate()


@asynccontextmanager
async def _transaction(connection: Connection) -> AsyncIterator[None]:
    """asyncpg's own, except that one that is cut off takes its connection with it: a server that hangs would keep
    us waiting for the rollback, too."""
    transaction = connection.transaction()
    try:
        await transaction.start()
        try:
            yield
        except (TimeoutError, asyncio.CancelledError):
            raise
        except BaseException:
            await transaction.rollback()
            raise
        await transaction.commit()
    except (TimeoutError, asyncio.CancelledError, asyncpg.InternalClientError):
        connection.terminate()
        raise


class Writer:
    """The one connection that writes reads. `run` gives it to a function, connecting again first where need be.
    One `run` at a time.

    `revive`: starts a server that is our own, unless it runs, and gives its DSN; asked when the connection is lost.
    """

    def __init__(
        self, dsn: str, data_dir: Path, *, revive: Callable[[], Awaitable[str]] | None = None
    ) -> None:
        self._dsn = dsn
        self._revive = revive
        self._data_dir = str(data_dir)
        self._host = socket.gethostname()
        self._connection: Connection | None = None
        self._generation: int | None = None

    @property
    def connected(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    async def open(self, prepare: Callable[[Connection], Awaitable[object]]) -> None:
        """Connects, becomes the owner, and lets `prepare` bring the schema up to date before the owner's row is
        written. Raises StoreAway, NotOwner when another hub keeps the lock for LOCK_WAIT_S, or StoreError when
        PostgreSQL does not want us or `prepare` has failed."""
        try:
            with heard():
                connection = await self._connect_and_lock()
                await prepare(connection)  # however long it takes: an index on a season of reads is minutes
                await self._limited(self._claim(connection), WRITE_S_MAX)
        except asyncpg.PostgresError as problem:
            self.drop()
            raise StoreError(words(problem)) from problem
        except BaseException:
            self.drop()  # else the lock would stay taken by nobody
            raise

    async def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Runs `work` on the connection. Raises StoreAway (the connection is given up; what was done may be there
        or not), NotOwner, or what PostgreSQL says against the data."""
        try:
            with heard(asyncpg.QueryCanceledError):
                if not self.connected:
                    await self._take_again()
                return await self._limited(work(self._connection), WRITE_S_MAX)
        except StoreAway:
            self.drop()
            raise

    async def insist(self, work: Callable[[Connection], Awaitable[T]], /) -> T:
        """As `run`, as soon as PostgreSQL answers. Raises NotOwner, or StoreError when PostgreSQL refuses."""
        said = False
        while True:
            try:
                return await self.run(work)
            except StoreAway as problem:
                if not said:
                    said = True
                    log.warning("database: %s; trying again until it does", problem)
                await asyncio.sleep(RETRY_S)
            except asyncpg.PostgresError as problem:
                raise StoreError(words(problem)) from problem

    def drop(self) -> None:
        """Gives the connection up at once: the next `run` makes another."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None

    async def close(self) -> None:
        if self._connection is not None:
            try:
                with heard(asyncpg.PostgresError):
                    await self._connection.close(timeout=CLOSE_S_MAX)
            except StoreAway:
                self.drop()

    async def _limited(self, work: Awaitable[T], limit_s: float) -> T:
        """The result of `work`. When it takes too long, or we are cancelled, the connection is cut first: asyncpg
        would roll back before it lets go, and a server that hangs does not."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task}, timeout=limit_s)
        finally:
            late = not task.done()
            if late:
                self.drop()
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if late:
            raise TimeoutError(f"no answer within {limit_s:.0f} s")
        return task.result()

    async def _connect(self) -> Connection:
        self.drop()
        self._connection = await asyncpg.connect(
            self._dsn,
            timeout=CONNECT_S_MAX,
            server_settings={
                "statement_timeout": f"{int(WRITE_S_MAX * 1000)}",
                "application_name": "racehub writer",
                **KEEPALIVE,
            },
        )
        # The journal forgets what PostgreSQL says it has.
        await self._connection.execute(query("commit_durably"))
        return self._connection

    async def _connect_and_lock(self) -> Connection:
        connection = await self._limited(self._connect(), 2 * CONNECT_S_MAX)
        await self._limited(self._lock(connection), LOCK_WAIT_S + CONNECT_S_MAX)
        return connection

    async def _take_again(self) -> None:
        if self._revive is not None:
            self._dsn = await self._revive()
        try:
            connection = await self._connect_and_lock()
            await self._limited(self._claim(connection), WRITE_S_MAX)
        except BaseException:
            self.drop()  # a connection that has not shown its right to write must not be used
            raise

    async def _lock(self, connection: Connection) -> None:
        """Waits for the advisory lock, ending what is left of a killed hub of this very data directory."""
        deadline = asyncio.get_running_loop().time() + LOCK_WAIT_S
        said = False
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY):
            owner = await _owner(connection)
            self._check_generation(owner)
            if owner is not None:
                await self._end_our_own(connection)
            if not said:
                said = True
                log.warning("database: in use by %s; waiting up to %.0f s", _who(owner), LOCK_WAIT_S)
            if asyncio.get_running_loop().time() > deadline:
                raise NotOwner(f"the database is in use by {_who(owner)}")
            await asyncio.sleep(LOCK_POLL_S)

    async def _end_our_own(self, connection: Connection) -> None:
        """Ends the backend that holds the lock, if it was a hub's of this data directory. We hold the lock on that,
        so the hub is dead and only its connection lives on; or it is ours, and the server has not noticed yet."""
        try:
            await connection.execute(query("end_backend"), LOCK_KEY, self._data_dir, self._host)
        except asyncpg.InsufficientPrivilegeError:
            log.warning("database: may not end the connection of the hub before this one; waiting for it")

    def _check_generation(self, owner: asyncpg.Record | None) -> None:
        if self._generation is not None and (owner is None or owner["generation"] != self._generation):
            raise NotOwner(f"while the database was out of reach it was taken over by {_who(owner)}")

    async def _claim(self, connection: Connection) -> None:
        self._check_generation(await _owner(connection))
        generation = await connection.fetchval(
            query("claim"), self._data_dir, self._host, os.getpid(), self._generation is None
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


def words(problem: BaseException) -> str:
    """One line on what PostgreSQL said, or that it said nothing, without the DSN."""
    text = str(problem).strip().split("\n")[0] or type(problem).__name__
    if isinstance(problem, asyncpg.PostgresError):
        return f"PostgreSQL says: {text}"
    return f"PostgreSQL does not answer: {text}"
