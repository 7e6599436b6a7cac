"""A roster's file into a session, beside a hub that runs in this process or without one."""

from pathlib import Path
from typing import Any

import pytest

from hub import commands, commands_roster
from hub.config import Limits, Settings
from hub.errors import FileFormatError, HubError
from hub.folder import DataFolder
from tests.postgres import execute
from tests.running import ROSTER, rows, running_hub, settings_for, until

NOBODY_DSN = "postgresql://nobody@127.0.0.1:1/none"
ON_IT = "SELECT bib FROM participants WHERE gone = ''"
NOT_ALL = ROSTER.replace("last_name", "last_name,city") + ",,,,Linz\n"
NO_ONE = "neither a bib nor a tag nor a name"


def roster(folder: Path, text: str = ROSTER) -> Path:
    path = folder / "r.csv"
    path.write_text(text)
    return path


async def load(settings: Settings, file: Path, session_id: int = 1, **how: Any) -> dict[str, Any]:
    heard: list[tuple[int, int | None, str | None]] = []

    def progress(done: int, total: int | None = None, words: str | None = None) -> None:
        heard.append((done, total, words))

    return await commands_roster.load_roster(settings, file, session_id, progress=progress, **how)


async def test_a_roster_without_a_hub(empty_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(empty_dsn, tmp_path)
    with pytest.raises(HubError, match="There is no session 1"):
        await load(settings, roster(tmp_path))
    assert await commands.apply_migrations(settings) == [], "as a hub would have"
    await execute(
        empty_dsn,
        "INSERT INTO timing_sessions (partner_id, session_name, stream_key)"
        " SELECT id, 'Sunday', 'key' FROM partners",
    )
    loaded = await load(settings, roster(tmp_path, NOT_ALL))
    assert (loaded["participants"], loaded["left_out"]) == (2, 1)
    assert [(each["line"], each["reason"]) for each in loaded["problems"]] == [(4, NO_ONE)]
    assert loaded["ambiguous"] == []
    twins = await load(settings, roster(tmp_path, "bib,tag\n13,999\n14,0999\n"))
    assert twins["ambiguous"] == ["999"]
    assert (await load(settings, roster(tmp_path)))["left_out"] == 0
    assert len(await rows(empty_dsn, ON_IT)) == 2
    more = roster(tmp_path, "bib,name\n9,Ida Poe\n")
    added = await load(settings, more, add=True)
    assert (added["added"], added["gone"], added["participants"]) == (1, 0, 3)
    tags = await load(settings, roster(tmp_path, "bib,tag\n9,B1\n9,B2\n"), add=True, kind="tags")
    assert (tags["changed"], tags["participants"]) == (1, 3)
    assert (await rows(empty_dsn, "SELECT tags FROM participants WHERE bib = '9'"))[0]["tags"] == ["B1", "B2"]
    assert [each.name for each in (tmp_path / "rosters").iterdir()] == []


async def test_a_roster_through_a_hub_corrects_its_screens(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    async with running_hub(settings) as hub, hub.screen() as screen:
        reader = await hub.reader().connect()
        reader.add("A1")
        await screen.next("read")
        loaded = await load(settings, roster(tmp_path, NOT_ALL), hub.session_id)
        assert (loaded["participants"], loaded["left_out"]) == (2, 1)
        assert [(each["line"], each["reason"]) for each in loaded["problems"]] == [(4, NO_ONE)]
        assert (await screen.next("correction"))["runner"]["name"] == "Ann Lee"
        with pytest.raises(HubError, match="There is no session 77"):
            await load(settings, roster(tmp_path), 77)
        with pytest.raises(HubError, match="expected a column named bib, tag or name"):
            await load(settings, roster(tmp_path, "colour\nred\n"), hub.session_id)
        await reader.hang_up()


async def test_a_roster_that_is_too_large(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path, limits=Limits(roster_rows=1))
    with pytest.raises(FileFormatError, match="more than 1 rows"):
        await load(settings, roster(tmp_path))


async def test_a_hub_that_is_starting_or_does_not_answer(tmp_path: Path) -> None:
    settings = settings_for(NOBODY_DSN, tmp_path)
    data = DataFolder(tmp_path)
    data.take()
    with pytest.raises(HubError, match="the hub is starting"):
        await load(settings, roster(tmp_path))
    data.note({"web": "http://127.0.0.1:1"})
    with pytest.raises(HubError, match=r"the hub at http://127\.0\.0\.1:1 does not answer"):
        await load(settings, roster(tmp_path))
    data.give_up()


async def test_a_hub_that_takes_no_token(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    async with running_hub(settings) as hub:
        (tmp_path / "var" / "admin.token").write_text("another")
        with pytest.raises(HubError, match=r"admin\.token"):
            await load(settings, roster(tmp_path), hub.session_id)
        await until(lambda: hub.app.live.screens == 0)


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HubError, match=r"none\.csv: No such file"):
        await load(Settings(), tmp_path / "none.csv")
