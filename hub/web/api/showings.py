"""`/api/sessions/{id}/showings`, `/unshown` and `/latency`: what became of reads on the screens. Knows the shapes; the
store knows what was shown, and memory what is not kept yet of how long it took."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from aiohttp import web

from hub import reads_export, shown_words
from hub.encode import iso, read_fields
from hub.errors import Invalid
from hub.latency import ERROR_MAX, figures
from hub.model import INT64_MAX, SessionRow
from hub.places import Places
from hub.roster import Roster
from hub.showings import ALL, MISSED, SHOWN, UNCALLED, UNSHOWN, ReadShown, ShownFilter
from hub.web import scope
from hub.web.api import reads_export as exports
from hub.web.proof import PROOF, PROOFS
from hub.web.state import HUB, QUERIES

LIMIT_DEFAULT: Final = 100
LIMIT_MAX: Final = 500
OF: Final = {"any": MISSED, "shown": UNSHOWN, "called": UNCALLED}


class _Asked(NamedTuple):
    row: SessionRow
    roster: Roster
    places: Places
    displays: list[list[str]]
    wanted: ShownFilter


async def list_showings(request: web.Request) -> web.Response:
    """`?after&limit`: reads that were shown, each with where, when and how long. `next` is what to give as `after` for
    more; null: that was all. `counts`: of the whole session."""
    asked = await _asked(request, SHOWN)
    found = await _found(request, asked)
    reads = [_read(request, asked, each) for each in found]
    return web.json_response({"showings": reads} | await _about(request, asked, found))


async def list_unshown(request: web.Request) -> web.Response:
    """`?after&limit&of=any|shown|called`: reads that were never shown, or that nobody has said, each with `why`, and in
    `words`."""
    of = request.query.get("of", "any")
    if of not in OF:
        raise Invalid(f"of: expected one of: {', '.join(OF)}", field="of")
    asked = await _asked(request, OF[of])
    found = await _found(request, asked)
    reads = []
    for each in found:
        why = shown_words.missing(each, asked.places, asked.displays)
        words = " ".join(shown_words.WORDS[reason] for reason in why)
        reads.append(_read(request, asked, each) | {"why": why, "words": words})
    return web.json_response({"unshown": reads} | await _about(request, asked, found))


async def showings_csv(request: web.Request) -> web.StreamResponse:
    """All reads that were to be shown, as a table."""
    asked = await _asked(request, ALL)
    row = asked.row
    write = partial(
        shown_words.table,
        zone=ZoneInfo(row.timezone),
        who=asked.roster.find,
        places=asked.places,
        displays=asked.displays,
        names=_names(request),
    )
    response = web.StreamResponse()
    response.content_type, response.charset = "text/csv", "utf-8"
    name = f"{reads_export.plain(row.name)}-{row.id}-showings.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    wanted = asked.wanted._replace(after=0, limit=exports.PAGE_READS)
    return await exports.send(request, response, shown_words.header(), _pages(request, row.id, wanted, write))


async def _pages(
    request: web.Request, session_id: int, wanted: ShownFilter, write: Callable[[Sequence[ReadShown]], bytes]
) -> AsyncIterator[bytes]:
    """Up to the last read that there is when the last page is asked for."""
    while True:
        found = await request.app[PROOFS].reads(scope.whose(request), session_id, wanted)
        yield await asyncio.to_thread(write, found)
        if len(found) < wanted.limit:
            return
        wanted = wanted._replace(after=found[-1].read.offset)


async def session_latency(request: web.Request) -> web.Response:
    """How long reads took, in milliseconds, by part of their way; null: nothing was counted. `error`: by how much a
    figure may be off, as a share of it."""
    row = await scope.session_row(request, scope.path_id(request))
    way = await request.app[PROOFS].latencies(scope.whose(request), row.id)
    way.merge(request.app[PROOF].latencies.unsaved(row.id))
    parts = {part: figures(histogram) for part, histogram in way.parts.items()}
    return web.json_response({"session": _session(row), "error": ERROR_MAX, "parts": parts})


async def _asked(request: web.Request, which: str) -> _Asked:
    """Raises Invalid, NotFound, Conflict, StoreAway."""
    session_id = scope.path_id(request)
    row = await scope.session_row(request, session_id)
    session = scope.session(request, session_id)
    roster = (
        session.roster if session else await request.app[QUERIES].roster(scope.whose(request), session_id)
    )
    query, places = request.query, Places(row.places)
    wanted = ShownFilter(
        after=scope.number(query.get("after", "0"), "after", 0, INT64_MAX),
        limit=scope.number(query.get("limit", str(LIMIT_DEFAULT)), "limit", 1, LIMIT_MAX),
        which=which,
        testing=row.testing,
        crew=tuple(sorted(request.app[HUB].crew(row.partner_id))),
    )
    return _Asked(row, roster, places, _displays(request, row, places), wanted)


def _displays(request: web.Request, row: SessionRow, places: Places) -> list[list[str]]:
    """Of each display that shows the session now, the locations whose reads get a card."""
    hub = request.app[HUB]
    found = []
    for display in hub.displays.values():
        session = hub.session_of(display)
        if session is not None and session.row.id == row.id:
            locations = display.settings.get("locations")
            names = locations if isinstance(locations, list) else []
            found.append([places.called(str(each)).casefold() for each in names])
    return found


def _names(request: web.Request) -> Callable[[str], str]:
    """What a display of the caller's is called, by its code; empty: it is gone."""
    who, displays = scope.caller(request), request.app[HUB].displays

    def name(code: str) -> str:
        display = displays.get(code)
        return display.name if display is not None and who.sees(display.partner_id) else ""

    return name


async def _found(request: web.Request, asked: _Asked) -> list[ReadShown]:
    return await request.app[PROOFS].reads(scope.whose(request), asked.row.id, asked.wanted)


async def _about(request: web.Request, asked: _Asked, found: list[ReadShown]) -> dict[str, Any]:
    """What stands beside a page: of which session it is, whether there is more, and how many there are of what."""
    counts = await request.app[PROOFS].counts(scope.whose(request), asked.row.id, asked.wanted)
    more = len(found) == asked.wanted.limit
    return {
        "session": _session(asked.row),
        "next": found[-1].read.offset if more else None,
        "counts": counts._asdict(),
    }


def _session(row: SessionRow) -> dict[str, Any]:
    return {"id": row.id, "name": row.name}


def _read(request: web.Request, asked: _Asked, seen: ReadShown) -> dict[str, Any]:
    read, zone, names = seen.read, ZoneInfo(asked.row.timezone), _names(request)
    fields = read_fields(read, zone, asked.roster.find(read.tag), asked.places, read.marks)
    return fields | {
        "shown": [
            {
                "code": each.code,
                "display": names(each.code),
                "shown_at": iso(each.shown_us),
                "shown_ms": each.shown_ms or None,
                "layout": each.layout,
            }
            for each in seen.showings
        ],
        "called_at": None if seen.said_us is None else iso(seen.said_us),
        "called_by": seen.said_by,
    }
