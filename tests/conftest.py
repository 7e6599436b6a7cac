"""Fixtures for every test. What they are made of is in postgres.py."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.postgres import fresh_database, running_postgres


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """A superuser's DSN of the one server of this run. Roles are shared by all its databases."""
    with running_postgres() as dsn:
        yield dsn


@pytest.fixture
async def database_dsn(postgres_dsn: str) -> AsyncIterator[str]:
    """The same for an empty database of this test alone."""
    async with fresh_database(postgres_dsn) as dsn:
        yield dsn
