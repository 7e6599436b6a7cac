"""`/api/me/settings`: what one has chosen for oneself. Knows the shape; refuses to know what a choice does."""

import msgspec
from aiohttp import web

from hub.accounts import Caller
from hub.errors import NotFound
from hub.own_settings import OwnSettings
from hub.web import bodies, scope
from hub.web.state import USERS


async def get_settings(request: web.Request) -> web.Response:
    """`{"alarms": {silent_min, location_min, sound, seen}}`."""
    return _answer(await request.app[USERS].settings(_caller(request)))


async def put_settings(request: web.Request) -> web.Response:
    """JSON as `OwnSettings`: all of them. Gives them back."""
    _caller(request)
    wanted = bodies.decode(await bodies.json(request), OwnSettings)
    for text in (*wanted.alarms.seen, *wanted.alarms.seen.values()):
        scope.storable(text, "alarms.seen")
    await request.app[USERS].save_settings(_caller(request), wanted)
    return _answer(wanted)


def _caller(request: web.Request) -> Caller:
    """A user. Raises NotFound for this machine's token, which is nobody's."""
    by = scope.caller(request)
    if not by.user_id:
        raise NotFound("This machine's token has no settings.")
    return by


def _answer(settings: OwnSettings) -> web.Response:
    return web.json_response(msgspec.to_builtins(settings))
