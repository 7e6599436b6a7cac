"""What scripts asked of the predecessor's timing tables, field by field."""

import pytest

from tests.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_shapes(shared_hub: Running) -> None:
    hub = shared_hub
    async with hub.anybody.get("/api/health") as answer:
        found = await answer.json()
    assert set(found) == {"status", "timestamp", "version", "database_connected"}
    assert (found["status"], found["database_connected"]) == ("healthy", True)
    assert await hub.get("/api/timing/database-status") == {
        "database_enabled": True,
        "connected": True,
        "current_session": hub.session_id,
        "error": None,
        "database_version": "PostgreSQL",
    }
    stats = await hub.get("/api/timing/stats")
    assert set(stats) == {"success", "overall", "by_location", "generated_at"}
    assert set(stats["overall"]) == {
        *("total_reads", "unique_tags", "total_locations", "first_read", "last_read"),
    }
    assert (stats["overall"]["total_reads"], stats["overall"]["unique_tags"]) == (7, 5)
    assert [(each["location_name"], each["read_count"]) for each in stats["by_location"]] == [
        ("START", 3),
        ("Finish", 5),
    ]
    assert [each["unique_tags"] for each in stats["by_location"]] == [2, 4]
    recent = await hub.get("/api/timing/recent-reads?limit=2")
    assert [each["tag_code"] for each in recent["reads"]] == ["A2", "A2"]
    assert {"read_timestamp", "location_description", "session_name", "seconds_ago", "raw_data"} <= set(
        recent["reads"][0]
    )
    locations = await hub.get(f"/api/sessions/{hub.session_id}/locations")
    ids = {each["name"]: each["id"] for each in locations["locations"]}
    for each in recent["reads"]:
        assert each["location_id"] == ids[each["location_name"]]
        assert each["read_timestamp"].startswith(each["read_date"] + "T")
    sessions = (await hub.get("/api/timing/sessions"))["sessions"]
    assert set(sessions[0]) == {
        *("id", "session_name", "event_name", "status", "created_at", "total_reads"),
    }
    for path in ("stats", "recent-reads", "sessions", "database-status"):
        async with hub.anybody.get(f"/api/timing/{path}") as answer:
            assert answer.status == 401


async def test_bad_limit(shared_hub: Running) -> None:
    async with shared_hub.http.get("/api/timing/recent-reads?limit=0") as answer:
        assert answer.status == 400
