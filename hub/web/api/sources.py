"""`/api/sources`: reader streams, and which session each of them feeds; the same in the words that the predecessor had
planned, `/api/chronotrack/sessions`. Knows the hub's memory; what moves is moved beside the request.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from aiohttp import web

from hub.encode import iso
from hub.errors import NotFound
from hub.model import INT64_MAX, NOBODY, PURPOSE_DEMO, US_PER_S
from hub.session import Session, Source
from hub.web import bodies, scope
from hub.web.state import CHANGING, HUB, MOVES, SOURCE_LOG

LOCATIONS_MAX: Final = 100
"""Locations of a source that an answer lists, the last one heard of first."""


class Assignment(msgspec.Struct, forbid_unknown_fields=True):
    session_id: Annotated[int, msgspec.Meta(ge=1, le=INT64_MAX)]


async def list_sources(request: web.Request) -> web.Response:
    """`{"sources": [...]}`: the caller's own, those that are connected first, then who was heard of last."""
    arrivals = Arrivals()
    return web.json_response({"sources": [shape(request, each, arrivals) for each in _own(request)]})


async def assign_source(request: web.Request) -> web.Response:
    """JSON: `session_id`, an active one. What the source has sent already goes along; `move` of the answer says how far
    that is. Gives `{"source": {...}}`. Raises NotFound, Conflict."""
    wanted = bodies.decode(await bodies.json(request), Assignment)
    return web.json_response({"source": await _assigned(request, _source(request), wanted.session_id)})


async def release_source(request: web.Request) -> web.Response:
    """Takes the source out of its session, and what it has sent with it. Gives `{"source": {...}}`."""
    async with request.app[CHANGING]:
        source = _source(request)
        await request.app[SOURCE_LOG].note_source(
            scope.caller(request), "source.released", _name(source), source.record.partner_id, source.id, 0
        )
        request.app[MOVES].release(source)
    return web.json_response({"source": shape(request, source)})


async def list_streams(request: web.Request) -> web.Response:
    """The predecessor's planned words: `{"sessions": [{id, name, program, status, read_count, last_read, selected}]}`;
    `id` is a source, `selected` the session that it feeds."""
    return web.json_response({"success": True, "sessions": [_stream(each) for each in _own(request)]})


async def select_stream(request: web.Request) -> web.Response:
    """JSON: `session_id`; without a body the one active session that there is for it. Gives
    `{"success": true, "source": {...}}`."""
    source = _source(request)
    if request.can_read_body:
        session_id = bodies.decode(await bodies.json(request), Assignment).session_id
    else:
        session_id = _only_session(request, source).row.id
    return web.json_response({"success": True, "source": await _assigned(request, source, session_id)})


async def _assigned(request: web.Request, source: Source, session_id: int) -> dict[str, Any]:
    async with request.app[CHANGING]:
        session = _session(request, source, session_id)
        await request.app[SOURCE_LOG].note_source(
            scope.caller(request),
            "source.assigned",
            _name(source),
            session.row.partner_id,
            source.id,
            session_id,
        )
        request.app[MOVES].assign(source, session)
    return shape(request, source)


class Arrivals:
    """When sources were last heard of at each location, looked up once for each session."""

    def __init__(self) -> None:
        self._of: dict[int, dict[int, dict[str, int]]] = {}

    def of(self, source: Source) -> dict[str, int]:
        """Location -> instant in microseconds, the last one first."""
        session = source.session
        found = self._of.get(session.row.id)
        if found is None:
            found = self._of[session.row.id] = {}
            for (source_id, name), received_us in session.tail.arrivals():
                found.setdefault(source_id, {}).setdefault(name, received_us)
        return found.get(source.id, {})


def shape(request: web.Request, source: Source, arrivals: Arrivals | None = None) -> dict[str, Any]:
    """A source as every answer gives it."""
    hub, record, clock = request.app[HUB], source.record, source.clock
    row = source.session.row
    inbox = row.id in hub.inboxes
    move = request.app[MOVES].progress(source.id)
    return {
        "id": source.id,
        "partner": scope.partner_json(scope.partner(request, record.partner_id or None)),
        "listener": record.listener,
        "protocol": record.protocol,
        "remote": record.remote,
        "program": record.program,
        "version": record.version,
        "connection_id": record.connection_id,
        "event_name": hub.shown_event(record.event_name),
        "online": source.online > 0,
        "proved": record.proved,
        "locations": locations(source, (arrivals or Arrivals()).of(source)),
        "accepted": source.accepted,
        "rejected": source.rejected,
        "arrived_at": iso(source.arrived_us) if source.arrived_us else None,
        "clock_difference_s": clock.difference_us / US_PER_S if clock.known else None,
        "session": {"id": row.id, "name": row.name},
        "inbox": inbox,
        "held": source.session.durable,
        "amber": hub.amber(source) if inbox else "",
        "assigned": record.assigned == row.id,
        "move": {"done": move.done, "total": move.total} if move else None,
    }


def locations(source: Source, last: Mapping[str, int]) -> list[dict[str, Any]]:
    """Where it has read, as the reader and as people call it, how much, when last, and which sequences are missing."""
    runs = {run.location.name: run for run in source.runs.values()}
    names = [*last, *(name for name in runs if name not in last)]
    return [
        {
            "name": name,
            "shown_name": source.session.places.shown(name),
            "count": runs[name].contiguous if name in runs else 0,
            "last_read_at": iso(last[name]) if name in last else None,
            "gap": runs[name].gap if name in runs else None,
        }
        for name in names[:LOCATIONS_MAX]
    ]


def _own(request: web.Request) -> list[Source]:
    who = scope.caller(request)
    own = [each for each in request.app[HUB].sources.values() if who.sees(each.record.partner_id)]
    return sorted(
        own, key=lambda each: (each.online > 0, each.arrived_us or each.record.seen_us), reverse=True
    )


def _source(request: web.Request) -> Source:
    number = scope.path_id(request)
    source = request.app[HUB].sources.get(number)
    if source is None or not scope.caller(request).sees(source.record.partner_id):
        raise NotFound(f"There is no source {number}.")
    return source


def _session(request: web.Request, source: Source, session_id: int) -> Session:
    """An active one of the same partner, or of any where the source is nobody's yet. Raises NotFound."""
    session = scope.session(request, session_id)
    if session is None or source.record.partner_id not in (NOBODY, session.row.partner_id):
        raise NotFound(f"There is no active session {session_id} for it.", field="session_id")
    return session


def _only_session(request: web.Request, source: Source) -> Session:
    active = [
        each
        for each in request.app[HUB].sessions.values()
        if each.row.partner_id == source.record.partner_id and each.row.purpose != PURPOSE_DEMO
    ]
    if len(active) != 1:
        raise NotFound("Name the session: there is not exactly one that is active.", field="session_id")
    return active[0]


def _name(source: Source) -> str:
    return f"{source.record.program or 'a reader'} at {source.record.remote}"


def _stream(source: Source) -> dict[str, Any]:
    record = source.record
    return {
        "id": source.id,
        "name": _name(source),
        "program": record.program,
        "status": "active" if source.online else "inactive",
        "read_count": source.accepted,
        "last_read": iso(source.arrived_us) if source.arrived_us else None,
        "selected": source.session.row.id,
    }
