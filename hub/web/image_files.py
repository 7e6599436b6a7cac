"""`/images/{name}`: an image as it is, or its thumbnail, for whoever knows its name. Knows HTTP caching; refuses to
know whose an image is: its name is made of its content, and nobody guesses it.

Nothing is asked of PostgreSQL: a screen has its images while that is away, and while the hub starts.
"""

import asyncio
from pathlib import Path
from typing import IO, Final

from aiohttp import web

from hub.errors import NotFound
from hub.image_files import OURS
from hub.web import headers
from hub.web.assets import FOREVER
from hub.web.state import IMAGE_FOLDER

PIECE_BYTES: Final = 64 * 1024
STALL_S_MAX: Final = 30.0
"""A client that takes nothing for so long has gone."""
TYPES: Final = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
OTHERWISE: Final = {
    # The frame that old templates are shown in is of no origin at all, and has to have them.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


async def image_file(request: web.Request) -> web.StreamResponse:
    return await send(request, request.match_info["name"])


async def send(request: web.Request, name: str) -> web.StreamResponse:
    """The file of this name. It never changes: what the name says is what is in it. Raises NotFound."""
    found = OURS.fullmatch(name)
    if found is None or found[4]:
        raise no_file()
    told = {"Cache-Control": FOREVER, "ETag": f'"{name}"', "Content-Type": TYPES[name.rsplit(".", 1)[-1]]}
    if f'"{name}"' in request.headers.get("If-None-Match", ""):
        return headers.otherwise(web.Response(status=304, headers=told), OTHERWISE)
    opened = await asyncio.to_thread(_opened, request.app[IMAGE_FOLDER] / name)
    if opened is None:
        raise no_file()
    file, size = opened
    response = headers.otherwise(web.StreamResponse(headers=told), OTHERWISE)
    response.content_length = size
    try:
        await response.prepare(request)
        if request.method != "HEAD":
            await _send(response, file, size)
        await response.write_eof()
    except (OSError, TimeoutError):
        if request.transport is not None:
            request.transport.abort()  # without its end: the client is not to take it for the whole
    finally:
        file.close()
    return response


async def _send(response: web.StreamResponse, file: IO[bytes], left: int) -> None:
    while left:
        piece = await asyncio.to_thread(file.read, min(left, PIECE_BYTES))
        if not piece:
            raise OSError("the file is shorter than it was")
        async with asyncio.timeout(STALL_S_MAX):
            await response.write(piece)
        left -= len(piece)


def _opened(path: Path) -> tuple[IO[bytes], int] | None:
    try:
        file = path.open("rb")
    except OSError:
        return None
    return file, path.stat().st_size


def no_file() -> NotFound:
    return NotFound("There is no such image.")
