"""`/api/tokens`: the caller's own personal tokens. Knows the shapes; a token itself is told once, when it is made."""

from typing import Any

import msgspec
from aiohttp import web

from hub import account_names
from hub.account_lines import TokenLine
from hub.web import bodies, scope
from hub.web.api.users import when
from hub.web.state import USERS


class New(msgspec.Struct, forbid_unknown_fields=True):
    """`name`: by which the user knows it again."""

    name: str


async def list_tokens(request: web.Request) -> web.Response:
    found = await request.app[USERS].tokens(scope.caller(request))
    return web.json_response({"tokens": [shape(each) for each in found]})


async def make_token(request: web.Request) -> web.Response:
    """JSON as `New`. Gives `{"id", "name", "token"}` and 201."""
    wanted = parse_new(await bodies.json(request))
    made = await request.app[USERS].make_token(scope.caller(request), wanted.name)
    return web.json_response({"id": made.id, "name": made.name, "token": made.token}, status=201)


async def delete_token(request: web.Request) -> web.Response:
    """It opens nothing from now on. Gives 204."""
    await request.app[USERS].delete_token(scope.caller(request), scope.path_id(request))
    return web.Response(status=204)


def parse_new(body: bytes) -> New:
    """Raises Invalid."""
    wanted = bodies.decode(body, New)
    wanted.name = account_names.name(wanted.name, least=1)
    return wanted


def shape(token: TokenLine) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "created_at": when(token.created_at),
        "last_used_at": when(token.last_used_at),
        "expires_at": when(token.expires_at),
    }
