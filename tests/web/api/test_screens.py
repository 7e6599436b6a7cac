"""Screens over the API: listed, and what is wished of them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hub import __version__
from hub.web.screens import FLEET, Known
from tests.postgres import fresh_database
from tests.running import Screen, rows, running_hub, settings_for, until
from tests.web.teamed import MACHINE, Teamed, teamed

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN = "abcdefghijklmnopqrstu"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def team(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Teamed]:
    async with fresh_database(postgres_dsn) as dsn, teamed(dsn, tmp_path_factory.mktemp("screens")) as made:
        yield made


async def known(team: Teamed, screen: Screen, who: str = "viewer") -> dict[str, Any]:
    """The screen as it is listed, once it is."""
    screen_id = (await screen.next("settings"))["screen"]["id"]
    listed = (await team.ask(who, "GET", "/api/screens"))[1]["screens"]
    return next(each for each in listed if each["id"] == screen_id)


async def one(team: Teamed, screen_id: str) -> dict[str, Any]:
    listed = (await team.ask("viewer", "GET", "/api/screens"))[1]["screens"]
    return next(each for each in listed if each["id"] == screen_id)


async def test_a_screen_as_it_is_listed(team: Teamed) -> None:
    async with team.hub.screen(screen=f"{OWN}1", tab="a") as screen:
        assert (await screen.next())["type"] == "hello", "who it is comes right after it"
        shown = await known(team, screen)
        await screen.ws.send_str(
            json.dumps(
                {"type": "state", "size": [1080, 1920], "visible": False, "version": "7", "shows": "gun"}
            )
        )
        team.hub.app.live.tick()
        await screen.ws.send_str(json.dumps({"type": "pong", "at": (await screen.next("tick"))["now"]}))
        await until(lambda: any(each.round_trip_us is not None for each in _fleet(team)))
        shown = await one(team, shown["id"])
        assert 0 <= shown.pop("round_trip_ms") < 5000
        times = [shown.pop(name) for name in ("last_frame_at", "first_seen", "last_seen")]
        assert all(each.endswith("+00:00") for each in times) and times[1] <= times[0] <= times[2]
        assert shown == {
            "id": shown["id"],
            "name": "",
            "code": team.hub.code,
            "display": "Finish",
            "place": "",
            "width": 1080,
            "height": 1920,
            "visible": False,
            "version": "7",
            "blank": False,
            "online": True,
            "shows": "gun",
            "latency": None,
            "partner": {"id": 1, "slug": "default", "name": "Default"},
        }
        assert (await team.ask("viewer", "GET", "/api/screens"))[1]["version"] == __version__
        assert (await team.ask("there.owner", "GET", "/api/screens"))[1]["screens"] == []
    await until(lambda: not any(each.line for each in _fleet(team)))
    away = await one(team, shown["id"])
    assert (away["online"], away["visible"], away["shows"], away["last_frame_at"]) == (False, False, "", None)
    assert away["width"] == 1080


def _fleet(team: Teamed) -> list[Known]:
    return list(team.hub.app._application[FLEET]._known.values())


async def test_wishes_reach_the_screen(team: Teamed) -> None:
    async with team.hub.screen(screen=f"{OWN}2", tab="a") as screen:
        shown = await known(team, screen)
        path = f"/api/screens/{shown['id']}"
        for wish in ("identify", "reload"):
            assert (await team.ask("operator", "POST", f"{path}/{wish}"))[0] == 200
            await screen.next(wish)
            assert await team.ask("operator", "POST", f"/api/displays/{team.hub.code}/{wish}") == (
                200,
                {"told": 1},
            )
            await screen.next(wish)
        status, answer = await team.ask("operator", "PATCH", path, {"name": " LED wall ", "blank": True})
        assert (status, answer["screen"]["name"], answer["screen"]["blank"]) == (200, "LED wall", True)
        assert (await screen.next("settings"))["screen"]["blank"] is True
        _, made = await team.ask("operator", "POST", "/api/displays", {"name": "Start", "place": "Gate"})
        other = made["display"]["code"]
        assert (await team.ask("operator", "PATCH", path, {"code": other.lower()}))[0] == 200
        bye = await screen.next("bye")
        assert (bye["code"], bye["again"], bye["move"]) == (4004, False, other)
        assert await screen.closed() == 4004
    async with team.hub.screen(other, screen=f"{OWN}2", tab="b") as screen:
        again = await known(team, screen)
        assert (again["id"], again["name"], again["blank"], again["place"]) == (
            shown["id"],
            "LED wall",
            True,
            "Gate",
        )
        assert (await team.ask("operator", "DELETE", path))[0] == 409
    assert await team.noted("LED wall") == [
        (team.users["operator"].email, "screen.blanked"),
        (team.users["operator"].email, "screen.moved"),
    ]
    await until(lambda: not any(each.line for each in _fleet(team)))
    for method, where, body, status in (
        ("POST", f"{path}/identify", None, 409),
        ("PATCH", path, {"code": team.hub.code}, 409),
        ("PATCH", path, {"blank": False}, 200),
        ("DELETE", path, None, 204),
        ("DELETE", path, None, 404),
    ):
        assert (await team.ask("operator", method, where, body))[0] == status, (method, where)


async def test_who_may_what(team: Teamed) -> None:
    async with team.hub.screen(screen=f"{OWN}3", tab="a") as screen:
        shown = await known(team, screen)
        path = f"/api/screens/{shown['id']}"
        theirs = (await team.ask("there.owner", "POST", "/api/display/generate-url", {}))[1]["id"]
        for who, expected in (("viewer", 403), ("announcer", 403), ("there.operator", 404), ("", 401)):
            assert (await team.ask(who, "PATCH", path, {"blank": True}))[0] == expected
            assert (await team.ask(who, "POST", f"{path}/reload"))[0] == expected
        words = (404, "There is no display with this code.", "code")
        assert await team.error(MACHINE, "PATCH", path, {"code": theirs}) == words
        assert await team.error("operator", "PATCH", path, {"code": "AAAA2222"}) == words
        assert (await team.error("operator", "PATCH", path, {"name": "a\0b"}))[2] == "name"
        assert (await team.error("operator", "PATCH", path, {"name": "x" * 101}))[0] == 400
        assert not (await one(team, shown["id"]))["blank"]


async def test_what_was_wished_outlives_the_hub(database_dsn: str, tmp_path: Path) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        async with hub.screen(screen=f"{OWN}9") as screen:
            screen_id = (await screen.next("settings"))["screen"]["id"]
            async with hub.http.patch(f"/api/screens/{screen_id}", json={"blank": True}) as response:
                assert response.status == 200
        async with hub.screen("AAAA2222", screen=f"{OWN}8") as screen:
            assert await screen.closed() == 4001
    ((width, kept),) = [
        (row["width"], row["id"]) for row in await rows(database_dsn, "SELECT * FROM screens")
    ]
    assert (width, kept) == (0, screen_id)
    async with running_hub(settings) as hub, hub.screen(screen=f"{OWN}9") as screen:
        assert (await screen.next("settings"))["screen"]["blank"] is True
