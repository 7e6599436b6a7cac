"""`/api/messages`: the lines that go with runners, as the predecessor's builder lists them: a bare array, and places in
it. Knows the shapes; `hub.messaging` does it, with the messages of the session that is meant (hub/web/old_place.py).
"""

import msgspec
from aiohttp import web

from hub.errors import NotFound
from hub.message_words import NewMessage
from hub.messages import PUBLIC, RUNNER, Message
from hub.session import Session
from hub.web import bodies, old_place, scope
from hub.web.state import MESSAGES

NO_TEXT = "Missing text field"
NO_INDEX = "Invalid index"


class Text(msgspec.Struct):
    text: str = ""


async def list_messages(request: web.Request) -> web.Response:
    """Of no session: none. Raises TooMany."""
    found = await old_place.place(request)
    return _answer(found.session)


async def add_message(request: web.Request) -> web.Response:
    """JSON or a form: `text`; one that is there already is not doubled. Gives all of them."""
    text = bodies.decode(await bodies.json_or_form(request, ("text",)), Text).text.strip()
    if not text:
        return web.json_response({"error": NO_TEXT}, status=400)
    session = await _session(request)
    if text not in [each.text for each in _lines(session)]:
        words = NewMessage(kind=RUNNER, text=scope.storable(text, "text"))
        await request.app[MESSAGES].make(scope.caller(request), session.row.id, words)
    return _answer(session)


async def delete_message(request: web.Request) -> web.Response:
    """By its place in the list, from 0. Gives those that are left."""
    session = await _session(request)
    index, lines = request.match_info["index"], _lines(session)
    if not scope.is_number(index) or int(index) >= len(lines):
        return web.json_response({"error": NO_INDEX}, status=400)
    await request.app[MESSAGES].delete(scope.caller(request), session.row.id, lines[int(index)].id)
    return _answer(session)


async def _session(request: web.Request) -> Session:
    """One that is there for the caller. Raises NotFound."""
    session = (await old_place.own(request, scope.caller(request))).session
    if session is None:
        raise NotFound("There is no active session whose messages these could be.")
    return session


def _lines(session: Session) -> list[Message]:
    return [each for each in session.messages if each.kind == RUNNER and each.audience == PUBLIC]


def _answer(session: Session | None) -> web.Response:
    return web.json_response([each.text for each in _lines(session)] if session else [])
