"""Templates over the API: listed, saved, renamed, taken away and back, and each of their versions."""

from typing import Any

import pytest

from hub.accounts import ADMIN, OPERATOR, VIEWER
from hub.store import web_templates
from tests.drawn import template
from tests.web.teamed import Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEMPLATES = "/api/templates"


async def save(team: Teamed, name: str, text: str = "{{name}}", who: str = OPERATOR, **more: object) -> Any:
    status, answer = await team.ask(
        who, "POST", TEMPLATES, {"name": name, "template": template(text), **more}
    )
    assert status == 200, answer
    return answer


async def latest(team: Teamed, name: str, who: str = VIEWER, version: object = "latest") -> Any:
    status, answer = await team.ask(who, "GET", f"{TEMPLATES}/{name}/versions/{version}")
    assert status == 200, answer
    return answer


def text_of(answer: Any) -> str:
    return str(answer["template"]["active"]["blocks"][0]["text"])


async def test_saved_listed_and_shown(team: Teamed) -> None:
    assert await save(team, "Finish") == {"success": True, "name": "Finish", "version": 1, "removed": []}
    status, names = await team.ask(VIEWER, "GET", TEMPLATES)
    assert status == 200 and "Finish" in names
    drawn = (await latest(team, "finish"))["template"]
    assert drawn["format"] == "racehub-3" and drawn["active"]["blocks"][0]["type"]["size"] == 96, "defaults"
    _, made = await team.ask(OPERATOR, "POST", "/api/displays", {"name": "Wall", "template": "FINISH"})
    code = made["display"]["code"]
    assert made["display"]["template"] == {"name": "Finish", "version": 1}
    (line,) = [each for each in await details(team) if each["name"] == "Finish"]
    when = line.pop("updated_at")
    assert line == {
        "name": "Finish",
        "version": 1,
        "format": "racehub-3",
        "width": 1920,
        "height": 1080,
        "updated_by": team.users[OPERATOR].email,
        "displays": [code],
        "partner": {"id": 1, "slug": "default", "name": "Default"},
    }
    assert when.endswith("+00:00")
    _, old = await team.ask(VIEWER, "GET", f"{TEMPLATES}/Finish")
    assert (old["name"], old["version"], old["canvasWidth"]) == ("Finish", "2.0", 1920)
    assert old["content"] == old["html"] == old["activeState"]["html"]
    assert 'data-placeholder="name"' in old["html"] and 'data-design-w="1920"' in old["html"]
    assert old["restingState"]["state"] == "resting"


async def details(team: Teamed, kind: str = "templates", who: str = VIEWER) -> list[dict[str, Any]]:
    status, answer = await team.ask(who, "GET", f"{TEMPLATES}?details=true")
    assert status == 200
    found: list[dict[str, Any]] = answer[kind]
    return found


async def test_a_version_is_never_another(team: Teamed) -> None:
    for text in ("one", "two", "two", "three"):
        await save(team, "Versions", text)
    _, answer = await team.ask(VIEWER, "GET", f"{TEMPLATES}/Versions/versions")
    assert [each["version"] for each in answer["versions"]] == [3, 2, 1]
    assert answer["versions"][0]["made_by"] == team.users[OPERATOR].email
    assert text_of(await latest(team, "Versions", version=1)) == "one"
    restore = f"{TEMPLATES}/Versions/versions/1/restore"
    assert await team.ask(OPERATOR, "POST", restore) == (
        200,
        {"success": True, "name": "Versions", "version": 4, "removed": []},
    )
    _, answer = await team.ask(VIEWER, "GET", f"{TEMPLATES}/Versions/versions")
    assert [each["restored"] for each in answer["versions"]] == [1, None, None, None]
    assert text_of(await latest(team, "Versions")) == "one"
    for version, status in (("9", 404), ("0", 400), ("x", 400), ("9" * 30, 400)):
        path = f"{TEMPLATES}/Versions/versions/{version}"
        assert (await team.ask(VIEWER, "GET", path))[0] == status


async def test_what_two_have_saved_at_once(team: Teamed) -> None:
    await save(team, "Both", "one", base=0)
    await save(team, "Both", "two", base=1)
    body = {"name": "both", "template": template("three"), "base": 1}
    status, words, field = await team.error(OPERATOR, "POST", TEMPLATES, body)
    assert (status, field) == (409, "base")
    assert words == "Version 2 was saved while you worked on version 1."
    assert text_of(await latest(team, "Both")) == "two"
    status, words, _ = await team.error(OPERATOR, "POST", TEMPLATES, body | {"base": 0})
    assert (status, words) == (409, "There is a template called 'Both' already.")
    status, words, _ = await team.error(OPERATOR, "POST", TEMPLATES, body | {"name": "No such"})
    assert status == 404 and words.startswith("It was deleted or renamed while you worked on it")
    await save(team, "Both", "three", base=2)


async def test_renamed_deleted_and_taken_back(team: Teamed) -> None:
    await save(team, "First")
    await save(team, "Second")
    path = f"{TEMPLATES}/First"
    assert (await team.error(OPERATOR, "PATCH", path, {"name": "SECOND"}))[0::2] == (409, "name")
    assert (await team.error(OPERATOR, "PATCH", path, {"name": "a/b"}))[0::2] == (400, "name")
    assert (await team.ask(OPERATOR, "PATCH", path, {"name": "FIRST"}))[1]["name"] == "FIRST"
    assert (await team.ask(OPERATOR, "DELETE", path)) == (200, {"success": True})
    assert (await team.error(VIEWER, "GET", path))[0] == 404
    (gone,) = [each for each in await details(team, "deleted") if each["name"] == "FIRST"]
    assert gone["deleted_at"] and gone["partner"]["slug"] == "default"
    assert "FIRST" not in (await team.ask(VIEWER, "GET", TEMPLATES))[1]
    await save(team, "First", "another")
    assert (await team.error(OPERATOR, "POST", f"{path}/undelete"))[0] == 409
    await team.ask(OPERATOR, "PATCH", path, {"name": "Third"})
    assert (await team.ask(OPERATOR, "POST", f"{path}/undelete"))[1]["version"] == 1
    assert (await latest(team, "First"))["name"] == "FIRST"
    assert (await team.error(OPERATOR, "POST", f"{path}/undelete"))[0] == 409
    assert (await team.error(OPERATOR, "POST", f"{TEMPLATES}/Nobody/undelete"))[0] == 404
    noted = [action for _, action in await team.noted("FIRST")]
    assert noted == ["template.renamed", "template.deleted", "template.undeleted"]


async def test_partners_do_not_see_each_others(team: Teamed) -> None:
    await save(team, "Same", "here")
    await save(team, "same", "there", who=f"there.{OPERATOR}")
    assert text_of(await latest(team, "Same")) == "here"
    assert text_of(await latest(team, "Same", who=f"there.{VIEWER}")) == "there"
    names = (await team.ask(f"there.{VIEWER}", "GET", TEMPLATES))[1]
    assert "same" in names and "Same" not in names
    assert {each["partner"]["slug"] for each in await details(team)} == {"default"}
    assert (await team.error(ADMIN, "GET", f"{TEMPLATES}/Same"))[0::2] == (400, "partner")
    there = f"?partner={team.there.slug}"
    assert text_of(await latest(team, "Same", ADMIN, f"latest{there}")) == "there"
    assert (await team.ask(ADMIN, "GET", f"{TEMPLATES}{there}"))[1] == names
    assert (await team.error(VIEWER, "GET", f"{TEMPLATES}{there}"))[0::2] == (404, "partner")
    body = {"name": "Same", "template": template("x")}
    assert (await team.error(ADMIN, "POST", TEMPLATES, body))[0::2] == (400, "partner")
    await save(team, "Same", "admin", ADMIN, partner=team.there.slug)
    assert text_of(await latest(team, "Same")) == "here"
    for who in (OPERATOR, f"there.{OPERATOR}"):
        await team.ask(who, "DELETE", f"{TEMPLATES}/Same")
    assert (await team.error(ADMIN, "POST", f"{TEMPLATES}/Same/undelete"))[0::2] == (400, "partner")
    assert (await team.ask(ADMIN, "POST", f"{TEMPLATES}/Same/undelete{there}"))[0] == 200
    assert (await team.error(VIEWER, "GET", f"{TEMPLATES}/Same"))[0] == 404
    only = await save(team, "Only there", "one", f"there.{OPERATOR}")
    assert (await save(team, "Only there", "two", ADMIN))["version"] == only["version"] + 1
    display = {"name": "x", "template": "Only there"}
    assert (await team.error(OPERATOR, "POST", "/api/displays", display))[0::2] == (404, "template")


async def test_who_may(team: Teamed) -> None:
    await save(team, "Theirs")
    for method, path, body in (
        ("POST", TEMPLATES, {"name": "x", "template": template()}),
        ("PATCH", f"{TEMPLATES}/Theirs", {"name": "x"}),
        ("DELETE", f"{TEMPLATES}/Theirs", None),
        ("POST", f"{TEMPLATES}/Theirs/versions/1/restore", None),
    ):
        assert (await team.error(VIEWER, method, path, body))[0] == 403
        assert (await team.error("", method, path, body))[0] == 401


async def test_no_more_than_there_is_room_for(team: Teamed, monkeypatch: pytest.MonkeyPatch) -> None:
    await save(team, "Last")
    monkeypatch.setattr(web_templates, "TEMPLATES_MAX", 1)
    status, words, _ = await team.error(OPERATOR, "POST", TEMPLATES, {"name": "More", "template": template()})
    assert (status, words) == (409, "There are 1 templates; delete one first.")
    assert (await save(team, "Last", "two"))["version"] == 2


async def test_a_large_one(team: Teamed) -> None:
    blocks = [
        {"kind": "message", "id": f"m{number}", "x": 0, "y": 0, "w": 9, "h": 9, "texts": ["x" * 480] * 10}
        for number in range(60)
    ]
    large = template(active={"blocks": blocks})
    status, answer = await team.ask(OPERATOR, "POST", TEMPLATES, {"name": "Large", "template": large})
    assert status == 200, answer
    more = template(active={"blocks": blocks}, resting={"blocks": blocks})
    body = {"name": "Large", "template": more}
    assert (await team.error(OPERATOR, "POST", TEMPLATES, body))[0::2] == (400, "template")
    body["more"] = "x" * 1_000_000
    assert (await team.error(OPERATOR, "POST", TEMPLATES, body))[0] == 413


async def test_what_a_screen_gets(team: Teamed) -> None:
    await save(team, "Screens", "{{name}} " * 50)
    _, made = await team.ask(OPERATOR, "POST", "/api/displays", {"name": "W", "template": "Screens"})
    code = made["display"]["code"]
    row = next(each for each in team.hub.app.hub.templates.values() if each.name == "Screens")
    path = f"/api/display/{code.lower()}/template/{row.id}/{row.version}"
    for encoding, packed in (("gzip", "gzip"), ("identity", None)):
        headers = {"Accept-Encoding": encoding}
        async with team.hub.anybody.get(path, headers=headers) as response:
            assert response.status == 200
            assert response.headers.get("Content-Encoding") == packed
            assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
            assert response.headers["Vary"] == "Accept-Encoding"
            assert await response.json() == (await latest(team, "Screens"))["template"]
    for other in (f"{row.id}/{row.version + 1}", f"{row.id + 1}/{row.version}", "x/y", f"0{row.id}/1"):
        async with team.hub.anybody.get(f"/api/display/{code}/template/{other}") as response:
            assert response.status == 404
    async with team.hub.anybody.get(path.replace(code.lower(), "AAAA2222")) as response:
        assert response.status == 404


async def test_one_of_the_predecessor(team: Teamed) -> None:
    old = {
        "name": "Alt",
        "activeState": {"html": "<p onclick='x()'>{{name}}</p>", "canvasWidth": 1280, "canvasHeight": 720},
        "restingState": {"html": "<p>Soon</p>", "canvasWidth": 640, "canvasHeight": 360},
        "backgroundStyles": {"backgroundColor": "#102030"},
    }
    status, answer = await team.ask(OPERATOR, "POST", TEMPLATES, old)
    assert status == 200 and answer["version"] == 1 and answer["removed"]
    assert (await team.ask(OPERATOR, "POST", TEMPLATES, old))[1]["version"] == 1
    (line,) = [each for each in await details(team) if each["name"] == "Alt"]
    assert (line["format"], line["width"], line["height"]) == ("html-2", 1280, 720)
    _, shown = await team.ask(VIEWER, "GET", f"{TEMPLATES}/Alt")
    assert "{{name}}" in shown["html"] == shown["content"] == shown["activeState"]["html"]
    assert (shown["canvasWidth"], shown["restingState"]["canvasWidth"]) == (1280, 640)
    assert "Soon" in shown["restingState"]["html"] and "onclick" not in shown["html"]
    one = {"name": "Alt 1", "html": "<p>{{name}}</p>"}
    assert (await team.ask(OPERATOR, "POST", TEMPLATES, one))[0] == 200
    _, single = await team.ask(VIEWER, "GET", f"{TEMPLATES}/Alt%201")
    assert single["restingState"]["html"] == single["html"]
    again = {"name": "Alt 2", "template": (await latest(team, "Alt"))["template"]}
    assert (await team.ask(OPERATOR, "POST", TEMPLATES, again))[1]["removed"] == []
    assert (await latest(team, "Alt%202"))["template"] == again["template"]
    assert (await team.error(OPERATOR, "POST", TEMPLATES, {"name": "None"}))[0] == 400
