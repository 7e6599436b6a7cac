"""What operators wish of a display, as its screens hear of it."""

import time
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running, rows, running_hub, settings_for, until
from tests.web.teamed import Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROSTER = "bib,tag,first_name,last_name,race_name\n1,1,Ann,Lee,10K\n2,2,Bob,Ray,Half\n"


async def wish(hub: Running, action: str, offset: int | None = None, status: int = 200) -> Any:
    body = {"action": action} | ({} if offset is None else {"offset": offset})
    async with hub.http.post(f"/api/displays/{hub.code}/control", json=body) as response:
        assert response.status == status, await response.text()
        answer = await response.json()
        return answer["control"] if status == 200 else answer["error"]


@pytest.mark.asyncio(loop_scope="function")
async def test_wishes_reach_open_screens_and_those_that_come(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        await hub.import_roster(ROSTER)
        reader = await hub.reader().connect()
        reader.add("1", "2", "3")
        await until(lambda: hub.durable == 3)
        async with hub.screen() as screen:
            assert (await screen.next("hello"))["display"]["control"] == {}
            held = await wish(hub, "hold")
            told = (await screen.next("settings"))["display"]
            assert told["control"] == held and told["pinned"] is None
            assert 0 <= time.time() * 1000 - held["hold"] < 60_000
            assert await wish(hub, "hold") == held
            control = await wish(hub, "pin", 1)
            assert control == {**held, "pin": {"offset": 1}}
            told = (await screen.next("settings"))["display"]
            assert told["control"] == control and told["code"] == hub.code and told["settings"] == {}
            pinned = told["pinned"]
            assert (pinned["offset"], pinned["runner"]["name"]) == (1, "Ann Lee")
            assert await wish(hub, "skip") == {**control, "skip": 3}
            reader.add("2")
            await screen.next("settings")
            assert (await screen.next("read"))["offset"] == 4, "it was not sent away"
        await wish(hub, "blank")
        shown = (await hub.get(f"/api/displays/{hub.code}"))["display"]["control"]
        assert shown == {**control, "skip": 3, "blank": True}
    async with running_hub(settings) as hub, hub.screen() as screen:
        display = (await screen.next("hello"))["display"]
        assert display["control"] == shown and display["pinned"]["runner"]["name"] == "Ann Lee"
        assert await wish(hub, "resume") == {}
        told = (await screen.next("settings"))["display"]
        assert (told["control"], told["pinned"]) == ({}, None)
        await elsewhere(hub)
    noted = await rows(database_dsn, "SELECT action FROM audit_log WHERE action ~ '^display' ORDER BY id")
    assert [row["action"].partition(".")[2] for row in noted] == (
        ["held", "pinned", "skipped", "blanked", "resumed", "pinned", "blanked", "changed"]
    )


async def elsewhere(hub: Running) -> None:
    """Moved to another session, what was wished of the first is over; not that it is dark."""
    await wish(hub, "pin", 2)
    await wish(hub, "blank")
    async with hub.http.post("/api/sessions", json={"session_name": "Other"}) as response:
        other = (await response.json())["id"]
    async with hub.http.patch(f"/api/displays/{hub.code}", json={"session_id": other}) as response:
        assert (await response.json())["display"]["control"] == {"blank": True}


@pytest.mark.asyncio(loop_scope="function")
async def test_the_newest_that_the_display_shows_is_pinned(hub: Running) -> None:
    assert "nothing to pin" in (await wish(hub, "pin", status=409))["message"]
    await hub.import_roster(ROSTER)
    reader = await hub.reader().connect()
    reader.add("1", "2", "1", "2")
    await until(lambda: hub.durable == 4)
    assert await wish(hub, "pin") == {"pin": {"offset": 4}}
    settings = {
        "races": ["10k"],
        "layout": "fixed",
        "dwell": 4,
        "transitions": False,
        "laps": "every",
        "gap_s": 2,
    }
    async with hub.screen() as screen:
        await screen.next("hello")
        async with hub.http.patch(f"/api/displays/{hub.code}", json={"settings": settings}) as response:
            assert response.status == 200
        told = (await screen.next("settings"))["display"]
        assert told["settings"] == settings and told["control"] == {"pin": {"offset": 4}}
    assert await wish(hub, "pin") == {"pin": {"offset": 3}}
    there = await hub.get(f"/api/displays/{hub.code}/control")
    assert [each["offset"] for each in there["reads"]] == [3, 1]
    assert there["reads"][0]["runner"]["name"] == "Ann Lee"
    assert (there["control"], there["locations"], there["races"]) == ({"pin": {"offset": 3}}, ["FINISH"], [])
    shown = (await hub.get(f"/api/displays/{hub.code}"))["display"]["pinned"]
    assert shown == {"offset": 3, "bib": "1", "name": "Ann Lee"}
    assert (await wish(hub, "pin", 5, status=404))["field"] == "offset"
    assert (await wish(hub, "hold", 1, status=400))["field"] == "offset"
    assert await wish(hub, "skip", 9) == {"pin": {"offset": 3}, "skip": 4}


async def test_only_operators_of_ones_own(team: Teamed) -> None:
    _, made = await team.ask("owner", "POST", "/api/displays", {"name": "Gate"})
    path = f"/api/displays/{made['display']['code']}/control"
    for who, status in (
        ("", 401),
        ("viewer", 403),
        ("announcer", 403),
        ("there.owner", 404),
        ("operator", 200),
    ):
        assert (await team.ask(who, "POST", path, {"action": "blank"}))[0] == status, who
    assert await team.noted("Gate") == [
        (team.users["owner"].email, "display.made"),
        (team.users["operator"].email, "display.blanked"),
    ]
