"""Of which display and session an old screen or script speaks: by `?display=CODE`; else by the cookie that
`/d/{code}/old` has set; else the session that its user has chosen, or the partner's newest active one. Knows requests;
refuses to know what is shown of it.

Who says none of these is shown nothing of anybody: the idle shape, with 200.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from aiohttp import web

from hub import old_display_settings
from hub.accounts import Caller
from hub.model import DisplayRow
from hub.session import Session
from hub.web import auth
from hub.web.codes import display_with
from hub.web.state import CONDITION, HUB

COOKIE: Final = "display"


class Choices(Protocol):
    """Which session a user has chosen for old screens. May raise StoreAway."""

    async def of(self, by: Caller) -> int | None: ...

    async def choose(self, by: Caller, session_id: int | None) -> None:
        """Also raises StoreError. The session is there for the caller."""


CHOICES: Final = web.AppKey("choices", Choices)


class Place(NamedTuple):
    """`caller`: who has asked, unless a display's code has said enough."""

    display: DisplayRow | None
    session: Session | None
    caller: Caller | None = None


NOWHERE: Final = Place(None, None)


def code_said(request: web.Request) -> str:
    """The display's code in the address, else in the cookie; empty: neither."""
    return request.query.get("display") or request.cookies.get(COOKIE) or ""


async def place(request: web.Request) -> Place:
    """Raises TooMany: codes that no display has are counted."""
    code = code_said(request)
    if code:
        display = display_with(request, code)
        return Place(display, request.app[HUB].session_of(display)) if display else NOWHERE
    caller = await auth.caller(request)
    return Place(None, await chosen(request, caller), caller) if caller else NOWHERE


async def own(request: web.Request, caller: Caller) -> Place:
    """The same for what a display's code alone does not open: of another's display there is nothing."""
    code = code_said(request)
    if not code:
        return Place(None, await chosen(request, caller), caller)
    display = request.app[HUB].displays.get(code.upper())
    if display is None or not caller.sees(display.partner_id):
        return NOWHERE
    return Place(display, request.app[HUB].session_of(display), caller)


async def chosen(request: web.Request, caller: Caller) -> Session | None:
    """The session that a user is shown; None: none is active."""
    hub = request.app[HUB]
    wanted = await request.app[CHOICES].of(caller)
    session = hub.sessions.get(wanted) if wanted is not None else None
    if session is not None and caller.sees(session.row.partner_id):
        return session
    partners = [caller.partner_id] if caller.partner_id is not None else list(hub.partners)
    return hub.active_session(partners[0]) if len(partners) == 1 else None


def settings_of(request: web.Request, found: Place) -> Mapping[str, Any]:
    """How long a card is there, and whether it moves: as the display says; else as the caller's first display does, for
    that is the one that a page without a code sets. Page and queue go by the same."""
    if found.display is not None:
        return found.display.settings
    rows = displays(request, found.caller) if found.caller else []
    if found.session is not None:
        partner_id = found.session.row.partner_id
        rows = [each for each in rows if each.partner_id == partner_id]
    return rows[0].settings if rows else {}


def duration_s(request: web.Request, found: Place) -> float:
    return old_display_settings.duration(settings_of(request, found))


def displays(request: web.Request, caller: Caller) -> list[DisplayRow]:
    """Those of the caller's that lead anywhere, in the order in which they were made."""
    now_us = request.app[CONDITION].now_us()
    rows = request.app[HUB].displays.values()
    return [each for each in rows if caller.sees(each.partner_id) and each.holds(now_us)]
