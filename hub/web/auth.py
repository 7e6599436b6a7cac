"""Who asks, and whether that one may. Knows the machine's token, personal tokens and sign-ins; refuses to know what is
asked.

A caller is known by `Authorization: Bearer`, else by the cookie of a sign-in. A cookie is sent along by the browser,
whoever's page asks: so what changes something, and a WebSocket, has to come from a page of ours.
"""

import contextlib
import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from aiohttp import web

from hub.accounts import MACHINE_CALLER, Caller, User, at_least, caller_of
from hub.disk import kept_secret
from hub.errors import Forbidden, StoreAway, StoreError, Unauthorized
from hub.web import web_sessions
from hub.web.middlewares import Handler
from hub.web.scope import CALLER
from hub.web.sign_ins import SIGN_IN, SIGN_INS
from hub.web.state import CONDITION, PEOPLE, TOKEN, settings

ANYBODY: Final = "anybody"
WITH_CODE: Final = "with a display's code"
TOKEN_CHARS_MAX: Final = 200
"""What is longer is none of ours, and is not looked for."""
HARMLESS: Final = ("GET", "HEAD", "OPTIONS")
NOT_SIGNED_IN: Final = "Sign in, or send the header 'Authorization: Bearer TOKEN' with a token of yours."


def guarded(least: str, handler: Handler, *, page: bool = False) -> Handler:
    """`handler` for those who have at least this role; they are in the request then (`scope.CALLER`). Others get
    Unauthorized or Forbidden, and of a page they are led to the login."""
    if least in (ANYBODY, WITH_CODE):
        return handler

    async def ask_who(request: web.Request) -> web.StreamResponse:
        try:
            request[CALLER] = await require(request, least)
        except Unauthorized:
            if not page:
                raise
            raise web.HTTPSeeOther(f"/login?to={quote(request.path_qs, safe='')}") from None
        return await handler(request)

    return ask_who


async def require(request: web.Request, least: str) -> Caller:
    """Who asks. Raises Unauthorized, Forbidden, StoreAway."""
    found = await caller(request)
    if found is None:
        raise Unauthorized(NOT_SIGNED_IN)
    if not request.app[CONDITION].database_problem():
        with contextlib.suppress(StoreError):  # what is asked may need no PostgreSQL
            await request.app[PEOPLE].seen(found)
    if not at_least(found.role, least):
        raise Forbidden(f"This takes the role {least}; yours is {found.role}.")
    return found


async def caller(request: web.Request) -> Caller | None:
    """Who asks; None: nobody we know. Raises Forbidden when another site's page asks in the name of its visitor."""
    if "Authorization" in request.headers:
        return await _by_token(request)
    found = await _by_cookie(request)
    if found is not None:
        check_own_page(request)
    return found


def check_own_page(request: web.Request) -> None:
    """Raises Forbidden when the request is another site's page's."""
    if not _from_own_page(request):
        raise Forbidden("This address answers the hub's own pages only.")


async def _by_token(request: web.Request) -> Caller | None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    token = given.strip()
    if scheme.lower() != "bearer" or not token or len(token) > TOKEN_CHARS_MAX:
        return None
    if _same(token, request.app[TOKEN]):
        return MACHINE_CALLER
    digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
    user = await request.app[PEOPLE].by_token(digest)
    return caller_of(user) if user is not None and not user.disabled else None


async def _by_cookie(request: web.Request) -> Caller | None:
    """Who is signed in by the cookie that the request carries. Raises Unavailable."""
    found = await web_sessions.current(request)
    if found is None or request.app[SIGN_INS].has_ended(found):
        return None
    who = await user(request, found.user_id)
    if who is None or who.disabled or who.generation != found.generation:
        return None
    request[SIGN_IN] = found
    return caller_of(who)


async def user(request: web.Request, user_id: int) -> User | None:
    """As PostgreSQL has it; while it does not answer, as it has said a moment ago: nobody is signed out because it is
    started again."""
    known = request.app[SIGN_INS]
    remembered = known.recall(user_id)
    if remembered is not None and request.app[CONDITION].database_problem():
        return remembered  # without waiting for what is not going to come
    try:
        found = await request.app[PEOPLE].by_id(user_id)
    except StoreAway:
        if remembered is None:
            raise
        return remembered
    known.remember(user_id, found)
    return found


def admin_token(data_dir: Path) -> str:
    """The token in `data_dir/admin.token`, made at the first start. Raises StoreError."""
    return kept_secret(data_dir / "admin.token", lambda: secrets.token_urlsafe(32))


def has_token(request: web.Request) -> bool:
    """Whether the request carries the machine's token."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and _same(given.strip(), request.app[TOKEN])


def _same(given: str, wanted: str) -> bool:
    # Bytes that are no UTF-8 come as surrogates.
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())


def _from_own_page(request: web.Request) -> bool:
    """Browsers say where a WebSocket comes from, and most where a request does. What changes something has to say
    it. A link to a page may stand anywhere."""
    harmless = request.method in HARMLESS and "Upgrade" not in request.headers
    if harmless and request.headers.get("Sec-Fetch-Mode") == "navigate":
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        said = request.headers.get("Sec-Fetch-Site", "same-origin" if harmless else "")
        return said in ("same-origin", "none")
    current = settings(request)
    own = {
        _place(f"//{request.host}"),
        _place(current.server.public_url),
        *map(_place, current.web.cors_origins),
    }
    return _place(origin) in own - {""}


def _place(url: str) -> str:
    """Host and port as they are compared; empty when it is no address. A proxy may end https before us, so a port that
    goes without saying is left out for either scheme."""
    try:
        place = urlsplit(url).netloc.lower()
    except ValueError:
        return ""
    return place.removesuffix(":80").removesuffix(":443")
