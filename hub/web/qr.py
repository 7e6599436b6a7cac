"""QR codes: a display's address, and whatever a template has one for, as pictures that a phone can read. Knows codes of
displays and pictures; refuses to know what a text means.
"""

import asyncio
import io
import re
from collections import OrderedDict
from typing import Final, NamedTuple

import segno
from aiohttp import web

from hub.errors import Invalid, NotFound, Unavailable
from hub.web import scope
from hub.web.codes import display_of
from hub.web.front import display_url

QUIET_MODULES: Final = 4
"""The margin that a reader needs, in modules, where nothing around it is one."""
TEXT_CHARS_MAX: Final = 500
"""At four bytes each they are 2,000: the largest code that a tenth of may be hidden or damaged holds 2,331."""
KEPT_BYTES_MAX: Final = 4 * 1024 * 1024
"""Pictures in memory: 2,000 of an address and a bib, 80 of the largest."""
WAITING_MAX: Final = 50
"""Texts whose picture is still to be made: the last of them waits for a quarter of a second, at worst for four."""
COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
FOREVER: Final = {"Cache-Control": "private, max-age=31536000, immutable"}
"""The address says all that is in the picture."""


class Wanted(NamedTuple):
    """`quiet`: how many modules wide the margin is."""

    text: str
    dark: str = "#000000"
    light: str = "#ffffff"
    quiet: int = QUIET_MODULES


class Pictures:
    """Those asked for last. One is made at a time, beside the loop; who asks for the same meanwhile waits for that."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Wanted, bytes] = OrderedDict()
        self._kept_bytes = 0
        self._making: dict[Wanted, asyncio.Task[bytes]] = {}
        self._turn = asyncio.Lock()
        self.made = 0

    async def picture(self, wanted: Wanted) -> bytes:
        """Raises Unavailable when too many are asked for at once."""
        kept = self._kept.get(wanted)
        if kept is not None:
            self._kept.move_to_end(wanted)
            return kept
        making = self._making.get(wanted)
        if making is None:
            if len(self._making) >= WAITING_MAX:
                raise Unavailable("Too many QR codes are asked for at this moment. Try again.")
            making = self._making[wanted] = asyncio.create_task(self._make(wanted))
            making.add_done_callback(lambda _task: self._making.pop(wanted))
        return await asyncio.shield(making)

    async def _make(self, wanted: Wanted) -> bytes:
        async with self._turn:
            made = await asyncio.to_thread(svg, *wanted)
        self.made += 1
        self._kept[wanted] = made
        self._kept_bytes += len(made)
        while self._kept_bytes > KEPT_BYTES_MAX:
            self._kept_bytes -= len(self._kept.popitem(last=False)[1])
        return made


PICTURES: Final = web.AppKey("pictures", Pictures)


async def display_qr(request: web.Request) -> web.Response:
    """`GET /api/displays/{code}/qr.svg`: a display's address. Who knows the code may see it: it says nothing more."""
    display = display_of(request)
    if display is None:
        raise NotFound("There is no display with this code.")
    return web.Response(body=svg(display_url(request, display.code)), content_type="image/svg+xml")


async def text_qr(request: web.Request) -> web.Response:
    """`GET /api/qr.svg?text=&dark=&light=&quiet=`: for the builder."""
    picture = await request.app[PICTURES].picture(_wanted(request))
    return web.Response(body=picture, content_type="image/svg+xml", headers=FOREVER)


async def display_text_qr(request: web.Request) -> web.Response:
    """`GET /api/display/{code}/qr.svg?text=&dark=&light=&quiet=`: the same for a screen."""
    if display_of(request) is None:
        raise NotFound("There is no display with this code.")
    return await text_qr(request)


def _wanted(request: web.Request) -> Wanted:
    """Raises Invalid."""
    text = request.query.get("text", "")
    if not 0 < len(text) <= TEXT_CHARS_MAX:
        raise Invalid(f"text: expected 1 to {TEXT_CHARS_MAX} characters", field="text")
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise Invalid("text: expected UTF-8", field="text")
    dark, light = _colour(request, "dark", "#000000"), _colour(request, "light", "#ffffff")
    quiet = request.query.get("quiet", str(QUIET_MODULES))
    return Wanted(text, dark, light, scope.number(quiet, "quiet", 0, QUIET_MODULES))


def _colour(request: web.Request, name: str, usual: str) -> str:
    colour = request.query.get(name, usual)
    if not COLOUR.fullmatch(colour):
        raise Invalid(f"{name}: expected a colour as #1a2b3c", field=name)
    return colour.lower()


def svg(text: str, dark: str = "#000", light: str = "#fff", quiet: int = QUIET_MODULES) -> bytes:
    """Dark on white unless said otherwise, whatever the page around it: many readers do not know the reverse. What is
    no ASCII is UTF-8, as telephones take it."""
    out = io.BytesIO()
    segno.make_qr(text, error="m", encoding=None if text.isascii() else "utf-8").save(
        out,
        kind="svg",
        border=quiet,
        dark=dark,
        light=light,
        xmldecl=False,
        omitsize=True,
        nl=False,
    )
    return out.getvalue()
