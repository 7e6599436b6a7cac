"""`/api/screens`: screens one by one, and what is wished of them. Knows the shapes; the fleet knows who is there."""

import asyncio
from typing import Annotated, Any, Final

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from hub import __version__, encode
from hub.encode import iso
from hub.errors import Conflict, Invalid, NotFound
from hub.event_words import check_text
from hub.latency import figures
from hub.model import DisplayRow, ScreenRow
from hub.web import bodies, scope
from hub.web.screens import FLEET, Known, Line
from hub.web.state import CONDITION, HUB

NAME_CHARS_MAX: Final = 100
CODE_CHARS_MAX: Final = 64
AT_ONCE: Final = 100
"""Screens looked at in one turn of the loop, a millisecond, or three at the peak of a race: a page asks for all of them
every other second."""


class ScreenChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is not given stays. `name` empty: none. `code`: of the display that it is to show."""

    name: Annotated[str, msgspec.Meta(max_length=NAME_CHARS_MAX)] | UnsetType = UNSET
    blank: bool | UnsetType = UNSET
    code: Annotated[str, msgspec.Meta(max_length=CODE_CHARS_MAX)] | UnsetType = UNSET


async def list_screens(request: web.Request) -> web.Response:
    """All of the caller's, those that came first before the others. `version`: of the page that this hub gives."""
    known, shown = request.app[FLEET].of(scope.caller(request)), list[dict[str, Any]]()
    for start in range(0, len(known), AT_ONCE):
        shown += [_shape(request, each) for each in known[start : start + AT_ONCE]]
        await asyncio.sleep(0)
    answer = {"screens": shown, "version": __version__, "now": iso(request.app[CONDITION].now_us())}
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json")


async def change_screen(request: web.Request) -> web.Response:
    """JSON as `ScreenChange`. The screen hears of it at once; one that is away, when it comes back."""
    change = bodies.decode(await bodies.json(request), ScreenChange)
    fleet = request.app[FLEET]
    async with fleet.changing:
        known = _screen(request)
        row = _changed(request, known, change)
        if row != known.row and not await fleet.change(
            scope.caller(request), known, row, _action(known.row, row)
        ):
            raise NotFound("There is no display with this code.", field="code")
    return web.json_response({"screen": _shape(request, known)})


async def delete_screen(request: web.Request) -> web.Response:
    """Forgets one that is away. Gives 204."""
    fleet = request.app[FLEET]
    async with fleet.changing:
        known = _screen(request)
        if known.line is not None:
            raise Conflict("This screen is connected. Close its page, then it can be deleted.")
        await fleet.delete(scope.caller(request), known)
    return web.Response(status=204)


async def identify_screen(request: web.Request) -> web.Response:
    """It says who it is, large, for some seconds."""
    return _told(request, "identify")


async def reload_screen(request: web.Request) -> web.Response:
    """It loads its page anew."""
    return _told(request, "reload")


def _told(request: web.Request, kind: str) -> web.Response:
    known = _screen(request)
    _line(known).tell(encode.wish(kind))
    return web.json_response({"screen": _shape(request, known)})


def _screen(request: web.Request) -> Known:
    """The one whose id is in the address. Raises NotFound."""
    known = request.app[FLEET].find(request.match_info["id"])
    if known is None or not scope.caller(request).sees(known.row.partner_id):
        raise NotFound("There is no such screen.")
    return known


def _line(known: Known) -> Line:
    """Raises Conflict."""
    if known.line is None:
        raise Conflict("This screen is not connected now.")
    return known.line


def _changed(request: web.Request, known: Known, change: ScreenChange) -> ScreenRow:
    """Raises Invalid, NotFound, Conflict."""
    row = known.row
    if change.name is not UNSET:
        if change.name:
            check_text(change.name, "name")
        row = replace(row, name=change.name.strip())
    if change.blank is not UNSET:
        row = replace(row, blank=change.blank)
    if change.code is not UNSET and change.code.upper() != row.code:
        _line(known)  # one that is away would come to the address that it has
        row = replace(row, code=_display(request, known, change.code).code)
    return row


def _display(request: web.Request, known: Known, code: str) -> DisplayRow:
    """Raises NotFound, and Invalid for a code that leads nowhere."""
    display = request.app[HUB].displays.get(code.upper())
    if display is None or display.partner_id != known.row.partner_id:
        raise NotFound("There is no display with this code.", field="code")
    if not display.holds(request.app[CONDITION].now_us()):
        raise Invalid("code: expected one that is neither revoked nor expired", field="code")
    return display


def _action(before: ScreenRow, row: ScreenRow) -> str:
    """What the log calls it."""
    if row.code != before.code:
        return "screen.moved"
    if row.blank != before.blank:
        return "screen.blanked" if row.blank else "screen.lit"
    return "screen.named"


def _shape(request: web.Request, known: Known) -> dict[str, Any]:
    """A screen as every answer gives it. `display`, `place`: of its code. `latency`: of the last minute, from a read's
    arrival until this screen had painted it."""
    row, line, now_us = known.row, known.line, request.app[CONDITION].now_us()
    display = request.app[HUB].displays.get(row.code)
    trip_us = known.round_trip_us if line else None
    return {
        "id": row.id,
        "name": row.name,
        "code": row.code,
        "display": display.name if display else "",
        "place": display.place if display else "",
        "width": row.width,
        "height": row.height,
        "visible": known.visible if line else False,
        "version": row.version,
        "blank": row.blank,
        "online": line is not None,
        "shows": known.shows if line else "",
        "last_frame_at": iso(now_us - line.frame_age_us()) if line else None,
        "round_trip_ms": None if trip_us is None else round(trip_us / 1000, 1),
        "latency": figures(known.lately.of(now_us)) if line else None,
        "first_seen": iso(row.first_us),
        "last_seen": iso(now_us if line else row.last_us),
        "partner": scope.partner_json(scope.partner(request, row.partner_id)),
    }
