"""What a source has sent goes with it: a stream that nobody had claimed, assigned, taken out and assigned again, over
real sockets, while it goes on.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import execute
from tests.running import Reader, Running, rows, running_hub, settings_for, until

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
    await reader.sent()
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
