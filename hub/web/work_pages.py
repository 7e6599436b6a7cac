"""Work pages: for people who are signed in, or are about to be. Knows templates, and what a page may offer to whom;
refuses to know what a page shows: that it asks for itself.
"""

from typing import Any, Final

import aiohttp_jinja2
from aiohttp import web

from hub import roster_words, template_words
from hub.accounts import ADMIN, ANNOUNCER, OPERATOR, OWNER, VIEWER, Caller, at_least
from hub.errors import CallerError, StoreAway
from hub.web import auth, front, scope
from hub.web.api import sessions
from hub.web.state import USERS, settings

NAV: Final = (
    ("/", "Control room", VIEWER),
    ("/displays", "Displays", VIEWER),
    ("/templates", "Templates", VIEWER),
    ("/users", "Users", OWNER),
    ("/settings", "Settings", VIEWER),
)
"""Path, words, and the least role that gets there."""


async def control_room(request: web.Request) -> web.Response:
    """What there is, as of now: from memory, so that it comes up when the database is away."""
    return _page(request, "front.html", state=front.state(request))


async def session(request: web.Request) -> web.Response:
    """One session. One that is not there, or another partner's, is no page."""
    shown = await sessions.session_json(request, scope.path_id(request))
    return _page(request, "session.html", session=shown)


async def roster(request: web.Request) -> web.Response:
    """Who is who in one session: as `session`."""
    shown = await sessions.session_json(request, scope.path_id(request))
    mib = settings(request).limits.upload_mib
    return _page(request, "roster.html", session=shown, fields=roster_words.FIELDS, upload_mib=mib)


async def check(request: web.Request) -> web.Response:
    """Where a tag, a bib or a name is looked up, one after the other: as `session`."""
    shown = await sessions.session_json(request, scope.path_id(request))
    return _page(request, "check.html", session=shown)


async def announcer(request: web.Request) -> web.Response:
    """One session, for who speaks at it: as `session`."""
    shown = await sessions.session_json(request, scope.path_id(request, "session"))
    return _page(request, "announcer.html", session=shown)


async def fleet(request: web.Request) -> web.Response:
    """Displays, and the screens that show them."""
    return _page(request, "fleet.html")


async def templates(request: web.Request) -> web.Response:
    """How displays can look."""
    return _page(request, "templates.html", upload_mib=settings(request).limits.upload_mib)


async def template(request: web.Request) -> web.Response:
    """The builder. One that is not there gets the page, too: with its first save it is."""
    name = template_words.check_name(request.match_info["name"])
    mib = settings(request).limits.upload_mib
    return _page(request, "build.html", here="/templates", template_name=name, upload_mib=mib)


async def users(request: web.Request) -> web.Response:
    return _page(request, "users.html")


async def user_settings(request: web.Request) -> web.Response:
    return _page(request, "settings.html", hours=settings(request).web.session_hours)


async def login(request: web.Request) -> web.Response:
    """Who is signed in already has nothing to do here."""
    if await _caller(request) is not None:
        raise web.HTTPSeeOther("/")
    return _page(request, "login.html", nobody=await _nobody(request))


async def join(request: web.Request) -> web.Response:
    """What the link says is in its fragment, which the hub does not see: the page's script asks."""
    return _page(request, "join.html")


async def _caller(request: web.Request) -> Caller | None:
    try:
        return await auth.caller(request)
    except (CallerError, StoreAway):
        return None


async def _nobody(request: web.Request) -> bool:
    """Whether there is no admin yet: somebody has to find the first link."""
    try:
        return not await request.app[USERS].has_admin()
    except StoreAway:
        return False


def _page(request: web.Request, template: str, **more: Any) -> web.Response:
    who = request.get(scope.CALLER)
    context: dict[str, Any] = {"name": settings(request).server.name, "here": request.path}
    context |= _of(request, who) if who is not None else {"me": None, "may": {}, "nav": []}
    return aiohttp_jinja2.render_template(template, request, context | more)


def _of(request: web.Request, who: Caller) -> dict[str, Any]:
    """`me`: as `/api/auth/me` has it, as far as no database is needed."""
    partner = scope.partner_json(scope.partner(request, who.partner_id))
    return {
        "me": {"id": who.user_id, "name": who.name, "role": who.role, "partner": partner},
        "may": {
            "announce": at_least(who.role, ANNOUNCER),
            "operate": at_least(who.role, OPERATOR),
            "own": at_least(who.role, OWNER),
            "admin": at_least(who.role, ADMIN),
        },
        "nav": [(path, words) for path, words, least in NAV if at_least(who.role, least)],
    }
