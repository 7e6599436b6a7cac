"""What the smaller commands do, beside a hub that runs in this process or without one."""

from pathlib import Path

import pytest

from hub import commands, folder
from hub.config import Limits, Settings
from hub.errors import FileFormatError, HubError, NotOwner, StoreAway
from hub.folder import DataFolder
from hub.store.embedded import EmbeddedPostgres
from hub.store.migrate import migrations
from tests.postgres import execute, folder_for_postgres
from tests.running import ROSTER, rows, running_hub, settings_for, until

NOBODY_DSN = "postgresql://nobody@127.0.0.1:1/none"


def roster(folder: Path, text: str = ROSTER) -> Path:
    path = folder / "r.csv"
    path.write_text(text)
    return path


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


async def test_a_roster_without_a_hub(empty_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(empty_dsn, tmp_path)
    with pytest.raises(HubError, match="there is no session 1"):
        await commands.load_roster(settings, roster(tmp_path), 1)
    assert await commands.apply_migrations(settings) == [each.name for each in migrations()], "all or nothing"
    await execute(
        empty_dsn,
        "INSERT INTO timing_sessions (partner_id, session_name, stream_key)"
        " SELECT id, 'Sunday', 'key' FROM partners",
    )
    loaded = await commands.load_roster(settings, roster(tmp_path, ROSTER + ",,No,Body\n"), 1)
    assert (loaded.participants, loaded.left_out) == (2, 1)
    assert loaded.problems == [(4, "neither a bib nor a tag")]
    assert loaded.ambiguous == []
    twins = await commands.load_roster(settings, roster(tmp_path, "bib,tag\n13,999\n14,0999\n"), 1)
    assert twins.ambiguous == ["999"]
    assert (await commands.load_roster(settings, roster(tmp_path), 1)).left_out == 0
    assert len(await rows(empty_dsn, "SELECT 1 FROM participants")) == 2


async def test_a_roster_through_a_hub_corrects_its_screens(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    async with running_hub(settings) as hub, hub.screen() as screen:
        reader = await hub.reader().connect()
        reader.add("A1")
        await screen.next("read")
        loaded = await commands.load_roster(
            settings, roster(tmp_path, ROSTER + ",,No,Body\n"), hub.session_id
        )
        assert (loaded.participants, loaded.left_out) == (2, 1)
        assert loaded.problems == [(4, "neither a bib nor a tag")]
        assert (await screen.next("correction"))["runner"]["name"] == "Ann Lee"
        with pytest.raises(HubError, match="There is no session 77"):
            await commands.load_roster(settings, roster(tmp_path), 77)
        with pytest.raises(HubError, match="expected a column named bib or tag"):
            await commands.load_roster(settings, roster(tmp_path, "colour\nred\n"), hub.session_id)
        await reader.hang_up()


async def test_a_roster_that_is_too_large(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path, limits=Limits(roster_rows=1))
    with pytest.raises(FileFormatError, match="more than 1 rows"):
        await commands.load_roster(settings, roster(tmp_path), 1)


async def test_a_hub_that_is_starting_or_does_not_answer(tmp_path: Path) -> None:
    settings = settings_for(NOBODY_DSN, tmp_path)
    data = DataFolder(tmp_path)
    data.take()
    with pytest.raises(HubError, match="the hub is starting"):
        await commands.load_roster(settings, roster(tmp_path), 1)
    data.note({"web": "http://127.0.0.1:1"})
    with pytest.raises(HubError, match=r"the hub at http://127\.0\.0\.1:1 does not answer"):
        await commands.load_roster(settings, roster(tmp_path), 1)
    data.give_up()


async def test_a_hub_that_takes_no_token(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    async with running_hub(settings) as hub:
        (tmp_path / "var" / "admin.token").write_text("another")
        with pytest.raises(HubError, match=r"admin\.token"):
            await commands.load_roster(settings, roster(tmp_path), hub.session_id)
        await until(lambda: hub.app.live.screens == 0)


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HubError, match=r"none\.csv: No such file"):
        await commands.load_roster(Settings(), tmp_path / "none.csv", 1)


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
