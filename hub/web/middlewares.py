"""What holds for every request: errors in one shape, the hub's readiness, headers. Knows HTTP only."""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp_jinja2
from aiohttp import web

from hub.errors import CallerError, StoreAway, Unavailable
from hub.web.state import CONDITION

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ALWAYS: Final = ("/health", "/static/")
"""What is answered while the hub is starting."""
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
}
_PAGES: Final = ("/d/", "/display/")


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Domain errors as HTTP answers: `{"error": {"code", "message", "field"?}}`, or a page for people."""
    try:
        return await handler(request)
    except CallerError as problem:
        return answer(request, problem.status, problem.code, problem.message, problem.field)
    except StoreAway as problem:
        return answer(request, 503, Unavailable.code, str(problem))
    except web.HTTPException as problem:
        if problem.status < 400:
            raise
        response = answer(request, problem.status, _code(problem), _words(problem))
        if "Allow" in problem.headers:
            response.headers["Allow"] = problem.headers["Allow"]
        return response
    except (json.JSONDecodeError, UnicodeDecodeError) as problem:
        return answer(request, 400, "bad_request", f"the body cannot be read: {problem}")
    except Exception:
        log.exception("web: %s %s failed", request.method, request.path)
        return answer(
            request, 500, "internal", "The hub has a fault; it is in its log. Reads are not affected."
        )


@web.middleware
async def ready(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing but health and files until everything runs."""
    reason = request.app[CONDITION].starting
    if reason and not request.path.startswith(ALWAYS):
        raise Unavailable(reason)
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def answer(
    request: web.Request, status: int, code: str, message: str, field: str | None = None
) -> web.Response:
    if request.path.startswith(_PAGES) or request.path == "/":
        context = {"status": status, "message": message}
        return aiohttp_jinja2.render_template("error.html", request, context, status=status)
    error = {"code": code, "message": message} | ({"field": field} if field else {})
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if status == 503:
        headers["Retry-After"] = "2"
    return web.json_response({"error": error}, status=status, headers=headers)


def _code(problem: web.HTTPException) -> str:
    return {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(problem.status, "bad_request")


def _words(problem: web.HTTPException) -> str:
    return {
        404: "There is nothing at this address.",
        405: "This address does not take that method.",
        413: "The body is larger than this address takes.",
    }.get(problem.status, problem.reason)
