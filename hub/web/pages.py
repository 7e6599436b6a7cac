"""Pages for people. Knows templates; a page's data comes over its WebSocket."""

import aiohttp_jinja2
from aiohttp import web

from hub import __version__
from hub.web import codes
from hub.web.assets import ASSETS
from hub.web.state import settings


async def display(request: web.Request) -> web.Response:
    """The screen. An unknown code gets the page, too: its socket tells it, in words for the venue. Needs nothing of
    the hub but its name, so that a screen has its page while the hub is still starting."""
    codes.display_of(request)
    context = {
        "code": codes.code_of(request),
        "server_name": settings(request).server.name,
        "version": __version__,
        "overlay": request.query.get("overlay") == "1",
        "build": request.app[ASSETS].build,
    }
    return aiohttp_jinja2.render_template("display.html", request, context)
