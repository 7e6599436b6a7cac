"""Who may ask. Knows the token that an admin finds in the data directory; refuses to know what is asked."""

import hmac
import os
import secrets
from pathlib import Path

from aiohttp import web

from hub.errors import Unauthorized
from hub.web.state import TOKEN


def admin_token(data_dir: Path) -> str:
    """The token in `data_dir/admin.token`, made at the first start; the file is its owner's alone."""
    path = data_dir / "admin.token"
    try:
        token = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        token = ""
    if not token:
        token = secrets.token_urlsafe(32)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(token + "\n")
    path.chmod(0o600)
    return token


def require(request: web.Request) -> None:
    """Raises Unauthorized unless the request carries `Authorization: Bearer TOKEN`."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = request.app[TOKEN]
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), wanted.encode()):
        raise Unauthorized(
            "Send the header 'Authorization: Bearer TOKEN' with the token in data_dir/admin.token."
        )
