"""A connection of the web says whose things it is about, for one transaction and no longer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from hub.errors import StoreAway, StoreError
from hub.model import EVERYONE, Whose
from hub.store.database import Connection
from hub.store.pooled import WebDatabase
from tests.partners import Furnished, furnish
from tests.store.making import as_web, line_to, migrated

MARKS = ("ALPHAX", "BRAVEX")


@asynccontextmanager
async def two_partners(dsn: str) -> AsyncIterator[tuple[WebDatabase, Furnished, Furnished]]:
    """Two partners, and the web on one single connection."""
    owner = await migrated(dsn)
    try:
        first, second = [await furnish(owner, mark) for mark in MARKS]
    finally:
        await owner.close()
    web = await as_web(dsn)
    try:
        yield web, first, second
    finally:
        await web.close()


async def names(connection: Connection) -> list[str]:
    return [row["name"] for row in await connection.fetch("SELECT name FROM displays ORDER BY name")]


async def test_everybody_gets_their_own_and_the_next_one_nothing_of_it(database_dsn: str) -> None:
    async with two_partners(database_dsn) as (web, first, second):
        wanted: list[tuple[Whose, list[str]]] = [
            (first.partner_id, ["ALPHAX Screen"]),
            (second.partner_id, ["BRAVEX Screen"]),
            (EVERYONE, ["ALPHAX Screen", "BRAVEX Screen"]),
            (0, []),
        ]
        for whose, expected in [*wanted, *reversed(wanted)]:
            for given in (web.of, web.change_of):
                async with given(whose) as connection:
                    assert await names(connection) == expected
                async with web.of_nobody() as connection:
                    assert await names(connection) == []


async def test_nothing_stays_with_a_connection_however_its_transaction_ends(database_dsn: str) -> None:
    async with two_partners(database_dsn) as (web, first, _):
        with pytest.raises(ZeroDivisionError):
            async with web.of(EVERYONE) as connection:
                raise ZeroDivisionError
        with pytest.raises(StoreError, match=r"PostgreSQL says: relation .* does not exist"):
            async with web.change_of(first.partner_id) as connection:
                await connection.execute("SELECT FROM nothing")
        async with web.of_nobody() as connection:
            assert await names(connection) == []

        async def hang() -> None:
            async with web.of(EVERYONE) as connection:
                await connection.execute("SELECT pg_sleep(60)")

        task = asyncio.create_task(hang())
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with web.of_nobody() as connection:
            assert await names(connection) == []


async def test_a_part_that_is_taken_back_takes_nothing_else_back(database_dsn: str) -> None:
    async with two_partners(database_dsn) as (web, first, _), web.change_of(first.partner_id) as connection:
        with pytest.raises(asyncpg.UniqueViolationError):
            async with connection.transaction():
                await connection.execute(
                    "INSERT INTO displays (code, partner_id, name) VALUES ($1, $2, '')",
                    first.secrets["code"],
                    first.partner_id,
                )
        assert await names(connection) == ["ALPHAX Screen"]


async def test_whether_it_is_there(database_dsn: str) -> None:
    await (await migrated(database_dsn)).close()
    async with line_to(database_dsn) as (dsn, _):
        web = await as_web(dsn)
        assert await web.alive()
    assert not await web.alive()
    with pytest.raises(StoreAway):
        async with web.of(EVERYONE):
            pass
    await web.close()
