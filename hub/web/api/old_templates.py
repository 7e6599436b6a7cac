"""`/api/templates` for the predecessor's pages: names, and a template as HTML. Knows who may see which: whoever has
signed in the partner's, and a screen with a display's code (hub/web/old_place.py) that display's own. The shapes, and
whatever else is done with templates, are in hub/web/api/templates.py.
"""

from typing import Final

from aiohttp import web

from hub.accounts import VIEWER
from hub.errors import NotFound
from hub.model import TemplateRow
from hub.web import auth, old_place, scope
from hub.web.api import templates
from hub.web.state import HUB

NO_TEMPLATE: Final = "Template not found"


async def list_templates(request: web.Request) -> web.Response:
    """Names; with `?details` all that is said of each, for whoever has signed in. That of the display comes first: a
    screen of the predecessor's shows the first. Of nobody: none. Raises Unauthorized, TooMany."""
    if templates.wants_details(request):
        request[scope.CALLER] = await auth.require(request, VIEWER)
        return await templates.list_details(request)
    own = await _of_display(request)
    names = [own.name] if own else []
    if await _has_signed_in(request):
        names += [each for each in templates.names(request) if each not in names]
    return web.json_response(names)


async def get_template(request: web.Request) -> web.Response:
    """HTML of both states. Raises Unauthorized, TooMany."""
    own = await _of_display(request)
    if own is not None and scope.compared(own.name) == scope.compared(request.match_info["name"]):
        return await templates.as_html(own)
    request[scope.CALLER] = await auth.require(request, VIEWER)
    try:
        row = scope.template(request)
    except NotFound:
        return web.json_response({"error": NO_TEMPLATE}, status=404)
    return await templates.as_html(row)


async def _of_display(request: web.Request) -> TemplateRow | None:
    """None: it has none of its own, or no display is meant."""
    if not old_place.code_said(request):
        return None
    display = (await old_place.place(request)).display
    return request.app[HUB].templates.get(display.template_id or 0) if display is not None else None


async def _has_signed_in(request: web.Request) -> bool:
    """Raises Unauthorized for a token that is nobody's: a script is not to take it for a hub without templates."""
    if "Authorization" not in request.headers and await auth.caller(request) is None:
        return False
    request[scope.CALLER] = await auth.require(request, VIEWER)
    return True
