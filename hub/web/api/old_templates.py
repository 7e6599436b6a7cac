"""`GET /api/templates` and `GET /api/templates/{name}` as the predecessor's screens ask for them, on which nobody is
signed in: a display's code opens the template that it shows, and no other. Knows who asks; `hub.web.api.templates` has
the shapes, and answers those who are signed in.
"""

from aiohttp import web

from hub.accounts import VIEWER
from hub.errors import NotFound
from hub.model import DisplayRow, TemplateRow
from hub.web import auth, old_place, scope
from hub.web.api import templates
from hub.web.codes import display_with
from hub.web.state import HUB

_list = auth.guarded(VIEWER, templates.list_templates)
_get = auth.guarded(VIEWER, templates.get_template)


async def list_templates(request: web.Request) -> web.StreamResponse:
    """Such screens show the first that they are told. `?details` is for the hub's own pages. Raises TooMany."""
    display = None if "details" in request.query else await _display(request)
    if display is None:
        return await _list(request)
    row = _shown(request, display)
    return web.json_response([] if row is None else [row.name])


async def get_template(request: web.Request) -> web.StreamResponse:
    """Raises NotFound, TooMany."""
    display = await _display(request)
    if display is None:
        return await _get(request)
    row = _shown(request, display)
    if row is None or scope.compared(row.name) != scope.compared(request.match_info["name"]):
        raise NotFound("There is no template of this name.")
    return await templates.as_before(row)


async def _display(request: web.Request) -> DisplayRow | None:
    """The one of whose code there is, where nobody is signed in."""
    code = old_place.code(request)
    if not code or await auth.caller(request) is not None:
        return None
    return display_with(request, code)


def _shown(request: web.Request, display: DisplayRow) -> TemplateRow | None:
    return request.app[HUB].templates.get(display.template_id or 0)
