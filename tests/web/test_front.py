"""The control room and what it asks for: all of it from memory."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from hub import addresses
from hub.config import Listener, Web
from hub.store.web_queries import WebQueries
from hub.web.front import SOURCES_MAX
from hub.web.watch import TAGS_AGE_US
from tests.running import HOST, Running, raw, running_hub, settings_for, until

PARTNER = {"id": 1, "slug": "default", "name": "Default"}
NASTY = '</script><script>alert("1")</script>'


async def state_of(hub: Running, **headers: str) -> Any:
    async with hub.http.get("/front/state", headers=headers) as response:
        assert response.status == 200 and response.content_type == "application/json"
        return await response.json()


async def page_of(hub: Running) -> str:
    async with hub.http.get("/") as response:
        assert response.status == 200 and response.content_type == "text/html"
        return await response.text()


async def test_the_page_carries_the_state(hub: Running) -> None:
    page = await page_of(hub)
    found = re.search(r'<script type="application/json" id="state">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    now, later = json.loads(found[1]), await state_of(hub)
    now["health"]["disks"] = later["health"]["disks"] = []
    assert now | {"now": ""} == later | {"now": ""}
    assert "Race hub is running" in page and now["displays"][0]["url"] in page


async def test_a_hub_that_has_just_begun(hub: Running) -> None:
    state = await state_of(hub)
    [disk] = state["health"].pop("disks")
    assert 0 < disk["free"] <= disk["total"] and disk["of"] == "the data"
    assert state["alarms"] == state["emergency"] == []
    assert state["health"] == {
        "journal": "",
        "database": "",
        "warning": "",
        "pending": 0,
        "reads": 0,
        "rejected": 0,
    }
    host, port = hub.address()
    assert state["listeners"] == [
        {
            "name": "chronotrack",
            "protocol": "chronotrack",
            "port": port,
            "hosts": [host],
            "local": True,
            "here": f"{host}:{port}",
        }
    ]
    assert state["partners"] == [PARTNER]
    row = hub.app.hub.sessions[hub.session_id].row
    assert state["sessions"] == [
        {
            "id": row.id,
            "name": row.name,
            "event": row.event_name,
            "partner": {"id": 1, "slug": "default", "name": "Default"},
            "purpose": "race",
            "testing": False,
            "offset": 0,
            "rate": [],
            "latency": None,
            "runners": 0,
            "unknown": {"count": 0, "last": []},
        }
    ]
    assert (state["sources"], state["sources_more"]) == ([], 0)
    assert state["displays"] == [
        {
            "code": hub.code,
            "name": hub.app.hub.displays[hub.code].name,
            "session": None,
            "partner": PARTNER,
            "url": f"{hub.origin}/d/{hub.code}",
            "screens": 0,
            "control": {},
            "pinned": None,
        }
    ]
    assert state["displays_local"] is True


async def test_a_reader_comes_reads_and_goes(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = await hub.reader().connect()
    [source] = (await state_of(hub))["sources"]
    assert source["online"] and source["arrived_at"] is None and source["locations"] == []
    reader.add("1", location="START")
    reader.add("1", "2", location="FINISH")
    await reader.sent()
    await until(lambda: hub.durable == 3)
    state = await state_of(hub)
    [source] = state["sources"]
    assert (source["program"], source["remote"], source["event_name"]) == ("SimpleClient", HOST, "Spring run")
    assert {each["name"] for each in source["locations"]} == {"START", "FINISH"}
    assert all(each["arrived_at"] for each in source["locations"])
    assert source["arrived_at"] and source["accepted"] == 3 and source["session"] == hub.session_id
    assert state["sessions"][0]["offset"] == state["health"]["reads"] == 3
    monkeypatch.setattr(hub.app.condition, "now_us", lambda: hub.app.hub._now_us() + TAGS_AGE_US)
    [session] = (await state_of(hub))["sessions"]
    assert session["unknown"]["count"] == 2 and sum(session["rate"]) == 3
    await reader.hang_up()
    await until(lambda: not next(iter(hub.app.hub.sources.values())).online)
    assert not (await state_of(hub))["sources"][0]["online"]


async def test_screens_are_counted_by_display(hub: Running) -> None:
    async with hub.screen() as first, hub.screen() as second:
        await first.next("hello")
        await second.next("hello")
        assert (await state_of(hub))["displays"][0]["screens"] == 2
    await until(lambda: not hub.app.live.screens)
    assert (await state_of(hub))["displays"][0]["screens"] == 0


async def test_trouble_is_told_in_words(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("journal_problem", "database_problem", "warning"):
        monkeypatch.setattr(hub.app.condition, name, lambda name=name: f"{name} has a reason")
    health = (await state_of(hub))["health"]
    assert health["journal"] == "journal_problem has a reason"
    assert health["database"] == "database_problem has a reason"
    assert health["warning"] == "warning has a reason"


async def test_the_database_is_not_asked(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [name for name in vars(WebQueries) if not name.startswith("_")]
    assert "alive" in asked
    for name in asked:
        monkeypatch.setattr(WebQueries, name, None)
    assert await page_of(hub) and await state_of(hub)


async def test_a_key_to_a_session_is_told_to_nobody(hub: Running) -> None:
    key = hub.app.hub.sessions[hub.session_id].row.stream_key
    await hub.reader(event=key).connect()
    assert (await state_of(hub))["sources"][0]["event_name"] == f"{key[:2]}…"
    assert len(key) == 10 and key not in await page_of(hub)


async def test_names_from_outside_are_text(hub: Running) -> None:
    await hub.reader(event=NASTY).connect()
    assert (await state_of(hub))["sources"][0]["event_name"] == NASTY
    page = await page_of(hub)
    assert NASTY not in page and "<script>" not in page


async def test_many_readers_are_cut_off_and_counted(hub: Running) -> None:
    readers = [await hub.reader().connect() for _ in range(SOURCES_MAX + 2)]
    state = await state_of(hub)
    assert (len(state["sources"]), state["sources_more"]) == (SOURCES_MAX, 2)
    assert len({each["id"] for each in state["sources"]}) == SOURCES_MAX
    for reader in readers:
        await reader.hang_up()


async def test_a_phone_is_not_sent_to_itself(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web and the readers' port on all addresses, and a browser on the hub's own machine."""
    monkeypatch.setattr("hub.web.front.reachable", lambda host: ["192.168.1.20", "10.8.0.6"])
    monkeypatch.setattr(addresses, "reachable", lambda host: ["192.168.1.20", "10.8.0.6"])
    everywhere = "0.0.0.0"
    settings = settings_for(
        database_dsn,
        tmp_path,
        web=Web(host=everywhere, port=0),
        listeners=(Listener(host=everywhere, port=0),),
    )
    async with running_hub(settings) as hub:
        port = URL(hub.origin).port
        state = await state_of(hub, Host=f"localhost:{port}")
        assert state["displays"][0]["url"] == f"http://192.168.1.20:{port}/d/{hub.code}"
        assert state["listeners"][0]["hosts"] == ["192.168.1.20", "10.8.0.6"]
        assert not state["displays_local"] and not state["listeners"][0]["local"]
        state = await state_of(hub, Host="10.8.0.6:80")
        assert state["displays"][0]["url"] == f"http://10.8.0.6:80/d/{hub.code}"
        assert state["listeners"][0]["hosts"] == ["10.8.0.6", "192.168.1.20"], "the one that is known to work"
        state = await state_of(hub, Host="203.0.113.5")
        assert state["listeners"][0]["hosts"][0] == "203.0.113.5", "it may be a container that cannot know it"


async def test_while_the_hub_is_not_ready(hub: Running) -> None:
    hub.app.condition.not_ready = "PostgreSQL does not answer"
    async with hub.http.get("/front/state") as response:
        assert response.status == 503
        assert (await response.json())["error"]["message"] == "PostgreSQL does not answer"
    hub.app.condition.not_ready = ""


@pytest.mark.parametrize("host", ["a:99999", "::1", "xn--", "[x", "a:0", "", "\u00e9"])
@pytest.mark.asyncio(loop_scope="session")
async def test_a_host_that_is_none_gets_this_machines_own_address(shared_hub: Running, host: str) -> None:
    token = f"Authorization: Bearer {shared_hub.token}"
    request = f"GET /front/state HTTP/1.1\r\nHost: {host}\r\n{token}\r\nConnection: close\r\n\r\n"
    answer = await raw(shared_hub, request.encode())
    assert answer.split(b" ", 2)[1] in (b"200", b"400"), answer[:200]


async def test_a_line_on_all_screens_is_told(hub: Running) -> None:
    async with hub.http.put("/api/emergency", json={"text": "Leave the course"}) as response:
        assert response.status == 200
    assert (await state_of(hub))["emergency"] == [{"partner": PARTNER, "text": "Leave the course"}]
    async with hub.http.put("/api/emergency", json={"text": ""}) as response:
        assert response.status == 200
    assert (await state_of(hub))["emergency"] == []
