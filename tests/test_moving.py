"""What a source has sent goes with it: a stream that nobody had claimed, assigned, taken out and assigned again, over
real sockets, while it goes on.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hub import importing, moving
from hub.store import moves
from hub.web.state import MoveProgress
from tests.postgres import execute
from tests.running import PATIENCE_S, Reader, Running, rows, running_hub, settings_for, until

MANY = 5000
SESSIONS = """
INSERT INTO timing_sessions (id, partner_id, session_name, stream_key) VALUES
    (20, 1, 'Morning', 'KeyOfMorn1'), (21, 1, 'Evening', 'KeyOfEven1');
"""
READS = (
    "SELECT feed_offset, sequence_number, tag_code, kind, marks, location_name FROM timing_reads"
    " WHERE session_id = $1 ORDER BY feed_offset"
)


@pytest.fixture
async def hub(database_dsn: str, tmp_path: Path) -> AsyncIterator[Running]:
    """One of a partner with three active sessions: so no reader without a key has a place."""
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings):
        pass
    await execute(database_dsn, SESSIONS)
    async with running_hub(settings) as running:
        yield running


async def source_of(hub: Running) -> dict[str, Any]:
    (source,) = (await hub.get("/api/sources"))["sources"]
    assert isinstance(source, dict)
    return source


async def post(hub: Running, path: str, **body: object) -> Any:
    async with hub.http.post(path, json=body) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def still(hub: Running) -> None:
    """Until nothing moves, and PostgreSQL has all."""
    await until(lambda: not hub.app.changes.moving._progress)
    await hub.app.stores.drain.drained()


async def check(hub: Running, dsn: str, session_id: int, reader: Reader) -> list[dict[str, Any]]:
    """All that the reader has, once, in its order, without a hole."""
    found = await rows(dsn, READS, session_id)
    assert [row["feed_offset"] for row in found] == list(range(1, len(found) + 1))
    kept = [row for row in found if row["kind"] != "void"]
    sent = [item.tag for item in reader.stream.location("FINISH").items]
    assert [row["tag_code"] for row in kept] == sent
    return kept


async def test_assigned_afterwards_while_it_goes_on_and_taken_out_again(
    hub: Running, database_dsn: str
) -> None:
    reader = hub.reader()
    reader.add(*(f"T{number}" for number in range(MANY)))
    await reader.connect()
    await reader.sent()
    source = await source_of(hub)
    assert source["inbox"] and not source["assigned"] and source["amber"] == ""
    going_on = asyncio.create_task(feed(reader))
    answer = await post(hub, f"/api/sources/{source['id']}/assign", session_id=20)
    assert answer["source"]["move"]["total"] >= 0
    await until(lambda: not hub.app.changes.moving._progress)
    going_on.cancel()
    await asyncio.gather(going_on, return_exceptions=True)
    count = len(reader.stream.location("FINISH").items)
    await until(lambda: hub.app.hub.sessions[20].durable == count)
    await still(hub)
    kept = await check(hub, database_dsn, 20, reader)
    assert "late" in kept[0]["marks"] and len(kept) >= MANY
    inbox = source["session"]["id"]
    assert {row["kind"] for row in await rows(database_dsn, READS, inbox)} == {"void"}
    now = await source_of(hub)
    assert (now["session"]["id"], now["assigned"], now["inbox"]) == (20, True, False)

    code = (await post_display(hub, 20))["code"]
    async with hub.screen(code) as screen:
        hello = await screen.next("hello")
        assert hello["offset"] == len(kept)
        assert hello["recent"][-1]["tag"] == kept[-1]["tag_code"]
        await post(hub, f"/api/sources/{source['id']}/release")
        gone = {(await screen.next("retract"))["offset"] for _ in range(len(kept))}
        assert gone == set(range(1, len(kept) + 1))
    await still(hub)
    assert {row["kind"] for row in await rows(database_dsn, READS, 20)} == {"void"}
    back = [row["tag_code"] for row in await rows(database_dsn, READS, inbox) if row["kind"] != "void"]
    assert back == [row["tag_code"] for row in kept]

    await post(hub, f"/api/sources/{source['id']}/assign", session_id=21)
    reader.add("LAST")
    await still(hub)
    await until(lambda: hub.app.hub.sessions[21].durable == len(kept) + 1)
    await hub.app.stores.drain.drained()
    await check(hub, database_dsn, 21, reader)
    await reader.hang_up()


async def feed(reader: Reader) -> None:
    number = 0
    while True:
        reader.add(f"L{number}")
        number += 1
        await asyncio.sleep(0.001)


async def post_display(hub: Running, session_id: int) -> Any:
    async with hub.http.post("/api/displays", json={"name": "S", "session_id": session_id}) as response:
        return (await response.json())["display"]


async def unclaimed(hub: Running, count: int, **facts: Any) -> Reader:
    """A reader in its inbox, that has sent so many."""
    reader = hub.reader(**facts)
    reader.add(*(f"T{number}" for number in range(count)))
    await reader.connect()
    await reader.sent()
    await until(lambda: sum(each.durable for each in hub.app.hub.inboxes.values()) == count)
    return reader


async def test_a_hub_that_stops_on_the_way_goes_on_at_its_next_start(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "AT_ONCE_MAX", 20)
    monkeypatch.setattr(moves, "READS_AT_ONCE", 50)
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings):
        pass
    await execute(database_dsn, SESSIONS)
    async with running_hub(settings) as hub:
        reader = await unclaimed(hub, 600)
        await reader.hang_up()
        source = await source_of(hub)
        await post(hub, f"/api/sources/{source['id']}/assign", session_id=20)
        await until(lambda: hub.app.hub.sessions[20].durable >= 100)
    assert len(await rows(database_dsn, "SELECT FROM source_moves WHERE done_at IS NULL")) == 1
    async with running_hub(settings) as hub:
        async with asyncio.timeout(PATIENCE_S):
            while await rows(database_dsn, "SELECT FROM source_moves WHERE done_at IS NULL"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await still(hub)
        await check(hub, database_dsn, 20, reader)
        now = await source_of(hub)
        assert (now["session"]["id"], now["assigned"], now["move"]) == (20, True, None)
        reader.address = hub.address()
        reader.add("LAST")
        await reader.connect()
        await until(lambda: hub.app.hub.sessions[20].durable == 601)
        await hub.app.stores.drain.drained()
        await check(hub, database_dsn, 20, reader)
        assert {row["kind"] for row in await rows(database_dsn, READS, source["session"]["id"])} == {"void"}
        await reader.hang_up()


async def test_a_key_that_is_given_later_takes_along_what_was_sent_before(
    hub: Running, database_dsn: str
) -> None:
    reader = await unclaimed(hub, 300)
    await reader.hang_up()
    inbox = (await source_of(hub))["session"]["id"]
    reader.stream.event = "KeyOfMorn1"
    reader.add("LAST")
    await reader.connect()
    await until(lambda: hub.app.hub.sessions[20].durable == 301)
    await still(hub)
    await check(hub, database_dsn, 20, reader)
    assert {row["kind"] for row in await rows(database_dsn, READS, inbox)} == {"void"}
    await reader.hang_up()


async def test_what_two_have_sent_stays_when_one_of_them_is_taken_out(
    hub: Running, database_dsn: str
) -> None:
    first = hub.reader(event="KeyOfMorn1")
    first.add(*(f"T{number}" for number in range(50)))
    await first.connect()
    await until(lambda: hub.app.hub.sessions[20].durable == 50)
    second = hub.reader(event="KeyOfMorn1")
    second.stream.locations = first.stream.locations
    second.stream._places = first.stream._places
    coming = asyncio.create_task(second.keep_coming(0.05))
    await until(lambda: second.lines_sent >= 50)
    assert hub.app.hub.sessions[20].durable == 50
    one = min((await hub.get("/api/sources"))["sources"], key=lambda each: int(each["id"]))
    await post(hub, f"/api/sources/{one['id']}/release")
    await still(hub)
    await until(lambda: hub.app.hub.sessions[20].durable == 100)
    await hub.app.stores.drain.drained()
    kept = [row for row in await rows(database_dsn, READS, 20) if row["kind"] != "void"]
    assert sorted(row["tag_code"] for row in kept) == sorted(f"T{number}" for number in range(50))
    inbox = hub.app.hub.sources[one["id"]].session.row.id
    assert len([row for row in await rows(database_dsn, READS, inbox) if row["kind"] != "void"]) == 50
    coming.cancel()
    await asyncio.gather(coming, return_exceptions=True)
    await first.hang_up()


async def test_one_is_taken_out_while_others_go_on(
    hub: Running, database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has been silent for so long that all that is in memory is of others."""
    monkeypatch.setattr(moving, "AT_ONCE_MAX", 5)
    silent, busy = hub.reader(event="KeyOfMorn1"), hub.reader(event="KeyOfMorn1")
    silent.add("S1", "S2")
    await silent.connect()
    await until(lambda: hub.app.hub.sessions[20].durable == 2)
    busy.add(*(f"B{number}" for number in range(100)))
    await busy.connect()
    await until(lambda: hub.app.hub.sessions[20].durable == 102)
    one = next(each for each in hub.app.hub.sources.values() if each.accepted == 2)
    await post(hub, f"/api/sources/{one.id}/release")
    busy.add(*(f"C{number}" for number in range(100)))
    await until(lambda: hub.app.hub.sessions[20].durable == 202)
    await still(hub)
    kept = [row["tag_code"] for row in await rows(database_dsn, READS, 20) if row["kind"] != "void"]
    assert kept == [item.tag for item in busy.stream.location("FINISH").items]
    out = [row["tag_code"] for row in await rows(database_dsn, READS, one.session.row.id)]
    assert out == ["S1", "S2"] and one.session.row.purpose == "inbox"
    for reader in (silent, busy):
        await reader.hang_up()


async def test_a_session_that_is_made_gets_what_has_waited_for_it(database_dsn: str, tmp_path: Path) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        async with hub.http.post(f"/api/sessions/{hub.session_id}/end") as response:
            assert response.status == 200
        reader = await unclaimed(hub, 20)
        async with hub.http.post("/api/sessions", json={"session_name": "Next"}) as response:
            made = (await response.json())["id"]
        await still(hub)
        await check(hub, database_dsn, made, reader)
        async with hub.http.post(f"/api/sessions/{made}/end") as response:
            assert response.status == 200
        await reader.hang_up()
        reader.add("AFTER")
        await reader.connect()
        await until(lambda: any(each.durable for each in hub.app.hub.inboxes.values()))
        await reader.hang_up()


async def test_a_read_that_cannot_be_moved_is_not_lost(
    hub: Running, database_dsn: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its line is none of a reader: all stays where it is."""
    reader = await unclaimed(hub, 50)
    await hub.app.stores.drain.drained()
    await reader.hang_up()
    monkeypatch.setattr(moving, "AT_ONCE_MAX", 5)
    inbox = (await source_of(hub))["session"]["id"]
    await execute(
        database_dsn, f"UPDATE timing_reads SET raw_data = 'x' WHERE session_id = {inbox} AND feed_offset = 7"
    )
    source = await source_of(hub)
    await post(hub, f"/api/sources/{source['id']}/assign", session_id=20)
    await still(hub)
    await check(hub, database_dsn, inbox, reader)
    assert "stays in session" in caplog.text and "read 7 cannot be read again" in caplog.text


async def test_what_was_put_in_from_a_file_stays(hub: Running) -> None:
    source = hub.app.hub.new_source(
        hub.app.hub.sessions[20],
        listener="import",
        protocol=importing.PROTOCOL,
        remote="127.0.0.1",
        program="racehub import",
        version="",
        connection_id="",
        event_name="",
    )
    for path, body in (("release", {}), ("assign", {"session_id": 21})):
        async with hub.http.post(f"/api/sources/{source.id}/{path}", json=body) as response:
            assert response.status == 409
            assert "from a file" in (await response.json())["error"]["message"]


async def test_what_cannot_be_assigned(hub: Running) -> None:
    reader = await unclaimed(hub, 1)
    source = await source_of(hub)
    for path, body, status in (
        (f"/api/sources/{source['id']}/assign", {"session_id": 999}, 404),
        (f"/api/sources/{source['id']}/assign", {}, 400),
        ("/api/sources/1/assign", {"session_id": 20}, 404),
        ("/api/sources/x/assign", {"session_id": 20}, 400),
        ("/api/sources/1/release", {}, 404),
    ):
        async with hub.http.post(path, json=body) as response:
            assert response.status == status, path
            assert (await response.json())["error"]["message"]
    hub.app.changes.moving._progress[source["id"]] = MoveProgress(0, 1)
    async with hub.http.post(f"/api/sources/{source['id']}/release") as response:
        assert response.status == 409
    await reader.hang_up()
