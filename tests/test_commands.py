"""What the smaller commands do, beside a hub that runs in this process or without one."""

from pathlib import Path

import pytest

from hub import commands, folder
from hub.errors import HubError, NotOwner, StoreAway
from hub.folder import DataFolder
from hub.store.embedded import EmbeddedPostgres
from hub.store.migrate import migrations
from tests.postgres import folder_for_postgres
from tests.running import rows, running_hub, settings_for

NOBODY_DSN = "postgresql://nobody@127.0.0.1:1/none"


async def test_migrations_are_applied_once(empty_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(empty_dsn, tmp_path)
    assert await commands.apply_migrations(settings) == [each.name for each in migrations()]
    assert await commands.apply_migrations(settings) == []


async def test_migrations_beside_a_hub_that_runs(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        assert await commands.apply_migrations(settings) == []
        assert (await hub.get("/health"))["status"] == "healthy"


async def test_postgresql_that_is_away(tmp_path: Path) -> None:
    with pytest.raises(StoreAway, match="PostgreSQL does not answer"):
        await commands.apply_migrations(settings_for(NOBODY_DSN, tmp_path))


async def test_the_embedded_one_is_started_for_it_and_stopped() -> None:
    with folder_for_postgres() as place:
        settings = settings_for("", place)
        assert await commands.apply_migrations(settings) == [each.name for each in migrations()]
        assert folder.running(place) is None
        data = DataFolder(place)
        data.take()
        with pytest.raises(NotOwner):
            await commands.apply_migrations(settings)
        data.give_up()
        postgres = EmbeddedPostgres(place)
        dsn = await postgres.start()
        assert await rows(dsn, "SELECT name FROM schema_migrations") != []
        await postgres.stop()


def test_a_hub_that_does_not_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for(NOBODY_DSN, tmp_path)
    data = DataFolder(settings.data_path)
    data.take()
    monkeypatch.setattr(commands, "STOP_S_MAX", 0.0)
    monkeypatch.setattr("os.kill", lambda pid, number: None)
    with pytest.raises(HubError, match="was asked to stop and has not"):
        commands.stop_hub(settings)
    data.give_up()
    with pytest.raises(HubError, match="no hub uses"):
        commands.stop_hub(settings)
