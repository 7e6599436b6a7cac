"""`/api/sessions` and the reads of one. Knows the shapes; the store answers."""

from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web
from msgspec.structs import replace

from hub.encode import read_fields
from hub.errors import Invalid, NotFound
from hub.fanout import ANOTHER_SESSION
from hub.model import INT64_MAX, PURPOSE_DEMO, Read, ReadFilter
from hub.roster import Roster, normal
from hub.session import Session
from hub.web import bodies, scope
from hub.web.state import CHANGING, LIVE, QUERIES

LIMIT_DEFAULT: Final = 100
LIMIT_MAX: Final = 1000
NAME_CHARS_MAX: Final = 200


async def list_sessions(request: web.Request) -> web.Response:
    rows = await request.app[QUERIES].sessions(scope.whose(request))
    return web.json_response({"sessions": [_jsonable(row) for row in rows]})


async def get_session(request: web.Request) -> web.Response:
    return web.json_response(await session_json(request, scope.path_id(request)))


async def change_session(request: web.Request) -> web.Response:
    """JSON: any of `session_name` and `purpose`, which is `race` or `rehearsal`. Gives the session as it is then.

    Screens come back for it at once: a rehearsal is marked on all of them.
    """
    session_id = scope.path_id(request)
    change = parse_change(await bodies.json(request))
    if (await session_json(request, session_id))["purpose"] == PURPOSE_DEMO:
        raise Invalid("a session of the demo stays as it is")
    async with request.app[CHANGING]:
        await request.app[QUERIES].change_session(
            scope.whose(request), session_id, change.session_name, change.purpose
        )
        session = scope.session(request, session_id)
        if session is not None:
            _put_in_force(request, session, change)
    return web.json_response(await session_json(request, session_id))


def _put_in_force(request: web.Request, session: Session, change: "Change") -> None:
    row = replace(
        session.row,
        name=change.session_name or session.row.name,
        purpose=change.purpose or session.row.purpose,
    )
    if row != session.row:
        session.row = row
        request.app[LIVE].start_afresh(session, ANOTHER_SESSION)


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """What may be changed of a session; None: that stays."""

    session_name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS_MAX)] | None = None
    purpose: Literal["race", "rehearsal"] | None = None


def parse_change(body: bytes) -> Change:
    """What a body asks for. Raises Invalid."""
    change = bodies.decode(body, Change)
    if change.session_name is not None:
        scope.storable(change.session_name, "session_name")
    return change


async def session_json(request: web.Request, session_id: int) -> dict[str, Any]:
    """A session as every answer gives it. Raises NotFound."""
    found = await request.app[QUERIES].sessions(scope.whose(request), session_id)
    if not found:
        raise NotFound(f"There is no session {session_id}.")
    return _jsonable(found[0])


async def list_reads(request: web.Request) -> web.Response:
    """`?after&location&tag&bib&limit`. `next` is what to give as `after` for more; null: that was all."""
    session_id = scope.path_id(request)
    queries, whose = request.app[QUERIES], scope.whose(request)
    session = scope.session(request, session_id)
    row = session.row if session else await queries.session(whose, session_id)
    if row is None:
        raise NotFound(f"There is no session {session_id}.")
    roster = session.roster if session else await queries.roster(whose, session_id)
    wanted = _filter(request, roster)
    found = await queries.reads(whose, session_id, wanted)
    zone = ZoneInfo(row.timezone)
    reads = [_read(number_, read, read_fields(read, zone, roster.find(read.tag))) for number_, read in found]
    after = found[-1][1].offset if len(found) == wanted.limit else None
    return web.json_response({"reads": reads, "next": after})


def _filter(request: web.Request, roster: Roster) -> ReadFilter:
    query = request.query
    tags = {normal(query["tag"])} if "tag" in query else None
    if "bib" in query:
        of_bib = roster.tags_of(query["bib"])
        tags = of_bib if tags is None else tags & of_bib
    return ReadFilter(
        after=scope.number(query.get("after", "0"), "after", 0, INT64_MAX),
        limit=scope.number(query.get("limit", str(LIMIT_DEFAULT)), "limit", 1, LIMIT_MAX),
        location=scope.storable(query["location"], "location") if "location" in query else None,
        tags=None if tags is None else [scope.storable(tag, "tag") for tag in sorted(tags)],
    )


def _read(number_: int, read: Read, fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {
        "id": number_,
        "reader_id": read.reader_id,
        "gator": read.gator,
        "sequence": read.sequence,
    }


def _jsonable(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in row.items()}
