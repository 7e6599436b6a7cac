"""Images where the predecessor's builder looks for them."""

import asyncio
import io

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
