"""`racehub import` through a hub that runs, as a process of its own or in this one, and without any."""

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub import commands_import, config, folder
from hub.config import Limits, Settings
from hub.errors import FileFormatError, HubError, NotOwner, StoreAway, StoreError
from hub.folder import DataFolder
from hub.importing import Imported
from hub.store import database, drain
from hub.store.journal import Journal
from tests.controller_files import EIGHT_US, MARKERS, race, tag_lines, write
from tests.postgres import folder_for_postgres
from tests.running import PATIENCE_S, Line, Running, rows, running_hub, settings_for, stored
from tests.serving import hub_process, write_config
from tests.store.making import group, read
from tests.test_feeding import ended, figures

READS = 1200
NOBODY_DSN = "postgresql://nobody@127.0.0.1:1/none"


class Import:
    """One `racehub import`, and what it told."""

    def __init__(self, settings: Settings, session_id: int = 1, location: str | None = None) -> None:
        self.settings = settings
        self.session_id = session_id
        self.location = location
        self.done: list[Imported] = []
        self.lines = 0
        self.waiting = 0

    async def files(self, *files: Path | tuple[str, Path]) -> list[tuple[int, int, int]]:
        pairs = [(None, each) if isinstance(each, Path) else each for each in files]
        loaded = await commands_import.load_files(self.settings, pairs, self.location)
        self.waiting = await commands_import.import_files(
            self.settings, self.session_id, loaded, on_lines=self._on_lines, on_done=self.done.append
        )
        assert self.lines == sum(each.lines for each in loaded) == sum(each.lines for each in self.done)
        return [figures(each) for each in self.done]

    def _on_lines(self, lines: int) -> None:
        self.lines += lines


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return write(tmp_path, "whole", race(READS), MARKERS)


# Through a hub


async def test_several_files_in_one_go(database_dsn: str, tmp_path: Path, whole: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    start = write(tmp_path, "start", tag_lines(range(100)))
    async with running_hub(settings) as hub:
        first = Import(settings, hub.session_id, "5K")
        assert await first.files(("START", start), whole) == [(100, 0, 0), (READS + 1, 0, 0)]
        assert [each.location for each in first.done] == ["START", "5K"]
        again = Import(settings, hub.session_id)
        assert await again.files(("start", start), whole) == [(0, 100, 0), (READS + 1, 0, 0)]
        assert [each.location for each in again.done] == ["start", "FINISH"]
        assert hub.durable == 100 + 2 * (READS + 1)
    (source,) = await rows(
        database_dsn, "SELECT * FROM timing_sources WHERE program LIKE '%start.csv' ORDER BY id LIMIT 1"
    )
    assert (source["program"], source["remote_address"]) == ("racehub import start.csv", "127.0.0.1")


async def test_what_the_hub_says_against_it(database_dsn: str, tmp_path: Path, whole: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    async with running_hub(settings) as hub:
        with pytest.raises(HubError, match=r"There is no session 77\."):
            await Import(settings, 77).files(whole)
        (tmp_path / "var" / "admin.token").write_text("another")
        with pytest.raises(HubError, match=r"admin\.token"):
            await Import(settings, hub.session_id).files(whole)
        assert hub.durable == 0


async def test_a_hub_that_is_starting_or_does_not_answer(tmp_path: Path, whole: Path) -> None:
    settings = settings_for(NOBODY_DSN, tmp_path / "var")
    data = DataFolder(tmp_path / "var")
    data.take()
    with pytest.raises(HubError, match="the hub is starting"):
        await Import(settings).files(whole)
    data.note({"web": "http://127.0.0.1:1"})
    with pytest.raises(HubError, match=r"the hub at http://127\.0\.0\.1:1 does not answer"):
        await Import(settings).files(whole)
    data.give_up()


async def test_what_was_answered_outlives_a_kill(database_dsn: str, tmp_path: Path, whole: Path) -> None:
    settings = config.load(write_config(tmp_path, database_dsn), {})
    async with hub_process("serve", folder=tmp_path) as process:
        await process.ready()
        assert await Import(settings).files(whole) == [(READS + 1, 0, 0)]
        await process.kill()
    async with hub_process("serve", folder=tmp_path) as process:
        await process.ready()
        assert len(await stored(database_dsn, READS + 1)) == READS + 1
        assert await Import(settings).files(whole) == [(0, READS + 1, 0)]


async def test_killed_while_it_imports(database_dsn: str, tmp_path: Path) -> None:
    """What was not answered is imported again, and nothing of it comes twice."""
    settings = config.load(write_config(tmp_path, database_dsn), {})
    large = write(tmp_path, "large", race(40_000), MARKERS)
    for _ in range(2):
        async with hub_process("serve", folder=tmp_path) as process:
            await process.ready()
            importing = asyncio.create_task(Import(settings).files(large))
            before = await reads_in(database_dsn)
            async with asyncio.timeout(PATIENCE_S):
                while await reads_in(database_dsn) == before:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
            await process.kill()
            with pytest.raises(HubError, match="does not answer"):
                await importing
    new, held, _ = (await Import(settings).files(large))[0]
    assert new + held == 40_001 and new > 0 and held > 0
    found = await rows(database_dsn, "SELECT feed_offset FROM timing_reads ORDER BY 1")
    assert [row["feed_offset"] for row in found] == list(range(1, 40_002))


async def reads_in(dsn: str) -> int:
    return int((await rows(dsn, "SELECT count(*) AS found FROM timing_reads"))[0]["found"])


# Without a hub


async def session_made(settings: Settings) -> Running:
    """A hub that has been here, and is gone."""
    async with running_hub(settings) as hub:
        return hub


async def test_without_a_hub(database_dsn: str, tmp_path: Path, whole: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    await session_made(settings)
    first = Import(settings)
    assert (await first.files(whole, ("5K", whole)), first.waiting) == ([(READS + 1, 0, 0)] * 2, 0)
    assert len(await rows(database_dsn, "SELECT 1 FROM timing_reads")) == 2 * (READS + 1), "all of it is in"
    assert folder.running(tmp_path / "var") is None
    assert await Import(settings).files(whole) == [(0, READS + 1, 0)]
    async with running_hub(settings) as hub:
        assert hub.durable == 2 * (READS + 1)
        assert await Import(settings).files(whole) == [(0, READS + 1, 0)]


async def test_with_the_embedded_database(tmp_path: Path, whole: Path) -> None:
    with folder_for_postgres() as place:
        settings = settings_for("", place)
        assert await Import(settings).files(whole) == [(READS + 1, 0, 0)]
        async with running_hub(settings) as hub:
            assert hub.durable == READS + 1


async def test_what_a_killed_hub_has_left_comes_first(database_dsn: str, tmp_path: Path, whole: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    await session_made(settings)
    with closing(Journal(settings.journal_path)) as journal:
        journal.write(group(1, [read(1), read(2)]), 2, 0)
    assert await Import(settings).files(whole) == [(READS + 1, 0, 0)]
    found = await rows(database_dsn, "SELECT feed_offset, tag_code FROM timing_reads ORDER BY 1")
    assert [row["feed_offset"] for row in found] == list(range(1, READS + 4))
    assert [row["tag_code"] for row in found[:3]] == ["000001", "000002", "GUNTIME"]


async def test_into_an_ended_session(database_dsn: str, tmp_path: Path, whole: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    await session_made(settings)
    past = await ended(database_dsn)
    assert await Import(settings, past).files(whole, whole) == [(READS + 1, 0, 0), (0, READS + 1, 0)]
    assert await Import(settings, past).files(whole) == [(0, READS + 1, 0)]
    assert {row["session_id"] for row in await rows(database_dsn, "SELECT * FROM timing_reads")} == {past}


async def test_a_session_that_is_not_there(database_dsn: str, tmp_path: Path, whole: Path) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    with pytest.raises(HubError, match=r"There is no session 77\."):
        await Import(settings, 77).files(whole)
    assert folder.running(tmp_path / "var") is None


async def test_another_hub_has_the_database(
    database_dsn: str, tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_WAIT_S", 0.1)
    async with running_hub(settings_for(database_dsn, tmp_path / "var")) as hub:
        other = settings_for(database_dsn, tmp_path / "other")
        with pytest.raises(NotOwner, match=rf"in use by the hub of {tmp_path / 'var'} on .* \(process \d+\)"):
            await Import(other, hub.session_id).files(whole)
        assert hub.durable == 0 and folder.running(tmp_path / "other") is None


async def test_no_database_and_no_folder(tmp_path: Path, whole: Path) -> None:
    with pytest.raises(StoreAway, match="PostgreSQL does not answer"):
        await Import(settings_for(NOBODY_DSN, tmp_path / "var")).files(whole)
    with pytest.raises(StoreError, match="cannot be used"):
        await Import(settings_for(NOBODY_DSN, whole / "var")).files(whole)


async def test_the_database_goes_away_meanwhile(
    database_dsn: str, tmp_path_factory: pytest.TempPathFactory, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was imported is on disk, and goes in at the next start."""
    place = tmp_path_factory.mktemp("line")
    line = Line(database_dsn, place)
    await line.mend()
    settings = settings_for(line.dsn, place / "var")
    await session_made(settings)
    store = drain.Drain._store

    async def cut_first(self: drain.Drain, batch: Any) -> None:
        await line.cut()
        await store(self, batch)

    monkeypatch.setattr(drain.Drain, "_store", cut_first)
    first = Import(settings)
    assert await first.files(whole) == [(READS + 1, 0, 0)] and first.waiting > 0
    monkeypatch.undo()
    assert await reads_in(database_dsn) == 0
    await line.mend()
    async with running_hub(settings) as hub:
        assert hub.durable == READS + 1 == await reads_in(database_dsn)
    await line.cut()


async def test_a_database_that_was_taken_over_ends_it(
    database_dsn: str, tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(database_dsn, tmp_path / "var")
    await session_made(settings)

    async def not_ours(self: drain.Drain) -> None:
        raise NotOwner("taken over")

    monkeypatch.setattr(drain.Drain, "_run", not_ours)
    with pytest.raises(NotOwner, match="taken over"):
        await Import(settings).files(whole)
    assert folder.running(tmp_path / "var") is None


# Files


async def test_one_file_that_is_none_and_nothing_is_imported(
    database_dsn: str, tmp_path: Path, whole: Path
) -> None:
    settings = settings_for(database_dsn, tmp_path / "var", limits=Limits(upload_mib=1))
    wrong = write(tmp_path, "wrong", b"bib,name\r\n")
    nameless = write(tmp_path, "nameless", race(3))
    large = write(tmp_path, "large", race(3) + b" " * 1024 * 1024, MARKERS)
    async with running_hub(settings) as hub:
        for path, said in (
            (wrong, r"wrong\.csv: line 1: expected a tag"),
            (nameless, r"nameless\.csv: no Point marker"),
            (large, r"large\.csv: larger than 1 MiB \(limits\.upload_mib\)"),
        ):
            one = Import(settings, hub.session_id)
            location = "X" if path is wrong else None
            pairs = [(None, whole), (location, path)]
            with pytest.raises(FileFormatError, match=said):
                await commands_import.load_files(settings, pairs, None)
            assert one.done == []
        with pytest.raises(HubError, match=r"none\.csv: No such file"):
            await commands_import.load_files(settings, [(None, tmp_path / "none.csv")], None)
        assert hub.durable == 0


async def test_a_name_that_is_no_text(database_dsn: str, tmp_path: Path) -> None:
    """A file's name may hold anything: a line break, and bytes of no encoding."""
    settings = settings_for(database_dsn, tmp_path / "var")
    path = write(tmp_path, "a\n\udcff", tag_lines("12", EIGHT_US))
    async with running_hub(settings) as hub:
        assert await Import(settings, hub.session_id, "X").files(path) == [(2, 0, 0)]
    assert (await rows(database_dsn, "SELECT program FROM timing_sources"))[0][
        "program"
    ] == "racehub import a.csv"
