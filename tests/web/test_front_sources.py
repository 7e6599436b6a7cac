"""Readers as the control room lists them: those that lead nowhere, what they hold, and what is done with them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from hub.model import US_PER_S
from hub.web import front_sources
from hub.web.front_sources import AWAY_US_MAX, recent_sources
from tests.postgres import fresh_database
from tests.running import HOST, Running, running_hub, settings_for, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared_hub(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Of these tests alone: where a reader leads hangs on how many sessions are active."""
    async with (
        fresh_database(postgres_dsn) as dsn,
        running_hub(settings_for(dsn, tmp_path_factory.mktemp("sources"))) as running,
    ):
        yield running


async def own(hub: Running, event: str) -> dict[str, Any]:
    [found] = [each for each in (await hub.get("/front/state"))["sources"] if each["event_name"] == event]
    assert isinstance(found, dict)
    return found


async def test_one_that_leads_nowhere_is_first_and_holds_its_reads(shared_hub: Running) -> None:
    """A hub with two active sessions: a reader without a key has no place."""
    hub = shared_hub
    made = {"session_name": "Front sources"}
    async with hub.http.post("/api/sessions", json=made) as response:
        session = await response.json()
    placed = await hub.reader(event=session["stream_key"]).connect()
    stray = hub.reader(event="Nobody's run")
    stray.add("1", "2")
    stray.add("3", location="START")
    await stray.connect()
    await stray.sent()
    await until(lambda: any(each.durable == 3 for each in hub.app.hub.inboxes.values()))
    placed.add("9")
    await until(lambda: hub.app.hub.sessions[session["id"]].durable == 1)

    listed = (await hub.get("/front/state"))["sources"]
    assert listed[0]["event_name"] == "Nobody's run"
    source = await own(hub, "Nobody's run")
    assert source["inbox"] and source["held"] == 3 and source["online"] and source["amber"] == ""
    assert (source["assigned"], source["move"], source["clock"]) == (False, None, "")
    assert {each["name"]: each["count"] for each in source["locations"]} == {"FINISH": 2, "START": 1}
    assert all(each["arrived_at"] for each in source["locations"])

    async with hub.http.post(
        f"/api/sources/{source['id']}/assign", json={"session_id": session["id"]}
    ) as answer:
        assert answer.status == 200
    await until(lambda: hub.app.hub.sessions[session["id"]].durable == 4)
    await until(lambda: not hub.app.changes.moving.progress(source["id"]))
    source = await own(hub, "Nobody's run")
    assert (source["inbox"], source["held"], source["session"]) == (False, 0, session["id"])
    assert source["assigned"]
    for reader in (placed, stray):
        await reader.hang_up()
    async with hub.http.post(f"/api/sessions/{session['id']}/end") as answer:
        assert answer.status == 200


async def test_who_has_been_away_for_long_is_of_another_day(shared_hub: Running) -> None:
    hub = shared_hub
    reader = await hub.reader(event="Yesterday").connect()
    source = next(each for each in hub.app.hub.sources.values() if each.record.event_name == "Yesterday")
    later_us = front_sources.heard_us(source) + AWAY_US_MAX
    assert source in recent_sources(hub.app.hub, later_us)
    reader.add("1")
    await until(lambda: source.arrived_us)
    await reader.hang_up()
    await until(lambda: not source.online)
    heard_us = front_sources.heard_us(source)
    assert source in recent_sources(hub.app.hub, heard_us + AWAY_US_MAX - 1)
    assert source not in recent_sources(hub.app.hub, heard_us + AWAY_US_MAX)
    assert front_sources.name_of(source).endswith(f"at {HOST}")


async def test_its_clock_is_told_once_it_is_known(shared_hub: Running) -> None:
    reader = await shared_hub.reader(event="Clock").connect()
    source = next(each for each in shared_hub.app.hub.sources.values() if each.record.event_name == "Clock")
    assert (await own(shared_hub, "Clock"))["clock_difference_s"] is None
    source.clock.known, source.clock.difference_us = True, -3600 * US_PER_S
    told = await own(shared_hub, "Clock")
    assert (told["clock_difference_s"], told["clock"]) == (-3600.0, "one hour ahead: time zone?")
    await reader.hang_up()


async def test_who_was_refused_lately(shared_hub: Running) -> None:
    hub = shared_hub
    hub.app.refused.note("chronotrack", "192.168.1.99", "nobody", "wrong password", None)
    [refused] = (await hub.get("/front/state"))["refused"]
    assert refused.pop("at")
    assert refused == {"address": "192.168.1.99", "user": "nobody", "reason": "wrong password", "count": 1}
    hub.app.refused._rows.clear()
    assert (await hub.get("/front/state"))["refused"] == []
