"""Pages for people, and their files. Knows templates; a page's data comes over its WebSocket."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web

from hub import __version__
from hub.errors import NotFound
from hub.web.state import HUB, SETTINGS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


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
    return aiohttp_jinja2.render_template("display.html", request, context)


def files(folder: Path) -> Handler:
    """What lies in a folder, or an error like any other: aiohttp's own static route answers 404 in its own shape."""

    async def file(request: web.Request) -> web.StreamResponse:
        path = _inside(folder, request.match_info["name"])
        if path is None:
            raise NotFound("There is no such file.")
        return web.FileResponse(path)

    return file


def _inside(folder: Path, name: str) -> Path | None:
    if "\0" in name:
        return None
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder) and path.is_file() else None
