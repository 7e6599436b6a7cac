"""The predecessor's own pages, as they were built: served from the folder that the configuration names
(`web.legacy_dir`). Knows files and the addresses that those pages have; refuses to know what they do.

They are pages of one file: whatever of their addresses is no file is that one. They were made for the internet, and
take styles and letters from there; where there is none they look plain, as they did.
"""

import asyncio
import mimetypes
import re
from pathlib import Path
from typing import Final

from aiohttp import web

from hub.errors import NotFound
from hub.web import headers
from hub.web.state import settings

INDEX: Final = "index.html"
OLD: Final = "/old"
AS_AT_HOME: Final = (
    b'<script>history.replaceState(null,"",(location.pathname.replace(/^\\/old(?=\\/|$)/,"")||"/")'
    b"+location.search+location.hash)</script>"
)
"""The page was built for the top of a site, and shows nothing at an address that it does not know: before it looks, it
is where it was built for."""
_HEAD: Final = re.compile(rb"<head\b[^>]*>", re.IGNORECASE)
_DOCTYPE: Final = re.compile(rb"<!doctype[^>]*>", re.IGNORECASE)
FILE_BYTES_MAX: Final = 32 << 20
NO_FOLDER: Final = (
    "There are no old pages here: web.legacy_dir names no folder. Screens of the hub's own are at /d/CODE."
)
OTHERWISE: Final = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline'",
            "style-src 'self' 'unsafe-inline' https:",
            "font-src 'self' https: data:",
            "img-src 'self' https: data: blob:",
            "connect-src 'self'",
            "frame-ancestors 'self'",
            "base-uri 'self'",
            "form-action 'self'",
        )
    )
}


async def page(request: web.Request) -> web.Response:
    """`/old/{path}`, `/assets/{path}`, and the addresses that the pages give themselves. Raises NotFound."""
    current = settings(request)
    if not current.web.legacy_dir:
        raise NotFound(NO_FOLDER)
    wanted = request.match_info.get("path", "")
    folder = current.path_of(current.web.legacy_dir)
    found = await asyncio.to_thread(_read, folder, _file(request, wanted))
    if found is None:
        raise NotFound("There is no such file.")
    name, body = found
    if name == INDEX and request.path.startswith(OLD):
        body = _at_home(body)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    charset = "utf-8" if kind.startswith("text/") or kind.endswith(("javascript", "json")) else None
    return headers.otherwise(web.Response(body=body, content_type=kind, charset=charset), OTHERWISE)


def _at_home(body: bytes) -> bytes:
    found = _HEAD.search(body) or _DOCTYPE.search(body)
    at = found.end() if found else 0
    return body[:at] + AS_AT_HOME + body[at:]


def _file(request: web.Request, wanted: str) -> str:
    return f"assets/{wanted}" if request.path.startswith("/assets/") else wanted


def _read(folder: Path, wanted: str) -> tuple[str, bytes] | None:
    """A file of the folder, and its name; for what is none, the page itself. Nothing outside the folder."""
    for name in (wanted, "" if wanted.startswith("assets/") else INDEX):
        try:
            path = (folder / name).resolve()
            if name and path.is_relative_to(folder.resolve()) and path.is_file():
                if path.stat().st_size > FILE_BYTES_MAX:
                    return None
                return path.name, path.read_bytes()
        except (OSError, ValueError):
            continue
    return None
