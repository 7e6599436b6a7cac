"""What pages of other sites may ask: those that the configuration names (`web.cors_origins`), and nothing of any other.
Knows HTTP only; refuses to know what is asked.

Of ready-made ones aiohttp-cors was tried: it is told which origins there are when the application is built, and these
change while the hub runs.
"""

from typing import Final

from aiohttp import web

from hub.web.middlewares import Handler
from hub.web.state import settings

PLACES: Final = ("/api/", "/stream", "/static/uploads/", "/images/")
METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
HEADERS: Final = "Authorization, Content-Type, Last-Event-ID"
ASKED_AGAIN_S: Final = 600
_ORIGIN: Final = web.RequestKey("origin", str)


@web.middleware
async def others(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An allowed origin is told so, also before it asks. Others are answered as if they had said nothing of it: their
    browsers keep the answer from them."""
    origin = request.headers.get("Origin", "")
    if origin not in settings(request).web.cors_origins or not request.path.startswith(PLACES):
        return await handler(request)
    request[_ORIGIN] = origin
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        return web.Response(
            status=204,
            headers={
                "Access-Control-Allow-Methods": METHODS,
                "Access-Control-Allow-Headers": HEADERS,
                "Access-Control-Max-Age": str(ASKED_AGAIN_S),
            },
        )
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Also to answers that begin before they are handed back."""
    origin = request.get(_ORIGIN)
    if origin is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers.add("Vary", "Origin")
