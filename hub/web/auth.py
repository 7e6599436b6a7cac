"""Who may ask. Knows the token that an admin finds in the data directory; refuses to know what is asked.

As long as there are no accounts, the front page is open to all who reach it. It gives its visitors a cookie with which
they may watch; everything that changes something wants the token.
"""

import hashlib
import hmac
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from hub.disk import kept_secret
from hub.errors import Forbidden, Unauthorized
from hub.web.state import TOKEN, settings


def admin_token(data_dir: Path) -> str:
    """The token in `data_dir/admin.token`, made at the first start. Raises StoreError."""
    return kept_secret(data_dir / "admin.token", lambda: secrets.token_urlsafe(32))


def require(request: web.Request) -> None:
    """Raises Unauthorized unless the request carries `Authorization: Bearer TOKEN`."""
    if not has_token(request):
        raise Unauthorized(
            "Send the header 'Authorization: Bearer TOKEN' with the token in data_dir/admin.token."
        )


def let_watch(response: web.StreamResponse, request: web.Request) -> None:
    """Gives a visitor of the front page what `require_watcher` asks for."""
    secret = _watch_secret(request)
    response.set_cookie(
        _cookie_name(secret), secret, httponly=True, samesite="Lax", secure=request.secure, path="/"
    )


def require_watcher(request: web.Request) -> None:
    """Raises Unauthorized unless the request carries the token, or the front page's cookie; Forbidden when another
    site's page sends the cookie along."""
    if has_token(request):
        return
    secret = _watch_secret(request)
    if not _same(request.cookies.get(_cookie_name(secret), ""), secret):
        raise Unauthorized("Open the front page first, or send the header 'Authorization: Bearer TOKEN'.")
    if not _from_own_page(request):
        raise Forbidden("This address answers the hub's own pages only.")


def has_token(request: web.Request) -> bool:
    """Whether the request carries the admin's token."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and _same(given.strip(), request.app[TOKEN])


def _same(given: str, wanted: str) -> bool:
    # Bytes that are no UTF-8 come as surrogates.
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())


def _watch_secret(request: web.Request) -> str:
    return hmac.new(request.app[TOKEN].encode(), b"watch", "sha256").hexdigest()


def _cookie_name(secret: str) -> str:
    """Each hub has its own: browsers do not tell the ports of one host apart."""
    return "racehub_watch_" + hashlib.sha256(secret.encode()).hexdigest()[:8]


def _from_own_page(request: web.Request) -> bool:
    """Browsers say where a WebSocket comes from, and most where a request does."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    own = {_place(f"//{request.host}"), _place(settings(request).server.public_url)}
    return _place(origin) in own - {""}


def _place(url: str) -> str:
    """Host and port as they are compared; empty when it is no address. A proxy may end https before us, so a port that
    goes without saying is left out for either scheme."""
    try:
        place = urlsplit(url).netloc.lower()
    except ValueError:
        return ""
    return place.removesuffix(":80").removesuffix(":443")
