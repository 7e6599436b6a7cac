"""What holds for every request: errors in one shape, the hub's readiness, headers. Knows HTTP only."""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import aiohttp_jinja2
from aiohttp import web

from hub.errors import CallerError, StoreAway, TooLarge, Unavailable
from hub.web.state import CONDITION

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ALWAYS: Final = ("/health", "/static/", "/d/", "/display/")
"""What is answered while the hub is not ready: a screen has its page, and its socket tries again."""
MACHINES: Final = ("/api", "/health", "/status", "/ws", "/static")
"""Addresses that people do not open: their errors are JSON, whatever the browser says it likes."""
PAGES: Final = ("/d/", "/display/")
RETRY_S: Final = 2
LEFT: Final = 499
"""For a caller who has left: nobody gets it."""
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
}
_WORDS: Final = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is larger than this address takes.",
}


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Domain errors as HTTP answers: `{"error": {"code", "message", "field"?}}`, or a page for people."""
    try:
        return await handler(request)
    except CallerError as problem:
        return answer(request, problem.status, problem.code, problem.message, problem.field)
    except StoreAway as problem:
        return answer(request, Unavailable.status, Unavailable.code, str(problem))
    except web.HTTPException as problem:
        if problem.status < 400:
            raise
        return _refusal(request, problem)
    except Exception as problem:
        if isinstance(problem, ConnectionError) and _has_left(request):
            return web.Response(status=LEFT)  # raised on, aiohttp would log it as a fault of ours
        # Not the path: it may hold a display's code.
        log.exception("web: %s %s failed", request.method, _route(request))
        return answer(
            request, 500, "internal", "The hub has a fault; it is in its log. Reads are not affected."
        )


@web.middleware
async def ready(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing but health, files and the screen's page until everything runs."""
    reason = request.app[CONDITION].not_ready
    if reason and not request.path.startswith(ALWAYS):
        raise Unavailable(reason)
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Files and pages are asked for again each time (and come only when they changed): after an upgrade of the hub
    no screen runs the old ones. Data is never kept."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    kept = response.status in (200, 304) and request.path.startswith(("/static/", *PAGES))
    response.headers.setdefault("Cache-Control", "no-cache" if kept else "no-store")


def answer(
    request: web.Request, status: int, code: str, message: str, field: str | None = None
) -> web.Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_S)
    if _for_people(request):
        return _page(request, status, message, headers)
    error = {"code": code, "message": message} | ({"field": field} if field else {})
    return web.json_response({"error": error}, status=status, headers=headers)


def _page(request: web.Request, status: int, message: str, headers: dict[str, str]) -> web.Response:
    response = aiohttp_jinja2.render_template(
        "error.html", request, {"status": status, "message": message}, status=status
    )
    response.headers.update(headers)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        # A screen that was switched on together with the hub has nobody to press reload.
        response.headers["Refresh"] = str(RETRY_S)
    return response


def _has_left(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _for_people(request: web.Request) -> bool:
    path = request.path
    if path == "/" or path.startswith(PAGES):
        return True
    return not path.startswith(MACHINES) and "text/html" in request.headers.get("Accept", "")


def _refusal(request: web.Request, problem: web.HTTPException) -> web.Response:
    """What aiohttp refuses by itself."""
    status = problem.status
    code = TooLarge.code if status == TooLarge.status else HTTPStatus(status).phrase.lower().replace(" ", "_")
    response = answer(request, status, code, _WORDS.get(status, problem.reason))
    if "Allow" in problem.headers:
        response.headers["Allow"] = problem.headers["Allow"]
    return response


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "an unknown address"
