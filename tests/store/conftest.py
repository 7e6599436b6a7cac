"""Fixtures for what is asked of partners and users."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.postgres import fresh_database
from tests.store.teams import Teams, teams_in


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def teams(postgres_dsn: str) -> AsyncIterator[Teams]:
    """One database for all tests that make partners and users of their own; they have `loop_scope="session"`."""
    async with fresh_database(postgres_dsn) as dsn, teams_in(dsn) as made:
        yield made
