"""The web application, put together. Knows aiohttp; what it serves is handed in."""

import asyncio
import logging
from pathlib import Path
from typing import Final

import aiohttp_jinja2
import jinja2
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.log import server_logger

from hub.config_live import Current
from hub.hub import Hub
from hub.web import assets, middlewares, routes, sockets, state
from hub.web.live import Live

BODY_BYTES_MAX: Final = 64 * 1024
"""Bodies that a handler reads whole. Uploads are read in pieces, against their own limit."""
SLASHES: Final = web.normalize_path_middleware(append_slash=False, remove_slash=True)
"""An address with a slash too many, as people type it, leads to the one without."""
TEMPLATES: Final = Path(__file__).parent / "templates"


class _OneLine(logging.Filter):
    """Makes one line of what aiohttp says of a request that is no HTTP: a network full of curious machines sends
    many, and each would be a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        fault = record.exc_info[1] if record.exc_info else None
        if isinstance(fault, HttpProcessingError):
            record.exc_info = None
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.args = f"web: {record.getMessage()}: {fault.message.splitlines()[0]!r}", None
        return server_logger.isEnabledFor(record.levelno)


_ONE_LINE: Final = _OneLine()


def build(
    settings: Current,
    *,
    condition: state.Condition,
    hub: Hub,
    live: Live,
    queries: state.Queries,
    imports: state.Imports,
    token: str,
) -> web.Application:
    chain = [middlewares.errors, middlewares.ready, SLASHES]
    app = web.Application(middlewares=chain, client_max_size=BODY_BYTES_MAX)
    app[state.SETTINGS] = settings
    app[state.CONDITION] = condition
    app[state.HUB] = hub
    app[state.LIVE] = live
    app[state.QUERIES] = queries
    app[state.IMPORTS] = imports
    app[state.TOKEN] = token
    app[state.CHANGING] = asyncio.Lock()
    app[sockets.SCREENS] = sockets.Screens()
    app[assets.ASSETS] = assets.Assets(routes.STATIC)
    app.on_response_prepare.append(middlewares.add_headers)
    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
    routes.add(app)
    server_logger.addFilter(_ONE_LINE)
    return app
