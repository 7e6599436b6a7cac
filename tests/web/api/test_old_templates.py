"""Templates for the predecessor's screens, which nobody has signed in on; and for its builder."""

import aiohttp
import pytest

from tests.drawn import template
from tests.web.teamed import Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")
TEMPLATES = "/api/templates"


async def test_a_screen_has_its_displays_own_and_no_other(team: Teamed) -> None:
    """The page that listens to the stream asks for the names, and then for the first."""
    for name in ("A first", "Wall of old"):
        body = {"name": name, "template": template(name)}
        assert (await team.ask("operator", "POST", TEMPLATES, body))[0] == 200
    _, made = await team.ask(
        "operator", "POST", "/api/displays", {"name": "Old wall", "template": "Wall of old"}
    )
    code = made["display"]["code"]
    assert await team.ask("", "GET", f"{TEMPLATES}?display={code}") == (200, ["Wall of old"])
    async with team.hub.anybody.get(TEMPLATES, headers={"Cookie": f"display={code}"}) as answer:
        (name,) = await answer.json()
    async with team.hub.anybody.get(f"{TEMPLATES}/{name}", headers={"Cookie": f"display={code}"}) as answer:
        shown = await answer.json()
        assert answer.status == 200 and shown["html"] == shown["content"] == shown["activeState"]["html"]
        assert "Wall of old" in shown["html"]
    assert (await team.ask("", "GET", f"{TEMPLATES}/A%20first?display={code}"))[0] == 401
    assert (await team.ask("", "GET", f"{TEMPLATES}?display={code}&details=1"))[0] == 401
    names = (await team.ask("viewer", "GET", f"{TEMPLATES}?display={code}"))[1]
    assert names[0] == "Wall of old" and "A first" in names and len(set(names)) == len(names)
    _, bare = await team.ask("operator", "POST", "/api/displays", {"name": "Without"})
    assert await team.ask("", "GET", f"{TEMPLATES}?display={bare['display']['code']}") == (200, [])


async def test_nobody_has_none(team: Teamed) -> None:
    assert await team.ask("", "GET", TEMPLATES) == (200, [])
    assert await team.ask("", "GET", f"{TEMPLATES}?display=ZZZZ9998") == (200, [])
    assert (await team.ask("", "GET", f"{TEMPLATES}?details=true"))[0] == 401
    async with team.hub.anybody.get(TEMPLATES, headers={"Authorization": "Bearer wrong"}) as answer:
        assert answer.status == 401


async def test_its_own_words_for_what_is_none(team: Teamed) -> None:
    asked = (
        ({"html": "<p>x</p>"}, "Missing name or html"),
        ({"name": "x"}, "Missing name or html"),
        ({"name": "x", "content": ""}, "Missing name or content"),
        ({"name": "x", "activeState": {"html": ""}}, "Missing name or active state html"),
    )
    for body, words in asked:
        assert await team.ask("operator", "POST", TEMPLATES, body) == (400, {"error": words}), body
    assert await team.ask("viewer", "GET", f"{TEMPLATES}/none") == (404, {"error": "Template not found"})


async def test_a_form_is_a_template_too(team: Teamed) -> None:
    bearer = {"Authorization": f"Bearer {team.tokens['operator']}"}
    parts = aiohttp.FormData()
    state = '{"html":"<p>Form {{bib}}</p>","canvasWidth":1080,"canvasHeight":1920}'
    parts.add_field("name", "Parts", content_type="text/plain")
    parts.add_field("activeState", state, content_type="text/plain")
    for body in ({"name": "Pairs", "html": "<p>Form {{bib}}</p>", "canvasWidth": "1080"}, parts):
        async with team.hub.anybody.post(TEMPLATES, data=body, headers=bearer) as answer:
            assert answer.status == 200, await answer.text()
            name = (await answer.json())["name"]
        shown = (await team.ask("viewer", "GET", f"{TEMPLATES}/{name}"))[1]
        assert (shown["canvasWidth"], "Form {{bib}}" in shown["html"]) == (1080, True)
