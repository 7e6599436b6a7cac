"""The web application, put together. Knows aiohttp; what it serves is handed in."""

from pathlib import Path
from typing import Final

import aiohttp_jinja2
import jinja2
from aiohttp import web

from hub.config import Settings
from hub.hub import Hub
from hub.web import middlewares, routes, sockets, state
from hub.web.live import Live

BODY_BYTES_MAX: Final = 64 * 1024
"""Bodies that a handler reads whole. Uploads are read in pieces, against their own limit."""
TEMPLATES: Final = Path(__file__).parent / "templates"


def build(
    settings: Settings,
    *,
    condition: state.Condition,
    hub: Hub,
    live: Live,
    queries: state.Queries,
    token: str,
) -> web.Application:
    app = web.Application(middlewares=[middlewares.errors, middlewares.ready], client_max_size=BODY_BYTES_MAX)
    app[state.SETTINGS] = settings
    app[state.CONDITION] = condition
    app[state.HUB] = hub
    app[state.LIVE] = live
    app[state.QUERIES] = queries
    app[state.TOKEN] = token
    app[sockets.SCREENS] = sockets.Screens()
    app.on_response_prepare.append(middlewares.add_headers)
    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
    routes.add(app)
    return app
