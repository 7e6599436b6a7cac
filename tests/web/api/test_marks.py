"""`/api/sessions/{id}/marks` and `/calls`: what is asked for is checked."""

from typing import Any

import pytest

from tests.lifecycle import Office

SHARED = pytest.mark.asyncio(loop_scope="session")


@SHARED
@pytest.mark.parametrize(
    ("path", "body", "status", "field", "words"),
    [
        ("marks/17", {"starred": True}, 404, "who", "bib:17"),
        ("marks/bib:%00", {"starred": True}, 400, "who", "NUL"),
        ("marks/bib:17", {"starred": "yes"}, 400, None, "starred"),
        ("marks/bib:17", {"note": "x" * 501}, 400, None, "note"),
        ("marks/bib:17", {"note": "a\0"}, 400, "note", "control"),
        ("marks/bib:17", {"colour": "red"}, 400, None, "colour"),
        ("marks/bib:17", None, 415, None, "JSON"),
        ("calls/0", None, 400, "offset", "whole number"),
        ("calls/x", None, 400, "offset", "whole number"),
        ("calls/99", None, 404, None, "There is no read 99"),
    ],
)
async def test_what_cannot_be_said(
    shared_office: Office, path: str, body: Any, status: int, field: str | None, words: str
) -> None:
    made = await shared_office.session("Refused")
    error = await shared_office.refused("PUT", f"sessions/{made['id']}/{path}", body, status)
    assert words in error["message"] and error.get("field") == field
    assert (await shared_office.ask("GET", f"sessions/{made['id']}/marks")) == {"marks": []}
    for tried in ("GET", "PUT"):
        error = await shared_office.refused(
            tried, "sessions/999999/marks" + "/bib:1" * (tried == "PUT"), {}, 404
        )
        assert error["message"] == "There is no session 999999."
