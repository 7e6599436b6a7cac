"""Images over the API: taken in, listed, cut, called otherwise, deleted."""

from typing import Any

import aiohttp
import pytest

from hub.accounts import ADMIN, ANNOUNCER, OPERATOR, OWNER, VIEWER
from hub.imaging import DAMAGED, WHAT
from tests.pictures import SECRET, drawn, encoded, film, png_bomb, read
from tests.web.teamed import MACHINE, Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")

_turns = iter(range(1, 360))


def fresh(kind: str = "PNG", **words: Any) -> bytes:
    """A picture that no other test has."""
    return encoded(drawn((200, 120), turn=next(_turns)), kind, **words)


async def upload(
    team: Teamed, who: str, data: bytes, name: str = "Our logo.png", kind: str = "image/png", **texts: str
) -> tuple[int, Any]:
    form = aiohttp.FormData(quote_fields=False)  # as browsers do
    for each, text in texts.items():
        form.add_field(each, text)
    form.add_field("file", data, filename=name, content_type=kind)
    headers = {"Authorization": f"Bearer {team.tokens[who]}"} if who else {}
    async with team.hub.anybody.post("/api/images", data=form, headers=headers) as response:
        return response.status, await response.json()


async def made(team: Teamed, data: bytes, who: str = OPERATOR, **words: str) -> Any:
    status, answer = await upload(team, who, data, **words)
    assert status == 201, answer
    return answer["image"]


async def listed(team: Teamed, who: str, query: str = "") -> dict[str, Any]:
    status, answer = await team.ask(who, "GET", f"/api/images{query}")
    assert status == 200
    return {each["name"]: each for each in answer["images"]}


async def test_taken_in_and_listed(team: Teamed) -> None:
    data = fresh()
    image = await made(team, data)
    name = image["name"]
    assert image == {
        "name": name,
        "title": "Our logo.png",
        "url": f"/images/{name}",
        "thumbnail": f"/images/{name}.thumb.webp",
        "width": 200,
        "height": 120,
        "frames": 1,
        "bytes": image["bytes"],
        "missing": False,
        "used_by": [],
        "made_at": image["made_at"],
        "made_by": team.users[OPERATOR].email,
        "partner": {"id": 1, "slug": "default", "name": team.here.name},
    }
    assert next(iter(await listed(team, VIEWER))) == name and (await listed(team, VIEWER))[name] == image
    async with team.hub.anybody.get(image["url"]) as response:
        body = await response.read()
        assert response.status == 200 and len(body) == image["bytes"] and read(body).size == (200, 120)
    async with team.hub.anybody.get(image["thumbnail"]) as response:
        assert response.content_type == "image/webp" and read(await response.read()).size == (200, 120)
    assert (await team.noted("Our logo.png"))[-1] == (team.users[OPERATOR].email, "image.made")


async def test_the_same_again_is_the_same_image(team: Teamed) -> None:
    data = fresh("JPEG", quality=60)
    image = await made(team, data)
    assert await made(team, data, name="Other.jpg") == image
    async with team.hub.anybody.get(image["url"]) as response:
        kept = await response.read()
    assert kept != data and await made(team, kept, name="Exported.jpg") == image, "as the hub has written it"
    theirs = await made(team, kept, f"there.{OPERATOR}")
    assert theirs["name"] != image["name"]
    assert await made(team, kept, f"there.{OPERATOR}") == theirs


@pytest.mark.parametrize("who", ["", VIEWER, ANNOUNCER])
async def test_who_may_not(team: Teamed, who: str) -> None:
    image = await made(team, fresh())
    status = 403 if who else 401
    assert (await upload(team, who, fresh()))[0] == status
    for method, path, body in (
        ("POST", "/crop", {"x": 0, "y": 0, "width": 1, "height": 1}),
        ("PATCH", "", {"title": "x"}),
        ("DELETE", "", None),
    ):
        assert (await team.ask(who, method, f"/api/images/{image['name']}{path}", body))[0] == status
    assert (await team.ask(who, "GET", "/api/images"))[0] == (200 if who else 401)


async def test_anothers_are_absent(team: Teamed) -> None:
    image = await made(team, fresh())
    name, who = image["name"], f"there.{OWNER}"
    assert name not in await listed(team, who)
    none = "0" * 32 + ".png"
    for method, path, body in (
        ("POST", "/crop", {"x": 0, "y": 0, "width": 1, "height": 1}),
        ("PATCH", "", {"title": "x"}),
        ("DELETE", "", None),
    ):
        said = [await team.error(who, method, f"/api/images/{each}{path}", body) for each in (name, none)]
        assert said == [(404, f"There is no image {each!r}.", None) for each in (name, none)]
    assert (await upload(team, who, fresh(), partner="default"))[0] == 404
    assert (await team.ask(who, "GET", "/api/images?partner=default"))[0] == 404
    assert (await listed(team, OWNER))[name] == image


async def test_an_admin_says_whose_it_is(team: Teamed) -> None:
    status, answer = await upload(team, ADMIN, fresh())
    assert (status, answer["error"]["field"]) == (400, "partner")
    image = await made(team, fresh(), ADMIN, partner="there")
    assert image["partner"]["slug"] == "there"
    assert image["name"] in await listed(team, MACHINE) and image["name"] in await listed(
        team, f"there.{VIEWER}"
    )
    assert image["name"] in await listed(team, MACHINE, "?partner=there")
    assert image["name"] not in await listed(team, MACHINE, "?partner=default")


async def test_a_part_of_it(team: Teamed) -> None:
    """At once, or of an image that is there."""
    crop = {"x": 10, "y": 20, "width": 50, "height": 30}
    image = await made(team, fresh(), **{each: str(value) for each, value in crop.items()})
    assert (image["width"], image["height"]) == (50, 30)
    whole = await made(team, film("GIF", 3, (100, 80)), title=" Loop ")
    assert (whole["frames"], whole["title"]) == (3, "Loop")
    status, answer = await team.ask(OPERATOR, "POST", f"/api/images/{whole['name']}/crop", crop)
    part = answer["image"]
    assert status == 201 and part["name"] != whole["name"]
    assert (part["width"], part["height"], part["frames"], part["title"]) == (50, 30, 3, "Loop")
    assert whole["name"] in await listed(team, VIEWER)
    said = await team.error(OPERATOR, "POST", f"/api/images/{whole['name']}/crop", crop | {"x": 51})
    assert said == (400, "crop: expected a part of the picture, which is 100 by 80 pixels", "crop")
    said = await team.error(OPERATOR, "POST", f"/api/images/{whole['name']}/crop", crop | {"x": -1})
    assert said[0] == 400


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"x": "1"}, "crop"),
        ({"x": "1", "y": "1", "width": "1", "height": "0"}, "height"),
        ({"x": "-1", "y": "1", "width": "1", "height": "1"}, "x"),
        ({"x": "0", "y": "0", "width": "9000", "height": "1"}, "width"),
        ({"x": "0", "y": "0", "width": "201", "height": "1"}, "crop"),
    ],
)
async def test_what_is_no_part_of_it(team: Teamed, texts: dict[str, str], field: str) -> None:
    status, answer = await upload(team, OPERATOR, encoded(drawn((200, 120)), "PNG"), **texts)
    assert (status, answer["error"]["field"]) == (400, field)


async def test_called_otherwise(team: Teamed) -> None:
    image = await made(team, fresh())
    path = f"/api/images/{image['name']}"
    status, answer = await team.ask(OPERATOR, "PATCH", path, {"title": " Sponsors <b> "})
    assert status == 200 and answer["image"] == image | {"title": "Sponsors <b>"}
    assert await team.error(OPERATOR, "PATCH", path, {"title": " "}) == (
        400,
        "title: expected 1 to 200 characters on one line",
        "title",
    )
    assert (await team.error(OPERATOR, "PATCH", path, {"name": "x"}))[0] == 400


async def test_deleted_when_nothing_shows_it(team: Teamed) -> None:
    image = await made(team, fresh())
    path = f"/api/images/{image['name']}"
    template = await team.owner.fetchval(
        "INSERT INTO templates (partner_id, name, version) VALUES (1, 'With a logo', 1) RETURNING id"
    )
    await team.owner.execute(
        "INSERT INTO template_versions (template_id, version, content, images) VALUES ($1, 1, '{}', $2)",
        template,
        [image["name"]],
    )
    assert (await listed(team, VIEWER))[image["name"]]["used_by"] == ["With a logo"]
    said = await team.error(OPERATOR, "DELETE", path)
    assert said == (409, "This image is in the template “With a logo”, or in an earlier version of it.", None)
    await team.owner.execute("DELETE FROM templates WHERE id = $1", template)
    assert await team.ask(OPERATOR, "DELETE", path) == (204, None)
    for url in (image["url"], image["thumbnail"]):
        async with team.hub.anybody.get(url) as response:
            assert response.status == 404
    assert (await team.error(OPERATOR, "DELETE", path))[0] == 404
    assert image["name"] not in await listed(team, VIEWER)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", WHAT),
        (encoded(drawn(), "TIFF"), WHAT),
        (encoded(drawn((200, 120)), "PNG")[:-40], DAMAGED),
        (
            png_bomb(50_000, 50_000),
            "file: expected a picture of at most 24 megapixels, and 8192 pixels on a side",
        ),
        (b"", WHAT),
    ],
)
async def test_what_it_is_is_found_out_by_decoding(team: Teamed, data: bytes, said: str) -> None:
    """Whatever it is called, and whatever its sender says."""
    before = await listed(team, MACHINE)
    files = set(team.hub.app.changes.images.files.path.iterdir())
    status, answer = await upload(team, OPERATOR, data, "logo.png", "image/png")
    assert (status, answer["error"]) == (400, {"code": "invalid", "message": said, "field": "file"})
    assert await listed(team, MACHINE) == before
    assert set(team.hub.app.changes.images.files.path.iterdir()) == files


async def test_a_picture_that_says_it_is_something_else(team: Teamed) -> None:
    image = await made(team, fresh("JPEG", comment=SECRET), name="../../evil.svg", kind="image/svg+xml")
    assert image["name"].endswith(".jpg") and image["title"] == "evil.svg"
    async with team.hub.anybody.get(image["url"]) as response:
        assert response.content_type == "image/jpeg" and SECRET not in await response.read()


async def test_too_much(team: Teamed) -> None:
    status, answer = await upload(team, OPERATOR, bytes((10 << 20) + 1))
    assert (status, answer["error"]["field"]) == (413, "file") and "limits.upload_mib" in answer["error"][
        "message"
    ]
    assert (await team.error(OPERATOR, "POST", "/api/images", {"file": "x"}))[0] == 415
    form = aiohttp.FormData({"title": "x"}, default_to_multipart=True)
    headers = {"Authorization": f"Bearer {team.tokens[OPERATOR]}"}
    async with team.hub.anybody.post("/api/images", data=form, headers=headers) as response:
        assert response.status == 400 and (await response.json())["error"]["field"] == "file"


async def test_one_whose_file_is_gone(team: Teamed) -> None:
    image = await made(team, fresh())
    team.hub.app.changes.images.files.remove([image["name"]])
    assert (await listed(team, VIEWER))[image["name"]]["missing"]
    crop = {"x": 0, "y": 0, "width": 1, "height": 1}
    assert (await team.error(OPERATOR, "POST", f"/api/images/{image['name']}/crop", crop))[0] == 404
    async with team.hub.anybody.get(image["url"]) as response:
        assert response.status == 404
    assert await team.ask(OPERATOR, "DELETE", f"/api/images/{image['name']}") == (204, None)


async def test_they_go_with_their_partner(team: Teamed) -> None:
    partner = (await team.ask(MACHINE, "POST", "/api/partners", {"name": "Gone"}))[1]["partner"]
    image = await made(team, fresh(), MACHINE, partner=partner["slug"])
    await team.owner.execute("INSERT INTO templates (partner_id, name) VALUES ($1, 'Theirs')", partner["id"])
    path = f"/api/partners/{partner['id']}"
    said = await team.error(MACHINE, "DELETE", path)
    assert said == (409, "The partner has 1 template; delete them first.", None)
    await team.owner.execute("UPDATE templates SET deleted_at = now() WHERE partner_id = $1", partner["id"])
    assert (await team.ask(MACHINE, "DELETE", path))[0] == 204
    assert image["name"] not in await listed(team, MACHINE)
    assert image["name"] not in await team.hub.app.changes.images.there()
