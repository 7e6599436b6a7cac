"""`/api/displays`: a partner's displays, made, changed and taken away. Knows the shapes; the store keeps them, and open
screens hear of a change at once.
"""

from typing import Any

from aiohttp import web
from msgspec import UNSET
from msgspec.structs import replace

from hub import display_words
from hub.display_words import DisplayChange, NamedDisplay, NewDisplay
from hub.encode import iso
from hub.errors import NotFound
from hub.fanout import UNKNOWN_CODE
from hub.model import DisplayRow
from hub.web import bodies, scope, wishes
from hub.web.codes import display_of
from hub.web.expiring import EXPIRING
from hub.web.front import display_url
from hub.web.screens import FLEET
from hub.web.state import CHANGING, CONDITION, DISPLAYS, HUB, LIVE


async def list_displays(request: web.Request) -> web.Response:
    """All of the caller's, in the order in which they were made."""
    who = scope.caller(request)
    rows = [each for each in request.app[HUB].displays.values() if who.sees(each.partner_id)]
    return web.json_response({"displays": [shape(request, each) for each in rows]})


async def get_display(request: web.Request) -> web.Response:
    return web.json_response({"display": shape(request, scope.display(request))})


async def make_display(request: web.Request) -> web.Response:
    """JSON as `NamedDisplay`. Gives the display, with its code and address, and 201."""
    row = await _make(request, bodies.decode(await bodies.json(request), NamedDisplay))
    return web.json_response({"display": shape(request, row)}, status=201)


async def generate_url(request: web.Request) -> web.Response:
    """`POST /api/display/generate-url`: the same in the predecessor's words, with nothing that has to be said."""
    body = await bodies.json(request) if request.can_read_body else b"{}"
    row = await _make(request, bodies.decode(body, NewDisplay))
    return web.json_response({"id": row.code, "url": display_url(request, row.code)}, status=201)


async def of_code(request: web.Request) -> web.Response:
    """`GET /api/display/{code}`: what a code leads to, for whoever has it."""
    row = display_of(request)
    if row is None:
        raise NotFound("There is no display with this code.")
    session = request.app[HUB].session_of(row)
    return web.json_response(
        {
            "id": row.code,
            "name": row.name,
            "url": display_url(request, row.code),
            "session": {"id": session.row.id, "name": session.row.name} if session else None,
        }
    )


async def change_display(request: web.Request) -> web.Response:
    """JSON as `DisplayChange`. Open screens hear of it; come back for another session; or hear that their code leads
    nowhere any more."""
    change = bodies.decode(await bodies.json(request), DisplayChange)
    async with request.app[CHANGING]:
        before = scope.display(request)
        row = display_words.changed(before, change, request.app[CONDITION].now_us())
        if change.template is not UNSET:
            row = replace(row, template_id=_template_id(request, change.template, row.partner_id))
        if row.session_id != before.session_id:
            await _check_session(request, row.session_id, row.partner_id)
        await put(request, before, row, _action(before, row))
    return web.json_response({"display": shape(request, row)})


async def delete_display(request: web.Request) -> web.Response:
    """Its code leads nowhere from now on; open screens are told so. Gives 204."""
    async with request.app[CHANGING]:
        row = scope.display(request)
        await request.app[DISPLAYS].delete(scope.caller(request), row)
        request.app[HUB].displays.pop(row.code, None)
        request.app[FLEET].forget_code(row.code)
        request.app[LIVE].come_back(row.code, UNKNOWN_CODE)
    return web.Response(status=204)


async def identify_display(request: web.Request) -> web.Response:
    """All its screens say who they are. Gives how many were told."""
    return web.json_response({"told": request.app[FLEET].identify_all(scope.display(request).code)})


async def reload_display(request: web.Request) -> web.Response:
    """All its screens load their page anew. Gives how many were told."""
    return web.json_response({"told": request.app[FLEET].reload_all(scope.display(request).code)})


async def put(request: web.Request, before: DisplayRow, row: DisplayRow, action: str) -> None:
    """A display becomes another, if it is one: in the table, in memory, on its screens. `action`: for the log.
    Within CHANGING. Raises NotFound, StoreAway, StoreError."""
    if row == before:
        return
    if not await request.app[DISPLAYS].change(scope.caller(request), row, action):
        raise NotFound("There is no display with this code.")
    request.app[HUB].displays[row.code] = row
    _tell(request, before, row)


def shape(request: web.Request, row: DisplayRow) -> dict[str, Any]:
    """A display as every answer gives it. `screens`: how many show it now; `holds`: whether its code leads anywhere."""
    return {
        "code": row.code,
        "name": row.name,
        "place": row.place,
        "session_id": row.session_id,
        "url": display_url(request, row.code),
        "screens": request.app[LIVE].screens_of(row.code),
        "settings": row.settings,
        "control": wishes.control_of(request, row),
        "pinned": wishes.pinned_of(request, row),
        "template": _template_json(request, row),
        "expires_at": _iso(row.expires_us),
        "revoked_at": _iso(row.revoked_us),
        "holds": row.holds(request.app[CONDITION].now_us()),
        "partner": scope.partner_json(scope.partner(request, row.partner_id)),
    }


async def _make(request: web.Request, wanted: NewDisplay) -> DisplayRow:
    partner = scope.partner_for_new(request, wanted.partner)
    row = display_words.made(wanted, partner.id, request.app[CONDITION].now_us())
    async with request.app[CHANGING]:
        await _check_session(request, row.session_id, partner.id)
        row = replace(row, template_id=_template_id(request, wanted.template, partner.id))
        row = await request.app[DISPLAYS].make(scope.caller(request), row)
        request.app[HUB].displays[row.code] = row
    request.app[EXPIRING].wake()
    return row


def _action(before: DisplayRow, row: DisplayRow) -> str:
    """What the log calls it."""
    if (before.revoked_us is None) == (row.revoked_us is None):
        return "display.changed"
    return "display.restored" if row.revoked_us is None else "display.revoked"


def _tell(request: web.Request, before: DisplayRow, row: DisplayRow) -> None:
    """Its screens, of what is theirs to know: not of when it expires, until it does."""
    request.app[EXPIRING].wake()
    live = request.app[LIVE]
    if not row.holds(request.app[CONDITION].now_us()):
        live.come_back(row.code, UNKNOWN_CODE)
    elif (row.name, row.session_id) != (before.name, before.session_id):
        live.come_back(row.code)
    else:
        if (row.settings, row.control) != (before.settings, before.control):
            live.new_settings(row.code)
        if row.template_id != before.template_id:
            live.new_template([row.code])


def _iso(us: int | None) -> str | None:
    return None if us is None else iso(us)


def _template_id(request: web.Request, name: str | None, partner_id: int) -> int | None:
    """Of this partner's template of this name; None: the hub's own layout. Raises NotFound."""
    if name is None:
        return None
    found = scope.templates_named(request, name, partner_id)
    if not found:
        raise NotFound("There is no template of this name.", field="template")
    return found[0].id


def _template_json(request: web.Request, row: DisplayRow) -> dict[str, object] | None:
    template = request.app[HUB].templates.get(row.template_id or 0)
    return {"name": template.name, "version": template.version} if template else None


async def _check_session(request: web.Request, session_id: int | None, partner_id: int) -> None:
    """Raises NotFound unless it is one of this partner."""
    if session_id is None:
        return
    row = await scope.session_row(request, session_id, "session_id")
    if row.partner_id != partner_id:
        raise NotFound(f"There is no session {session_id}.", field="session_id")
