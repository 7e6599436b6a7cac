"""`/api/timing/...` and `/api/health`: what scripts of the predecessor's asked of its timing tables.
Knows the shapes; the figures are those of the session that is meant (hub/web/old_place.py), for whoever has signed in.
"""

from typing import Any, Final

from aiohttp import web

from hub import __version__
from hub.encode import iso
from hub.model import KIND_READ, US_PER_S, Read
from hub.session import Session
from hub.web import old_place, scope
from hub.web.api.sessions import shape
from hub.web.state import CONDITION, HUB, QUERIES

LIMIT_DEFAULT: Final = 50
LIMIT_MAX: Final = 1000
SESSIONS_MAX: Final = 10
DATABASE: Final = "PostgreSQL"
OVERALL: Final = {
    "total_reads": 0,
    "unique_tags": 0,
    "total_locations": 0,
    "first_read": None,
    "last_read": None,
}
"""Of no session."""


async def health(request: web.Request) -> web.Response:
    """As the predecessor meant it; `/health` says more."""
    condition = request.app[CONDITION]
    connected = await request.app[QUERIES].alive()
    return web.json_response(
        {
            "status": "healthy" if connected and not condition.not_ready else "unhealthy",
            "timestamp": iso(condition.now_us()),
            "version": __version__,
            "database_connected": connected,
        }
    )


async def database_status(request: web.Request) -> web.Response:
    condition = request.app[CONDITION]
    session = (await old_place.own(request, scope.caller(request))).session
    problem = condition.database_problem()
    return web.json_response(
        {
            "database_enabled": True,
            "connected": not problem,
            "current_session": session.row.id if session else None,
            "error": problem or None,
            "database_version": DATABASE,
        }
    )


async def stats(request: web.Request) -> web.Response:
    """Of all reads, and of those of each location. Raises StoreAway."""
    session = (await old_place.own(request, scope.caller(request))).session
    queries, whose = request.app[QUERIES], scope.whose(request)
    rows = await queries.sessions(whose, session.row.id) if session else []
    row = shape(request, rows[0]) if rows else {}
    places, tags = [], {}
    if rows and session:
        places = await queries.locations(whose, session.row.id)
        tags = await queries.location_tags(whose, session.row.id)
    return web.json_response(
        {
            "success": True,
            "overall": {name: row.get(name, nothing) for name, nothing in OVERALL.items()},
            "by_location": [
                _location(each, tags.get(each["id"], 0)) for each in places if each["merged_into"] is None
            ],
            "generated_at": iso(request.app[CONDITION].now_us()),
        }
    )


async def recent_reads(request: web.Request) -> web.Response:
    """`?limit`: the newest first, of those that the hub remembers."""
    limit = scope.number(request.query.get("limit", str(LIMIT_DEFAULT)), "limit", 1, LIMIT_MAX)
    session = (await old_place.own(request, scope.caller(request))).session
    now_us = request.app[CONDITION].now_us()
    reads = session.tail.recent(limit) if session else []
    ids = await _location_ids(request, session) if reads and session else {}
    shown = [
        _read(session, each, ids.get(each.location.casefold()), now_us)
        for each in reversed(reads)
        if session and each.kind == KIND_READ
    ]
    return web.json_response({"success": True, "reads": shown, "timestamp": iso(now_us)})


async def sessions(request: web.Request) -> web.Response:
    """The ten newest."""
    rows = await request.app[QUERIES].sessions(scope.whose(request))
    hub = request.app[HUB]
    found = [_session(shape(request, each), hub.find(each["id"])) for each in rows[:SESSIONS_MAX]]
    return web.json_response({"success": True, "sessions": found})


async def _location_ids(request: web.Request, session: Session) -> dict[str, int]:
    """By the names that readers send. Raises StoreAway."""
    rows = await request.app[QUERIES].locations(scope.whose(request), session.row.id)
    return {each["name"].casefold(): each["id"] for each in rows}


def _session(row: dict[str, Any], session: Session | None) -> dict[str, Any]:
    names = ("id", "session_name", "status", "created_at", "total_reads")
    return {name: row[name] for name in names} | {"event_name": session.row.event_name if session else ""}


def _location(row: dict[str, Any], tags: int) -> dict[str, Any]:
    last = row["last_read_at"]
    return {
        "location_name": row["shown_name"],
        "read_count": row["reads"],
        "unique_tags": tags,
        "last_read": last.isoformat() if last is not None else None,
    }


def _read(session: Session, read: Read, location_id: int | None, now_us: int) -> dict[str, Any]:
    """location_id: None until PostgreSQL has the location."""
    at = iso(read.read_us, session.zone)
    return {
        "id": read.offset,
        "session_id": session.row.id,
        "session_name": session.row.name,
        "sequence_number": read.sequence,
        "location_id": location_id,
        "location_name": read.location,
        "location_description": session.places.shown(read.location),
        "tag_code": read.tag,
        "read_time": read.time_text,
        "read_date": at.partition("T")[0],
        "read_timestamp": at,
        "lap_count": read.lap,
        "reader_id": read.reader_id,
        "gator_number": read.gator,
        "raw_data": read.raw,
        "processed_at": iso(read.received_us),
        "seconds_ago": round((now_us - read.read_us) / US_PER_S, 1),
    }
