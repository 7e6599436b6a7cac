"""The token of the admin."""

from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import WSServerHandshakeError

from hub.web.auth import admin_token
from tests.running import Running


@pytest.fixture
def hub(shared_hub: Running) -> Running:
    return shared_hub


PATH = "/api/sessions"


def test_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    token = admin_token(tmp_path)
    file = tmp_path / "admin.token"
    assert file.read_text() == f"{token}\n" and len(token) >= 40
    assert file.stat().st_mode & 0o777 == 0o600
    assert admin_token(tmp_path) == token
    file.chmod(0o644)
    assert admin_token(tmp_path) == token
    assert file.stat().st_mode & 0o777 == 0o600
    assert len({admin_token(_folder(tmp_path, each)) for each in "abc"}) == 3


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer wrong", "Basic {}", "{}", "Bearer {}x", "Bearer x{}", "Bearer \udcff"],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_without_the_token_nothing(hub: Running, header: str) -> None:
    value = header.format(hub.token).encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    headers = {"Authorization": value} if header else {}
    for method, path in (("GET", PATH), ("GET", f"{PATH}/1/reads"), ("POST", "/api/rosters/import")):
        async with hub.anybody.request(method, path, headers=headers) as response:
            assert response.status == 401
            assert response.headers["WWW-Authenticate"] == "Bearer"
            error = (await response.json())["error"]
            assert error["code"] == "unauthorized" and hub.token not in error["message"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
@pytest.mark.asyncio(loop_scope="session")
async def test_with_it(hub: Running, scheme: str) -> None:
    async with hub.anybody.get(PATH, headers={"Authorization": f"{scheme}  {hub.token} "}) as response:
        assert response.status == 200


# Those who only watch


async def opened(hub: Running, **headers: str) -> int:
    """How the session's socket answers: 101, or the refusal's status."""
    try:
        async with hub.anybody.ws_connect(f"/ws/sessions/{hub.session_id}", headers=headers):
            return 101
    except WSServerHandshakeError as refusal:
        return refusal.status


@pytest_asyncio.fixture(loop_scope="session")
async def cookie(hub: Running) -> str:
    """What the front page gives its visitor."""
    async with hub.anybody.get("/") as response:
        given = response.headers["Set-Cookie"]
    hub.anybody.cookie_jar.clear()
    assert "HttpOnly" in given and "SameSite=Lax" in given and hub.token not in given
    return given.partition(";")[0]


@pytest.mark.asyncio(loop_scope="session")
async def test_watching_wants_the_token_or_the_front_pages_cookie(hub: Running, cookie: str) -> None:
    assert await opened(hub) == 401
    assert await opened(hub, Cookie=f"{cookie.partition('=')[0]}=x") == 401
    assert await opened(hub, Authorization="Bearer x") == 401
    assert await opened(hub, Authorization=f"Bearer {hub.token}") == 101
    assert await opened(hub, Authorization=f"Bearer {hub.token}", Origin="http://elsewhere.example") == 101
    assert await opened(hub, Cookie=cookie) == 101


@pytest.mark.asyncio(loop_scope="session")
async def test_the_cookie_is_of_no_use_to_another_sites_page(hub: Running, cookie: str) -> None:
    assert await opened(hub, Cookie=cookie, Origin=hub.origin) == 101
    assert await opened(hub, Cookie=cookie, Host="Hub.example", Origin="https://hub.example:443") == 101
    for origin in ("http://elsewhere.example", f"{hub.origin}.elsewhere.example", "null", "", "http://[x"):
        assert await opened(hub, Cookie=cookie, Origin=origin) == 403, origin
    assert await opened(hub, Cookie=cookie, **{"Sec-Fetch-Site": "cross-site"}) == 403


@pytest.mark.asyncio(loop_scope="session")
async def test_the_cookie_changes_nothing(hub: Running, cookie: str) -> None:
    async with hub.anybody.get(PATH, headers={"Cookie": cookie}) as response:
        assert response.status == 401
