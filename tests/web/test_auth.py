"""The token of the admin."""

import re
from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError

from hub.accounts import ADMIN, ANNOUNCER, OPERATOR, OWNER, ROLES
from hub.web.auth import ANYBODY, HARMLESS, WITH_CODE, admin_token
from hub.web.routes import ROUTES, Route
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


async def opened(hub: Running, **headers: str) -> int:
    """How the session's socket answers: 101, or the refusal's status."""
    try:
        async with hub.anybody.ws_connect(f"/ws/sessions/{hub.session_id}", headers=headers):
            return 101
    except WSServerHandshakeError as refusal:
        return refusal.status


@pytest.mark.asyncio(loop_scope="session")
async def test_watching_wants_to_know_who_watches(hub: Running) -> None:
    assert await opened(hub) == 401
    assert await opened(hub, Authorization="Bearer x") == 401
    assert await opened(hub, Authorization=f"Bearer {hub.token}") == 101
    assert await opened(hub, Authorization=f"Bearer {hub.token}", Origin="http://elsewhere.example") == 101


@pytest.mark.asyncio(loop_scope="session")
async def test_who_opens_a_page_is_led_to_the_login_and_back(hub: Running) -> None:
    async with hub.anybody.get("/?a=1", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/login?to=/?a%3D1")
    async with hub.anybody.get("/front/state", allow_redirects=False) as response:
        assert response.status == 401


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_says_who_may_come(route: Route) -> None:
    assert route.least in (ANYBODY, WITH_CODE, *ROLES)
    changes = route.method not in HARMLESS
    said = route.least == ANNOUNCER and SAID.fullmatch(route.path)
    assert (
        not changes
        or route.least in (OPERATOR, OWNER, ADMIN)
        or said
        or route.path.startswith(OPEN)
        or route.path in OLD
    )


OPEN = ("/api/auth/", "/api/me/", "/api/tokens")
"""What whoever is signed in may change is one's own."""
OLD = {
    *(
        "/api/login",
        "/api/test-provider-connection",
        "/api/fetch-events",
        "/api/select-event",
        "/api/select-mode",
    ),
    *("/api/test-connection", "/api/runner-displayed", "/api/queue-clear"),
}
"""What the predecessor's pages send without a sign-in changes nothing, and is answered in the shape that they show:
tests/web/api/test_old_services.py, test_old_screens.py."""
SAID = re.compile(r"/api/sessions/{id}/(messages|marks|calls)(/{\w+})?")
"""What announcers may change is what they say, and have said."""
