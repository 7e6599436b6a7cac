"""The table of addresses: what answers, to which methods."""

import pytest

from hub.web.assets import FOREVER, Assets
from hub.web.routes import STATIC
from tests.running import Running, raw

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def hub(shared_hub: Running) -> Running:
    return shared_hub


READS = [
    ("/health", 200),
    ("/status", 200),
    ("/api/sessions", 200),
    ("/api/sessions/1/reads", 200),
    ("/d/AAAA2222", 200),
    ("/display/AAAA2222", 200),
]


@pytest.mark.parametrize(("path", "status"), READS)
async def test_whatever_can_be_got_can_be_asked_for_its_head(hub: Running, path: str, status: int) -> None:
    async with hub.http.get(path) as got, hub.http.head(path) as head:
        assert got.status == head.status == status
        assert head.headers["Content-Type"] == got.headers["Content-Type"]
        assert await head.read() == b""


@pytest.mark.parametrize(("path", "status"), READS)
async def test_a_slash_too_many_leads_to_the_address(hub: Running, path: str, status: int) -> None:
    async with hub.http.get(f"{path}/?limit=1", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (308, f"{path}?limit=1")


@pytest.mark.parametrize("path", ["//example.com/", "/%2F/example.com/", "//example.com/d/AAAA2222/"])
async def test_no_slashes_lead_elsewhere(hub: Running, path: str) -> None:
    async with hub.http.get(hub.origin + path, allow_redirects=False) as response:
        assert not response.headers.get("Location", "").startswith("//")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/health", {"GET", "HEAD"}),
        ("DELETE", "/api/sessions", {"GET", "HEAD", "POST"}),
        ("GET", "/api/rosters/import", {"POST"}),
        ("PUT", "/d/AAAA2222", {"GET", "HEAD"}),
        ("POST", "/static/display.js", {"GET", "HEAD"}),
        ("OPTIONS", "/health", {"GET", "HEAD"}),
        ("OPTIONS", "/api/sessions/1", {"DELETE", "GET", "HEAD", "PATCH"}),
        ("HEAD", "/api/rosters/import", {"POST"}),
        ("HEAD", "/ws/d/AAAA2222", {"GET"}),
        ("TRACE", "/", {"GET", "HEAD"}),
    ],
)
async def test_other_methods(hub: Running, method: str, path: str, allowed: set[str]) -> None:
    async with hub.http.request(method, path) as response:
        assert response.status == 405
        assert {each.strip() for each in response.headers["Allow"].split(",")} == allowed
        body = await response.read()
        assert bool(body) == (method != "HEAD")
        if response.content_type == "application/json" and body:
            assert (await response.json())["error"]["code"] == "method_not_allowed"


async def test_an_error_has_a_head_too(hub: Running) -> None:
    async with hub.http.get("/api/none") as got, hub.http.head("/api/none") as head:
        assert (got.status, head.status, await head.read()) == (404, 404, b"")
        assert head.headers["Content-Length"] == got.headers["Content-Length"]


async def test_files_are_asked_for_again_and_come_when_they_changed(hub: Running) -> None:
    assets = Assets(STATIC)
    for name in assets.names():
        asset = assets.get(name)
        assert asset is not None
        await check_file(hub, name, asset.body)


async def check_file(hub: Running, name: str, content: bytes) -> None:
    caching = FOREVER if name.endswith(".woff2") else "no-cache"
    async with hub.anybody.get(f"/static/{name}?v=1") as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == caching
        assert await response.read() == content
        tag = response.headers["ETag"]
    async with hub.anybody.get(f"/static/{name}?v=1", headers={"If-None-Match": tag}) as response:
        assert response.status == 304 and response.headers["Cache-Control"] == caching


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static",
        "/static/none.js",
        "/static/../pages.py",
        "/static/%2e%2e/pages.py",
        "/static/%2Fetc/passwd",
        "/static//etc/passwd",
        "/static/%00",
    ],
)
async def test_nothing_else_is_given_out(hub: Running, path: str) -> None:
    answer = await raw(hub, b"GET %b HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n" % path.encode())
    assert answer.startswith(b"HTTP/1.1 404 ") and answer.endswith(b"}}")
