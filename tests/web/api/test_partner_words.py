"""`/api/partners/{id}/crew-tags` and `/api/emergency`: what is asked for is checked, and by whom."""

from typing import Any

import pytest

from tests.lifecycle import Office

SHARED = pytest.mark.asyncio(loop_scope="session")


@SHARED
@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("partners/1/crew-tags", {}, "tags"),
        ("partners/1/crew-tags", {"tags": "99995"}, "tags"),
        ("partners/1/crew-tags", {"tags": ["x" * 65]}, "tags"),
        ("partners/1/crew-tags", {"tags": ["x"] * 501}, "tags"),
        ("partners/1/crew-tags", {"tags": ["\0"]}, "NUL"),
        ("emergency", {"text": None}, "text"),
        ("emergency", {"text": "x" * 201}, "text"),
        ("emergency", {"text": "\0"}, "NUL"),
    ],
)
async def test_what_cannot_be_said(
    shared_office: Office, path: str, body: dict[str, Any], words: str
) -> None:
    error = await shared_office.refused("PUT", path, body, 400)
    assert words in error["message"]
    assert await shared_office.ask("GET", "partners/1/crew-tags") == {"tags": []}
    assert (await shared_office.ask("GET", "emergency"))["text"] == ""


@SHARED
async def test_where_there_is_no_such_partner(shared_office: Office) -> None:
    for method in ("GET", "PUT"):
        error = await shared_office.refused(method, "partners/999999/crew-tags", {"tags": []}, 404)
        assert error["message"] == "There is no partner 999999."
    error = await shared_office.refused("PUT", "emergency", {"text": "x", "partner": "nobody"}, 404)
    assert error["field"] == "partner"
