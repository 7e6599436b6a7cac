"""Sessions made and changed over the API: what is asked for is checked, and said what is wrong with it. What is done
then is in tests/test_lifecycle.py and tests/test_removing.py.
"""

from typing import Any

import pytest

from tests.lifecycle import Office
from tests.running import rows

SHARED = pytest.mark.asyncio(loop_scope="session")


@SHARED
@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, None, "session_name"),
        ({"session_name": ""}, None, "session_name"),
        ({"session_name": "  "}, "session_name", "more than blanks"),
        ({"session_name": "a\nb"}, "session_name", "control characters"),
        ({"session_name": "x" * 201}, None, "session_name"),
        ({"session_name": "x", "purpose": "demo"}, None, "purpose"),
        ({"session_name": "x", "event_id": 999_999}, "event_id", "there is no event 999999"),
        ({"session_name": "x", "event_id": 0}, None, "event_id"),
        ({"session_name": "x", "scheduled_for": "2030-01-01T10:00:00"}, None, "scheduled_for"),
        ({"session_name": "x", "scheduled_for": "soon"}, None, "scheduled_for"),
        ({"session_name": "x", "scheduled_for": "1960-01-01T10:00:00Z"}, "scheduled_for", "1971"),
        ({"session_name": "x", "scheduled_for": "2030-01-01T10:00:00Z", "start": True}, "start", "at once"),
        ({"session_name": "x", "status": "ended"}, None, "status"),
    ],
)
async def test_what_cannot_be_made(
    shared_office: Office, body: dict[str, Any], field: str | None, words: str
) -> None:
    before = len((await shared_office.ask("GET", "sessions"))["sessions"])
    error = await shared_office.refused("POST", "sessions", body, 400)
    assert error.get("field") == field and words in error["message"]
    assert len((await shared_office.ask("GET", "sessions"))["sessions"]) == before


@SHARED
async def test_what_is_not_there(shared_office: Office) -> None:
    for method, path in (
        ("PATCH", "sessions/999999"),
        ("DELETE", "sessions/999999"),
        *(("POST", f"sessions/999999/{what}") for what in ("start", "end", "reopen", "key")),
    ):
        error = await shared_office.refused(method, path, {"name": "x"} if method == "DELETE" else {}, 404)
        assert error["message"] == "There is no session 999999."


@SHARED
async def test_its_name_has_to_be_typed(shared_office: Office) -> None:
    made = await shared_office.session("Spring run")
    for body in ({"name": ""}, {"name": "spring run"}, {"name": "Spring"}):
        error = await shared_office.refused("DELETE", f"sessions/{made['id']}", body, 400)
        assert (error["field"], error["message"]) == ("name", "name: type the session's name to delete it")
    await shared_office.refused("DELETE", f"sessions/{made['id']}", {}, 400)
    assert made["id"] in shared_office.hub.app.hub.sessions, "nor has it ended"
    await shared_office.ask("DELETE", f"sessions/{made['id']}", {"name": " Spring run "})


@SHARED
async def test_every_change_is_noted_with_who_has_made_it(shared_office: Office) -> None:
    made = await shared_office.session("Noted", start=False)
    path = f"sessions/{made['id']}"
    await shared_office.ask("PATCH", path, {"session_name": "Noted well"})
    await shared_office.ask("PATCH", path, {"session_name": "Noted well"})
    for what in ("start", "key", "end", "reopen"):
        await shared_office.ask("POST", f"{path}/{what}")
    await shared_office.ask("DELETE", path, {"name": "Noted well"})
    noted = await rows(
        shared_office.dsn,
        "SELECT action, what, who, partner_id FROM audit_log WHERE detail @> jsonb_build_object('session', $1::bigint)"
        " ORDER BY id",
        made["id"],
    )
    assert [row["action"].removeprefix("session.") for row in noted] == [
        "made",
        "changed",
        "started",
        "key_renewed",
        "ended",
        "reopened",
        "ended",
        "deleted",
    ]
    assert {(row["who"], row["partner_id"]) for row in noted} == {("this machine's token", 1)}
