"""A hub that is ready, for everything that is asked of it over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.lifecycle import OF_MANY
from tests.postgres import fresh_database
from tests.running import ROSTER, Running, running_hub, settings_for, stored


@pytest.fixture
async def hub(database_dsn: str, tmp_path: Path) -> AsyncIterator[Running]:
    """One of this test's own."""
    async with running_hub(settings_for(database_dsn, tmp_path)) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_hub(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One for all tests that leave it as it was; they have `loop_scope="session"`. It holds a gun and seven reads at
    two locations, and a roster."""
    async with (
        fresh_database(postgres_dsn) as dsn,
        running_hub(settings_for(dsn, tmp_path_factory.mktemp("shared"), limits=OF_MANY)) as running,
    ):
        reader = running.reader()
        reader.gun("START")
        reader.add("A1", "A2", location="START")
        reader.add("0A1", "007", "A9", "A2", "A2", location="Finish")
        await reader.connect()
        await stored(dsn, 8)
        await reader.hang_up()
        await running.import_roster(ROSTER)
        yield running
