"""`/api/display-settings`: a display's settings for the predecessor's pages, in their shapes. Knows which display is
meant: that of the code (hub/web/old_place.py); else the caller's first one. Refuses to know what the settings do.

Who has a display's code may see how it shows things, for that is what a screen needs. Only operators may change it: a
code is on a poster beside the screen, and the predecessor, which let everybody, was set to a second by a passer-by.
"""

from typing import Final

from aiohttp import web
from msgspec.structs import replace

from hub import old_display_settings
from hub.errors import Invalid, NotFound
from hub.model import DisplayRow
from hub.old_display_settings import OldSettings
from hub.web import bodies, old_place, scope
from hub.web.api import displays
from hub.web.state import CHANGING, HUB

CHANGED: Final = "display.changed"
FIELDS: Final = ("duration", "displayDuration", "transitions")


async def get_settings(request: web.Request) -> web.Response:
    """Always in the one shape, with 200: of a page that has no display, or one that is gone, as the predecessor has it.
    A page that was told anything else would show every runner for no time at all. Raises TooMany."""
    found = await old_place.place(request)
    return web.json_response(old_display_settings.shape(old_place.settings_of(request, found)))


async def change_settings(request: web.Request) -> web.Response:
    """JSON or a form as `OldSettings`; what is not given stays. Open screens hear of it at once."""
    wanted = bodies.decode(await bodies.json_or_form(request, FIELDS), OldSettings)
    async with request.app[CHANGING]:
        code = old_place.code_said(request)
        before = _named(request, code) if code else _only(request)
        try:
            row = replace(before, settings=old_display_settings.changed(before.settings, wanted))
        except Invalid as problem:
            return web.json_response({"error": problem.message}, status=problem.status)
        await displays.put(request, before, row, CHANGED)
    return web.json_response({"success": True, "duration": old_display_settings.duration(row.settings)})


def _named(request: web.Request, code: str) -> DisplayRow:
    row = request.app[HUB].displays.get(code.upper())
    if row is None or not scope.caller(request).sees(row.partner_id):
        raise NotFound("There is no display with this code.", field="display")
    return row


def _only(request: web.Request) -> DisplayRow:
    """The caller's first. Raises NotFound, and Invalid where several partners have some: admins say which."""
    found = old_place.displays(request, scope.caller(request))
    if not found:
        raise NotFound("There is no display yet whose settings these could be.", field="display")
    if any(each.partner_id != found[0].partner_id for each in found):
        raise Invalid("display: expected the code of one: several partners have displays", field="display")
    return found[0]
