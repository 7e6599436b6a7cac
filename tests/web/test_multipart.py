"""Multipart bodies, by way of the address that takes all kinds of parts."""

from typing import Any

import aiohttp
import pytest

from hub.web import multipart
from tests.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def post(hub: Running, session_id: int = 77, **parts: bytes) -> tuple[int, Any]:
    form = aiohttp.MultipartWriter("form-data")
    for name, data in parts.items():
        form.append(data).set_content_disposition("form-data", name=name)
    async with hub.http.post(f"/api/sessions/{session_id}/import", data=form) as response:
        return response.status, (await response.json())["error"]


async def test_other_parts_are_left_out(shared_hub: Running) -> None:
    status, error = await post(shared_hub, other=b"x" * 100_000, file=b"TO~", more=b"y", location=b"5K")
    assert (status, error["message"]) == (404, "There is no session 77.")


async def test_what_is_missing_is_said(shared_hub: Running) -> None:
    async with shared_hub.http.post("/api/sessions/1/import", data={"file": "x"}) as response:
        assert response.status == 415
        message = (await response.json())["error"]["message"]
    assert message == "expected a multipart body with the parts location and file and markers"


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (b"x" * (multipart.TEXT_BYTES_MAX + 1), 413, "location: expected at most 4096 bytes"),
        (b"Z\xfcrich", 400, "UTF-8"),
    ],
)
async def test_texts_have_a_limit_and_an_encoding(
    shared_hub: Running, text: bytes, status: int, said: str
) -> None:
    found, error = await post(shared_hub, 1, file=b"", location=text)
    assert (found, error["field"]) == (status, "location") and said in error["message"]
