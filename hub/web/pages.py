"""Pages for people. Knows templates; a page's data comes over its WebSocket."""

import aiohttp_jinja2
from aiohttp import web

from hub import __version__
from hub.errors import NotFound
from hub.web.state import HUB, SETTINGS


async def front(request: web.Request) -> web.StreamResponse:
    """The first display, as long as there is nothing else to see."""
    code = next(iter(request.app[HUB].displays), None)
    if code is None:
        raise NotFound("There is no display yet.")
    raise web.HTTPFound(f"/d/{code}")


async def display(request: web.Request) -> web.Response:
    """The screen. An unknown code gets the page, too: its socket tells it, in words for the venue."""
    context = {
        "code": request.match_info["code"].upper(),
        "server_name": request.app[SETTINGS].server.name,
        "version": __version__,
    }
    response = aiohttp_jinja2.render_template("display.html", request, context)
    response.headers["Cache-Control"] = "no-cache"
    return response
