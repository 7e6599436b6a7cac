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
from hub.web import bodies
from hub.web.auth import require
from hub.web.state import CHANGING, HUB, LIVE, QUERIES

LIMIT_DEFAULT: Final = 100
LIMIT_MAX: Final = 1000
NAME_CHARS_MAX: Final = 200
NUMBER_CHARS_MAX: Final = 19
"""The digits of the largest number that PostgreSQL holds."""


async def list_sessions(request: web.Request) -> web.Response:
    require(request)
    rows = await request.app[QUERIES].sessions()
    return web.json_response({"sessions": [_jsonable(row) for row in rows]})


async def get_session(request: web.Request) -> web.Response:
    require(request)
    return web.json_response(await _session(request, number(request.match_info["id"], "id", 1, INT64_MAX)))


async def change_session(request: web.Request) -> web.Response:
    """JSON: any of `session_name` and `purpose`, which is `race` or `rehearsal`. Gives the session as it is then.

    Screens come back for it at once: a rehearsal is marked on all of them.
    """
    require(request)
    session_id = number(request.match_info["id"], "id", 1, INT64_MAX)
    change = parse_change(await bodies.json(request))
    if (await _session(request, session_id))["purpose"] == PURPOSE_DEMO:
        raise Invalid("a session of the demo stays as it is")
    async with request.app[CHANGING]:
        await request.app[QUERIES].change_session(session_id, change.session_name, change.purpose)
        session = request.app[HUB].sessions.get(session_id)
        if session is not None:
            _put_in_force(request, session, change)
    return web.json_response(await _session(request, session_id))


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
    _text(change.session_name, "session_name")
    return change


async def _session(request: web.Request, session_id: int) -> dict[str, Any]:
    found = await request.app[QUERIES].sessions(session_id)
    if not found:
        raise NotFound(f"There is no session {session_id}.")
    return _jsonable(found[0])


async def list_reads(request: web.Request) -> web.Response:
    """`?after&location&tag&bib&limit`. `next` is what to give as `after` for more; null: that was all."""
    require(request)
    session_id = number(request.match_info["id"], "id", 1, INT64_MAX)
    queries = request.app[QUERIES]
    session = request.app[HUB].sessions.get(session_id)
    row = session.row if session else await queries.session(session_id)
    if row is None:
        raise NotFound(f"There is no session {session_id}.")
    roster = session.roster if session else await queries.roster(session_id)
    wanted = _filter(request, roster)
    found = await queries.reads(session_id, wanted)
    zone = ZoneInfo(row.timezone)
    reads = [_read(number_, read, read_fields(read, zone, roster.find(read.tag))) for number_, read in found]
    after = found[-1][1].offset if len(found) == wanted.limit else None
    return web.json_response({"reads": reads, "next": after})


def number(text: str, field: str, least: int, most: int) -> int:
    """A whole number from a path or a query. Raises Invalid."""
    value = int(text) if is_number(text) else -1
    if not least <= value <= most:
        raise Invalid(f"{field}: expected a whole number from {least} to {most}", field=field)
    return value


def is_number(text: str) -> bool:
    """Whether it is a whole number, and not one that takes long to be told so."""
    return text.isascii() and text.isdecimal() and len(text) <= NUMBER_CHARS_MAX


def _filter(request: web.Request, roster: Roster) -> ReadFilter:
    query = request.query
    tags = {normal(query["tag"])} if "tag" in query else None
    if "bib" in query:
        of_bib = roster.tags_of(query["bib"])
        tags = of_bib if tags is None else tags & of_bib
    return ReadFilter(
        after=number(query.get("after", "0"), "after", 0, INT64_MAX),
        limit=number(query.get("limit", str(LIMIT_DEFAULT)), "limit", 1, LIMIT_MAX),
        location=_text(query.get("location"), "location"),
        tags=None if tags is None else [_text(tag, "tag") or "" for tag in sorted(tags)],
    )


def _text(value: str | None, field: str) -> str | None:
    if value is not None and not is_storable(value):
        raise Invalid(f"{field}: expected text in UTF-8 without NUL characters", field=field)
    return value


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can be asked for it: bytes that are no UTF-8 come as lone surrogates."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _read(number_: int, read: Read, fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {
        "id": number_,
        "reader_id": read.reader_id,
        "gator": read.gator,
        "sequence": read.sequence,
    }


def _jsonable(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in row.items()}
