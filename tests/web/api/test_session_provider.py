"""`/api/sessions/{id}/provider`: the shapes. What becomes of it is in tests/test_provider_links.py."""

import pytest

from tests.serviced import Serviced

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_link_as_it_is_shown(serviced: Serviced) -> None:
    account, service = await serviced.account()
    service.say(1, 2)
    made = await serviced.session("Shown")
    path = f"sessions/{made['id']}/provider"
    assert await serviced.ask("GET", path) == {"link": None}
    answer = await serviced.ask("PUT", path, {"account": account["id"], "event": "4321", "races": ["71"]})
    assert answer["job"]["kind"] == "provider" and answer["link"]["job"]["id"] == answer["job"]["id"]
    await serviced.over(answer["job"])
    link = await serviced.link(made)
    assert link == {
        "account": {"id": account["id"], "kind": "runsignup", "name": account["name"]},
        "event": {"id": "4321", "name": "Spring run"},
        "races": ["71"],
        "results": False,
        "enabled": True,
        "problem": "",
        "synced_at": link["synced_at"],
        "full_at": link["full_at"],
        "next_at": link["next_at"],
        "period_s": link["period_s"],
        "calls": {"last_hour": service.calls, "limit": 1000},
        "figures": {"participants": 2, "added": 2, "changed": 0, "gone": 0, "results": 0},
        "job": None,
    }
    assert link["full_at"] <= link["synced_at"] < link["next_at"] and link["period_s"] > 0
    answer = await serviced.ask("PATCH", path, {"enabled": False, "results": True})
    assert (answer["link"]["enabled"], answer["link"]["results"], answer["link"]["next_at"]) == (
        False,
        True,
        None,
    )


async def test_what_is_wrong_is_named(serviced: Serviced) -> None:
    made = await serviced.session("Wrong")
    path = f"sessions/{made['id']}"
    for body in ({}, {"account": 1}, {"account": 1, "event": ""}, {"account": 1, "event": "\0"}, {"x": 1}):
        await serviced.refused("PUT", f"{path}/provider", body, 400)
    for method, where, status in (
        ("DELETE", "provider?participants=some", 400),
        ("DELETE", "provider", 404),
        ("GET", "official-results?limit=0", 400),
        ("GET", "official-results?after=%00", 400),
    ):
        await serviced.refused(method, f"{path}/{where}", status=status)
    await serviced.refused("POST", f"{path}/provider/refresh", {"full": False}, 404)
    assert await serviced.ask("GET", f"{path}/official-results") == {"results": [], "next": None}
    await serviced.refused("GET", "sessions/999999/provider", status=404)
