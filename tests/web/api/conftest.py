"""Fixtures for the API of users and partners."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.postgres import fresh_database
from tests.web.teamed import Teamed, teamed


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def team(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Teamed]:
    """One for all tests that make what they change; they have `loop_scope="session"`."""
    async with fresh_database(postgres_dsn) as dsn, teamed(dsn, tmp_path_factory.mktemp("team")) as made:
        yield made
