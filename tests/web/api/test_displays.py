"""Displays, made, changed and taken away over the API."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running, rows, running_hub, settings_for

CODE_CHARS = set("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")


async def make(hub: Running, **body: object) -> tuple[int, dict[str, object]]:
    async with hub.http.post("/api/displays", json=body) as response:
        return response.status, await response.json()


async def test_made_shown_changed_and_taken_away(hub: Running, database_dsn: str) -> None:
    status, body = await make(hub, name="Start")
    display = body["display"]
    assert isinstance(display, dict) and status == 201
    code = display["code"]
    assert len(code) == 8 and set(code) <= CODE_CHARS
    assert display["url"] == f"{hub.origin}/d/{code}" and display["session_id"] is None
    assert display["partner"] == {"id": 1, "slug": "default", "name": "Default"}
    listed = (await hub.get("/api/displays"))["displays"]
    assert [each["code"] for each in listed] == [hub.code, code]
    async with hub.screen(code) as screen:
        assert (await screen.next("hello"))["display"]["name"] == "Start"
        async with hub.http.patch(
            f"/api/displays/{code}", json={"name": "Finish 2", "session_id": hub.session_id}
        ) as response:
            changed = (await response.json())["display"]
        assert (changed["name"], changed["session_id"]) == ("Finish 2", hub.session_id)
        assert await screen.closed() == 4104
    async with hub.screen(code.lower()) as screen:
        assert (await screen.next("hello"))["display"]["name"] == "Finish 2"
        assert (await hub.get(f"/api/displays/{code}"))["display"]["screens"] == 1
        async with hub.http.delete(f"/api/displays/{code}") as response:
            assert (response.status, await response.read()) == (204, b"")
        assert await screen.closed() == 4001
    async with hub.http.get(f"/api/displays/{code}") as response:
        assert response.status == 404
    assert [row["code"] for row in await rows(database_dsn, "SELECT code FROM displays")] == [hub.code]
    noted = await rows(
        database_dsn, "SELECT who, action, what FROM audit_log WHERE action ~ '^display' ORDER BY id"
    )
    assert [(row["action"], row["what"]) for row in noted] == [
        ("display.made", "Start"),
        ("display.changed", "Finish 2"),
        ("display.deleted", "Finish 2"),
    ]
    assert {row["who"] for row in noted} == {"this machine's token"}


async def test_it_is_there_after_a_restart(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        made = (await make(hub, name="Start", session_id=hub.session_id, place="Gate", expires_in_hours=2))[
            1
        ]["display"]
        assert isinstance(made, dict)
        await change(hub, made["code"], revoked=True)
        before = hub.app.hub.displays[made["code"]]
    async with running_hub(settings) as hub:
        row = hub.app.hub.displays[made["code"]]
        assert row == before and row.revoked_us and row.expires_us
        assert (row.name, row.session_id, row.place) == ("Start", made["session_id"], "Gate")


async def change(hub: Running, code: str, **body: object) -> dict[str, Any]:
    async with hub.http.patch(f"/api/displays/{code}", json=body) as response:
        assert response.status == 200, await response.text()
        display: dict[str, Any] = (await response.json())["display"]
        return display


async def test_a_code_that_is_revoked_is_as_unknown_until_it_is_restored(
    hub: Running, database_dsn: str
) -> None:
    async with hub.screen() as screen:
        await screen.next("hello")
        revoked = await change(hub, hub.code, revoked=True)
        assert not revoked["holds"] and revoked["revoked_at"].endswith("+00:00")
        assert await screen.closed() == 4001
    for path in (f"/api/display/{hub.code}", f"/api/displays/{hub.code}/qr.svg"):
        async with hub.anybody.get(path) as response:
            assert response.status == 404
    async with hub.screen() as screen:
        assert await screen.closed() == 4001
    assert (await change(hub, hub.code, revoked=False))["holds"]
    async with hub.screen() as screen:
        await screen.next("hello")
    noted = await rows(database_dsn, "SELECT action FROM audit_log WHERE action ~ '^display' ORDER BY id")
    assert [row["action"] for row in noted] == ["display.revoked", "display.restored"]


async def test_a_code_expires_while_somebody_looks(hub: Running) -> None:
    async with hub.screen() as screen:
        await screen.next("hello")
        soon = datetime.now(UTC) + timedelta(seconds=0.3)
        display = await change(hub, hub.code, expires_at=soon.isoformat())
        assert display["holds"] and display["expires_at"][:19] == soon.isoformat()[:19]
        bye = await screen.next("bye")
        assert bye["code"] == 4001 and datetime.now(UTC) >= soon
    assert (await hub.get("/front/state"))["displays"] == []
    listed = (await hub.get("/api/displays"))["displays"][0]
    assert not listed["holds"] and listed["revoked_at"] is None
    assert (await change(hub, hub.code, expires_at=None))["holds"]


async def test_words_and_settings_send_no_screen_away(hub: Running) -> None:
    async with hub.screen() as screen:
        await screen.next("hello")
        await change(hub, hub.code, place="Gate", expires_in_hours=1)
        assert (await change(hub, hub.code, settings={"duration": 3, "locations": ["FINISH"]}))[
            "settings"
        ] == {
            "duration": 3.0,
            "locations": ["FINISH"],
        }
        told = await screen.next("settings")
        assert (told["type"], told["display"]["settings"]["duration"]) == ("settings", 3.0)
    async with hub.screen() as screen:
        assert (await screen.next())["display"]["settings"]["duration"] == 3.0


async def test_an_address_in_the_predecessors_words(hub: Running) -> None:
    async with hub.http.post("/api/display/generate-url") as response:
        made = await response.json()
        assert response.status == 201
    assert made == {"id": made["id"], "url": f"{hub.origin}/d/{made['id']}"}
    body = {"name": "Gantry", "session_id": hub.session_id, "expires_in_hours": 24}
    async with hub.http.post("/api/display/generate-url", json=body) as response:
        code = (await response.json())["id"]
    async with hub.anybody.get(f"/api/display/{code.lower()}") as response:
        session = hub.app.hub.sessions[hub.session_id].row
        assert await response.json() == {
            "id": code,
            "name": "Gantry",
            "url": f"{hub.origin}/d/{code}",
            "session": {"id": session.id, "name": session.name},
        }
    assert hub.app.hub.displays[code].expires_us is not None


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, None),
        ({"name": ""}, 400, None),
        ({"name": "x" * 101}, 400, None),
        ({"name": "a\0b"}, 400, "name"),
        ({"name": "x", "session_id": 0}, 400, None),
        ({"name": "x", "session_id": 999}, 404, "session_id"),
        ({"name": "x", "partner": "nobody"}, 404, "partner"),
        ({"name": "x", "code": "AAAA2222"}, 400, None),
        ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, 400, "expires_at"),
        ({"name": "x", "settings": {"duration": 61}}, 400, None),
    ],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_what_cannot_be_made(
    shared_hub: Running, body: dict[str, object], status: int, field: str | None
) -> None:
    got, answer = await make(shared_hub, **body)
    error = answer["error"]
    assert isinstance(error, dict)
    assert (got, error.get("field")) == (status, field) and error["message"]
    assert len((await shared_hub.get("/api/displays"))["displays"]) == 1


@pytest.mark.asyncio(loop_scope="session")
async def test_a_code_that_no_display_has(shared_hub: Running) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        async with shared_hub.http.request(method, "/api/displays/AAAA2222", json={}) as response:
            assert response.status == 404
            assert (await response.json())["error"]["message"] == "There is no display with this code."
