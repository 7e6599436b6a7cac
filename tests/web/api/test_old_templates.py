"""Templates for the predecessor's screens: on a wall nobody is signed in, and there is a display's code."""

import pytest

from hub.accounts import OPERATOR
from tests.web.api.test_templates import TEMPLATES, save
from tests.web.teamed import Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_code_opens_what_its_display_shows_and_no_other(team: Teamed) -> None:
    await save(team, "A other")
    await save(team, "Wall", "{{name}} {{city}}")
    _, made = await team.ask(OPERATOR, "POST", "/api/displays", {"name": "Old", "template": "Wall"})
    code = made["display"]["code"]

    async def asks(path: str = "", query: str = f"?display={code}") -> tuple[int, object]:
        async with team.hub.anybody.get(f"{TEMPLATES}{path}{query}") as answer:
            return answer.status, await answer.json()

    assert await asks() == (200, ["Wall"])
    status, shown = await asks("/wall")
    assert status == 200 and isinstance(shown, dict)
    assert "{{city}}" in shown["html"] and shown["html"] == shown["content"]
    assert (shown["canvasWidth"], shown["canvasHeight"]) == (1920, 1080)
    assert (await asks("/A%20other"))[0] == 404
    for path in ("", "/Wall"):
        for query in ("", "?display=", "?display=NOTHERE2"):
            assert (await asks(path, query))[0] == 401, (path, query)
    assert (await asks("/Wall/versions"))[0] == 401, "that is for who is signed in"
    assert (await asks(query=f"?details=true&display={code}"))[0] == 401, "a page of the hub's own is told so"
    _, names = await team.ask(OPERATOR, "GET", f"{TEMPLATES}?display={code}")
    assert names[0] == "Wall" and "A other" in names, "such a screen shows the first"
    assert await team.ask(OPERATOR, "PATCH", f"/api/displays/{code}", {"template": None})
    assert await asks() == (200, [])
    assert (await asks("/Wall"))[0] == 404


async def test_by_the_cookie_that_an_old_screen_has(team: Teamed) -> None:
    await save(team, "Mine")
    _, made = await team.ask(OPERATOR, "POST", "/api/displays", {"name": "Old", "template": "Mine"})
    headers = {"Cookie": f"display={made['display']['code']}"}
    async with team.hub.anybody.get(TEMPLATES, headers=headers) as answer:
        assert await answer.json() == ["Mine"]
    _, names = await team.ask(f"there.{OPERATOR}", "GET", f"{TEMPLATES}?display={made['display']['code']}")
    assert "Mine" not in names, "who is signed in is asked for nobody else's"
