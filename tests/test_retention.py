"""Sessions of long ago end while the hub runs: no read is lost by it, and the next one has somewhere to go."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from hub import retention
from hub.config import Retention as Days
from hub.errors import StoreAway, StoreError
from hub.store import sessions
from tests.postgres import execute
from tests.running import (
    PATIENCE_S,
    Line,
    Reader,
    Running,
    rows,
    running_hub,
    settings_for,
    stored,
    tags,
    until,
)

AGE = """
UPDATE timing_reads SET received_at = now() - interval '9 days';
UPDATE timing_sessions SET created_at = now() - interval '9 days';
"""


async def end_old(hub: Running) -> None:
    await hub.app.changes.retention.end_old()


async def fed(hub: Running, *tags_: str) -> Reader:
    """A reader that has sent these, and is still connected."""
    reader = hub.reader()
    before = hub.app.hub.total_reads
    reader.add(*tags_)
    await reader.connect()
    await until(lambda: hub.app.hub.total_reads == before + len(tags_))
    return reader


async def left(hub: Running, reader: Reader) -> None:
    await reader.hang_up()
    await until(lambda: not hub.app.condition.connections())


async def statuses(dsn: str) -> list[str]:
    found = await rows(dsn, "SELECT status FROM timing_sessions ORDER BY id")
    return [row["status"] for row in found]


async def places(dsn: str) -> list[tuple[int, int, str]]:
    found = await rows(dsn, "SELECT * FROM timing_reads ORDER BY session_id, feed_offset")
    return [(row["session_id"], row["feed_offset"], row["tag_code"]) for row in found]


async def test_an_old_session_ends_and_another_takes_its_place(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, hub.screen() as screen:
        old = hub.session_id
        assert (await screen.next("hello"))["session"]["id"] == old
        reader = await fed(hub, "A1", "A2")
        await stored(database_dsn, 2)
        await end_old(hub)
        assert list(hub.app.hub.sessions) == [old], "it is young"
        await left(hub, reader)
        await execute(database_dsn, AGE)
        await end_old(hub)
        assert await statuses(database_dsn) == ["ended", "active"]
        assert await screen.closed() == 4104
        async with hub.screen() as again:
            hello = await again.next("hello")
            assert hello["session"]["id"] == hub.session_id == old + 1 and hello["offset"] == 0
            other = hub.reader(event="of today")
            other.add("B1")
            await other.connect()
            assert (await again.next("read"))["tag"] == "B1"
            await other.hang_up()
        await stored(database_dsn, 3)
        assert await places(database_dsn) == [(old, 1, "A1"), (old, 2, "A2"), (old + 1, 1, "B1")]
        assert "heard nothing for 7 days (retention.end_sessions_after_days)" in caplog.text
        await end_old(hub)
        assert await statuses(database_dsn) == ["ended", "active"], "there is nothing more to do"


async def test_its_stream_key_leads_nowhere(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        key = hub.app.hub.sessions[hub.session_id].row.stream_key
        await execute(database_dsn, AGE)
        await end_old(hub)
        reader = hub.reader(event=key)
        reader.add("A1")
        assert await hub.led_nowhere(reader)
        assert hub.app.hub.shown_event(key) != key, "and stays a secret"


async def test_a_session_that_a_reader_is_connected_to_goes_on(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        reader = await fed(hub, "A1")
        await stored(database_dsn, 1)
        await execute(database_dsn, AGE)
        await end_old(hub)
        await end_old(hub)
        assert await statuses(database_dsn) == ["active"]
        assert caplog.text.count("goes on while a reader is connected to it") == 1
        reader.add("A2")
        assert tags(await stored(database_dsn, 2)) == ["A1", "A2"]
        await left(hub, reader)
        await end_old(hub)
        assert await statuses(database_dsn) == ["active"], "the read of just now counts"
        await execute(database_dsn, AGE)
        await end_old(hub)
        assert await statuses(database_dsn) == ["ended", "active"]


@pytest.mark.parametrize(("purpose", "made"), [("race", 0), ("rehearsal", 0), ("demo", 1)])
async def test_another_session_is_made_only_where_none_is_left(
    database_dsn: str, tmp_path: Path, purpose: str, made: int
) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)):
        pass
    await execute(database_dsn, AGE)
    await execute(
        database_dsn,
        "INSERT INTO timing_sessions (partner_id, session_name, stream_key, purpose)"
        f" SELECT id, 'today', 'key', '{purpose}' FROM partners",
    )
    settings = settings_for(database_dsn, tmp_path)
    never = settings.model_copy(update={"retention": Days(end_sessions_after_days=0)})
    async with running_hub(never) as hub:
        assert len(hub.app.hub.sessions) == 2
        await end_old(hub)
        assert len(hub.app.hub.sessions) == 2, "0: never"
        hub.app.change(settings)
        await until(lambda: 1 not in hub.app.hub.sessions)
        await end_old(hub)
        assert await statuses(database_dsn) == ["ended", "active", *["active"] * made]


async def test_what_postgresql_does_not_have_yet_is_waited_for(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        await left(hub, await fed(hub, "A1", "A2"))
        number = hub.session_id

        async def behind(connection: object, days: int) -> dict[int, int]:
            return {number: 1}  # it has the first read only, and that is old

        with monkeypatch.context() as changed:
            changed.setattr(sessions, "old", behind)
            await end_old(hub)
        assert hub.session_id == number and await statuses(database_dsn) == ["active"]


async def test_a_reader_that_comes_between_the_question_and_the_end(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        reader = await fed(hub, "A1")
        await stored(database_dsn, 1)
        await left(hub, reader)
        await execute(database_dsn, AGE)
        old = hub.session_id
        make = sessions.ensure_empty

        async def meanwhile(*arguments: Any) -> Any:
            reader.add("A2")
            await reader.connect()
            await until(lambda: hub.app.hub.sessions[old].durable == 2)
            return await make(*arguments)

        monkeypatch.setattr(sessions, "ensure_empty", meanwhile)
        await end_old(hub)
        assert await statuses(database_dsn) == ["active", "active"]
        reader.add("A3")
        await stored(database_dsn, 3)
        assert await places(database_dsn) == [(old, 1, "A1"), (old, 2, "A2"), (old, 3, "A3")]
        await left(hub, reader)
        await execute(database_dsn, "UPDATE timing_reads SET received_at = now() - interval '9 days'")
        monkeypatch.undo()
        await end_old(hub)
        assert await statuses(database_dsn) == ["ended", "active"], "one that is empty is enough"


def failing(problem: Exception) -> Callable[..., Awaitable[None]]:
    async def fail(*_: object) -> None:
        raise problem

    return fail


async def test_without_another_session_nothing_ends(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        await execute(database_dsn, AGE)
        old = hub.session_id
        with monkeypatch.context() as broken:
            broken.setattr(sessions, "ensure_empty", failing(StoreAway("gone")))
            with pytest.raises(StoreAway):
                await end_old(hub)
        assert hub.session_id == old and await statuses(database_dsn) == ["active"]
        await left(hub, await fed(hub, "A1"))
        assert tags(await stored(database_dsn, 1)) == ["A1"]


@pytest.mark.parametrize("restart", [False, True])
async def test_an_end_that_postgresql_has_not_heard_of_is_made_up_for(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restart: bool
) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        await execute(database_dsn, AGE)
        with monkeypatch.context() as broken:
            broken.setattr(sessions, "end", failing(StoreError("refused")))
            with pytest.raises(StoreError):
                await end_old(hub)
        assert await statuses(database_dsn) == ["active", "active"] and hub.session_id == 2
        if not restart:
            await end_old(hub)
            assert list(hub.app.hub.sessions) == [2]
    async with running_hub(settings) as hub:
        assert await statuses(database_dsn) == ["ended", "active"] and list(hub.app.hub.sessions) == [2]


async def test_every_hour_and_postgresql_that_is_away_is_waited_for(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(retention, "EVERY_S", 0.05)
    line = Line(database_dsn, tmp_path)
    await line.mend()
    async with running_hub(settings_for(line.dsn, tmp_path / "var")) as hub:
        await line.cut()
        await execute(database_dsn, AGE)
        await until(lambda: "cannot end old ones now: PostgreSQL does not answer" in caplog.text)
        with monkeypatch.context() as broken:
            broken.setattr(retention.Retention, "end_old", failing(KeyError("a fault of ours")))
            await until(lambda: "the end of old ones has failed" in caplog.text)
        assert hub.session_id == 1
        await line.mend()
        await until(lambda: hub.session_id == 2)
        async with asyncio.timeout(PATIENCE_S):
            while await statuses(database_dsn) != ["ended", "active"]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    await line.cut()


async def test_each_partner_has_somewhere_to_go_to(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings):
        pass
    await execute(database_dsn, "INSERT INTO partners (slug, name) VALUES ('club', 'Club')")
    await execute(
        database_dsn,
        "INSERT INTO timing_sessions (partner_id, session_name, stream_key)"
        " SELECT id, 'Club run', 'clubkey' FROM partners WHERE slug = 'club'",
    )

    async def active() -> list[str]:
        query = "SELECT slug FROM timing_sessions JOIN partners ON partners.id = partner_id WHERE status = 'active'"
        return sorted(row["slug"] for row in await rows(database_dsn, query))

    async with running_hub(settings) as hub:
        await execute(database_dsn, AGE)
        await end_old(hub)
        assert await active() == ["club", "default"] and await statuses(database_dsn) == [
            *["ended"] * 2,
            *["active"] * 2,
        ]
    await execute(database_dsn, AGE)
    async with running_hub(settings) as hub:
        assert await active() == ["club", "default"], "at a start as well"
        assert {each.row.partner_id for each in hub.app.hub.sessions.values()} == {1, 2}


async def test_what_ended_long_ago_is_deleted_with_an_export(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings.model_copy(update={"retention": Days(delete_ended_after_days=7)})) as hub:
        old = hub.session_id
        await left(hub, await fed(hub, "A1", "A2"))
        await stored(database_dsn, 2)
        async with hub.http.post(f"/api/sessions/{old}/end") as response:
            assert response.status == 200
        await hub.app.changes.retention.delete_ended()
        assert await statuses(database_dsn) == ["ended"], "it is young"
        await execute(database_dsn, "UPDATE timing_sessions SET ended_at = now() - interval '8 days'")
        async with hub.app.changes.guests.hosted(old):
            await hub.app.changes.retention.delete_ended()
        assert await statuses(database_dsn) == ["ended"] and "not deleted now: Something" in caplog.text
        await hub.app.changes.retention.delete_ended()
        assert await statuses(database_dsn) == []
        (export,) = (await hub.get("/api/exports"))["exports"]
        assert export["reads"] == 2 and f"session {old}" in caplog.text and "by retention" in caplog.text
