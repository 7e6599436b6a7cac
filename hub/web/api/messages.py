"""`/api/sessions/{id}/messages`: the lines that a session has for its screens and its people. Knows the shapes;
`hub.messaging` does it, for those for whom the session is there.
"""

from typing import Any

from aiohttp import web

from hub.encode import iso
from hub.message_words import MessageChange, NewMessage, Rhythm
from hub.messages import Message, Messages
from hub.web import bodies, scope
from hub.web.api.session_changes import there
from hub.web.state import CONDITION, MESSAGES, QUERIES


async def list_messages(request: web.Request) -> web.Response:
    """`{"messages": [...], "every_s"}`: pinned, rotating and those for runners, each kind in its order. From memory, as
    long as the session is active."""
    session_id = await there(request)
    session = scope.session(request, session_id)
    if session is not None:
        return web.json_response(_all(request, session.messages))
    held = await request.app[QUERIES].messages(scope.whose(request), session_id)
    return web.json_response(_all(request, held))


async def make_message(request: web.Request) -> web.Response:
    """JSON as `NewMessage`. Gives it and all of them, and 201; it is on the screens by then."""
    words = bodies.decode(await bodies.json(request), NewMessage)
    scope.storable(words.text, "text")
    session_id = await there(request)
    message, held = await request.app[MESSAGES].make(scope.caller(request), session_id, words)
    return _answer(request, message, held, status=201)


async def change_message(request: web.Request) -> web.Response:
    """JSON as `MessageChange`."""
    words = bodies.decode(await bodies.json(request), MessageChange)
    if isinstance(words.text, str):
        scope.storable(words.text, "text")
    session_id = await there(request)
    message, held = await request.app[MESSAGES].change(
        scope.caller(request), session_id, scope.path_id(request, "message"), words
    )
    return _answer(request, message, held)


async def delete_message(request: web.Request) -> web.Response:
    """204."""
    session_id = await there(request)
    await request.app[MESSAGES].delete(scope.caller(request), session_id, scope.path_id(request, "message"))
    return web.Response(status=204)


async def change_rhythm(request: web.Request) -> web.Response:
    """JSON as `Rhythm`."""
    words = bodies.decode(await bodies.json(request), Rhythm)
    session_id = await there(request)
    held = await request.app[MESSAGES].turn_every(scope.caller(request), session_id, words.every_s)
    return web.json_response(_all(request, held))


def _answer(request: web.Request, message: Message, held: Messages, *, status: int = 200) -> web.Response:
    now_us = request.app[CONDITION].now_us()
    return web.json_response({"message": shape(message, now_us), **_all(request, held)}, status=status)


def _all(request: web.Request, held: Messages) -> dict[str, Any]:
    now_us = request.app[CONDITION].now_us()
    return {"messages": [shape(each, now_us) for each in held], "every_s": held.every_s}


def shape(message: Message, now_us: int) -> dict[str, Any]:
    begins_us, ends_us = message.begins_us, message.ends_us
    return {
        "id": message.id,
        "kind": message.kind,
        "audience": message.audience,
        "text": message.text,
        "position": message.position,
        "begins_at": None if begins_us is None else iso(begins_us),
        "ends_at": None if ends_us is None else iso(ends_us),
        "in_force": message.in_force(now_us),
    }
