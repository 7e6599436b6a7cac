"""What a timer types in, over the API: who may see it and renew it, and who was refused."""

import pytest

from hub.accounts import ADMIN, ANNOUNCER, OPERATOR, OWNER, VIEWER
from hub.config import Listener
from hub.model import Proved
from hub.web.api import streams
from tests.web.teamed import Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_session_s_password_is_made_seen_and_renewed(team: Teamed) -> None:
    session = team.hub.app.hub.active_session(team.here.id)
    assert session is not None
    path = f"/api/sessions/{session.row.id}"
    status, before = await team.ask(OPERATOR, "GET", f"{path}/stream")
    assert status == 200
    assert before == {
        "host": "127.0.0.1",
        "hosts": ["127.0.0.1"],
        "port": team.hub.address()[1],
        "tls": False,
        "auth": "none",
        "name": session.row.name,
        "user": session.row.stream_key,
        "event_name": session.row.stream_key,
        "password": None,
    }
    made = []
    for who in (OPERATOR, OWNER):
        status, answer = await team.ask(who, "POST", f"{path}/password")
        assert status == 200 and answer | {"password": None} == before
        assert await team.ask(OPERATOR, "GET", f"{path}/stream") == (200, answer)
        made.append(answer["password"])
    assert len(set(made)) == 2 and None not in made
    noted = [action for _, action in await team.noted(session.row.name)]
    assert noted.count("session.stream_password") == 2


async def test_a_partner_s_password_is_its_owners(team: Teamed) -> None:
    path = f"/api/partners/{team.here.id}"
    _, made = await team.ask(OWNER, "POST", f"{path}/password")
    assert (made["user"], made["event_name"], made["name"]) == (team.here.slug, "", team.here.name)
    assert made["password"] and await team.ask(ADMIN, "GET", f"{path}/stream") == (200, made)
    noted = [action for _, action in await team.noted(team.here.name)]
    assert "partner.stream_password" in noted


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("", "sessions/1/stream", 401),
        (VIEWER, "sessions/1/stream", 403),
        (ANNOUNCER, "sessions/1/stream", 403),
        (OPERATOR, "partners/1/stream", 403),
        (OPERATOR, "sessions/999/stream", 404),
        (ADMIN, "partners/999/stream", 404),
        (f"there.{OWNER}", "partners/1/stream", 404),
        (f"there.{OWNER}", "sessions/1/stream", 404),
        (OPERATOR, "refused-readers", 403),
    ],
)
async def test_others_do_not_see_them(team: Teamed, who: str, path: str, status: int) -> None:
    assert (await team.ask(who, "GET", f"/api/{path}"))[0] == status
    if path.endswith("stream"):
        renew = path.replace("stream", "password")
        assert (await team.ask(who, "POST", f"/api/{renew}"))[0] == status


async def test_owners_see_who_was_refused_in_their_own_name(team: Teamed) -> None:
    note = team.hub.app.refused.note
    note("main", "192.0.2.7", "Ab…", "wrong", Proved(team.here.id, 1))
    note("main", "192.0.2.8", "there", "wrong", Proved(team.there.id))
    note("main", "192.0.2.9", "no…", "wrong", None)
    seen = {}
    for who in (ADMIN, OWNER, f"there.{OWNER}"):
        _, answer = await team.ask(who, "GET", "/api/refused-readers")
        seen[who] = [each["address"][-1] for each in answer["refused"]]
    assert seen == {ADMIN: ["9", "8", "7"], OWNER: ["7"], f"there.{OWNER}": ["8"]}
    (row,) = (await team.ask(OWNER, "GET", "/api/refused-readers"))[1]["refused"]
    assert (row["session_id"], row["partner"]["slug"], row["count"]) == (1, team.here.slug, 1)


async def test_the_best_listener_is_the_partner_s_own_and_one_with_proofs() -> None:
    others = Listener(name="others", partner="other")
    open_one, proving = Listener(name="open"), Listener(name="proving", auth="required")
    own = Listener(name="own", partner="club")
    ranked = sorted([others, open_one, proving, own], key=lambda each: streams._rank(each, "club"))
    assert [each.name for each in ranked] == ["own", "proving", "open", "others"]
