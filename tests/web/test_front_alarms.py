"""The alarms of the control room: from the memory of a running hub."""

from typing import Any

import pytest

from hub.alarms import DISK_BYTES_MIN, DiskFacts
from hub.model import US_PER_S
from hub.web import front_alarms
from hub.web.watch import Watch
from tests.running import Running, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def alarms(hub: Running, query: str = "") -> dict[str, Any]:
    return {each["kind"]: each for each in (await hub.get(f"/front/state{query}"))["alarms"]}


async def test_of_readers(shared_hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    hub, condition = shared_hub, shared_hub.app.condition
    reader = hub.reader(event="Alarms")
    reader.add("1", location="START")
    reader.add("1")
    await reader.connect()
    source = next(each for each in hub.app.hub.sources.values() if each.record.event_name == "Alarms")
    monkeypatch.setattr(front_alarms, "_counts", lambda _request, each: each is source)
    await until(
        lambda: (
            {place for (each, place), _ in source.session.tail.arrivals() if each == source.id} > {"START"}
        )
    )
    assert not await alarms(hub)
    now_us = condition.now_us()
    monkeypatch.setattr(condition, "now_us", lambda: now_us + 301 * US_PER_S)
    silent = (await alarms(hub))["silent"]
    assert silent["key"] == f"silent:{source.id}" and silent["since"].endswith("+00:00")
    assert "location" in await alarms(hub, "?silent_min=0&location_min=5")
    assert not await alarms(hub, "?silent_min=6")
    await reader.hang_up()
    await until(lambda: not source.online)
    assert (await alarms(hub))["away"]["key"] == f"away:{source.id}"


async def test_of_readers_of_a_session_and_of_no_other(shared_hub: Running) -> None:
    """One that leads nowhere has a mark of its own."""
    hub = shared_hub
    async with hub.http.post("/api/sessions", json={"session_name": "Alarmed"}) as response:
        session = await response.json()
    placed, stray = hub.reader(event=session["stream_key"]), hub.reader(event="Nobody's alarm")
    for reader in (placed, stray):
        reader.add("1")
        await reader.connect()
        await reader.sent()
    record = {each.record.event_name: each for each in hub.app.hub.sources.values()}
    own, other = record[session["stream_key"]], record["Nobody's alarm"]
    await until(lambda: own.arrived_us and other.arrived_us)
    for reader in (placed, stray):
        await reader.hang_up()
    await until(lambda: not own.online and not other.online)
    keys = {each["key"] for each in (await hub.get("/front/state"))["alarms"]}
    assert f"away:{own.id}" in keys and f"away:{other.id}" not in keys
    async with hub.http.post(f"/api/sessions/{session['id']}/end") as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "query", ["silent_min=x", "silent_min=-1", "location_min=1441", "silent_min=", "silent_min=٣"]
)
async def test_minutes_that_are_none(shared_hub: Running, query: str) -> None:
    async with shared_hub.http.get(f"/front/state?{query}") as response:
        assert response.status == 400
        assert (await response.json())["error"]["field"] == query.partition("=")[0]


async def test_of_a_screen_that_went(shared_hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    hub, condition = shared_hub, shared_hub.app.condition
    monkeypatch.setattr(condition, "started_us", condition.now_us() - 3600 * US_PER_S)
    async with hub.screen(screen="alarmed-screen-01", tab="one") as screen:
        await screen.next("hello")
        assert "screen" not in await alarms(hub)
    await until(lambda: not hub.app.live.screens)
    assert "screen" not in await alarms(hub), "it may be loading its page anew"
    monkeypatch.setattr(front_alarms, "GONE_US_MIN", 0)
    assert (await alarms(hub))["screen"]["key"] == f"screen:{hub.code}"
    monkeypatch.setattr(condition, "started_us", condition.now_us())
    monkeypatch.setattr(front_alarms, "GONE_US_MIN", 3600 * US_PER_S)
    assert "screen" not in await alarms(hub), "after a start they come back first"


async def test_of_a_disk(shared_hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Watch, "disks", lambda *_: [DiskFacts("the data", 1, DISK_BYTES_MIN)])
    assert (await alarms(shared_hub))["disk"]["words"].startswith("The disk of the data is nearly full")
    told = (await shared_hub.get("/front/state"))["health"]["disks"]
    assert told == [{"of": "the data", "free": 1, "total": DISK_BYTES_MIN, "low": True}]
