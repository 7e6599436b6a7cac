"""Sessions made, begun, ended, and gone on with: readers and screens go where they should, and no read is lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.accounts import MACHINE_CALLER
from hub.errors import Conflict, StoreAway
from hub.model import Observation
from hub.session import Source
from hub.store import session_changes
from tests.lifecycle import Office, office
from tests.postgres import execute
from tests.running import Reader, Running, rows, running_hub, settings_for, tags, until

SHARED = pytest.mark.asyncio(loop_scope="session")


def closed(reader: Reader) -> bool:
    return reader.client is not None and reader.client.closed


async def gone(reader: Reader) -> None:
    """Until the hub has hung up on it."""
    await until(lambda: closed(reader))
    await reader.hang_up()


# Making


@SHARED
async def test_one_that_is_made_active_is_there_at_once(shared_office: Office) -> None:
    code = await shared_office.displayed(None)
    async with shared_office.screen(code) as screen:
        before = (await screen.next("hello"))["session"]["id"]
        made = await shared_office.session("Of today", purpose="rehearsal")
        assert (made["status"], made["purpose"], made["total_reads"]) == ("active", "rehearsal", 0)
        assert made["partner"]["slug"] == "default" and len(made["stream_key"]) == 10
        assert await screen.closed() == 4104
    async with shared_office.screen(code) as screen:
        assert (await screen.next("hello"))["session"]["id"] == made["id"] > before
    reader = await shared_office.fed(made, "A1", "A2")
    assert tags(await shared_office.reads(made, 2)) == ["A1", "A2"]
    await reader.hang_up()
    await shared_office.ask("POST", f"sessions/{made['id']}/end")


@SHARED
async def test_several_of_a_partner_are_fed_at_once(shared_office: Office) -> None:
    made = [await shared_office.session(name) for name in ("10K", "Half")]
    readers = [await shared_office.fed(each, f"T{each['id']}") for each in made]
    for each, reader in zip(made, readers, strict=True):
        assert tags(await shared_office.reads(each, 1)) == [f"T{each['id']}"]
        await reader.hang_up()


@SHARED
async def test_one_that_waits_for_somebody_to_start_it(shared_office: Office) -> None:
    made = await shared_office.session("Later", start=False)
    path = f"sessions/{made['id']}"
    assert (made["status"], made["scheduled_for"]) == ("scheduled", None)
    reader = shared_office.reader(made)
    reader.add("A1")
    assert await shared_office.hub.led_nowhere(reader), "its key leads nowhere yet"
    assert "has not begun" in (await shared_office.refused("POST", f"{path}/end"))["message"]
    assert "only one that is ended" in (await shared_office.refused("POST", f"{path}/reopen"))["message"]
    started = await shared_office.ask("POST", f"{path}/start")
    assert started["status"] == "active" and started["started_at"]
    await reader.connect()
    assert tags(await shared_office.reads(made, 1)) == ["A1"]
    assert (await shared_office.refused("POST", f"{path}/start"))["code"] == "conflict"
    await reader.hang_up()


# The schedule


def soon(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


@SHARED
async def test_one_that_begins_by_itself(shared_office: Office) -> None:
    made = await shared_office.session("Tomorrow", scheduled_for=soon(86_400))
    assert made["status"] == "scheduled" and made["scheduled_for"]
    await shared_office.ask("PATCH", f"sessions/{made['id']}", {"scheduled_for": soon(0.1)})
    await until(lambda: made["id"] in shared_office.hub.app.hub.sessions)
    now = await shared_office.ask("GET", f"sessions/{made['id']}")
    assert (now["status"], now["scheduled_for"]) == ("active", None)
    noted = await rows(shared_office.dsn, "SELECT who FROM audit_log WHERE action = 'session.started'")
    assert {"who": "the schedule"} in noted
    error = await shared_office.refused("PATCH", f"sessions/{made['id']}", {"scheduled_for": None})
    assert "only one that has not begun" in error["message"]


async def test_one_whose_time_came_while_no_hub_ran(database_dsn: str, tmp_path: Path) -> None:
    async with office(database_dsn, tmp_path) as before:
        made = await before.session("Early", scheduled_for=soon(3600))
        late = await before.session("Late", scheduled_for=soon(7200))
    # It was made long ago, and is no session of long ago for that.
    await execute(
        database_dsn,
        "UPDATE timing_sessions SET created_at = now() - interval '30 days',"
        f" scheduled_for = scheduled_for - interval '90 min' WHERE id IN ({made['id']}, {late['id']})",
    )
    async with office(database_dsn, tmp_path) as after:
        assert made["id"] in after.hub.app.hub.sessions and late["id"] not in after.hub.app.hub.sessions
        reader = await after.fed(made, "A1")
        await after.hub.app.changes.retention.end_old()
        assert made["id"] in after.hub.app.hub.sessions
        await reader.hang_up()


async def test_the_schedule_outlives_a_database_that_is_away(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    problems: list[Exception] = [StoreAway("gone"), KeyError("a fault of ours")]
    look = session_changes.due

    async def due(*arguments: Any) -> list[int]:
        if problems:
            raise problems.pop()
        return await look(*arguments)

    monkeypatch.setattr(session_changes, "due", due)
    monkeypatch.setattr("hub.lifecycle.RETRY_S", 0.01)
    async with office(database_dsn, tmp_path) as made:
        session = await made.session("Soon", scheduled_for=soon(0.05))
        await until(lambda: session["id"] in made.hub.app.hub.sessions)
    assert "the schedule cannot be looked at now: gone" in caplog.text
    assert "the schedule has failed" in caplog.text


# The end


@SHARED
async def test_the_end_of_a_session_that_is_fed(shared_office: Office) -> None:
    made = await shared_office.session("Over")
    code = await shared_office.displayed(made["id"])
    reader = await shared_office.fed(made, "A1")
    async with shared_office.screen(code) as screen, shared_office.hub.watcher(made["id"]) as watcher:
        await screen.next("hello")
        await watcher.next("hello")
        ended = await shared_office.ask("POST", f"sessions/{made['id']}/end")
        assert ended["status"] == "ended" and ended["ended_at"]
        assert (await screen.closed(), await watcher.closed()) == (4104, 4003)
    await gone(reader)
    reader.add("A2")
    assert await shared_office.hub.led_nowhere(reader), "what comes now is not of it"
    async with shared_office.screen(code) as screen:
        assert (await screen.next("hello"))["session"] is None
    again = await shared_office.ask("POST", f"sessions/{made['id']}/end")
    assert again["ended_at"] == ended["ended_at"]
    assert tags(await shared_office.reads(made, 1)) == ["A1"]
    await until(lambda: made["id"] not in shared_office.hub.app.hub.guests)


def line(number: int) -> Observation:
    return Observation(
        number,
        "FINISH",
        f"T{number}",
        1_780_000_000_000_000,
        False,
        "2026-05-28T20:26:40",
        1,
        "R",
        1,
        False,
        "x",
    )


@SHARED
async def test_what_is_on_its_way_to_the_disk_is_kept(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await shared_office.session("In flight")
    hub, session = shared_office.hub.app.hub, shared_office.memory(made)
    reader = await shared_office.fed(made, "A1")
    source = next(each for each in hub.sources.values() if each.session is session)
    lifecycle = shared_office.hub.app.changes.lifecycle

    def last_moment(which: Any, reason: str) -> None:
        hub.accept(source, [line(number) for number in range(2, 402)], [], hub._now_us())
        assert session.durable < session.head == 401
        shared_office.hub.app._hang_up(which, reason)

    monkeypatch.setattr(lifecycle, "_hang_up", last_moment)
    await shared_office.ask("POST", f"sessions/{made['id']}/end")
    monkeypatch.undo()
    assert len(await shared_office.reads(made, 401)) == 401
    await until(lambda: made["id"] not in hub.guests)
    await gone(reader)
    assert not [task for task in shared_office.hub.app._tasks if task.done()]


@SHARED
async def test_an_end_that_postgresql_does_not_take_has_never_been(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await shared_office.session("Goes on")
    reader = await shared_office.fed(made, "A1")

    async def away(*_: object) -> None:
        raise StoreAway("gone")

    with monkeypatch.context() as broken:
        broken.setattr(session_changes, "end", away)
        await shared_office.refused("POST", f"sessions/{made['id']}/end", status=503)
    await shared_office.fed(made, "A2", reader=shared_office.reader(made))
    assert made["id"] in shared_office.hub.app.hub.sessions and not closed(reader)
    await reader.hang_up()


def with_a_read(hub: Running) -> Reader:
    reader = hub.reader()
    reader.add("STRAY")
    return reader


async def test_who_has_ended_the_last_session_has_none_after_a_restart(
    database_dsn: str, tmp_path: Path
) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        only = hub.session_id
        async with hub.http.post(f"/api/sessions/{only}/end") as response:
            assert response.status == 200
        assert await hub.led_nowhere(with_a_read(hub))
    async with running_hub(settings) as hub:
        assert hub.app.hub.sessions == {}
        assert (await hub.get("/front/state"))["sessions"] == []
        assert (await hub.get("/status"))["current_session"] is None
        assert await hub.led_nowhere(with_a_read(hub))
        async with hub.http.post(f"/api/sessions/{only}/reopen") as response:
            assert (await response.json())["status"] == "active"
        other = hub.reader()
        other.add("A1")
        await other.connect()
        await until(lambda: hub.app.hub.sessions[only].durable == 3)
        await other.hang_up()
        await hub.app.stores.drain.drained()
        stored_tags = await rows(
            database_dsn, "SELECT tag_code FROM timing_reads WHERE session_id = $1 ORDER BY 1", only
        )
        assert [row["tag_code"] for row in stored_tags] == ["A1", "STRAY", "STRAY"], "what has waited, too"


# Going on


async def end(office_: Office, made: Any) -> None:
    await office_.ask("POST", f"sessions/{made['id']}/end")
    await until(lambda: made["id"] not in office_.hub.app.hub.guests)


@SHARED
async def test_a_session_that_goes_on_doubles_nothing(shared_office: Office) -> None:
    made = await shared_office.session("Goes on")
    code = await shared_office.displayed(made["id"])
    reader = await shared_office.fed(made, "A1", "A2", "A3")
    reader.gun()
    await until(lambda: shared_office.memory(made).durable == 4)
    await end(shared_office, made)
    async with shared_office.screen(code) as screen:
        assert (await screen.next("hello"))["session"] is None
        reopened = await shared_office.ask("POST", f"sessions/{made['id']}/reopen")
        assert (reopened["status"], reopened["ended_at"], reopened["total_reads"]) == ("active", None, 3)
        assert await screen.closed() == 4104
    async with shared_office.screen(code) as screen:
        hello = await screen.next("hello")
        assert (hello["offset"], len(hello["recent"]), len(hello["starts"])) == (4, 4, 1)
        reader.add("A4")
        await reader.connect()
        assert b"FINISH~3" in b"".join(reader.said), "it resumes where it was"
        assert (await screen.next("read"))["offset"] == 5
    # Another program with the same reads, and no memory of where it was.
    other = shared_office.reader(made)
    for name, items in ((each, reader.stream.location(each).items) for each in ("FINISH", "START")):
        for item in items:
            other.give(name, item)
    await other.connect()
    await other.sent()
    other.add("B1")
    await until(lambda: shared_office.memory(made).durable == 6)
    assert tags(await shared_office.reads(made, 6)) == ["A1", "A2", "A3", "GUNTIME", "A4", "B1"]
    for each in (reader, other):
        await each.hang_up()


@SHARED
async def test_a_session_that_has_ended_just_now_goes_on(shared_office: Office) -> None:
    """It is still in memory: what it has accepted may be on its way to the disk."""
    made = await shared_office.session("Back and forth")
    reader = await shared_office.fed(made, "A1")
    lifecycle = shared_office.hub.app.changes.lifecycle
    for _ in range(3):
        await lifecycle.end(MACHINE_CALLER, made["id"])
        await lifecycle.reopen(MACHINE_CALLER, made["id"])
    await gone(reader)
    await shared_office.fed(made, "A2", reader=reader)
    assert b"FINISH~1" in b"".join(reader.said), "it resumes where it was"
    assert tags(await shared_office.reads(made, 2)) == ["A1", "A2"]
    with pytest.raises(Conflict, match="is active already"):
        await lifecycle.reopen(MACHINE_CALLER, made["id"])
    await reader.hang_up()


# What is said of it


@SHARED
async def test_an_event_that_is_given_later(shared_office: Office) -> None:
    made = await shared_office.session("No event yet")
    event = await shared_office.event(name="Spring run")
    async with shared_office.hub.watcher(made["id"]) as watcher:
        assert (await watcher.next("hello"))["session"]["event"] == ""
        changed = await shared_office.ask("PATCH", f"sessions/{made['id']}", {"event_id": event["id"]})
        assert changed["event_id"] == event["id"]
        assert await watcher.closed() == 4104
    async with shared_office.hub.watcher(made["id"]) as watcher:
        session = (await watcher.next("hello"))["session"]
        assert (session["event"], session["timezone"]) == ("Spring run", "Europe/Berlin")
    assert (await shared_office.ask("PATCH", f"sessions/{made['id']}", {"event_id": None}))[
        "event_id"
    ] is None
    error = await shared_office.refused("PATCH", f"sessions/{made['id']}", {"event_id": 999}, 400)
    assert (error["field"], error["message"]) == ("event_id", "event_id: there is no event 999")


@SHARED
async def test_another_stream_key(shared_office: Office) -> None:
    made = await shared_office.session("New key")
    old = await shared_office.fed(made, "A1")
    renewed = await shared_office.ask("POST", f"sessions/{made['id']}/key")
    assert renewed["stream_key"] != made["stream_key"]
    await gone(old)
    assert await shared_office.hub.led_nowhere(old), "it leads nowhere, and least of all into another session"
    reader = await shared_office.fed(renewed, "A2")
    assert shared_office.hub.app.hub.routes.is_key(made["stream_key"]), "and stays a secret"
    held = await rows(
        shared_office.dsn, "SELECT old_stream_keys FROM timing_sessions WHERE id = $1", made["id"]
    )
    assert held == [{"old_stream_keys": [made["stream_key"]]}]
    await reader.hang_up()
    await end(shared_office, renewed)
    ended = await shared_office.ask("POST", f"sessions/{made['id']}/key")
    late = shared_office.reader(ended)
    late.add("A3")
    assert await shared_office.hub.led_nowhere(late)
    assert tags(await shared_office.reads(made, 2)) == ["A1", "A2"]


@SHARED
async def test_sources_that_feed_another_session_meanwhile_stay_there(shared_office: Office) -> None:
    event = await shared_office.event(name="Stay there")
    made = await shared_office.session("First", event_id=event["id"])
    reader = shared_office.hub.reader(event="stay there")
    await shared_office.fed(made, "A1", reader=reader)
    await end(shared_office, made)
    other = await shared_office.session("Second", event_id=event["id"])
    await shared_office.fed(other, reader=reader)
    await until(lambda: shared_office.memory(other).durable == 1)
    await shared_office.ask("POST", f"sessions/{made['id']}/reopen")
    await reader.hang_up()
    reader.add("A2")
    await reader.connect()
    assert tags(await shared_office.reads(other, 2)) == ["A1", "A2"]
    await reader.hang_up()
    sources: list[Source] = list(shared_office.hub.app.hub.sources.values())
    assert len({each.id for each in sources}) == len(sources)
    await asyncio.gather(*(end(shared_office, each) for each in (made, other)))
