"""`POST /api/rosters/import`: a CSV file becomes a session's roster, and what is on screens is corrected."""

import asyncio
from typing import Final

from aiohttp import web

from hub.errors import FileFormatError, Invalid, NotFound
from hub.model import INT64_MAX, Participant
from hub.providers import csv_roster
from hub.roster import Roster
from hub.web import bodies
from hub.web.api.sessions import number
from hub.web.auth import require
from hub.web.state import CHANGING, HUB, LIVE, QUERIES, limits

PROBLEMS_MAX: Final = 1000
"""Left-out rows that an answer lists; `left_out` counts them all."""


async def import_roster(request: web.Request) -> web.Response:
    """Multipart: `session` (an id) and `file`. Replaces the session's roster.

    Gives `{"session", "participants", "left_out", "problems": [{"line", "reason"}], "ambiguous": [tag or bib]}`.
    """
    require(request)
    session_text, name, data = await _parts(request)
    session_id = number(session_text, "session", 1, INT64_MAX)
    if await request.app[QUERIES].session(session_id) is None:
        raise NotFound(f"There is no session {session_id}.", field="session")
    rows_max = limits(request).roster_rows
    try:
        # In a thread: a large file takes a second, and reads come meanwhile.
        participants, problems = await asyncio.to_thread(csv_roster.parse, data, name=name, rows_max=rows_max)
    except FileFormatError as problem:
        raise Invalid(str(problem), field="file") from problem
    roster = await _put_in_force(request, session_id, participants)
    return web.json_response(
        {
            "session": session_id,
            "participants": len(participants),
            "left_out": len(problems),
            "problems": [{"line": each.line, "reason": each.reason} for each in problems[:PROBLEMS_MAX]],
            "ambiguous": roster.ambiguous[:PROBLEMS_MAX],
        }
    )


async def _put_in_force(request: web.Request, session_id: int, participants: list[Participant]) -> Roster:
    queries = request.app[QUERIES]
    async with request.app[CHANGING]:
        await queries.save_roster(session_id, participants)
        roster = await queries.roster(session_id)
        session = request.app[HUB].sessions.get(session_id)
        if session is not None:
            request.app[LIVE].new_roster(session, roster)
        return roster


async def _parts(request: web.Request) -> tuple[str, str, bytes]:
    mib = limits(request).upload_mib
    file_room = bodies.Room(mib * 1024 * 1024, f"{mib} MiB (limits.upload_mib)")
    found = await bodies.form(request, {"session": bodies.FIELD, "file": file_room})
    if "file" not in found:
        raise Invalid("expected a part named file with the roster", field="file")
    session = found.get("session", bodies.NO_PART)
    return (
        session.data.decode("ascii", "replace").strip(),
        found["file"].filename or "roster.csv",
        found["file"].data,
    )
