"""`/api/sessions/{id}/rejects`: what could not be understood, as it came."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.listening import ANSWERS, GREETING, line
from tests.running import Running, until

BAD = [b"CT01_33~2~FINISH~7~not a time~1~12000C~2", "Mé~1".encode(), b"M\xe9~1"]


async def send(hub: Running, *lines: bytes) -> None:
    """As a reader does that has shaken hands and leaves."""
    rejected = hub.app.hub.total_rejected + len(lines)
    _, writer = await asyncio.open_connection(*hub.address())
    writer.write(GREETING + ANSWERS + line(1) + b"".join(each + b"\r\n" for each in lines))
    writer.write_eof()
    await until(lambda: hub.app.hub.total_rejected == rejected)
    writer.close()


async def listed(hub: Running, query: str = "", count: int = 0) -> Any:
    """As soon as the database has so many."""
    while True:
        found = await hub.get(f"/api/sessions/{hub.session_id}/rejects{query}")
        if len(found["rejects"]) >= count:
            return found


async def test_lines_as_they_came(hub: Running) -> None:
    assert await listed(hub) == {"rejects": [], "next": None}
    await send(hub, *BAD)
    found = (await listed(hub, count=3))["rejects"]
    assert [each["line"].encode(each["encoding"]) for each in found] == BAD
    assert [each["encoding"] for each in found] == ["utf-8", "utf-8", "latin-1"]
    assert found[0]["reason"].startswith("time: 'not a time'")
    assert all(each["reason"] == "neither a read nor an answer" for each in found[1:])
    (source,) = hub.app.hub.sources.values()
    assert all(
        each["source"]
        == {
            "id": source.id,
            "program": "SimpleClient",
            "version": "0.6.0",
            "remote_address": "127.0.0.1",
            "event_name": "Spring run",
        }
        for each in found
    )
    for each in found:
        assert abs((datetime.fromisoformat(each["received_at"]) - datetime.now(UTC)).total_seconds()) < 60


async def test_page_by_page(hub: Running) -> None:
    await send(hub, *(f"junk {number}".encode() for number in range(5)))
    await listed(hub, count=5)
    seen, after = [], 0
    while after is not None:
        page = await listed(hub, f"?limit=2&after={after}")
        seen += [each["line"] for each in page["rejects"]]
        after = page["next"]
    assert seen == [f"junk {number}" for number in range(5)]


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/api/sessions/999/rejects", 404, None),
        ("/api/sessions/x/rejects", 400, "id"),
        ("/api/sessions/1/rejects?after=-1", 400, "after"),
        ("/api/sessions/1/rejects?limit=0", 400, "limit"),
    ],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_what_cannot_be_asked(shared_hub: Running, path: str, status: int, field: str | None) -> None:
    async with shared_hub.http.get(path) as response:
        assert response.status == status
        assert (await response.json())["error"].get("field") == field


@pytest.mark.asyncio(loop_scope="session")
async def test_only_with_the_token(shared_hub: Running) -> None:
    async with shared_hub.anybody.get(f"/api/sessions/{shared_hub.session_id}/rejects") as response:
        assert response.status == 401
