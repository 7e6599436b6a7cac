"""`/api/debug/...` and `/api/start-test-listener`: what people of the predecessor's tried their screens with. For
admins, and for operators where `server.debug` is on. What they add is marked as a test, and is of the caller's own
session.
"""

import contextlib
from typing import Any, Final

from aiohttp import web

from hub.accounts import ADMIN
from hub.encode import iso
from hub.errors import Conflict, Forbidden, NotFound
from hub.hand_words import Words
from hub.model import KIND_READ, Read
from hub.session import Session
from hub.web import old_place, scope
from hub.web.people import ROSTERS
from hub.web.state import CONDITION, SESSIONS, settings

RUNNERS: Final = {"6666": ("John", "Smith"), "9999": ("Sarah", "Johnson"), "1234": ("Mike", "Wilson")}
LISTENER_BIBS: Final = ("1234", "5678", "9999", "1111", "2222")
STATUS: Final = "test"
"""Of a participant who is none."""
BIBS_MAX: Final = 10
NO_SESSION: Final = "There is no active session to try this with."


async def timing(request: web.Request) -> web.Response:
    """The newest read of the caller's session, and whether the roster knows whose it is."""
    session = await _session(request)
    latest = next((each for each in reversed(session.tail.recent(BIBS_MAX)) if each.kind == KIND_READ), None)
    bibs = [each.bib for _, each in zip(range(BIBS_MAX), session.roster.everybody(), strict=False)]
    more = _in_roster(session, latest) if latest is not None else {}
    return web.json_response(
        {
            "latest_timing_data": _read(session, latest) if latest is not None else None,
            "roster_loaded": session.roster.size > 0,
            "roster_count": session.roster.size,
            "sample_roster_bibs": bibs,
            "timing_database_accessible": not request.app[CONDITION].database_problem(),
            **more,
        }
    )


async def add_test_runners(request: web.Request) -> web.Response:
    session = await _session(request)
    await _add(request, session, RUNNERS)
    return web.json_response(
        {
            "success": True,
            "message": "Test runners added",
            "roster_count": session.roster.size,
            "test_bibs": list(RUNNERS),
        }
    )


async def add_bib(request: web.Request) -> web.Response:
    """`/api/debug/add-bib-500`, `/api/debug/add-bib-12`."""
    session, bib = await _session(request), request.path.rpartition("-")[2]
    await _add(request, session, {bib: ("Test Runner", bib)})
    return web.json_response(
        {"success": True, "message": f"Added bib {bib}", "roster_count": session.roster.size}
    )


async def start_test(request: web.Request) -> web.Response:
    """Five test runners, and what is read from now on is a test."""
    session = await _session(request)
    await _add(request, session, {bib: ("Test Runner", bib) for bib in LISTENER_BIBS})
    await request.app[SESSIONS].test(scope.caller(request), session.row.id, True)
    return web.json_response(
        {
            "success": True,
            "mode": "test",
            "status": "Test listener running",
            "race_name": session.row.event_name or session.row.name,
            "test_runners": list(LISTENER_BIBS),
            "tcp_port": request.app[CONDITION].tcp_port,
            "message": "Reads from now on are a test",
        }
    )


async def _session(request: web.Request) -> Session:
    """Raises Forbidden, NotFound."""
    caller = scope.caller(request)
    if caller.role != ADMIN and not settings(request).server.debug:
        raise Forbidden(
            f"This is for admins; for operators only where server.debug is on (yours is {caller.role})."
        )
    session = (await old_place.own(request, caller)).session
    if session is None:
        raise NotFound(NO_SESSION)
    return session


async def _add(request: web.Request, session: Session, runners: dict[str, tuple[str, str]]) -> None:
    """Those whose bib nobody has."""
    for bib, (first, last) in runners.items():
        if session.roster.of_bib(bib) is None:
            words = Words({"bib": bib, "first_name": first, "last_name": last, "status": STATUS})
            with contextlib.suppress(Conflict):  # somebody else was faster
                await request.app[ROSTERS].make(scope.caller(request), session.row.id, words)


def _in_roster(session: Session, read: Read) -> dict[str, Any]:
    who = session.who(read.tag)
    entry = {"bib": who.bib, "first_name": who.first_name, "last_name": who.last_name} if who else None
    return {"bib_in_roster": who is not None, "roster_entry": entry}


def _read(session: Session, read: Read) -> dict[str, Any]:
    who = session.who(read.tag)
    return {
        "tag_code": read.tag,
        "bib": who.bib if who is not None else read.tag,
        "location": session.places.shown(read.location),
        "read_time": read.time_text,
        "read_timestamp": iso(read.read_us, session.zone),
        "session_id": session.row.id,
        "sequence_number": read.sequence,
        "raw_data": read.raw,
    }
