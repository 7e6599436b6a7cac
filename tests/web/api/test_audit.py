"""The log of changes over the API."""

import pytest

from hub.accounts import ADMIN, OPERATOR, OWNER, ROLES, VIEWER, at_least
from tests.web.teamed import MACHINE, Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("who", ["", *ROLES])
async def test_who_may_read_it(team: Teamed, who: str) -> None:
    status, _ = await team.ask(who, "GET", "/api/audit")
    assert status == (401 if not who else 200 if at_least(who, OWNER) else 403)


async def test_what_an_owner_and_an_admin_have_done(team: Teamed) -> None:
    user = await team.user(VIEWER)
    path = f"/api/users/{user.id}"
    await team.ask(OWNER, "PATCH", path, {"role": OPERATOR})
    await team.ask(ADMIN, "POST", f"{path}/reset")
    await team.ask("there.owner", "POST", "/api/users", {"email": "log@example.org", "role": VIEWER})
    mine = (await team.ask(OWNER, "GET", "/api/audit?limit=2"))[1]
    first, second = mine["audit"]
    assert (first["action"], first["who"], first["what"]) == (
        "user.reset",
        team.users[ADMIN].email,
        user.email,
    )
    assert (second["action"], second["who"]) == ("user.changed", team.users[OWNER].email)
    assert second["detail"] == {"role": [VIEWER, OPERATOR]}
    assert second["partner"] == {"id": 1, "slug": "default", "name": "Default"}
    assert second["at"].endswith("+00:00") and mine["next"] == second["id"]
    older = (await team.ask(OWNER, "GET", f"/api/audit?before={second['id']}&limit=1000"))[1]
    assert all(each["id"] < second["id"] for each in older["audit"]) and older["next"] is None
    every = (await team.ask(MACHINE, "GET", "/api/audit?limit=1"))[1]["audit"]
    assert (every[0]["what"], every[0]["partner"]["slug"]) == ("log@example.org", "there")
    one = (await team.ask(MACHINE, "GET", "/api/audit?partner=default"))[1]["audit"]
    assert {each["partner"]["slug"] for each in one} == {"default"}


async def test_another_partner_s_log_is_not_there(team: Teamed) -> None:
    assert (await team.error(OWNER, "GET", "/api/audit?partner=there"))[0] == 404
    mine = (await team.ask(OWNER, "GET", "/api/audit?limit=1000"))[1]["audit"]
    assert {each["partner"]["id"] for each in mine} <= {1}, "nothing of the server's own, either"


async def test_no_secret_is_in_it(team: Teamed) -> None:
    _, invited = await team.ask(OWNER, "POST", "/api/users", {"email": "s@example.org", "role": VIEWER})
    _, made = await team.ask(OWNER, "POST", "/api/tokens", {"name": "secret?"})
    text = str(await team.owner.fetch("SELECT * FROM audit_log"))
    assert "secret?" in text
    assert made["token"] not in text and invited["link"].rpartition("#")[2] not in text


@pytest.mark.parametrize("query", ["before=0", "before=x", "limit=0", "limit=1001", "limit=-1", "before="])
async def test_pages_that_are_none(team: Teamed, query: str) -> None:
    assert (await team.error(OWNER, "GET", f"/api/audit?{query}"))[::2] == (400, query.partition("=")[0])
