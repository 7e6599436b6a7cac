"""Templates out and in as files."""

import io
import json
import zipfile
from typing import Any

import aiohttp
import pytest

from hub.accounts import OPERATOR, VIEWER
from hub.template_files import Packing
from tests.drawn import template
from tests.web.api.test_templates import TEMPLATES, latest, save, text_of
from tests.web.teamed import Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def put(
    team: Teamed, data: bytes | None, file_name: str = "x.json", who: str = OPERATOR, **texts: str
) -> tuple[int, Any]:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, text in texts.items():
        form.add_field(name, text)
    if data is not None:
        form.add_field("file", data, filename=file_name, content_type="application/octet-stream")
    headers = {"Authorization": f"Bearer {team.tokens[who]}"}
    async with team.hub.anybody.post(f"{TEMPLATES}/import", data=form, headers=headers) as response:
        return response.status, await response.json()


async def exported(team: Teamed, name: str, who: str = VIEWER) -> bytes:
    headers = {"Authorization": f"Bearer {team.tokens[who]}"}
    async with team.hub.anybody.get(f"{TEMPLATES}/{name}/export", headers=headers) as response:
        assert response.status == 200 and response.content_type == "application/zip"
        attachment = response.headers["Content-Disposition"]
        assert attachment.startswith('attachment; filename="') and attachment.isascii()
        return await response.read()


async def test_what_is_taken_out_can_be_put_in(team: Teamed) -> None:
    await save(team, "Ziel Łódź", "one")
    data = await exported(team, "Ziel%20Łódź")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = json.loads(archive.read("template.json"))
    assert inside["name"] == "Ziel Łódź" and text_of(inside) == "one"
    for name in ("Ziel Łódź 2", "Ziel Łódź 3"):
        answer: dict[str, object] = {"success": True, "name": name, "version": 1, "removed": [], "images": 0}
        assert await put(team, data, "any.zip") == (200, answer)
    assert text_of(await latest(team, "Ziel%20Łódź%203")) == "one"
    there = f"there.{OPERATOR}"
    assert (await put(team, data, "any.zip", there))[1]["name"] == "Ziel Łódź", "it is free there"
    noted = [action for _, action in await team.noted("Ziel Łódź 2")]
    assert noted == ["template.imported"]


async def test_a_name_of_ones_own(team: Teamed) -> None:
    body = json.dumps({"name": "x", "template": template("a")}).encode()
    assert (await put(team, body, name="Own"))[1]["name"] == "Own"
    status, answer = await put(team, body, name="a/b")
    assert (status, answer["error"]["field"]) == (400, "name")
    bare = json.dumps(template("b")).encode()
    assert (await put(team, bare, "Bare.json"))[1]["name"] == "Bare"
    assert text_of(await latest(team, "Bare")) == "b"


async def test_whose_it_is(team: Teamed) -> None:
    body = json.dumps({"name": "Placed", "template": template()}).encode()
    assert (await put(team, body, who=VIEWER))[0] == 403
    assert (await put(team, body, partner=team.there.slug))[0] == 404
    assert (await put(team, body, who="machine", partner=team.there.slug))[0] == 200
    assert (await put(team, body, who="machine"))[1]["error"]["field"] == "partner"
    assert (await team.ask(f"there.{VIEWER}", "GET", f"{TEMPLATES}/Placed"))[0] == 200
    assert (await team.ask(VIEWER, "GET", f"{TEMPLATES}/Placed"))[0] == 404


async def test_an_image_that_is_nowhere_is_left_out(team: Teamed) -> None:
    image = "a" * 32 + ".png"
    drawn = template(resting={"image": image})
    body = json.dumps({"name": "Imageless", "template": drawn}).encode()
    status, answer = await put(team, body)
    assert (status, answer["images"]) == (200, 0)
    assert answer["removed"] == [f"the image {image}, which is not in the file"]
    assert (await latest(team, "Imageless"))["template"]["resting"]["image"] == ""


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"%PDF",
        b"{",
        b"{}",
        json.dumps({"name": "x", "template": template(canvas={"width": 1, "height": 1})}).encode(),
        b"PK\x03\x04broken",
        Packing().template("x", b"[]", {}) + b"cut",
    ],
)
async def test_what_is_none(team: Teamed, data: bytes | None) -> None:
    before = (await team.ask(VIEWER, "GET", TEMPLATES))[1]
    status, answer = await put(team, data, "x.zip", name="No template")
    assert status == 400 and answer["error"]["field"] in ("file", "template", "html")
    assert (await team.ask(VIEWER, "GET", TEMPLATES))[1] == before
