"""Templates out and in as files."""

import io
import json
import zipfile
from typing import Any

import aiohttp
import msgspec
import pytest
from PIL import Image

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


def picture(colour: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), (colour, 20, 30)).save(data, "PNG")
    return data.getvalue()


async def image(team: Teamed, data: bytes, title: str, who: str = OPERATOR) -> str:
    """Uploaded; gives its name."""
    form = aiohttp.FormData()
    form.add_field("file", data, filename=title, content_type="image/png")
    headers = {"Authorization": f"Bearer {team.tokens[who]}"}
    async with team.hub.anybody.post("/api/images", data=form, headers=headers) as response:
        assert response.status == 201, await response.text()
        return str((await response.json())["image"]["name"])


async def listed(team: Teamed, who: str) -> dict[str, Any]:
    _, answer = await team.ask(who, "GET", "/api/images")
    return {each["name"]: each for each in answer["images"]}


async def test_images_go_along_and_are_called_as_they_are_here(team: Teamed) -> None:
    logo, ground = await image(team, picture(1), "Logo.png"), await image(team, picture(2), "Ground.png")
    block = {"kind": "image", "id": "logo", "x": 0, "y": 0, "w": 90, "h": 90, "image": logo}
    drawn = template(active={"blocks": [block]}, resting={"image": ground})
    await team.ask(OPERATOR, "POST", TEMPLATES, {"name": "Pictured", "template": drawn})
    data = await exported(team, "Pictured")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert set(archive.namelist()) == {"template.json", f"images/{logo}", f"images/{ground}"}
    there = f"there.{OPERATOR}"
    assert (await put(team, data, "x.zip", there))[1]["images"] == 2
    theirs = await listed(team, there)
    theirs = {name: each for name, each in theirs.items() if "Pictured" in each["used_by"]}
    assert {each["title"] for each in theirs.values()} == {"Logo.png", "Ground.png"}
    assert not theirs.keys() & {logo, ground}, "they have names of their own"
    assert all(each["used_by"] == ["Pictured"] for each in theirs.values())
    found = (await latest(team, "Pictured", there))["template"]
    assert {found["active"]["blocks"][0]["image"], found["resting"]["image"]} == theirs.keys()
    before = await listed(team, OPERATOR)
    assert (await put(team, data, "x.zip"))[1]["name"] == "Pictured 2"
    assert (await listed(team, OPERATOR)).keys() == before.keys(), "they are here already"
    assert (await latest(team, "Pictured%202"))["template"] == (await latest(team, "Pictured"))["template"]
    assert (await team.ask(OPERATOR, "DELETE", f"/api/images/{logo}"))[0] == 409
    json_alone = json.dumps(await latest(team, "Pictured")).encode()
    answer = (await put(team, json_alone))[1]
    assert (answer["removed"], answer["images"]) == ([], 0), "the images are here, though not in the file"


async def test_an_image_that_is_none(team: Teamed) -> None:
    name = "b" * 32 + ".png"
    packing = Packing()
    drawn = msgspec.json.encode(template(resting={"image": name}))
    data = packing.template("Broken", drawn, {}) + packing.image(name, b"<svg onload=x()>") + packing.end()
    status, answer = await put(team, data, "x.zip")
    assert (status, answer["error"]["field"]) == (400, "file")
    assert answer["error"]["message"].startswith(f"file: {name} in it: ")
    assert "Broken" not in (await team.ask(VIEWER, "GET", TEMPLATES))[1]


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
