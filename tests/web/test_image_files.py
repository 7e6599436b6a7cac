"""Images as screens get them."""

import asyncio
import os
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from hub.image_words import Picture
from hub.web import image_files
from hub.web.headers import HEADERS
from hub.web.state import CONDITION
from tests.running import Running, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME: Final = "0123456789abcdef" * 2 + ".png"
BODY: Final = bytes(range(256)) * 4096


@pytest.fixture
def hub(shared_hub: Running) -> Running:
    shared_hub.app.changes.images.files.put(Picture(NAME, 1, 1, 1, BODY, b"thumb"))
    return shared_hub


async def test_for_whoever_knows_its_name(hub: Running) -> None:
    for name, body, kind in ((NAME, BODY, "image/png"), (f"{NAME}.thumb.webp", b"thumb", "image/webp")):
        async with hub.anybody.get(f"/images/{name}") as response:
            assert response.status == 200 and await response.read() == body
            told = response.headers
        assert told["Content-Type"] == kind and told["Content-Length"] == str(len(body))
        assert told["Cache-Control"] == "public, max-age=31536000, immutable"
        assert told["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert told["Content-Security-Policy"] == "default-src 'none'; sandbox"
        others = {each: value for each, value in HEADERS.items() if each not in image_files.OTHERWISE}
        assert others.items() <= told.items() and told["X-Content-Type-Options"] == "nosniff"
        async with hub.anybody.head(f"/images/{name}") as response:
            assert response.status == 200 and await response.read() == b""
            assert response.headers["Content-Length"] == str(len(body))
        for asked, status in ((told["ETag"], 304), (f'W/"x", {told["ETag"]}', 304), ('"x"', 200)):
            async with hub.anybody.get(f"/images/{name}", headers={"If-None-Match": asked}) as response:
                assert response.status == status, asked
                assert response.headers["Cache-Control"].endswith("immutable")


@pytest.mark.parametrize(
    "name",
    [
        "f" * 32 + ".png",
        NAME.replace(".png", ".jpg"),
        NAME.upper(),
        f"{NAME}.thumb.png",
        f"{NAME}.0123abcd",
        f"{NAME}.thumb.webp.0123abcd",
        f"{NAME}%00",
        f"{NAME}%0a",
        f"..%2fimages%2f{NAME}",
        "..%2fadmin.token",
        "admin.token",
        ".",
    ],
)
async def test_what_is_no_image(hub: Running, name: str) -> None:
    """Nor a file that is not whole yet, nor any other of the folder."""
    for beside in (f"{NAME}.0123abcd", f"{NAME}.thumb.webp.0123abcd", "admin.token"):
        (hub.app.changes.images.files.path / beside).write_text("x")
    async with hub.anybody.get(f"{hub.origin}/images/{name}", allow_redirects=False) as response:
        assert response.status in (404, 308) and await response.read() != b"x"
        if response.status == 404:
            assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_while_the_hub_is_not_ready(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.app._application[CONDITION], "not_ready", "PostgreSQL is not connected yet")
    async with hub.anybody.get(f"/images/{NAME}") as response:
        assert response.status == 200
    async with hub.http.get("/api/images") as response:
        assert response.status == 503


async def test_a_file_that_is_cut_off_meanwhile_is_no_whole_image(
    hub: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_files, "PIECE_BYTES", 100)
    before = image_files._opened

    def opened(path: Path) -> object:
        found = before(path)
        os.truncate(path, 150)
        return found

    monkeypatch.setattr(image_files, "_opened", opened)
    with pytest.raises(aiohttp.ClientPayloadError):
        async with hub.anybody.get(f"/images/{NAME}") as response:
            await response.read()


async def test_who_takes_nothing_of_it_is_hung_up_on(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_files, "STALL_S_MAX", 0.1)
    hub.app.changes.images.files.put(Picture("e" * 32 + ".png", 1, 1, 1, bytes(16 << 20), b""))
    closed: list[bool] = []
    before = image_files._send

    async def send(*arguments: object) -> None:
        try:
            await before(*arguments)  # type: ignore[arg-type]
        finally:
            closed.append(True)

    monkeypatch.setattr(image_files, "_send", send)
    reader, writer = await asyncio.open_connection(*hub.addresses.web, limit=1024)
    writer.write(f"GET /images/{'e' * 32}.png HTTP/1.1\r\nHost: hub\r\n\r\n".encode())
    await until(lambda: closed)
    async with asyncio.timeout(10):
        with pytest.raises(ConnectionError):
            while await reader.read(1 << 20):
                pass
            raise ConnectionError("cut off in the middle")
    writer.close()
