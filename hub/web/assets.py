"""The files that pages are made of, read once at start: scripts without their comments, each with its ETag, packed for
the way. Knows names and HTTP caching; refuses to know what a file says."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import rjsmin
from aiohttp import web

from hub.errors import NotFound

FOREVER: Final = "public, max-age=31536000, immutable"
_CONTENT_IN_NAME: Final = re.compile(r"\.[0-9a-f]{8}\.\w+$")
"""A file whose name carries its content never changes."""
_WORKER: Final = "display-worker.js"
_WORKER_SCOPE: Final = "/d/"
_TYPES: Final = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
"""Those that a machine's own table may have otherwise."""
_PACKED: Final = {"text/javascript", "text/css", "image/svg+xml", "text/plain"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served. `packed`: the same by gzip, empty when that is no gain."""

    body: bytes
    packed: bytes
    content_type: str
    etag: str
    headers: dict[str, str]


class Assets:
    """All files of a folder, by their names within it. `build` names the whole of them."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        self._all = {path.relative_to(folder).as_posix(): _read(path) for path in paths}
        self.build = _digest("".join(f"{name} {asset.etag}\n" for name, asset in self._all.items()).encode())

    def get(self, name: str) -> Asset | None:
        return self._all.get(name)

    def names(self) -> list[str]:
        return list(self._all)


ASSETS: Final = web.AppKey("assets", Assets)


async def static_file(request: web.Request) -> web.Response:
    """`GET /static/{name}`: an error like any other where there is none."""
    asset = request.app[ASSETS].get(request.match_info["name"])
    if asset is None:
        raise NotFound("There is no such file.")
    # Weak: packed and plain are the same file.
    headers = {"ETag": f'W/"{asset.etag}"', "Vary": "Accept-Encoding", **asset.headers}
    if asset.etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    body = asset.body
    if asset.packed and "gzip" in request.headers.get("Accept-Encoding", "").lower():
        body, headers["Content-Encoding"] = asset.packed, "gzip"
    charset = "utf-8" if asset.content_type in _PACKED else None
    return web.Response(body=body, content_type=asset.content_type, charset=charset, headers=headers)


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    if path.suffix == ".js":
        body = _without_comments(body.decode())
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9, mtime=0) if kind in _PACKED else b""
    headers = {"Cache-Control": FOREVER} if _CONTENT_IN_NAME.search(path.name) else {}
    if kind.startswith("font/"):
        headers["Access-Control-Allow-Origin"] = (
            "*"  # the frame of an old template is of no origin, so not of ours
        )
    if path.name == _WORKER:
        headers["Service-Worker-Allowed"] = _WORKER_SCOPE
    return Asset(body, packed if len(packed) < len(body) else b"", kind, _digest(body), headers)


def _without_comments(script: str) -> bytes:
    return str(rjsmin.jsmin(script)).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
