"""`GET /api/sessions/{id}/extremes`: what of a session a template is tried with. Knows the shape, and that nothing may
hold the loop up; `hub.extremes` finds it.
"""

import asyncio
from itertools import islice
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec
from aiohttp import web

from hub.errors import NotFound
from hub.extremes import Extremes
from hub.model import SessionRow
from hub.roster import Roster
from hub.web import scope
from hub.web.state import QUERIES

PIECE: Final = 50
"""Participants between two turns of the loop: less than a millisecond."""


class Found:
    """What was found, by the roster itself, which never changes: as long as that is held. One is read at a time."""

    def __init__(self) -> None:
        self._held: WeakKeyDictionary[Roster, dict[str, Any]] = WeakKeyDictionary()
        self._reading = asyncio.Lock()

    async def of(self, roster: Roster) -> dict[str, Any]:
        async with self._reading:
            held = self._held.get(roster)
            if held is None:
                held = self._held[roster] = await _read(roster)
            return held


FOUND: Final = web.AppKey("found", Found)


async def session_extremes(request: web.Request) -> web.Response:
    """`{"total", "runners", "values", "missing", "fields", "locations", "races", "session"}`. Runners as flat fields:
    the longest names first, then the shortest, then some in other scripts."""
    session_id = scope.path_id(request)
    queries, whose = request.app[QUERIES], scope.whose(request)
    active = scope.session(request, session_id)
    row = active.row if active else await queries.session(whose, session_id)
    if row is None:
        raise NotFound(f"There is no session {session_id}.")
    locations = await queries.locations(whose, session_id)
    roster = active.roster if active else await queries.roster(whose, session_id)
    said = await request.app[FOUND].of(roster) | {
        "locations": list(dict.fromkeys(each["shown_name"] for each in locations)),
        "races": [each.name for each in row.races],
        "session": _session(row),
    }
    return web.Response(body=msgspec.json.encode(said), content_type="application/json")


async def _read(roster: Roster) -> dict[str, Any]:
    extremes, everybody = Extremes(), roster.everybody()
    while piece := list(islice(everybody, PIECE)):
        extremes.add(piece)
        await asyncio.sleep(0)
    return extremes.said()


def _session(row: SessionRow) -> dict[str, object]:
    return {"id": row.id, "name": row.name, "event": row.event_name, "timezone": row.timezone}
