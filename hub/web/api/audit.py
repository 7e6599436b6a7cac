"""`/api/audit`: who changed what, for owners and admins. Knows the shape; the store answers."""

from typing import Any, Final

from aiohttp import web

from hub.account_lines import ChangeLine
from hub.model import INT64_MAX
from hub.web import scope
from hub.web.api.users import when
from hub.web.state import USERS

LIMIT_DEFAULT: Final = 100
LIMIT_MAX: Final = 1000


async def list_changes(request: web.Request) -> web.Response:
    """`?before&limit&partner`, a short name. Gives `{"audit": [...], "next"}`, the newest first; `next` is what to give
    as `before` for more, null: that was all."""
    query = request.query
    before = scope.number(query["before"], "before", 1, INT64_MAX) if "before" in query else None
    limit = scope.number(query.get("limit", str(LIMIT_DEFAULT)), "limit", 1, LIMIT_MAX)
    slug = query.get("partner")
    partner_id = scope.named_partner(request, slug).id if slug else None
    found = await request.app[USERS].changes(
        scope.caller(request), before=before, limit=limit, partner_id=partner_id
    )
    following = found[-1].id if len(found) == limit else None
    return web.json_response({"audit": [shape(each) for each in found], "next": following})


def shape(line: ChangeLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "at": when(line.at),
        "who": line.who,
        "action": line.action,
        "what": line.what,
        "detail": line.detail,
        "partner": scope.partner_json(line.partner),
    }
