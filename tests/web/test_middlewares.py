"""What holds for every request."""

import logging
from typing import Any

import aiohttp
import pytest

from hub.errors import StoreAway, TooLarge
from hub.web.api import health
from hub.web.headers import HEADERS
from tests.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def hub(shared_hub: Running) -> Running:
    return shared_hub


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def answer(hub: Running, path: str, method: str = "GET", **more: Any) -> tuple[int, Any]:
    async with hub.http.request(method, path, **more) as response:
        assert response.content_type == "application/json", await response.text()
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("GET", "/api/none", 404, "not_found"),
        ("PUT", "/api/sessions", 405, "method_not_allowed"),
        ("GET", "/api/sessions/7/reads", 404, "not_found"),
        ("GET", "/api/sessions/x/reads", 400, "invalid"),
        ("POST", "/health", 405, "method_not_allowed"),
        ("GET", "/none", 404, "not_found"),
        ("GET", "/static/", 404, "not_found"),
        ("GET", "/ws/none", 404, "not_found"),
    ],
)
async def test_one_shape_of_error(hub: Running, method: str, path: str, status: int, code: str) -> None:
    found, body = await answer(hub, path, method)
    assert found == status and set(body) == {"error"}
    error = body["error"]
    assert error.pop("code") == code and error.pop("message") and set(error) <= {"field"}


@pytest.mark.parametrize("path", ["/api/none", "/health/none", "/status/none", "/static/none", "/ws/none"])
async def test_machines_get_json_whatever_a_browser_likes(hub: Running, path: str) -> None:
    assert (await answer(hub, path, headers=BROWSER))[0] == 404


@pytest.mark.parametrize("path", ["/none", "/none/at/all"])
async def test_people_get_a_page(hub: Running, path: str) -> None:
    async with hub.anybody.get(path, headers=BROWSER) as response:
        assert response.status == 404 and response.content_type == "text/html"
        assert "There is nothing at this address." in await response.text()
    async with hub.anybody.post("/d/AAAA2222") as response:
        assert response.status == 405 and response.content_type == "text/html"


async def test_until_it_is_ready_a_hub_says_why(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.app.condition, "not_ready", "PostgreSQL does not answer: no")
    for path in ("/api/sessions", "/status", "/ws/d/AAAA2222", "/none"):
        async with hub.http.get(path) as response:
            assert response.status == 503 and response.headers["Retry-After"] == "2"
            assert (await response.json())["error"] == {
                "code": "unavailable",
                "message": "PostgreSQL does not answer: no",
            }
    async with hub.http.get("/") as response:
        assert response.status == 503 and response.content_type == "text/html"
        assert response.headers["Refresh"] == "2", "nobody stands by to press reload"
    for path in ("/d/AAAA2222", "/display/AAAA2222", "/static/display.css"):
        async with hub.http.get(path) as response:
            assert response.status == 200, "a screen has its page, and its socket tries again"


@pytest.mark.parametrize("path", ["/health", "/api/none", "/d/AAAA2222", "/static/display.js", "/"])
async def test_headers(hub: Running, path: str) -> None:
    async with hub.anybody.get(path, allow_redirects=False) as response:
        for name, value in HEADERS.items():
            assert response.headers[name] == value
        kept = path.startswith(("/d/", "/static/"))
        assert response.headers["Cache-Control"] == ("no-cache" if kept else "no-store")


async def test_a_fault_of_ours_is_logged_without_the_code(
    hub: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub.app.condition, "connections", lambda: 1 // 0)
    status, body = await answer(hub, "/status")
    assert (status, body["error"]["code"]) == (500, "internal")
    assert "ZeroDivisionError" not in body["error"]["message"]
    assert "web: GET /status failed" in caplog.text and "ZeroDivisionError" in caplog.text
    monkeypatch.setattr(hub.app.hub, "session_of", lambda display: 1 // 0)
    with pytest.raises((AssertionError, ConnectionError, aiohttp.ClientError)):
        async with hub.screen() as screen:
            await screen.next("hello")
    assert "web: GET /ws/d/{code} failed" in caplog.text and hub.code not in caplog.text


@pytest.mark.parametrize(
    ("problem", "status", "code"),
    [(StoreAway("gone"), 503, "unavailable"), (TooLarge("much", field="file"), 413, "too_large")],
)
async def test_domain_errors(
    hub: Running, monkeypatch: pytest.MonkeyPatch, problem: Exception, status: int, code: str
) -> None:
    def fail() -> int:
        raise problem

    monkeypatch.setattr(hub.app.condition, "connections", fail)
    found, body = await answer(hub, "/status")
    assert (found, body["error"]["code"], body["error"]["message"]) == (status, code, str(problem))
    assert body["error"].get("field") == getattr(problem, "field", None)


async def test_a_connection_of_ours_that_breaks_is_a_fault(
    hub: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> int:
        raise ConnectionResetError("not the caller's")

    monkeypatch.setattr(hub.app.condition, "connections", fail)
    status, body = await answer(hub, "/status")
    assert (status, body["error"]["code"]) == (500, "internal")
    assert "web: GET /status failed" in caplog.text


async def test_one_who_leaves_is_no_fault_of_ours(hub: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    body = b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\n"

    async def half() -> Any:
        yield body
        raise OSError("the lid was closed")

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    with pytest.raises((OSError, aiohttp.ClientError)):
        await hub.http.post("/api/rosters/import", data=half(), headers=headers)
    assert (await hub.get("/health"))["service"] == health.SERVICE
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == []
