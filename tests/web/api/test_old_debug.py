"""What people tried their screens with: for admins, and for operators where the configuration says so; and marked."""

from typing import Any

import pytest

from tests.running import Running, until
from tests.web.teamed import Teamed


async def test_added_once_and_marked(hub: Running) -> None:
    async def done(path: str) -> Any:
        async with hub.http.post(f"/api/{path}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    empty = await hub.get("/api/debug/timing")
    assert (empty["latest_timing_data"], empty["roster_loaded"], empty["roster_count"]) == (None, False, 0)
    assert empty["timing_database_accessible"] and empty["sample_roster_bibs"] == []
    for _ in range(2):
        assert await done("debug/add-test-runner") == {
            "success": True,
            "message": "Test runners added",
            "roster_count": 3,
            "test_bibs": ["6666", "9999", "1234"],
        }
    for bib in ("500", "12"):
        added = await done(f"debug/add-bib-{bib}")
        assert (added["success"], added["message"]) == (True, f"Added bib {bib}")
    started = await done("start-test-listener")
    assert (started["mode"], len(started["test_runners"]), started["tcp_port"]) == (
        "test",
        5,
        hub.address()[1],
    )
    people = await hub.get(f"/api/participants?session={hub.session_id}")
    assert people["total"] == 8 and {each["status"] for each in people["participants"]} == {"test"}
    reader = await hub.reader().connect()
    reader.add("6666")
    await until(lambda: hub.durable == 1)
    found = await hub.get("/api/debug/timing")
    assert (found["latest_timing_data"]["bib"], found["bib_in_roster"]) == ("6666", True)
    assert found["roster_entry"] == {"bib": "6666", "first_name": "John", "last_name": "Smith"}
    assert (await hub.get("/api/current-runner"))["mode"] == "test"
    await reader.hang_up()


@pytest.mark.asyncio(loop_scope="session")
async def test_for_admins_unless_it_is_said(team: Teamed) -> None:
    current = team.hub.app._current
    before = current.now
    said = before.model_copy(update={"server": before.server.model_copy(update={"debug": True})})
    try:
        for settings, status in ((before, 403), (said, 200)):
            current.now = settings
            for who, expected in (("operator", status), ("viewer", 403), ("", 401)):
                found = (await team.ask(who, "GET", "/api/debug/timing"))[0]
                assert found == expected, (status, who)
    finally:
        current.now = before
