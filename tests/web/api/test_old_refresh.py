"""What scripts ask of refreshes and listeners, where there is no service: with one, see test_old_services.py."""

import pytest

from tests.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_without_a_service(shared_hub: Running) -> None:
    hub = shared_hub
    status = await hub.get("/api/refresh/status")
    assert (status["enabled"], status["active"], status["provider"], status["last_sync"]) == (
        False,
        False,
        None,
        None,
    )
    assert set(status) == {
        *(
            "enabled",
            "active",
            "provider",
            "interval_seconds",
            "last_sync",
            "participants_count",
            "race_name",
        ),
    }
    assert await hub.get("/api/refresh/config") == {
        "enabled": False,
        "interval_seconds": 30,
        "debug_logging": False,
    }
    for path, body in (
        ("refresh/config", {"enabled": True, "interval_seconds": 30, "debug_logging": False}),
        ("refresh/start", None),
        ("refresh/trigger", None),
        ("background-refresh", {"action": "stop"}),
    ):
        async with hub.http.post(f"/api/{path}", json=body) as answer:
            assert answer.status == 400 and (await answer.json())["error"].startswith("No registration"), path
    async with hub.http.post("/api/background-refresh", json={"action": "dance"}) as answer:
        assert (answer.status, await answer.json()) == (400, {"success": False, "error": "Invalid action"})


async def test_listener(shared_hub: Running) -> None:
    found = await shared_hub.get("/api/tcp-status")
    assert found["success"] and found["status"] == "active" and found["listeners_started"]
    assert found["tcp_listener"] == {
        "host": "127.0.0.1",
        "port": shared_hub.address()[1],
        "listening": True,
        "timeout": 0,
    }
    assert found["current_mode"] == "pre-race" and found["queue_size"] >= 0
