"""Signing in and out, passwords, and the links with which they are chosen."""

import itertools
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from typing import Any, Final

import pytest
import pytest_asyncio
from aiohttp import WSServerHandshakeError

from hub.accounts import ADMIN, OWNER, VIEWER
from hub.config import Limits
from hub.passwords import Hashes
from hub.web import hashing
from hub.web.hashing import HASHING
from hub.web.pauses import FIRST_S, PAUSES
from hub.web.state import FIRST
from tests.postgres import fresh_database
from tests.running import Running, rows, running_hub, settings_for
from tests.signing import PASSWORD, Browser, browser, make_user

OTHER: Final = "spikes und tartan"
_numbers = itertools.count(1)
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with (
        fresh_database(postgres_dsn) as dsn,
        running_hub(settings_for(dsn, tmp_path_factory.mktemp("auth"), limits=Limits(login_tries=3))) as made,
    ):
        yield made


@pytest.fixture
def hub(running: Running) -> Running:
    """Nobody has tried anything yet."""
    running.app._application[PAUSES]._counts.clear()
    return running


@pytest.fixture
def dsn(hub: Running) -> str:
    return hub.app.settings.database.dsn


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(hub: Running) -> AsyncIterator[Browser]:
    async with browser(hub) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def email(hub: Running) -> str:
    """Of a user that no other test knows."""
    address = f"user{next(_numbers)}@race.example"
    await make_user(hub, address)
    return address


async def log_of(dsn: str, what: str) -> list[str]:
    return [
        row["action"]
        for row in await rows(dsn, "SELECT action FROM audit_log WHERE what = $1 ORDER BY id", what)
    ]


async def link_for(hub: Running, address: str, role: str = VIEWER) -> tuple[int, str]:
    """An invitation, as an owner hands it on: the user's id and the link's secret."""
    body = {"email": address, "role": role}
    async with hub.http.post("/api/users", json=body) as response:
        made = await response.json()
        assert response.status == 201, made
        return made["user"]["id"], made["link"].partition("#")[2]


# Signing in


async def test_signed_in_until_signed_out(hub: Running, visitor: Browser, email: str, dsn: str) -> None:
    assert await visitor.status() == 401
    status, body = await visitor.login(email.upper())
    partner = next(iter(hub.app.hub.partners.values()))
    shown = {"id": body["user"]["id"], "email": email, "name": "", "role": "operator"}
    shown["partner"] = {"id": partner.id, "slug": partner.slug, "name": partner.name}
    assert status == 200 and body == {"success": True, "user": shown}
    assert await visitor.ask("GET", "/api/auth/me") == (200, {"user": shown})
    assert await visitor.status("/api/sessions") == 200
    assert await visitor.post("/api/auth/logout") == (200, {"success": True})
    assert await visitor.status() == 401 and visitor.cookies == {}
    assert await visitor.post("/api/auth/logout") == (200, {"success": True}), "whoever asks"
    assert await log_of(dsn, email) == ["user.added", "auth.signed_in"]


async def test_ones_own_name(hub: Running, visitor: Browser, email: str, dsn: str) -> None:
    await visitor.login(email)
    status, body = await visitor.ask("PATCH", "/api/auth/me", json={"name": "  Ann   King "})
    assert (status, body["user"]["name"]) == (200, "Ann King")
    assert (await visitor.ask("GET", "/api/auth/me"))[1] == body
    assert (await visitor.ask("PATCH", "/api/auth/me", json={"name": "Ann King"}))[0] == 200
    assert await log_of(dsn, email) == ["user.added", "auth.signed_in", "user.changed"], "once"
    status, body = await visitor.ask("PATCH", "/api/auth/me", json={"name": " "})
    assert (status, body["error"]["field"]) == (400, "name")
    assert (await visitor.ask("PATCH", "/api/auth/me", json={"name": "x", "role": "owner"}))[0] == 400
    async with hub.http.patch("/api/auth/me", json={"name": "x"}) as response:
        assert response.status == 403, "a machine is called as it is"


async def test_a_copy_of_the_cookie_ends_with_the_sign_out(
    hub: Running, visitor: Browser, email: str
) -> None:
    await visitor.login(email)
    async with browser(hub) as thief:
        thief.take(visitor.cookies)
        assert await thief.status() == 200
        await visitor.post("/api/auth/logout")
        assert await thief.status() == 401


async def test_what_the_cookie_is(hub: Running, visitor: Browser, email: str) -> None:
    async with visitor.http.post("/api/auth/login", json={"email": email, "password": PASSWORD}) as response:
        (given,) = response.headers.getall("Set-Cookie")
    (cookie,) = SimpleCookie(given).values()
    assert cookie.key.startswith("racehub_") and cookie["path"] == "/" and not cookie["domain"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == str(12 * 3600)
    assert not cookie["secure"], "over plain http it would never come back"
    assert email not in given and PASSWORD not in given


async def test_no_sign_in_under_a_name_that_was_brought_along(
    hub: Running, visitor: Browser, email: str
) -> None:
    await visitor.login(email)
    first = visitor.cookies
    await visitor.login(email)
    assert visitor.cookies.keys() == first.keys() and visitor.cookies != first
    async with browser(hub) as planted:
        planted.take({next(iter(first)): "A" * 43})
        await planted.login(email)
        assert "A" * 43 not in planted.cookies.values() and await planted.status() == 200


@pytest.mark.parametrize("given", ["", "x", "A" * 43, "\udcff", "gAAAAA" + "A" * 100, "x" * 3000])
async def test_a_cookie_that_is_none_of_ours(hub: Running, given: str, email: str) -> None:
    async with browser(hub) as visitor:
        await visitor.login(email)
        name = next(iter(visitor.cookies))
    header = f"{name}={given}".encode("utf-8", "surrogateescape").decode("latin-1")
    async with hub.anybody.get("/api/auth/me", headers={"Cookie": header}) as response:
        assert response.status == 401


async def test_another_sites_page_may_not(hub: Running, visitor: Browser, email: str) -> None:
    await visitor.login(email)
    elsewhere = {"Origin": "http://elsewhere.example"}
    for path, body in (("logout", {}), ("password", {"old": PASSWORD, "new": OTHER})):
        status, answer = await visitor.ask("POST", f"/api/auth/{path}", json=body, headers=elsewhere)
        assert status == 403 and answer["error"]["code"] == "forbidden"
    assert await visitor.status() == 200
    async with visitor.http.post("/api/auth/login", data=f'{{"email": "{email}"}}') as response:
        assert response.status == 415, "and a form cannot be JSON"


@pytest.mark.parametrize(
    ("headers", "get", "change"),
    [
        ({}, 200, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200, 200),
        ({"Sec-Fetch-Site": "none"}, 200, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200, 403),
        ({"Origin": "http://elsewhere.example"}, 403, 403),
        ({"Origin": "null"}, 403, 403),
        ({"Origin": "http://[x"}, 403, 403),
        ({"Origin": "https://hub.example:443", "Host": "Hub.example"}, 200, 200),
        ({"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "same-origin"}, 403, 403),
    ],
)
async def test_where_what_relies_on_the_cookie_may_come_from(
    hub: Running, visitor: Browser, email: str, headers: dict[str, str], get: int, change: int
) -> None:
    await visitor.login(email)
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())}
    async with hub.anybody.get("/api/sessions", headers=headers | cookie) as response:
        assert response.status == get
    body = {"old": PASSWORD, "new": PASSWORD}
    async with hub.anybody.post("/api/auth/password", json=body, headers=headers | cookie) as response:
        assert response.status == change
    hub.anybody.cookie_jar.clear()
    await visitor.login(email)
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())}
    try:
        async with hub.anybody.ws_connect(f"/ws/sessions/{hub.session_id}", headers=headers | cookie):
            status = 200
    except WSServerHandshakeError as refusal:
        status = refusal.status
    assert status == change, "a socket may do what a change may"


async def test_a_token_for_programs(hub: Running, visitor: Browser, email: str, dsn: str) -> None:
    status, body = await visitor.login(email, token=True)
    assert status == 200
    headers = {"Authorization": f"Bearer {body['token']}"}
    async with hub.anybody.get("/api/auth/me", headers=headers) as response:
        assert response.status == 200 and (await response.json())["user"]["email"] == email
    (held,) = await rows(
        dsn, "SELECT expires_at - now() AS left FROM tokens WHERE user_id = $1", body["user"]["id"]
    )
    assert 23.9 < held["left"].total_seconds() / 3600 <= 24


async def test_this_machines_token_is_nobodys(hub: Running) -> None:
    async with hub.http.get("/api/auth/me") as response:
        assert (await response.json())["user"]["id"] == 0
    async with hub.http.post("/api/auth/password", json={"old": "x", "new": OTHER}) as response:
        assert response.status == 403


# Wrong passwords


class Counting(Hashes):
    """Knows against what it has verified."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1, lanes=1)
        self.seen: list[str] = []

    def verify(self, held: str, password: str) -> bool:
        self.seen.append(held)
        return super().verify(held, password)


async def test_nobody_can_tell_who_is_a_user(
    hub: Running, visitor: Browser, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = Counting()
    monkeypatch.setattr(hub.app._application[HASHING], "_hashes", hashes)
    disabled, waiting = f"disabled-{email}", f"waiting-{email}"
    user_id = await make_user(hub, disabled)
    await make_user(hub, waiting, password_hash=None)
    await rows(hub.app.settings.database.dsn, "UPDATE users SET disabled_at = now() WHERE id = $1", user_id)
    answers = []
    for address in (email, disabled, waiting, "nobody@race.example", "no address", "nul\0@race.example", ""):
        answers.append(await visitor.login(address, PASSWORD if address != email else OTHER))
        assert len(hashes.seen) == len(answers), "each costs one verification"
        if address != email:
            assert hashes.seen[-1] == hashes.nobodys
    assert {status for status, _ in answers} == {401}
    assert len({str(body) for _, body in answers}) == 1


async def test_so_many_wrong_ones_and_then_a_pause(
    hub: Running, visitor: Browser, email: str, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [(await visitor.login(email, OTHER))[0] for _ in range(3)] == [401] * 3
    async with visitor.http.post("/api/auth/login", json={"email": email, "password": PASSWORD}) as response:
        assert response.status == 429 and 0 < int(response.headers["Retry-After"]) <= FIRST_S
        error = (await response.json())["error"]
        assert error["code"] == "too_many" and "Try again in" in error["message"]
    assert await log_of(dsn, email) == ["user.added", "auth.wrong_passwords"]
    pauses = hub.app._application[PAUSES]
    clock = pauses._clock
    monkeypatch.setattr(pauses, "_clock", lambda: clock() + FIRST_S)
    assert (await visitor.login(email))[0] == 200


async def test_what_could_not_be_looked_at_is_not_counted(
    hub: Running, visitor: Browser, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "WAITING_MAX", -hashing.AT_ONCE_MAX)
    assert [(await visitor.login(email, OTHER))[0] for _ in range(5)] == [503] * 5
    monkeypatch.undo()
    assert (await visitor.login(email))[0] == 200


async def test_an_account_that_does_not_exist_pauses_alike(hub: Running, visitor: Browser, dsn: str) -> None:
    (before,) = await rows(dsn, "SELECT count(*) FROM audit_log")
    answers = [await visitor.login("nobody@race.example", OTHER) for _ in range(5)]
    assert [status for status, _ in answers] == [401] * 3 + [429] * 2
    (after,) = await rows(dsn, "SELECT count(*) FROM audit_log")
    assert after == before, "whoever tries cannot fill the log of changes"


@pytest.mark.parametrize(
    "body",
    [{}, {"email": "a@b"}, {"email": 5, "password": "x"}, {"email": "a@b", "password": "x", "more": 1}, []],
)
async def test_what_is_no_login(visitor: Browser, body: Any) -> None:
    status, answer = await visitor.ask("POST", "/api/auth/login", json=body)
    assert status == 400 and answer["error"]["code"] == "invalid"


async def test_a_password_that_was_kept_cheaply_is_kept_dearly(
    hub: Running, visitor: Browser, email: str, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def kept() -> str:
        (row,) = await rows(dsn, "SELECT password_hash FROM users WHERE email = $1", email)
        return str(row["password_hash"])

    dearer = Hashes(memory_kib=16, passes=1, lanes=1)
    monkeypatch.setattr(hub.app._application[HASHING], "_hashes", dearer)
    assert "m=8," in await kept()
    assert (await visitor.login(email))[0] == 200 and await visitor.status() == 200
    assert "m=16," in await kept() and (await visitor.login(email))[0] == 200


# Another password


async def test_another_password_ends_all_other_sign_ins(
    hub: Running, visitor: Browser, email: str, dsn: str
) -> None:
    _, body = await visitor.login(email, token=True)
    async with browser(hub) as other:
        await other.login(email)
        cookies = visitor.cookies
        assert await visitor.post("/api/auth/password", old=PASSWORD, new=OTHER) == (200, {"success": True})
        assert await visitor.status() == 200 and await other.status() == 401
        assert visitor.cookies != cookies
        assert (await other.login(email))[0] == 401 and (await other.login(email, OTHER))[0] == 200
    headers = {"Authorization": f"Bearer {body['token']}"}
    async with hub.anybody.get("/api/auth/me", headers=headers) as response:
        assert response.status == 401, "a token that stood for a sign-in"
    assert "user.password_changed" in await log_of(dsn, email)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("wrong one", OTHER, "old"),
        (PASSWORD, "short", "new"),
        (PASSWORD, "password1", "new"),
        ("", "", "new"),
    ],
)
async def test_a_password_that_cannot_be_changed(
    visitor: Browser, email: str, old: str, new: str, field: str
) -> None:
    await visitor.login(email)
    status, body = await visitor.post("/api/auth/password", old=old, new=new)
    assert status == 400 and body["error"]["field"] == field
    assert await visitor.status() == 200


async def test_a_stolen_sign_in_may_not_try_passwords_for_ever(visitor: Browser, email: str) -> None:
    await visitor.login(email)
    tried = [(await visitor.post("/api/auth/password", old="wrong one", new=OTHER))[0] for _ in range(4)]
    assert tried == [400] * 3 + [429]


# Links


async def test_an_invitation(hub: Running, visitor: Browser, dsn: str) -> None:
    user_id, token = await link_for(hub, "invited@race.example")
    server = {"partner": next(iter(hub.app.hub.partners.values())).name, "server": "Race hub"}
    shown = {"kind": "join", "email": "invited@race.example"} | server
    for _ in range(2):
        assert await visitor.post("/api/auth/link", token=token) == (200, shown), "to look does not use it up"
    for body, field in (
        ({"password": "invited@race.example"}, "password"),
        ({"password": "x"}, "password"),
        ({"password": PASSWORD, "email": "me@race.example"}, "email"),
        ({"password": PASSWORD, "name": "x" * 300}, "name"),
    ):
        status, answer = await visitor.post("/api/auth/join", token=token, **body)
        assert status == 400 and answer["error"]["field"] == field, body
    status, answer = await visitor.post("/api/auth/join", token=token, password=PASSWORD, name=" Ann  Lee")
    assert status == 200 and answer["user"]["id"] == user_id and answer["user"]["name"] == "Ann Lee"
    assert await visitor.status() == 200, "signed in at once"
    for path, more in (("link", {}), ("join", {"password": OTHER})):
        status, answer = await visitor.post(f"/api/auth/{path}", token=token, **more)
        assert status == 404 and "used up or too old" in answer["error"]["message"]
    assert await log_of(dsn, "invited@race.example") == ["user.invited", "user.joined"]


async def test_a_reset_ends_what_was_and_begins_anew(hub: Running, visitor: Browser, email: str) -> None:
    _, body = await visitor.login(email)
    async with hub.http.post(f"/api/users/{body['user']['id']}/reset") as response:
        token = (await response.json())["link"].partition("#")[2]
    assert await visitor.status() == 401 and (await visitor.login(email))[0] == 401
    assert (await visitor.post("/api/auth/link", token=token))[1]["kind"] == "reset"
    assert (await visitor.post("/api/auth/join", token=token, password=OTHER))[0] == 200
    assert await visitor.status() == 200 and (await visitor.login(email, OTHER))[0] == 200


async def test_links_that_lead_nowhere(hub: Running, visitor: Browser, dsn: str) -> None:
    late_id, late = await link_for(hub, "late@race.example")
    gone_id, gone = await link_for(hub, "gone@race.example")
    await rows(dsn, "UPDATE user_links SET expires_at = now() WHERE user_id = $1", late_id)
    await rows(dsn, "UPDATE users SET disabled_at = now() WHERE id = $1", gone_id)
    for token in (late, gone, "", "rh_x", "ä", "x" * 5000):
        for path, more in (("link", {}), ("join", {"password": PASSWORD})):
            status, _ = await visitor.post(f"/api/auth/{path}", token=token, **more)
            assert status == 404, token


# The first user


async def test_the_first_user(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with (
        fresh_database(postgres_dsn) as dsn,
        running_hub(settings_for(dsn, tmp_path_factory.mktemp("first"))) as hub,
        browser(hub) as visitor,
    ):
        token = hub.app._application[FIRST]
        await make_user(hub, "boss@race.example", OWNER)
        shown = {"kind": "first", "email": None, "partner": None, "server": "Race hub"}
        assert await visitor.post("/api/auth/link", token=token) == (200, shown)
        for body, field in (
            ({"password": PASSWORD}, "email"),
            ({"password": PASSWORD, "email": "x"}, "email"),
            ({"password": "racehub", "email": "ann@race.example"}, "password"),
        ):
            status, answer = await visitor.post("/api/auth/join", token=token, **body)
            assert status == 400 and answer["error"]["field"] == field
        taken = {"password": PASSWORD, "email": "boss@race.example"}
        assert (await visitor.post("/api/auth/join", token=token, **taken))[0] == 409
        first = {"password": PASSWORD, "email": "Ann@Race.example", "name": "Ann"}
        status, answer = await visitor.post("/api/auth/join", token=token, **first)
        assert status == 200 and answer["user"]["role"] == ADMIN and answer["user"]["partner"] is None
        assert await visitor.status("/api/partners") == 200
        assert (await visitor.post("/api/auth/link", token=token))[0] == 404
        second = {"password": PASSWORD, "email": "bob@race.example"}
        assert (await visitor.post("/api/auth/join", token=token, **second))[0] == 404
        assert await log_of(dsn, "ann@race.example") == ["user.joined"]
