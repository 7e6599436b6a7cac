"""Users over the API: the matrix of roles, whose users are there, and the shapes."""

import asyncio

import pytest

from hub.account_rules import GIVES
from hub.accounts import ADMIN, OPERATOR, OWNER, ROLES, VIEWER, at_least, caller_of
from hub.errors import Invalid
from hub.web.api import users
from tests.web.teamed import MACHINE, Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLERS = (*ROLES, MACHINE)


def status_of(who: str, role: str, done: int) -> int:
    """What the table says."""
    return done if role in GIVES[ADMIN if who == MACHINE else who] else 403


# The matrix


@pytest.mark.parametrize("who", CALLERS)
async def test_who_may_invite_whom(team: Teamed, who: str) -> None:
    for role in ROLES:
        email = f"{who}-invites-{role}@example.org"
        body = {"email": email, "role": role} | ({} if role == ADMIN else {"partner": team.here.slug})
        status, answer = await team.ask(who, "POST", "/api/users", body)
        assert status == status_of(who, role, 201), (who, role, answer)
        assert bool(await team.noted(email)) == (status == 201)


@pytest.mark.parametrize("who", CALLERS)
async def test_who_may_change_reset_and_delete_whom(team: Teamed, who: str) -> None:
    for role in ROLES:
        user = await team.user(role)
        path = f"/api/users/{user.id}"
        assert (await team.ask(who, "GET", path))[0] == (
            200
            if who in (MACHINE, ADMIN) or (who == OWNER and role != ADMIN)
            else 404
            if who == OWNER
            else 403
        )
        changed = status_of(who, role, 200)
        if who == OWNER and role == ADMIN:
            changed = 404
        assert (await team.ask(who, "PATCH", path, {"name": "New"}))[0] == changed
        assert (await team.ask(who, "PATCH", path, {"disabled": True}))[0] == changed
        assert (await team.ask(who, "PATCH", path, {"disabled": False}))[0] == changed
        assert (await team.ask(who, "POST", f"{path}/reset"))[0] == changed
        assert (await team.ask(who, "DELETE", path))[0] == (204 if changed == 200 else changed)
        assert (await team.hub.app.stores.people.by_id(user.id) is None) == (changed == 200)


async def test_who_may_make_whom_what(team: Teamed) -> None:
    user = await team.user(VIEWER)
    path = f"/api/users/{user.id}"
    for role in ROLES[:-1]:
        assert (await team.ask(OWNER, "PATCH", path, {"role": role}))[1]["user"]["role"] == role
    status, words, _ = await team.error(OWNER, "PATCH", path, {"role": ADMIN})
    assert (status, words) == (403, "Your role is owner: you cannot make somebody an admin.")
    status, words, field = await team.error(MACHINE, "PATCH", path, {"role": ADMIN})
    assert (status, field) == (400, "role") and "invite again" in words


@pytest.mark.parametrize("who", ["", "there.owner", *ROLES])
async def test_who_may_list(team: Teamed, who: str) -> None:
    status, answer = await team.ask(who, "GET", "/api/users")
    allowed = who and at_least(who.rpartition(".")[2], OWNER)
    assert status == (200 if allowed else 403 if who else 401)
    if allowed:
        partners = {each["partner"] and each["partner"]["slug"] for each in answer["users"]}
        wanted = {"admin": {None, "default", "there"}, "owner": {"default"}, "there.owner": {"there"}}
        assert partners == wanted[who]


# Walls


async def test_another_partner_s_user_is_as_absent_as_nobody(team: Teamed) -> None:
    stranger, words = team.users["there.viewer"], set()
    for user_id in (stranger.id, team.users[ADMIN].id, 10**15):
        path = f"/api/users/{user_id}"
        for method, at, body in (
            ("GET", path, None),
            ("PATCH", path, {"name": "x"}),
            ("DELETE", path, None),
            ("POST", f"{path}/reset", None),
        ):
            status, said, _ = await team.error(OWNER, method, at, body)
            assert status == 404
            words.add(said.replace(str(user_id), "N"))
    assert words == {"There is no user N."}
    assert await team.hub.app.stores.people.by_id(stranger.id) == stranger
    for slug in ("there", "nowhere"):
        assert (await team.error(OWNER, "GET", f"/api/users?partner={slug}"))[0] == 404
        body = {"email": "wall@example.org", "role": VIEWER, "partner": slug}
        status, said, field = await team.error(OWNER, "POST", "/api/users", body)
        assert (status, said, field) == (404, f"There is no partner {slug!r}.", "partner")


async def test_an_admin_may_ask_for_one_partner_s(team: Teamed) -> None:
    found = (await team.ask(ADMIN, "GET", "/api/users?partner=there"))[1]["users"]
    assert {each["partner"]["slug"] for each in found} == {"there"}


# Nobody cuts off the branch


@pytest.mark.parametrize("who", [OWNER, ADMIN])
async def test_nobody_takes_anything_from_themselves(team: Teamed, who: str) -> None:
    path = f"/api/users/{team.users[who].id}"
    for method, at, body in (
        ("PATCH", path, {"disabled": True}),
        ("DELETE", path, None),
        ("POST", f"{path}/reset", None),
    ):
        assert (await team.error(who, method, at, body))[0] == 409
    if who == OWNER:
        assert (await team.error(who, "PATCH", path, {"role": VIEWER}))[0] == 409
    assert (await team.ask(who, "PATCH", path, {"name": "Me"}))[1]["user"]["name"] == "Me"


# Shapes


async def test_an_invitation_and_what_becomes_of_it(team: Teamed) -> None:
    body = {"email": " Ann.Lee@Example.ORG ", "role": OPERATOR, "name": "Ann \t Lee 李"}
    status, answer = await team.ask(OWNER, "POST", "/api/users", body)
    assert status == 201
    user, link = answer["user"], answer["link"]
    assert link.startswith(f"{team.hub.origin}/join#rh_") and answer["expires_at"].endswith("+00:00")
    assert {key: user[key] for key in ("email", "name", "role", "disabled", "waiting", "last_seen_at")} == {
        "email": "ann.lee@example.org",
        "name": "Ann Lee 李",
        "role": OPERATOR,
        "disabled": False,
        "waiting": True,
        "last_seen_at": None,
    }
    assert user["partner"] == {"id": 1, "slug": "default", "name": "Default"}
    assert (await team.ask(OWNER, "GET", f"/api/users/{user['id']}"))[1] == {"user": user}
    joined = await team.hub.app.stores.users.use_link(link.rpartition("#")[2], "hash", None)
    assert joined is not None
    assert not (await team.ask(OWNER, "GET", f"/api/users/{user['id']}"))[1]["user"]["waiting"]
    status, said, field = await team.error(OWNER, "POST", "/api/users", body)
    assert (status, field) == (409, "email") and "already" in said
    reset = (await team.ask(OWNER, "POST", f"/api/users/{user['id']}/reset"))[1]
    assert set(reset) == {"link", "expires_at"} and reset["link"] != link
    assert (await team.ask(OWNER, "GET", f"/api/users/{user['id']}"))[1]["user"]["waiting"]


async def test_a_disabled_user_asks_for_nothing(team: Teamed) -> None:
    user = await team.user(VIEWER)
    made = await team.hub.app.stores.users.make_token(caller_of(user), "x")
    team.tokens["gone"] = made.token
    assert (await team.ask("gone", "GET", "/api/tokens"))[0] == 200
    assert (await team.ask(OWNER, "PATCH", f"/api/users/{user.id}", {"disabled": True}))[0] == 200
    assert (await team.ask("gone", "GET", "/api/tokens"))[0] == 401
    await team.ask(OWNER, "PATCH", f"/api/users/{user.id}", {"disabled": False})
    assert (await team.ask("gone", "GET", "/api/tokens"))[0] == 200
    await team.ask(OWNER, "DELETE", f"/api/users/{user.id}")
    assert (await team.ask("gone", "GET", "/api/tokens"))[0] == 401


async def test_a_link_that_is_used_twice_at_once(team: Teamed) -> None:
    body = {"email": "twice@example.org", "role": VIEWER}
    link = (await team.ask(OWNER, "POST", "/api/users", body))[1]["link"]
    joining = {"token": link.partition("#")[2], "password": "Tartan-Bahn 7"}
    done = await asyncio.gather(*(team.ask("", "POST", "/api/auth/join", joining) for _ in range(3)))
    assert sorted(status for status, _ in done) == [200, 404, 404]
    assert [action for _, action in await team.noted("twice@example.org")] == ["user.invited", "user.joined"]


async def test_an_admin_says_whose_user_it_is(team: Teamed) -> None:
    status, said, field = await team.error(ADMIN, "POST", "/api/users", {"email": "a@b", "role": VIEWER})
    assert (status, field) == (400, "partner") and "default, there" in said
    body = {"email": "a@b", "role": ADMIN, "partner": "there"}
    assert (await team.error(ADMIN, "POST", "/api/users", body))[::2] == (400, "partner")


async def test_the_same_address_invited_at_once(team: Teamed) -> None:
    body = {"email": "race@example.org", "role": VIEWER}
    done = await asyncio.gather(*(team.ask(OWNER, "POST", "/api/users", body) for _ in range(4)))
    assert sorted(status for status, _ in done) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{}", None),
        ('{"email":"a@b"}', None),
        ('{"email":"a","role":"viewer"}', "email"),
        ('{"email":"a@b","role":"king"}', "role"),
        ('{"email":"a@b","role":"viewer","name":"\\u0000"}', "name"),
        ('{"email":"a@b","role":"viewer","name":7}', None),
        ('{"email":"a@b","role":"viewer","password":"x"}', None),
    ],
)
async def test_bodies_that_are_no_invitation(body: str, field: str | None) -> None:
    with pytest.raises(Invalid) as told:
        users.parse_new(body.encode())
    assert told.value.field == field


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"role":"king"}', "role"),
        ('{"name":"\\u202e"}', "name"),
        ('{"disabled":1}', None),
        ('{"email":"a@b"}', None),
        ('{"partner_id":2}', None),
    ],
)
async def test_bodies_that_are_no_change(body: str, field: str | None) -> None:
    with pytest.raises(Invalid) as told:
        users.parse_change(body.encode())
    assert told.value.field == field
