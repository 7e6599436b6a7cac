"""What one has chosen for oneself, over the API."""

import pytest

from hub.accounts import OWNER, ROLES, VIEWER
from tests.web.teamed import MACHINE, Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATH = "/api/me/settings"
USUAL = {"alarms": {"silent_min": 5, "location_min": 20, "sound": False, "seen": {}}}


@pytest.mark.parametrize("who", ROLES)
async def test_everybody_has_their_own(team: Teamed, who: str) -> None:
    wanted = {"alarms": {"silent_min": 3, "location_min": 0, "sound": True, "seen": {"away:7": who}}}
    assert await team.ask(who, "GET", PATH) == (200, USUAL)
    assert await team.ask(who, "PUT", PATH, wanted) == (200, wanted)
    assert await team.ask(who, "GET", PATH) == (200, wanted)
    assert (await team.ask(OWNER if who == VIEWER else VIEWER, "GET", PATH))[1] != wanted
    assert await team.ask(who, "PUT", PATH, {}) == (200, USUAL)


async def test_who_is_no_user_has_none(team: Teamed) -> None:
    for method, body in (("GET", None), ("PUT", {})):
        assert (await team.error(MACHINE, method, PATH, body))[0] == 404
        assert (await team.error("", method, PATH, body))[0] == 401


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"alarms": {"silent_min": 1441}}, "silent_min"),
        ({"alarms": {"sound": "yes"}}, "sound"),
        ({"alarms": {"seen": {"a\0b": "x"}}}, "NUL"),
        ({"alarms": {"volume": 11}}, "volume"),
        ({"theme": "dark"}, "theme"),
    ],
)
async def test_what_is_no_choice(team: Teamed, body: object, words: str) -> None:
    status, said, _ = await team.error(VIEWER, "PUT", PATH, body)
    assert status == 400 and words in said
