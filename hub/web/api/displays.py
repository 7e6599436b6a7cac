"""`/api/displays`: a partner's displays, made, changed and taken away. Knows the shapes; the store keeps them, and open
screens hear of a change at once.
"""

from typing import Annotated, Any, Final

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from hub.errors import NotFound
from hub.fanout import UNKNOWN_CODE
from hub.model import INT64_MAX, DisplayRow
from hub.web import bodies, scope
from hub.web.front import display_url
from hub.web.state import CHANGING, DISPLAYS, HUB, LIVE

NAME_CHARS_MAX: Final = 100

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS_MAX)]
SessionId = Annotated[int, msgspec.Meta(ge=1, le=INT64_MAX)]


class New(msgspec.Struct, forbid_unknown_fields=True):
    """`session_id` None: the partner's active session, whichever that is. `partner`: a short name, for admins."""

    name: Name
    session_id: SessionId | None = None
    partner: str | None = None


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """What is not given stays."""

    name: Name | UnsetType = UNSET
    session_id: SessionId | UnsetType | None = UNSET


async def list_displays(request: web.Request) -> web.Response:
    """All of the caller's, in the order in which they were made."""
    who = scope.caller(request)
    rows = [each for each in request.app[HUB].displays.values() if who.sees(each.partner_id)]
    return web.json_response({"displays": [shape(request, each) for each in rows]})


async def get_display(request: web.Request) -> web.Response:
    return web.json_response({"display": shape(request, scope.display(request))})


async def make_display(request: web.Request) -> web.Response:
    """JSON as `New`. Gives the display, with its code and address, and 201."""
    wanted = parse_new(await bodies.json(request))
    partner = scope.partner_for_new(request, wanted.partner)
    async with request.app[CHANGING]:
        await _check_session(request, wanted.session_id, partner.id)
        row = await request.app[DISPLAYS].make(
            scope.caller(request), partner.id, wanted.name, wanted.session_id
        )
        request.app[HUB].displays[row.code] = row
    return web.json_response({"display": shape(request, row)}, status=201)


async def change_display(request: web.Request) -> web.Response:
    """JSON as `Change`. Open screens come back for it, and get what it shows now."""
    change = parse_change(await bodies.json(request))
    async with request.app[CHANGING]:
        before = scope.display(request)
        row = replace(before, **_given(change))
        if row.session_id != before.session_id:
            await _check_session(request, row.session_id, row.partner_id)
        if row != before:
            if not await request.app[DISPLAYS].change(scope.caller(request), row):
                raise NotFound("There is no display with this code.")
            request.app[HUB].displays[row.code] = row
            request.app[LIVE].come_back(row.code)
    return web.json_response({"display": shape(request, row)})


async def delete_display(request: web.Request) -> web.Response:
    """Its code leads nowhere from now on; open screens are told so. Gives 204."""
    async with request.app[CHANGING]:
        row = scope.display(request)
        await request.app[DISPLAYS].delete(scope.caller(request), row)
        request.app[HUB].displays.pop(row.code, None)
        request.app[LIVE].come_back(row.code, UNKNOWN_CODE)
    return web.Response(status=204)


def parse_new(body: bytes) -> New:
    """Raises Invalid."""
    wanted = bodies.decode(body, New)
    scope.storable(wanted.name, "name")
    return wanted


def parse_change(body: bytes) -> Change:
    """Raises Invalid."""
    change = bodies.decode(body, Change)
    if change.name is not UNSET:
        scope.storable(change.name, "name")
    return change


def shape(request: web.Request, row: DisplayRow) -> dict[str, Any]:
    """A display as every answer gives it. `screens`: how many show it now."""
    return {
        "code": row.code,
        "name": row.name,
        "session_id": row.session_id,
        "url": display_url(request, row.code),
        "screens": request.app[LIVE].screens_of(row.code),
        "settings": row.settings,
        "partner": scope.partner_json(scope.partner(request, row.partner_id)),
    }


def _given(change: Change) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}


async def _check_session(request: web.Request, session_id: int | None, partner_id: int) -> None:
    """Raises NotFound unless it is one of this partner."""
    if session_id is None:
        return
    row = await scope.session_row(request, session_id, "session_id")
    if row.partner_id != partner_id:
        raise NotFound(f"There is no session {session_id}.", field="session_id")
