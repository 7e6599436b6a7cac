"""`POST /api/rosters/import`: a roster's file is put in force in one step, and what is on screens is corrected."""

from aiohttp import web

from hub.errors import Invalid
from hub.model import INT64_MAX
from hub.roster_file_words import ROSTER
from hub.web import multipart, scope
from hub.web.roster_files import ROSTER_FILES

REMOVE = "remove"
"""Whom the file does not name any more is not on the roster any more, unless somebody else says so."""


async def import_roster(request: web.Request) -> web.Response:
    """Multipart: `session` (an id) and `file`. What its columns are is guessed.

    Gives `{"session", "participants", "left_out", "problems": [{"line", "reason"}], "ambiguous": [tag or bib],
    "added", "changed", "gone"}`; `left_out` counts all rows of which `problems` lists the first.
    """
    form = await multipart.read(request, texts=("session",), files=("file",))
    file = form.files.get("file")
    if file is None:
        raise Invalid("expected a part named file with the roster", field="file")
    session_id = scope.number(form.texts.get("session", ""), "session", 1, INT64_MAX)
    row = await scope.session_row(request, session_id, "session")
    found = await request.app[ROSTER_FILES].put_at_once(
        scope.caller(request), row, ROSTER, file.name or "roster.csv", file.data, REMOVE
    )
    return web.json_response({"session": session_id} | found)
