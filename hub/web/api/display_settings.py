"""`/api/display-settings`: a display's settings for the predecessor's pages, in their shapes. Knows which display is
meant: `?display=CODE`; else the caller's first one. Refuses to know what the settings do.

Who has a display's code may see how it shows things, for that is what a screen needs. Only operators may change it: a
code is on a poster beside the screen, and the predecessor, which let everybody, was set to a second by a passer-by.
"""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from msgspec.structs import replace

from hub import old_display_settings
from hub.accounts import Caller
from hub.errors import Invalid, NotFound
from hub.model import DisplayRow
from hub.old_display_settings import OldSettings
from hub.web import auth, bodies, scope
from hub.web.api import displays
from hub.web.codes import display_with
from hub.web.state import CHANGING, CONDITION, HUB

CHANGED = "display.changed"


async def get_settings(request: web.Request) -> web.Response:
    """Always in the one shape, with 200: of a page that has no display, or one that is gone, as the predecessor has it.
    A page that was told anything else would show every runner for no time at all. Raises TooMany."""
    return web.json_response(old_display_settings.shape(await _settings(request)))


async def change_settings(request: web.Request) -> web.Response:
    """JSON as `OldSettings`; what is not given stays. Open screens hear of it at once."""
    wanted = bodies.decode(await bodies.json(request), OldSettings)
    async with request.app[CHANGING]:
        before = _named(request) if "display" in request.query else _only(request)
        try:
            row = replace(before, settings=old_display_settings.changed(before.settings, wanted))
        except Invalid as problem:
            return web.json_response({"error": problem.message}, status=problem.status)
        await displays.put(request, before, row, CHANGED)
    return web.json_response({"success": True, "duration": old_display_settings.duration(row.settings)})


async def _settings(request: web.Request) -> Mapping[str, Any]:
    if "display" in request.query:
        row = display_with(request, request.query["display"])
    else:
        caller = await auth.caller(request)
        row = next(iter(_of(request, caller)), None) if caller else None
    return row.settings if row else {}


def _named(request: web.Request) -> DisplayRow:
    row = request.app[HUB].displays.get(request.query["display"].upper())
    if row is None or not scope.caller(request).sees(row.partner_id):
        raise NotFound("There is no display with this code.", field="display")
    return row


def _only(request: web.Request) -> DisplayRow:
    """The caller's first. Raises NotFound, and Invalid where several partners have some: admins say which."""
    found = _of(request, scope.caller(request))
    if not found:
        raise NotFound("There is no display yet whose settings these could be.", field="display")
    if any(each.partner_id != found[0].partner_id for each in found):
        raise Invalid("display: expected the code of one: several partners have displays", field="display")
    return found[0]


def _of(request: web.Request, caller: Caller) -> list[DisplayRow]:
    """Those that lead anywhere, in the order in which they were made."""
    now_us = request.app[CONDITION].now_us()
    rows = request.app[HUB].displays.values()
    return [each for each in rows if caller.sees(each.partner_id) and each.holds(now_us)]
