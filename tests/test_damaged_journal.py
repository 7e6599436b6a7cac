"""A journal that is damaged under a whole hub: while it was away, and while it runs."""

import asyncio
import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from hub import cli
from hub.config import Listener, Web
from hub.reload import Reload
from hub.store.journal import Journal
from tests.running import HOST, Line, Reader, running_hub, settings_for, stored, tags, until
from tests.serving import free_port
from tests.store.damage import break_frame


async def test_a_damaged_journal(database_dsn: str, tmp_path: Path) -> None:
    """Killed with reads that only the journal has, and then one page of that is broken: what is left of it is used, the
    reader sends again what is missing, and screens begin afresh."""
    line = Line(database_dsn, tmp_path)
    await line.mend()
    settings = settings_for(line.dsn, tmp_path / "var")
    async with running_hub(settings) as hub:
        reader = await hub.reader().connect()
        reader.add("BEFORE")
        await stored(database_dsn, 1)
        await line.cut()
        for number in range(60):
            reader.add(f"R{number}")
            await until(lambda: hub.durable == number + 2)  # noqa: B023  a group each
        journal = tmp_path / "journal"
        shutil.copytree(settings.journal_path, journal)
        async with hub.screen() as screen:
            place = await screen.next("hello")
        await reader.drop()
    await line.mend()
    shutil.rmtree(settings.journal_path)
    shutil.move(journal, settings.journal_path)  # as a kill at that moment would have left it
    break_frame(settings.journal_path / "journal.sqlite", 30)
    async with running_hub(settings) as hub:
        health = await hub.get("/health")
        assert health["status"] == "degraded" and "journal-damaged-" in health["reason"]
        async with hub.screen(session=hub.session_id, after=place["offset"], epoch=place["epoch"]) as screen:
            hello = await screen.next("hello")
            assert (hello["recovered"], hello["epoch"]) == (False, place["epoch"] + 1)
        reader.address = hub.address()
        await reader.connect()
        await until(lambda: len(hub.app.hub.sessions[hub.session_id].seen) == 61)
        found = await stored(database_dsn, 61)
        await reader.hang_up()
    kept = [row for row in found if row["kind"] == "read"]
    assert sorted(tags(kept)) == sorted(["BEFORE", *(f"R{number}" for number in range(60))])
    assert [row["feed_offset"] for row in found] == list(range(1, len(found) + 1))
    async with running_hub(settings) as hub:
        assert (await hub.get("/health"))["status"] == "healthy"
    await line.cut()


async def test_damage_while_it_runs(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The hub starts again by itself, and the reader, which comes back, has lost nothing."""
    port = free_port()
    settings = settings_for(
        database_dsn, tmp_path, web=Web(host=HOST, port=0), listeners=(Listener(host=HOST, port=port),)
    )
    original = Journal.write
    damage = [sqlite3.DatabaseError("database disk image is malformed")]
    damage[0].sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    def write(self: Journal, *arguments: Any) -> int:
        if len(reader.stream.locations) and damage:
            self._unless_damaged(damage.pop())
        return original(self, *arguments)

    monkeypatch.setattr(Journal, "write", write)
    reader = Reader((HOST, port))
    serving = asyncio.create_task(cli._serve(settings, Reload(None, {}), None))
    coming = asyncio.create_task(reader.keep_coming(0.02))
    await until(lambda: reader.client is not None)  # the hub has come up
    reader.add("A", "B", "C")
    found = await stored(database_dsn, 3)
    reader.add("D")
    found = await stored(database_dsn, 4)
    assert sorted(tags(found)) == ["A", "B", "C", "D"] and not damage
    assert sum("Starting again" in record.message for record in caplog.records) == 1
    for task in (coming, serving):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
