"""Images where the predecessor's builder looks for them."""

import asyncio
import io
import zipfile

import aiohttp
from PIL import Image

from hub.web.api.old_images import UPLOADS
from tests.running import Running


async def test_uploaded_listed_and_served(hub: Running) -> None:
    for nothing in (form(), None):
        async with hub.http.post("/api/upload-image", data=nothing) as answer:
            assert (answer.status, await answer.json()) == (400, {"error": "No files uploaded"})
    async with hub.http.post("/api/upload-image", data=form("files[]", "files[]")) as answer:
        assert answer.status == 200, await answer.text()
        made = await answer.json()
    assert len(made["data"]) == 2 and made["url"] == made["data"][0]
    async with hub.http.get("/api/user-images") as answer:
        images = (await answer.json())["images"]
    assert {each["url"] for each in images} == set(made["data"])
    first = images[0]
    assert first["id"] == f"image-{first['filename']}" and first["fileSize"] > 0
    assert first["dimensions"] == {"width": 40, "height": 30} and first["displayName"].endswith(".png")
    assert first["uploadDate"] >= images[1]["uploadDate"]
    for address in (first["url"], first["thumbnail"]):
        async with hub.anybody.get(address) as answer:
            assert answer.status == 200 and answer.content_type.startswith("image/"), address
    await asyncio.to_thread(hub.app._application[UPLOADS].put, "logo_17.png", first["filename"])
    for address in ("/static/uploads/logo_17.png", "/static/uploads/thumbnails/thumb_logo_17.jpeg"):
        async with hub.anybody.get(address) as answer:
            assert answer.status == 200, address
    for address in ("none.png", "thumbnails/thumb_none.jpeg", "thumbnails/x/y.png", "..%2f..%2fadmin.token"):
        async with hub.anybody.get(f"/static/uploads/{address}") as answer:
            assert answer.status == 404, address


async def test_a_template_holds_what_it_shows_by_an_old_name(hub: Running) -> None:
    async with hub.http.post("/api/upload-image?keep_names=1", data=form("file")) as answer:
        assert await answer.json() == {"data": ["/static/uploads/p0.png"], "url": "/static/uploads/p0.png"}
    body = {
        "name": "Of before",
        "html": '<img src="/static/uploads/p0.png"><img src="/static/uploads/p1.png">',
    }
    async with hub.http.post("/api/templates", json=body) as answer:
        assert answer.status == 200, await answer.text()
    async with hub.http.get("/api/images") as answer:
        (image,) = (await answer.json())["images"]
    assert image["used_by"] == ["Of before"]
    async with hub.http.delete(f"/api/images/{image['name']}") as answer:
        assert answer.status == 409
    async with hub.http.get("/api/templates/Of%20before") as answer:
        html = (await answer.json())["html"]
    assert html == f'<img src="/static/uploads/{image["name"]}"><img src="/static/uploads/p1.png">'
    async with hub.http.get("/api/templates/Of%20before/export") as answer:
        with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
            assert f"images/{image['name']}" in archive.namelist()


async def test_pictures_that_came_after_their_template(hub: Running) -> None:
    for name, html in (("Late", '<img src="/static/uploads/p0.png">'), ("Plain", "<p>{{name}}</p>")):
        async with hub.http.post("/api/templates", json={"name": name, "html": html}) as answer:
            assert answer.status == 200, await answer.text()
    none = {"success": True, "cleaned_count": 0, "message": "Nothing to clean up"}
    assert await cleaned(hub) == none
    async with hub.http.post("/api/upload-image?keep_names=1", data=form("file")) as answer:
        assert answer.status == 200, await answer.text()
    assert await cleaned(hub) == {
        "success": True,
        "cleaned_count": 1,
        "message": "1 of 2 templates have another version now",
    }
    async with hub.http.get("/api/images") as answer:
        assert [each["used_by"] for each in (await answer.json())["images"]] == [["Late"]]
    assert await cleaned(hub) == none
    async with hub.http.get("/api/templates/Late/versions") as answer:
        assert [each["version"] for each in (await answer.json())["versions"]] == [2, 1]


async def cleaned(hub: Running) -> object:
    async with hub.http.post("/api/templates/cleanup") as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


def picture(shade: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 0, 0)).save(file, "PNG")
    return file.getvalue()


def form(*names: str) -> aiohttp.FormData:
    made = aiohttp.FormData()
    made.add_field("other", b"x", filename="x.txt")
    for number, name in enumerate(names):
        made.add_field(name, picture(number), filename=f"p{number}.png", content_type="image/png")
    return made
