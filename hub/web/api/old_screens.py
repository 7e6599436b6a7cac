"""What the predecessor's screens ask every second: `/api/current-runner` and the queue behind it. Knows whom they speak
of and in which shapes they are answered; who is shown when, hub/web/old_feed.py says.

The hub goes on from runner to runner by itself, after the display's duration: a screen that says it has displayed one
takes nothing from the others.
"""

from typing import Final

from aiohttp import web

from hub import old_runners
from hub.accounts import OPERATOR, at_least
from hub.errors import NotFound
from hub.web import auth, old_place, web_sessions
from hub.web.codes import code_of, display_of
from hub.web.old_feed import FEEDS, Feed, mode_of
from hub.web.old_place import COOKIE
from hub.web.state import settings

COOKIE_S: Final = 365 * 24 * 3600
"""A screen stands at a venue for a season."""
DISPLAY_PATH: Final = "/display"


async def current_runner(request: web.Request) -> web.Response:
    """Whoever is to be shown now, as an envelope and flat at once. Raises TooMany."""
    feed = await _feed(request)
    if feed is None:
        return web.json_response(old_runners.current(None, 0, None))
    runners = feed.runners()
    return web.json_response(
        old_runners.current(runners[0] if runners else None, len(runners), mode_of(feed.session))
    )


async def runner_displayed(request: web.Request) -> web.Response:
    """A screen has shown one for long enough: it hears who is to be shown now."""
    feed = await _feed(request)
    runners = feed.runners() if feed else []
    return web.json_response(old_runners.displayed(runners[0] if runners else None, len(runners)))


async def queue_status(request: web.Request) -> web.Response:
    feed = await _feed(request)
    return web.json_response(old_runners.status(feed.runners() if feed else []))


async def queue_debug(request: web.Request) -> web.Response:
    """The same, and all bibs."""
    feed = await _feed(request)
    runners = feed.runners() if feed else []
    return web.json_response(old_runners.status(runners) | {"all_bibs": [each["bib"] for each in runners]})


async def queue_clear(request: web.Request) -> web.Response:
    """Takes all off the queue, if an operator asks; a code alone is on a poster beside the screen, and clears
    nothing."""
    feed = await _feed(request)
    caller = await auth.caller(request)
    may = (
        feed is not None
        and caller is not None
        and caller.sees(feed.session.row.partner_id)
        and at_least(caller.role, OPERATOR)
    )
    return web.json_response({"success": True, "cleared_count": feed.queue.clear() if feed and may else 0})


async def old_display(request: web.Request) -> web.Response:
    """`GET /d/{code}/old?to=`: this browser's old pages speak of this display from now on. Raises NotFound, TooMany."""
    row = display_of(request)
    if row is None:
        raise NotFound("There is no display with this code.")
    answer = web.Response(status=303, headers={"Location": _to(request)})
    answer.set_cookie(
        COOKIE,
        code_of(request),
        max_age=COOKIE_S,
        httponly=True,
        samesite="Lax",
        secure=web_sessions.is_https(request),
    )
    return answer


def _to(request: web.Request) -> str:
    """A path of the hub's, or an address at an origin that the configuration allows."""
    to = request.query.get("to", DISPLAY_PATH)
    if to.startswith("/") and not to.startswith(("//", "/\\")):
        return to
    allowed = settings(request).web.cors_origins
    if any(to == origin or to.startswith(f"{origin}/") for origin in allowed):
        return to
    return DISPLAY_PATH


async def _feed(request: web.Request) -> Feed | None:
    """None: there is nothing to show."""
    found = await old_place.place(request)
    if found.session is None:
        return None
    return request.app[FEEDS].of(found.session, found.display, old_place.duration_s(request, found))
