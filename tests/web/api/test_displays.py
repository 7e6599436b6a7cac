"""Displays, made, changed and taken away over the API."""

from pathlib import Path

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
        made = (await make(hub, name="Start", session_id=hub.session_id))[1]["display"]
    assert isinstance(made, dict)
    async with running_hub(settings) as hub:
        row = hub.app.hub.displays[made["code"]]
        assert (row.name, row.session_id) == ("Start", made["session_id"])


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
