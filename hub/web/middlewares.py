"""What holds for every request: errors in one shape, the hub's readiness, headers. Knows HTTP only."""

import logging
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import aiohttp_jinja2
from aiohttp import web

from hub.errors import CallerError, StoreAway, TooSlow, Unavailable
from hub.web import headers, refusals
from hub.web.state import CONDITION, as_seen, settings

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ALWAYS: Final = ("/health", "/static/", "/frames/", "/d/", "/display/", "/images/")
"""What is answered while the hub is not ready: a screen has its page and its images, and its socket tries again."""
MACHINES: Final = ("/api", "/health", "/status", "/ws", "/static")
"""Addresses that people do not open: their errors are JSON, whatever the browser says it likes."""
PAGES: Final = ("/d/", "/display/")
OLD: Final = re.compile(
    "/api/(messages|upload-image|user-images|display-settings|current-runner|runner-displayed|queue-|login|providers|test-"
    "|fetch-events|select-|mode-status|sync-status|refresh/|background-refresh|tcp-status|start-test-listener|debug/|timing/)"
)
"""Addresses that the predecessor's clients alone ask."""
FAULT_TEXT: Final = "The hub has a fault; it is in its log. Reads are not affected."
LEFT: Final = 499
"""For a caller who has left: nobody gets it."""


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Domain errors as HTTP answers: `{"error": {"code", "message", "field"?}}`, or a page for people."""
    try:
        return await handler(request)
    except CallerError as problem:
        return _told(request, problem)
    except StoreAway as problem:
        return _told(request, Unavailable(str(problem)))
    except web.HTTPException as problem:
        return _refusal(request, problem)
    except Exception as problem:
        if isinstance(problem, ConnectionError) and _has_left(request):
            return web.Response(status=LEFT)  # raised on, aiohttp would log it as a fault of ours
        # Not the path: it may hold a display's code.
        log.exception("web: %s %s failed", request.method, _route(request))
        return answer(request, 500, "internal", FAULT_TEXT)


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
    secure = as_seen(request).secure or settings(request).server.public_url.startswith("https:")
    response.headers.update(headers.of(response, secure=secure))
    kept = response.status in (200, 304) and request.path.startswith(("/static/", *PAGES))
    response.headers.setdefault("Cache-Control", "no-cache" if kept else "no-store")


def answer(
    request: web.Request, status: int, code: str, message: str, field: str | None = None, *, retry_s: int = 0
) -> web.Response:
    more = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    if retry_s:
        more["Retry-After"] = str(retry_s)
    if _for_people(request):
        return _page(request, status, message, more)
    shaped = refusals.shaped_for_old if OLD.match(request.path) else refusals.shaped
    text = shaped(code, message, field)
    return web.Response(text=text, status=status, headers=more, content_type="application/json")


def _told(request: web.Request, problem: CallerError) -> web.Response:
    response = answer(
        request, problem.status, problem.code, problem.message, problem.field, retry_s=problem.retry_s
    )
    if isinstance(problem, TooSlow):
        response.force_close()  # what is still to come is not waited for
    return response


def _page(request: web.Request, status: int, message: str, more: dict[str, str]) -> web.Response:
    response = aiohttp_jinja2.render_template(
        "error.html", request, {"status": status, "message": message}, status=status
    )
    response.headers.update(more)
    if "Retry-After" in more:
        # A screen that was switched on together with the hub has nobody to press reload.
        response.headers["Refresh"] = more["Retry-After"]
    return response


def _has_left(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _for_people(request: web.Request) -> bool:
    path = request.path
    if path == "/" or path.startswith(PAGES):
        return True
    return not path.startswith(MACHINES) and "text/html" in request.headers.get("Accept", "")


def _refusal(request: web.Request, problem: web.HTTPException) -> web.Response:
    """What aiohttp refuses by itself, or leads elsewhere."""
    if problem.status < 400:
        response = web.Response(status=problem.status)
    else:
        response = answer(request, problem.status, *refusals.words_of(problem))
    for name in ("Allow", "Location"):
        if name in problem.headers:
            response.headers[name] = problem.headers[name]
    return response


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "an unknown address"
