"""`/api/displays/{code}/qr.svg`: a display's address as a picture that a phone can read. Knows the code; refuses to
know what the display shows.
"""

import io
from typing import Final

import segno
from aiohttp import web

from hub.errors import NotFound
from hub.web.codes import display_of
from hub.web.front import display_url

QUIET_MODULES: Final = 4
"""The white margin that a reader needs, in modules."""


async def display_qr(request: web.Request) -> web.Response:
    """Who knows the code may see it: it says nothing more."""
    display = display_of(request)
    if display is None:
        raise NotFound("There is no display with this code.")
    return web.Response(body=svg(display_url(request, display.code)), content_type="image/svg+xml")


def svg(text: str) -> bytes:
    """Dark on white, whatever the page around it: many readers do not know the reverse."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(
        out,
        kind="svg",
        border=QUIET_MODULES,
        dark="#000",
        light="#fff",
        xmldecl=False,
        omitsize=True,
        nl=False,
    )
    return out.getvalue()
