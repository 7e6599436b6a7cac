"""The lines that go with runners, as the predecessor's builder lists them."""

from typing import Any

import pytest

from tests.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_listed_added_once_and_taken_away(shared_hub: Running) -> None:
    hub = shared_hub

    async def asks(method: str, path: str = "", **given: Any) -> tuple[int, Any]:
        async with hub.http.request(method, f"/api/messages{path}", **given) as answer:
            return answer.status, await answer.json()

    assert await asks("GET") == (200, [])
    assert await asks("POST", json={"text": "Great job!"}) == (200, ["Great job!"])
    assert await asks("POST", json={"text": "Keep it up!"}) == (200, ["Great job!", "Keep it up!"])
    assert await asks("POST", json={"text": " Great job! "}) == (200, ["Great job!", "Keep it up!"])
    assert await asks("POST", data={"text": "Keep it up!"}) == (200, ["Great job!", "Keep it up!"])
    assert await asks("POST", json={"words": "x"}) == (400, {"error": "Missing text field"})
    async with hub.anybody.get(f"/api/messages?display={hub.code}") as answer:
        assert await answer.json() == ["Great job!", "Keep it up!"]
    async with hub.anybody.get("/api/messages") as answer:
        assert await answer.json() == []
    for index in ("2", "-1", "x"):
        assert await asks("DELETE", f"/{index}") == (400, {"error": "Invalid index"})
    assert await asks("DELETE", "/0") == (200, ["Keep it up!"])
    assert await asks("DELETE", "/0") == (200, [])
    async with hub.anybody.post("/api/messages", json={"text": "x"}) as answer:
        said = await answer.json()  # its pages show a text
        assert (answer.status, said["success"], said["error"][:7]) == (401, False, "Sign in")
