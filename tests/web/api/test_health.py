"""`/health` and `/status`."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hub import __version__
from hub.web.api import health
from hub.web.sockets import SCREENS
from tests.running import ZONE, Line, Running, running_hub, settings_for, stored, until


async def health_of(hub: Running) -> tuple[int, dict[str, Any]]:
    async with hub.anybody.get("/health") as response:
        return response.status, await response.json()


async def test_a_healthy_hub(hub: Running) -> None:
    status, body = await health_of(hub)
    moment = datetime.fromisoformat(body.pop("timestamp"))
    assert abs((moment - datetime.now(ZONE)).total_seconds()) < 5
    assert status == 200
    assert body == {
        "status": "healthy",
        "service": health.SERVICE,
        "database": "healthy",
        "redis": "healthy" if hub.app.settings.redis.url else "disabled",
        "journal": "healthy",
    }


async def test_status_counts(hub: Running) -> None:
    reader = await hub.reader().connect()
    reader.add("A1", "A2")
    async with hub.screen() as screen:
        await screen.next("hello")
        await until(lambda: hub.durable == 2)
        body = await hub.get("/status")
        assert datetime.fromisoformat(body.pop("timestamp"))
        assert body.pop("uptime_s") >= 0 and body.pop("journal_pending") >= 0
        assert body == {
            "service": "racehub",
            "status": "running",
            "version": __version__,
            "tcp_port": hub.address()[1],
            "connections": 1,
            "total_reads": 2,
            "rejected_lines": 0,
            "current_session": hub.session_id,
            "database_connected": True,
            "displays": 1,
            "readers_wait": "",
            "restart_needed": [],
            "screens_ended": {},
        }
    await reader.hang_up()
    await until(lambda: hub.app.live.screens == 0 and not hub.app.condition.connections())
    body = await hub.get("/status")
    assert (body["connections"], body["displays"]) == (0, 0)


async def test_what_waits_for_a_restart_is_for_the_admin(
    hub: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.app.condition, "restart_needed", ["web.port"])
    assert (await hub.get("/status"))["restart_needed"] == ["web.port"]
    async with hub.anybody.get("/status") as response:
        assert response.status == 200 and "restart_needed" not in await response.json()


async def test_status_says_why_screens_ended_to_who_is_signed_in(hub: Running) -> None:
    for code in (hub.code, "AAAA2222", "BBBB2222"):
        async with hub.screen(code) as screen:
            await screen.next()
    ended = hub.app._application[SCREENS].ended
    await until(lambda: ended.total() == 3)
    body = await hub.get("/status")
    assert body["screens_ended"] == {"the screen left": 1, "unknown or revoked code": 2}
    async with hub.anybody.get("/status") as response:
        assert "screens_ended" not in await response.json()


@pytest.mark.parametrize(
    ("name", "text", "status", "http", "part"),
    [
        ("journal_problem", "full", "unhealthy", 503, {"journal": "unhealthy", "database": "healthy"}),
        ("database_problem", "gone", "degraded", 200, {"journal": "healthy", "database": "unhealthy"}),
        ("warning", "two hubs", "degraded", 200, {"journal": "healthy", "database": "healthy"}),
    ],
)
async def test_what_is_wrong_is_said(
    hub: Running,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    text: str,
    status: str,
    http: int,
    part: dict[str, str],
) -> None:
    monkeypatch.setattr(hub.app.condition, name, lambda: text)
    found, body = await health_of(hub)
    assert (found, body["status"], body["reason"]) == (http, status, text)
    assert {key: body[key] for key in part} == part


async def test_not_ready(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.app.condition, "not_ready", "the hub is starting")
    status, body = await health_of(hub)
    assert (status, body["status"], body["reason"]) == (503, "unhealthy", "the hub is starting")
    assert (body["database"], body["journal"]) == ("unhealthy", "unhealthy")


async def test_without_postgresql_it_is_degraded_and_goes_on(database_dsn: str, tmp_path: Path) -> None:
    line = Line(database_dsn, tmp_path)
    await line.mend()
    async with running_hub(settings_for(line.dsn, tmp_path / "var")) as hub:
        reader = await hub.reader().connect()
        reader.add("A1")
        await stored(database_dsn, 1)
        await line.cut()
        status, body = await health_of(hub)
        assert (status, body["status"], body["database"]) == (200, "degraded", "unhealthy")
        assert "PostgreSQL does not answer" in body["reason"]
        async with hub.screen() as screen, hub.http.get("/api/sessions") as response:
            assert response.status == 503
            assert (await response.json())["error"]["code"] == "unavailable"
            await screen.next("hello")
            reader.add("A2")
            assert (await screen.next("read"))["tag"] == "A2", "screens go on"
        assert (await hub.get("/status"))["database_connected"] is False
        await line.mend()
        assert len(await stored(database_dsn, 2)) == 2
        await until(lambda: not hub.app.condition.database_problem())
        assert (await health_of(hub))[1]["status"] == "healthy"
        await reader.hang_up()
    await line.cut()
