"""Sources over the API, in our words and in those that the predecessor had planned. What moves is in test_moving."""

from typing import Any

from tests.running import Running, until


async def asked(hub: Running, method: str, path: str, **options: Any) -> tuple[int, Any]:
    async with hub.http.request(method, path, **options) as response:
        return response.status, await response.json()


async def test_what_is_said_of_a_source(hub: Running) -> None:
    assert await hub.get("/api/sources") == {"sources": []}
    reader = hub.reader()
    reader.add("A1", "A2", location="START")
    reader.add("A1", location="FINISH")
    await reader.connect()
    await until(lambda: hub.durable == 3)
    (source,) = (await hub.get("/api/sources"))["sources"]
    assert source["partner"] == {"id": 1, "slug": "default", "name": "Default"}
    assert source["session"]["id"] == hub.session_id and not source["inbox"] and not source["assigned"]
    assert (source["online"], source["accepted"], source["amber"], source["move"]) == (True, 3, "", None)
    assert {(each["name"], each["count"]) for each in source["locations"]} == {("START", 2), ("FINISH", 1)}
    assert all(each["last_read_at"] and each["gap"] is None for each in source["locations"])
    assert source["event_name"] == "Spring run" and source["listener"] == "chronotrack"
    await reader.hang_up()
    (source,) = (await hub.get("/api/sources"))["sources"]
    assert not source["online"]


async def test_in_the_predecessors_words(hub: Running) -> None:
    reader = hub.reader()
    reader.add("A1")
    await reader.connect()
    await until(lambda: hub.durable == 1)
    (stream,) = (await hub.get("/api/chronotrack/sessions"))["sessions"]
    assert (stream["status"], stream["read_count"], stream["selected"]) == ("active", 1, hub.session_id)
    path = f"/api/chronotrack/sessions/{stream['id']}/select"
    status, body = await asked(hub, "POST", path)
    assert (status, body["success"], body["source"]["assigned"]) == (200, True, True)
    await until(lambda: not hub.app.changes.moving._progress)
    status, made = await asked(hub, "POST", "/api/sessions", json={"session_name": "Second"})
    status, body = await asked(hub, "POST", path)
    assert (status, body["error"]["field"]) == (404, "session_id"), "there are two"
    status, body = await asked(hub, "POST", path, json={"session_id": made["id"]})
    assert (status, body["source"]["id"]) == (200, stream["id"])
    await until(lambda: hub.app.hub.sources[stream["id"]].session.row.id == made["id"])
    await until(lambda: not hub.app.changes.moving._progress)
    await reader.hang_up()


async def test_a_key_is_not_shown(hub: Running) -> None:
    key = hub.app.hub.sessions[hub.session_id].row.stream_key
    reader = hub.reader(event=key)
    reader.add("A1")
    await reader.connect()
    await until(lambda: hub.durable == 1)
    async with hub.http.get("/api/sources") as response:
        text = await response.text()
    assert key not in text and key[:2] in text
    await reader.hang_up()
