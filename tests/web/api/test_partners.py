"""Partners over the API."""

import re
from pathlib import Path

import pytest

from hub.accounts import ADMIN, OWNER, ROLES
from hub.config import Listener
from hub.errors import Invalid
from hub.web.api import partners
from tests.running import HOST, Running, running_hub, settings_for
from tests.web.teamed import MACHINE, Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("who", ["", *ROLES])
async def test_partners_are_for_admins(team: Teamed, who: str) -> None:
    for method, path, body in (
        ("GET", "/api/partners", None),
        ("POST", "/api/partners", {"name": f"Of {who}"}),
        ("GET", "/api/partners/1", None),
        ("PATCH", "/api/partners/1", {"name": "Default"}),
        ("DELETE", "/api/partners/1", None),
    ):
        status, answer = await team.ask(who, method, path, body)
        assert (status not in (401, 403)) == (who == ADMIN), (who, method)
        if status == 201:  # the team is all tests', and has the partners that it had
            made = f"/api/partners/{answer['partner']['id']}"
            assert (await team.ask(MACHINE, "DELETE", made))[0] == 204


async def test_a_new_one_is_known_at_once(team: Teamed) -> None:
    status, answer = await team.ask(MACHINE, "POST", "/api/partners", {"name": " Läufe \n Süd "})
    made = answer["partner"]
    assert status == 201 and made.pop("created_at").endswith("+00:00")
    assert made == {
        "id": made["id"],
        "slug": "laufe-sud",
        "name": "Läufe Süd",
        "users": 0,
        "sessions": 0,
        "active": 0,
    }
    body = {"email": "sud@example.org", "role": OWNER, "partner": "laufe-sud"}
    assert (await team.ask(MACHINE, "POST", "/api/users", body))[0] == 201
    path = f"/api/partners/{made['id']}"
    assert (await team.ask(MACHINE, "GET", path))[1]["partner"]["users"] == 1
    changed = (await team.ask(MACHINE, "PATCH", path, {"slug": "sud", "name": "Süd"}))[1]["partner"]
    assert (changed["slug"], changed["name"]) == ("sud", "Süd")
    found = (await team.ask(MACHINE, "GET", "/api/users?partner=sud"))[1]["users"]
    assert [each["email"] for each in found] == ["sud@example.org"]
    assert (await team.ask(MACHINE, "GET", "/api/users?partner=laufe-sud"))[0] == 404
    status, said, _ = await team.error(MACHINE, "DELETE", path)
    assert (status, said) == (409, "The partner has 1 user; delete them first.")
    await team.ask(MACHINE, "DELETE", f"/api/users/{found[0]['id']}")
    assert (await team.ask(MACHINE, "DELETE", path)) == (204, None)
    assert (await team.ask(MACHINE, "GET", "/api/users?partner=sud"))[0] == 404
    for method in ("GET", "PATCH", "DELETE"):
        assert (await team.error(MACHINE, method, path, {}))[1] == f"There is no partner {made['id']}."
    assert made["id"] not in {
        each["id"] for each in (await team.ask(MACHINE, "GET", "/api/partners"))[1]["partners"]
    }
    assert [action for _, action in await team.noted("Süd")] == ["partner.changed", "partner.deleted"]


async def test_what_is_there_is_counted(team: Teamed) -> None:
    listed = (await team.ask(MACHINE, "GET", "/api/partners"))[1]["partners"]
    default = next(each for each in listed if each["slug"] == "default")
    sessions = (await team.ask(MACHINE, "GET", "/api/sessions"))[1]["sessions"]
    statuses = [each["status"] for each in sessions if each["partner"]["slug"] == "default"]
    assert statuses and default["users"] >= 4
    assert (default["sessions"], default["active"]) == (len(statuses), statuses.count("active"))
    said = (await team.error(MACHINE, "DELETE", "/api/partners/1"))[1]
    assert re.match(rf"The partner has {len(statuses)} sessions?, (\d+ events?, )?\d+ displays?[ ,]", said), (
        said
    )


async def test_a_slug_that_is_taken(team: Teamed) -> None:
    body = {"name": "Another", "slug": "there"}
    assert (await team.error(MACHINE, "POST", "/api/partners", body))[::2] == (409, "slug")
    assert (await team.error(MACHINE, "PATCH", "/api/partners/1", {"slug": "there"}))[::2] == (409, "slug")


async def test_one_that_the_configuration_names(database_dsn: str, tmp_path: Path) -> None:
    listeners = (Listener(host=HOST, port=0, partner="default"),)
    async with running_hub(settings_for(database_dsn, tmp_path, listeners=listeners)) as hub:
        for method, body in (("PATCH", {"slug": "other"}), ("DELETE", None)):
            assert await _asked(hub, method, body) == (
                409,
                "The configuration names this partner: listeners[0].partner.",
            )
        assert (await _asked(hub, "PATCH", {"name": "Club", "slug": "default"}))[0] == 200
        assert hub.app.hub.partners[1].name == "Club"


async def _asked(hub: Running, method: str, body: object) -> tuple[int, str]:
    async with hub.http.request(method, "/api/partners/1", json=body) as response:
        return response.status, (await response.json()).get("error", {}).get("message", "")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{}", None),
        ('{"name":" "}', "name"),
        ('{"name":"x","slug":"X"}', "slug"),
        ('{"name":"x","slug":""}', "slug"),
        ('{"name":"\\u0007"}', "name"),
        ('{"name":"x","id":7}', None),
    ],
)
async def test_bodies_that_are_no_partner(body: str, field: str | None) -> None:
    with pytest.raises(Invalid) as told:
        partners.parse(body.encode(), partners.New)
    assert told.value.field == field
