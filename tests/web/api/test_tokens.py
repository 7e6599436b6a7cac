"""Personal tokens over the API."""

import pytest

from hub.accounts import OWNER, ROLES, VIEWER, caller_of
from hub.errors import Invalid
from hub.web.api import tokens
from tests.web.teamed import MACHINE, Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_made_used_and_taken_back(team: Teamed) -> None:
    status, made = await team.ask(VIEWER, "POST", "/api/tokens", {"name": " Results\tscript "})
    assert status == 201 and set(made) == {"id", "name", "token"}
    assert made["name"] == "Results script" and made["token"].startswith("rht_")
    team.tokens["script"] = made["token"]
    status, listed = await team.ask("script", "GET", "/api/tokens")
    newest, first = listed["tokens"]
    assert (newest["id"], newest["expires_at"]) == (made["id"], None) and newest["last_used_at"] is not None
    assert set(newest) == {"id", "name", "created_at", "last_used_at", "expires_at"}, "and no token"
    assert first["name"] == "test"
    assert (await team.ask(VIEWER, "DELETE", f"/api/tokens/{made['id']}")) == (204, None)
    assert (await team.ask("script", "GET", "/api/tokens"))[0] == 401


@pytest.mark.parametrize("who", ["", *ROLES, MACHINE])
async def test_everybody_has_their_own(team: Teamed, who: str) -> None:
    of_viewer = (await team.ask(VIEWER, "GET", "/api/tokens"))[1]["tokens"][0]["id"]
    status, answer = await team.ask(who, "GET", "/api/tokens")
    assert status == (200 if who else 401)
    if who in (OWNER, MACHINE):
        assert of_viewer not in {each["id"] for each in answer["tokens"]}
        status, said, _ = await team.error(who, "DELETE", f"/api/tokens/{of_viewer}")
        assert (status, said) == (404, f"There is no token {of_viewer}.")


async def test_this_machine_s_token_makes_none(team: Teamed) -> None:
    assert (await team.error(MACHINE, "POST", "/api/tokens", {"name": "x"}))[0] == 403


async def test_one_that_has_expired_opens_nothing(team: Teamed) -> None:
    user = await team.user(VIEWER)
    made = await team.hub.app.stores.users.make_token(caller_of(user), "signed in", hours=24)
    team.tokens["old"] = made.token
    assert (await team.ask("old", "GET", "/api/tokens"))[0] == 200
    await team.owner.execute("UPDATE tokens SET expires_at = now() WHERE id = $1", made.id)
    assert (await team.ask("old", "GET", "/api/tokens"))[0] == 401


@pytest.mark.parametrize("body", ["{}", '{"name":""}', '{"name":7}', '{"name":"x","hours":1}'])
async def test_bodies_that_are_no_token(body: str) -> None:
    with pytest.raises(Invalid):
        tokens.parse_new(body.encode())
