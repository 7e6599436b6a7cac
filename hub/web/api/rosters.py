"""`POST /api/rosters/import`: a CSV file becomes a session's roster, and what is on screens is corrected."""

import asyncio
from typing import Final

from aiohttp import web

from hub.errors import FileFormatError, Invalid
from hub.model import INT64_MAX, Participant
from hub.providers import csv_roster
from hub.roster import Roster
from hub.web import multipart, scope
from hub.web.state import CHANGING, LIVE, QUERIES, settings

PROBLEMS_MAX: Final = 1000
"""Left-out rows that an answer lists; `left_out` counts them all."""


async def import_roster(request: web.Request) -> web.Response:
    """Multipart: `session` (an id) and `file`. Replaces the session's roster.

    Gives `{"session", "participants", "left_out", "problems": [{"line", "reason"}], "ambiguous": [tag or bib]}`.
    """
    form = await multipart.read(request, texts=("session",), files=("file",))
    file = form.files.get("file")
    if file is None:
        raise Invalid("expected a part named file with the roster", field="file")
    session_id = scope.number(form.texts.get("session", ""), "session", 1, INT64_MAX)
    await scope.session_row(request, session_id, "session")
    rows_max = settings(request).limits.roster_rows
    try:
        # In a thread: a large file takes a second, and reads come meanwhile.
        participants, problems = await asyncio.to_thread(
            csv_roster.parse, file.data, name=file.name or "roster.csv", rows_max=rows_max
        )
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
    queries, whose = request.app[QUERIES], scope.whose(request)
    async with request.app[CHANGING]:
        await queries.save_roster(whose, session_id, participants)
        roster = await queries.roster(whose, session_id)
        session = scope.session(request, session_id)
        if session is not None:
            request.app[LIVE].new_roster(session, roster)
        return roster
