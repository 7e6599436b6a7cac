"""Who may ask. Knows the token that an admin finds in the data directory; refuses to know what is asked."""

import hmac
import os
import secrets
from pathlib import Path

from aiohttp import web

from hub.errors import StoreError, Unauthorized
from hub.web.state import TOKEN


def admin_token(data_dir: Path) -> str:
    """The token in `data_dir/admin.token`, made at the first start; the file is its owner's alone. Raises StoreError
    when it can be neither read nor made."""
    path = data_dir / "admin.token"
    try:
        token = _held(path) or _made(path)
        path.chmod(0o600)
    except OSError as problem:
        raise StoreError(f"{path} cannot be used: {problem.strerror}") from problem
    return token


def _held(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""


def _made(path: Path) -> str:
    token = secrets.token_urlsafe(32)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(token + "\n")
    return token


def require(request: web.Request) -> None:
    """Raises Unauthorized unless the request carries `Authorization: Bearer TOKEN`."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    # Bytes that are no UTF-8 come as surrogates.
    same = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), request.app[TOKEN].encode())
    if scheme.lower() != "bearer" or not same:
        raise Unauthorized(
            "Send the header 'Authorization: Bearer TOKEN' with the token in data_dir/admin.token."
        )
