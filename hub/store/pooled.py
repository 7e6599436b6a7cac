"""The web's connections: each in a transaction that says whose things it may see and change.

Knows the two settings that the policies of row-level security ask for (schema/0004). They end with the transaction, so
that a connection that goes back to the pool is nobody's. Refuses to know what is asked, and who may ask.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from hub.model import EVERYONE, Whose
from hub.store.database import Connection, Database


class WebDatabase:
    """`pool`: of a login that row-level security holds for. It would not for the tables' owner."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._database = Database(pool)

    @asynccontextmanager
    async def of(self, whose: Whose) -> AsyncIterator[Connection]:
        """A connection in a transaction, in which there is nothing but what belongs to `whose`. Raises StoreAway."""
        async with self._database.connection() as connection:
            await _say(connection, whose)
            yield connection

    @asynccontextmanager
    async def change_of(self, whose: Whose) -> AsyncIterator[Connection]:
        """The same for a change. Raises StoreAway, or StoreError when PostgreSQL refuses."""
        async with self._database.change() as connection:
            await _say(connection, whose)
            yield connection

    @asynccontextmanager
    async def of_nobody(self) -> AsyncIterator[Connection]:
        """A connection in a transaction in which there are no rows at all: for what has to be found before it is known
        who asks, by functions that give one exact match. Raises StoreAway."""
        async with self._database.connection() as connection:
            yield connection

    async def alive(self) -> bool:
        """Whether PostgreSQL answers, and soon."""
        return await self._database.alive()

    async def close(self) -> None:
        await self._database.close()


async def _say(connection: Connection, whose: Whose) -> None:
    if whose is EVERYONE:
        await connection.execute("SELECT set_config('app.admin', 'on', true)")
    else:
        await connection.execute("SELECT set_config('app.partner', $1, true)", str(whose))
