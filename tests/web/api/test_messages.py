"""`/api/sessions/{id}/messages`: who may say what. What follows from it is in tests/test_messaging.py."""

from typing import Any

import pytest

from hub.accounts import ANNOUNCER, OPERATOR, VIEWER
from tests.web.teamed import Teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def session(team: Teamed, **words: object) -> str:
    status, made = await team.ask(OPERATOR, "POST", "/api/sessions", {"session_name": "Said", **words})
    assert status == 201, made
    return f"/api/sessions/{made['id']}/messages"


async def said(team: Teamed, path: str, who: str = OPERATOR, **words: object) -> Any:
    status, answer = await team.ask(who, "POST", path, words)
    assert status == 201, answer
    return answer


async def texts(team: Teamed, path: str) -> list[str]:
    return [each["text"] for each in (await team.ask(VIEWER, "GET", path))[1]["messages"]]


async def test_made_changed_put_in_order_and_taken_away(team: Teamed) -> None:
    path = await session(team)
    assert await team.ask(VIEWER, "GET", path) == (200, {"messages": [], "every_s": 10})
    first = (await said(team, path, text="Awards at noon"))["message"]
    assert first == {
        "id": first["id"],
        "kind": "pinned",
        "audience": "public",
        "text": "Awards at noon",
        "position": 1,
        "begins_at": None,
        "ends_at": None,
        "in_force": True,
    }
    later = "2999-05-16T14:00:00+02:00"
    await said(team, path, text="Bus", begins_at=later, kind="rotating")
    answer = await said(team, path, text="Now", now=True)
    assert [each["text"] for each in answer["messages"]] == ["Now", "Awards at noon", "Bus"]
    bus = answer["messages"][-1]
    assert (bus["begins_at"], bus["in_force"]) == ("2999-05-16T12:00:00.000+00:00", False)
    status, answer = await team.ask(OPERATOR, "PATCH", f"{path}/{bus['id']}", {"now": True})
    assert status == 200 and answer["message"]["kind"] == "pinned" and answer["message"]["in_force"]
    await team.ask(OPERATOR, "PATCH", f"{path}/{first['id']}", {"position": 1, "text": "Awards at one"})
    assert await texts(team, path) == ["Awards at one", "Bus", "Now"]
    assert await team.ask(OPERATOR, "DELETE", f"{path}/{bus['id']}") == (204, None)
    assert await texts(team, path) == ["Awards at one", "Now"]
    status, answer = await team.ask(OPERATOR, "PATCH", path, {"every_s": 15})
    assert (status, answer["every_s"]) == (200, 15)
    noted = [action for _, action in await team.noted("Now: Said")]
    assert noted == ["message.made"]


async def test_announcers_say_something_to_announcers_alone(team: Teamed) -> None:
    path = await session(team)
    own = (await said(team, path, ANNOUNCER, text="Winner in 5 min", audience="announcer"))["message"]
    crew = (await said(team, path, text="Gate 4", audience="crew"))["message"]
    refused = [
        ("POST", path, {"text": "x"}),
        ("POST", path, {"text": "x", "now": True, "audience": "public"}),
        ("PATCH", f"{path}/{own['id']}", {"audience": "crew"}),
        ("PATCH", f"{path}/{crew['id']}", {"audience": "announcer"}),
        ("DELETE", f"{path}/{crew['id']}", None),
        ("PATCH", path, {"every_s": 15}),
    ]
    for method, where, body in refused:
        assert (await team.error(ANNOUNCER, method, where, body))[0] == 403, (method, body)
        assert (await team.error(VIEWER, method, where, body))[0] == 403
    status, answer = await team.ask(ANNOUNCER, "PATCH", f"{path}/{own['id']}", {"text": "Winner!"})
    assert status == 200 and answer["message"]["text"] == "Winner!"
    assert await texts(team, path) == ["Winner!", "Gate 4"]
    assert (await team.ask(ANNOUNCER, "DELETE", f"{path}/{own['id']}"))[0] == 204
    before = await said(team, path, text="x", audience="announcer", now=True)
    assert before["message"]["position"] == 1, "an announcer's line may stand above others"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "text"),
        ({"text": ""}, "more than blanks"),
        ({"text": "x" * 201}, "at most 200 characters"),
        ({"text": "a\0b"}, "NUL"),
        ({"text": "x", "kind": "loud"}, "kind"),
        ({"text": "x", "begins_at": "2026-05-16T10:00:00"}, "begins_at"),
        ({"text": "x", "position": 0}, "position"),
        ({"text": "x", "colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_said(team: Teamed, body: dict[str, Any], words: str) -> None:
    path = await session(team)
    status, message, _ = await team.error(OPERATOR, "POST", path, body)
    assert status == 400 and words in message
    assert (await team.error(OPERATOR, "PATCH", path, {"every_s": 2}))[0] == 400
    assert await texts(team, path) == []


async def test_anothers_session_is_as_absent_as_none(team: Teamed) -> None:
    path = await session(team)
    number = (await said(team, path, text="Secret"))["message"]["id"]
    own = (await team.ask(f"there.{OPERATOR}", "POST", "/api/sessions", {"session_name": "Theirs"}))[1]["id"]
    asked = [("GET", "", None), ("POST", "", {"text": "x"}), ("PATCH", "", {"every_s": 20})]
    asked += [("PATCH", f"/{number}", {"text": "x"}), ("DELETE", f"/{number}", None)]
    for method, more, body in asked:
        foreign, absent = path + more, f"/api/sessions/999999/messages{more}"
        status, words, field = await team.error(f"there.{OPERATOR}", method, foreign, body)
        other = await team.error(f"there.{OPERATOR}", method, absent, body)
        session_id = foreign.split("/")[3]
        assert (status, words.replace(session_id, "999999"), field) == other and status == 404
        if more:
            mine = f"/api/sessions/{own}/messages{more}"
            assert (await team.error(f"there.{OPERATOR}", method, mine, body))[0] == 404
    assert await texts(team, path) == ["Secret"]


async def test_what_is_said_before_a_session_begins_is_there_when_it_does(team: Teamed) -> None:
    path = await session(team, start=False)
    await said(team, path, text="Welcome")
    assert await texts(team, path) == ["Welcome"]
    number = int(path.split("/")[3])
    assert number not in team.hub.app.hub.sessions
    assert (await team.ask(OPERATOR, "POST", f"/api/sessions/{number}/start"))[0] == 200
    assert [each.text for each in team.hub.app.hub.sessions[number].messages] == ["Welcome"]
    await team.ask(OPERATOR, "POST", f"/api/sessions/{number}/end")
    await said(team, path, text="Thank you")
    assert await texts(team, path) == ["Welcome", "Thank you"]
