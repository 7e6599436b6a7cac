"""The shape of an error, `{"error": {"code", "message", "field"?}}`, as bytes and as answers, for what is refused
before there is a request and after; and what the predecessor's clients read in its place. Knows HTTP's words;
refuses to know why.
"""

import json
from http import HTTPStatus
from typing import Final

from aiohttp import web

from hub.errors import TooLarge
from hub.web.headers import HEADERS

NO_STORE: Final = {"Cache-Control": "no-store"}
_WORDS: Final = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is larger than this address takes.",
}


def shaped(code: str, message: str, field: str | None = None) -> str:
    """The body of an error."""
    error = {"code": code, "message": message} | ({"field": field} if field else {})
    return json.dumps({"error": error})


def shaped_for_old(code: str, message: str, field: str | None = None) -> str:
    """The same for the predecessor's pages and scripts: where the hub's own read an object, they show a text."""
    error = {"success": False, "error": message, "code": code}
    return json.dumps(error | ({"field": field} if field else {}))


def words_of(problem: web.HTTPException) -> tuple[str, str]:
    """(code, message) of what aiohttp refuses by itself."""
    status = problem.status
    code = TooLarge.code if status == TooLarge.status else code_of(status)
    return code, _WORDS.get(status, problem.reason)


def code_of(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "_")


def answer(status: int, message: str) -> web.Response:
    """For a request that nobody could read: it passes no middleware, and is the last of its connection."""
    response = web.Response(
        text=shaped(code_of(status), message),
        status=status,
        content_type="application/json",
        headers=HEADERS | NO_STORE,
    )
    response.force_close()
    return response


def raw(status: int, code: str, message: str) -> bytes:
    """A whole answer, for a request that never came."""
    body = shaped(code, message).encode()
    headers = {
        **HEADERS,
        **NO_STORE,
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{head}\r\n".encode() + body
