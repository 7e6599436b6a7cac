"""`/api/sessions` and the reads of one. Knows the shapes; the store answers."""

from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from aiohttp import web

from hub.encode import read_fields
from hub.errors import NotFound
from hub.model import INT64_MAX, Read, ReadFilter, SessionRow
from hub.places import Places
from hub.roster import Roster, normal
from hub.session import Session
from hub.told import NOTHING, Known
from hub.web import scope
from hub.web.state import HUB, QUERIES, RETIMING

LIMIT_DEFAULT: Final = 100
LIMIT_MAX: Final = 1000


async def list_sessions(request: web.Request) -> web.Response:
    rows = await request.app[QUERIES].sessions(scope.whose(request))
    return web.json_response({"sessions": [shape(request, row) for row in rows]})


async def get_session(request: web.Request) -> web.Response:
    return web.json_response(await session_json(request, scope.path_id(request)))


async def session_json(request: web.Request, session_id: int) -> dict[str, Any]:
    """A session as every answer gives it. Raises NotFound."""
    found = await request.app[QUERIES].sessions(scope.whose(request), session_id)
    if not found:
        raise NotFound(f"There is no session {session_id}.")
    return shape(request, found[0])


def shape(request: web.Request, row: dict[str, Any]) -> dict[str, Any]:
    """`retiming`: how far the correction of its times is, while there is one."""
    shown = {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in row.items()}
    partner_id = shown.pop("partner_id", None)
    under, how = shown.pop("minors_under", 0), shown.pop("minors_privacy", "")
    shown["minors"] = {"under": under, "privacy": how} if under else None
    progress = request.app[RETIMING].progress(row["id"])
    retiming = {"retiming": {"done": progress[0], "total": progress[1]}} if progress else {}
    return shown | {"partner": scope.partner_json(scope.partner(request, partner_id))} | retiming


class AskedReads(NamedTuple):
    """Which reads of which session a request wants. `session`: when it is active; `roster`: who wears what there."""

    session: Session | None
    row: SessionRow
    roster: Roster
    places: Places
    wanted: ReadFilter


async def asked_reads(request: web.Request) -> AskedReads:
    """Raises Invalid, NotFound, StoreAway."""
    session_id = scope.path_id(request)
    queries, whose = request.app[QUERIES], scope.whose(request)
    session = scope.session(request, session_id)
    row = session.row if session else await queries.session(whose, session_id)
    if row is None:
        raise NotFound(f"There is no session {session_id}.")
    roster = session.roster if session else await queries.roster(whose, session_id)
    places = Places(row.places)
    wanted = wanted_reads(request, roster, places, request.app[HUB].crew(row.partner_id))
    return AskedReads(session, row, roster, places, wanted)


async def list_reads(request: web.Request) -> web.Response:
    """`?after&location&tag&bib&limit&crew=1`. `next` is what to give as `after` for more; null: that was all. Without
    `crew` those of the crew's tags are left out. A location is meant by what it is called, with all its parts, or by
    its own name; `location_raw` is the name that the read came with."""
    session, row, roster, places, wanted = await asked_reads(request)
    found = await request.app[QUERIES].reads(scope.whose(request), row.id, wanted)
    zone = ZoneInfo(row.timezone)
    marks = session.marks if session else _marks
    known = session.known if session else Known(row, {})
    reads = []
    for number_, read in found:
        who = roster.find(read.tag)
        beside = known.staff(who)[1] if who else NOTHING
        reads.append(_read(number_, read, read_fields(read, zone, who, places, marks(read), beside)))
    after = found[-1][1].offset if len(found) == wanted.limit else None
    return web.json_response({"reads": reads, "next": after})


def wanted_reads(request: web.Request, roster: Roster, places: Places, crew: frozenset[str]) -> ReadFilter:
    """Which reads of a session a query asks for; those of the crew's tags by `?crew=1`. Raises Invalid."""
    query = request.query
    location = scope.storable(query["location"], "location") if "location" in query else None
    tags = {normal(query["tag"])} if "tag" in query else None
    if "bib" in query:
        of_bib = roster.tags_of(query["bib"])
        tags = of_bib if tags is None else tags & of_bib
    return ReadFilter(
        after=scope.number(query.get("after", "0"), "after", 0, INT64_MAX),
        limit=scope.number(query.get("limit", str(LIMIT_DEFAULT)), "limit", 1, LIMIT_MAX),
        locations=None if location is None else places.names(location),
        tags=None if tags is None else [scope.storable(tag, "tag") for tag in sorted(tags)],
        but_tags=None if query.get("crew") == "1" else sorted(crew) or None,
    )


def _marks(read: Read) -> tuple[str, ...]:
    """Of a session that is not in memory: as they are kept."""
    return read.marks


def _read(number_: int, read: Read, fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {
        "id": number_,
        "location_raw": read.location,
        "reader_id": read.reader_id,
        "gator": read.gator,
        "sequence": read.sequence,
    }
