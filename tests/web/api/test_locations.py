"""`/api/sessions/{id}/locations`: what is asked for is checked. What follows from it is in tests/test_locations.py."""

from typing import Any

import pytest

from tests.lifecycle import Office

SHARED = pytest.mark.asyncio(loop_scope="session")


@SHARED
@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"shown_name": "x" * 101}, 400, "shown_name"),
        ({"shown_name": "a\0b"}, 400, "NUL"),
        ({"position": 0}, 400, "position"),
        ({"hidden": 1}, 400, "hidden"),
        ({"name": "x"}, 400, "name"),
        ({"hidden": True}, 404, "no location 999999"),
    ],
)
async def test_what_cannot_be_said(
    shared_office: Office, body: dict[str, Any], status: int, words: str
) -> None:
    made = await shared_office.session("Said")
    path = f"sessions/{made['id']}/locations"
    error = await shared_office.refused("PATCH", f"{path}/999999", body, status)
    assert words in error["message"]
    for method, where, sent in (("POST", "merge", {"into": 1}), ("POST", "split", None)):
        await shared_office.refused(method, f"{path}/999999/{where}", sent, 404)
    assert await shared_office.ask("GET", path) == {"locations": []}


@SHARED
async def test_where_there_is_no_session(shared_office: Office) -> None:
    for method, path in (("GET", ""), ("PATCH", "/1"), ("POST", "/1/split")):
        error = await shared_office.refused(method, f"sessions/999999/locations{path}", {}, 404)
        assert error["message"] == "There is no session 999999."
    await shared_office.refused("POST", "sessions/999999/testing", {"on": True}, 404)


@SHARED
async def test_what_is_said_of_each(shared_office: Office) -> None:
    made = await shared_office.session("Each")
    await shared_office.fed(made, "A1", "A2")
    await shared_office.reads(made, 2)
    (location,) = (await shared_office.ask("GET", f"sessions/{made['id']}/locations"))["locations"]
    assert isinstance(location.pop("id"), int) and location.pop("last_read_at")
    assert location == {
        "name": "FINISH",
        "shown_name": "FINISH",
        "merged_into": None,
        "position": None,
        "hidden": False,
        "reads": 2,
    }
