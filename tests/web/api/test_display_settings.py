"""A display's settings for the predecessor's pages."""

import time

import aiohttp
import pytest

from hub.accounts import MACHINE_CALLER
from hub.config import CODE_TRIES_PER_MINUTE_MAX
from hub.web.codes import TRIES
from tests.running import Running
from tests.web.teamed import Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATH = "/api/display-settings"
PLAIN = {"duration": 5, "displayDuration": 5000, "transitions": True}


async def test_said_and_seen_and_heard_of_at_once(team: Teamed) -> None:
    _, made = await team.ask("operator", "POST", "/api/displays", {"name": "Old gate"})
    code = made["display"]["code"]
    own = f"{PATH}?display={code}"
    assert await team.ask("", "GET", own) == (200, PLAIN)
    async with team.hub.screen(code) as screen:
        await screen.next("hello")
        assert await team.ask("operator", "POST", own, {"duration": 3}) == (
            200,
            {"success": True, "duration": 3},
        )
        assert (await screen.next("settings"))["display"]["settings"] == {"duration": 3.0}
        body = {"displayDuration": 2500, "transitions": False}
        assert await team.ask("operator", "POST", own, body) == (200, {"success": True, "duration": 2.5})
        told = (await screen.next("settings"))["display"]["settings"]
        assert told == {"duration": 2.5, "transitions": False}
    assert await team.ask("", "GET", own.replace(code, code.lower())) == (
        200,
        {"duration": 2.5, "displayDuration": 2500, "transitions": False},
    )
    assert await team.ask("operator", "POST", own, {}) == (200, {"success": True, "duration": 2.5})
    for body in ({"duration": 0}, {"displayDuration": 10}):
        assert await team.ask("operator", "POST", own, body) == (
            400,
            {"error": "Duration must be greater than 0"},
        )
    assert [action for _, action in await team.noted("Old gate")] == [
        "display.made",
        *["display.changed"] * 2,
    ]


async def test_a_code_lets_see_and_nothing_else(team: Teamed) -> None:
    _, made = await team.ask(
        "operator", "POST", "/api/displays", {"name": "Poster", "settings": {"duration": 9}}
    )
    own = f"{PATH}?display={made['display']['code']}"
    assert (await team.ask("", "GET", own))[1]["duration"] == 9
    for who, status in (("", 401), ("viewer", 403), ("announcer", 403), ("there.owner", 404)):
        assert (await team.ask(who, "POST", own, {"duration": 1}))[0] == status, who
    assert (await team.ask("", "GET", own))[1]["duration"] == 9


async def test_a_page_without_a_display_has_the_predecessors_own(team: Teamed) -> None:
    for who, path in (("", PATH), ("", f"{PATH}?display=AAAA2222"), ("there.viewer", PATH)):
        assert await team.ask(who, "GET", path) == (200, PLAIN), who
    status, answer = await team.ask("there.operator", "POST", PATH, {"duration": 7})
    assert (status, answer["field"]) == (404, "display") and "no display" in answer["error"]


async def test_the_display_of_the_cookie_is_meant(team: Teamed) -> None:
    """An old screen names no display: /d/CODE/old has."""
    _, made = await team.ask(
        "operator", "POST", "/api/displays", {"name": "Far", "settings": {"duration": 8}}
    )
    cookie = {"Cookie": f"display={made['display']['code']}"}
    async with team.hub.anybody.get(PATH, headers=cookie) as answer:
        assert (await answer.json())["duration"] == 8
    bearer = {"Authorization": f"Bearer {team.tokens['operator']}"}
    async with team.hub.anybody.post(PATH, json={"duration": 11}, headers=cookie | bearer) as answer:
        assert await answer.json() == {"success": True, "duration": 11}
    async with team.hub.anybody.get(PATH, headers=cookie) as answer:
        assert (await answer.json())["duration"] == 11


async def test_a_form_says_the_same(team: Teamed) -> None:
    _, made = await team.ask("operator", "POST", "/api/displays", {"name": "Form"})
    path, bearer = (
        f"{PATH}?display={made['display']['code']}",
        {"Authorization": f"Bearer {team.tokens['operator']}"},
    )
    parts = aiohttp.FormData()
    parts.add_field("duration", "12", content_type="text/plain")
    for body, seconds in (
        ({"duration": "7", "transitions": "false"}, 7),
        ({"displayDuration": "6000"}, 6),
        (parts, 12),
    ):
        async with team.hub.anybody.post(path, data=body, headers=bearer) as answer:
            assert (answer.status, await answer.json()) == (200, {"success": True, "duration": seconds})
    assert (await team.ask("", "GET", path))[1] == {
        "duration": 12,
        "displayDuration": 12000,
        "transitions": False,
    }


@pytest.mark.asyncio(loop_scope="function")
async def test_the_first_display_is_meant_where_none_is_named(hub: Running) -> None:
    async with hub.http.post(PATH, json={"duration": 7}) as response:
        assert await response.json() == {"success": True, "duration": 7}
    assert hub.app.hub.displays[hub.code].settings == {"duration": 7.0}
    assert await hub.get(PATH) == {"duration": 7, "displayDuration": 7000, "transitions": True}
    there = await hub.app.stores.partners.make(MACHINE_CALLER, "There", None)
    hub.app.hub.partners[there.id] = there
    async with hub.http.post("/api/displays", json={"name": "x", "partner": there.slug}) as response:
        assert response.status == 201
    async with hub.http.post(PATH, json={"duration": 8}) as response:
        assert response.status == 400 and (await response.json())["field"] == "display"


async def test_unknown_codes_are_counted(shared_hub: Running) -> None:
    tries = shared_hub.app._application[TRIES]
    before = tries.held
    for _ in range(2):
        async with shared_hub.anybody.get(f"{PATH}?display=ZZZZ9999") as response:
            assert response.status == 200 and await response.json() == PLAIN
    assert tries.held == before + 2
    tries._of["127.0.0.1"] += [time.monotonic()] * CODE_TRIES_PER_MINUTE_MAX
    try:
        async with shared_hub.anybody.get(f"{PATH}?display=ZZZZ9999") as response:
            assert response.status == 429
    finally:
        del tries._of["127.0.0.1"][-CODE_TRIES_PER_MINUTE_MAX:]
