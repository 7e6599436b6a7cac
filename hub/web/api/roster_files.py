"""`/api/rosters/files`: a roster's file is brought, looked at, previewed and put in force. Knows the shapes;
`hub.roster_files` does it.
"""

from typing import Any, Final

import msgspec
from aiohttp import web

from hub.encode import iso
from hub.errors import Invalid
from hub.model import INT64_MAX
from hub.roster_file_kept import Apply, Chosen, Otherwise, RosterFile
from hub.roster_file_words import COLUMN_FIELDS, ROSTER, TAG_FILE_FIELDS, TAGS
from hub.web import bodies, multipart, scope
from hub.web.api.jobs import answer as job_answer
from hub.web.roster_files import ROSTER_FILES

PLAIN: Final = "text/csv"


async def list_files(request: web.Request) -> web.Response:
    """Those that are kept, the last one first. `?session=`: of that one alone."""
    text = request.query.get("session")
    session_id = None
    if text is not None:
        session_id = scope.number(text, "session", 1, INT64_MAX)
        await scope.session_row(request, session_id, "session")
    found = request.app[ROSTER_FILES].files(scope.caller(request), session_id)
    return web.json_response({"files": [shape(request, each) for each in found]})


async def add_file(request: web.Request) -> web.Response:
    """Multipart: `session`, `file`, and `kind`: roster, unless it is tags. Gives 201, and what the file is like."""
    form = await multipart.read(request, texts=("session", "kind"), files=("file",))
    session_id = scope.number(form.texts.get("session", ""), "session", 1, INT64_MAX)
    row = await scope.session_row(request, session_id, "session")
    file = form.files.get("file")
    if file is None:
        raise Invalid("expected a part named file with the roster", field="file")
    kind = form.texts.get("kind") or ROSTER
    kept = await request.app[ROSTER_FILES].add(scope.caller(request), row, kind, file.name, file.data)
    return _answer(request, kept, status=201)


async def get_file(request: web.Request) -> web.Response:
    return _answer(request, request.app[ROSTER_FILES].file(scope.caller(request), _number(request)))


async def change_file(request: web.Request) -> web.Response:
    """JSON as `Otherwise`. Gives what the file is like when it is read so."""
    words = bodies.decode(await bodies.json(request), Otherwise)
    kept = await request.app[ROSTER_FILES].change(scope.caller(request), _number(request), words)
    return _answer(request, kept)


async def preview_file(request: web.Request) -> web.Response:
    """JSON as `Chosen`. Gives 202 and a job: what would come of it."""
    words = bodies.decode(await bodies.json(request), Chosen)
    job = request.app[ROSTER_FILES].preview(scope.caller(request), _number(request), words)
    return job_answer(request, job, status=202)


async def apply_file(request: web.Request) -> web.Response:
    """JSON as `Apply`. Gives 202 and a job: what came of it."""
    words = bodies.decode(await bodies.json(request), Apply)
    job = request.app[ROSTER_FILES].apply(scope.caller(request), _number(request), words)
    return job_answer(request, job, status=202)


async def problems_csv(request: web.Request) -> web.StreamResponse:
    """The rows that were left out: line, reason, and the row as it was. Its name is of our making."""
    number = _number(request)
    path = request.app[ROSTER_FILES].problems(scope.caller(request), number)
    headers = {
        "Content-Disposition": f'attachment; filename="left-out-{number}.csv"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Content-Type": f"{PLAIN}; charset=utf-8",
    }
    return web.FileResponse(path, headers=headers)


async def delete_file(request: web.Request) -> web.Response:
    """Gives 204."""
    await request.app[ROSTER_FILES].delete(scope.caller(request), _number(request))
    return web.Response(status=204)


def shape(request: web.Request, file: RosterFile) -> dict[str, Any]:
    """A file as every answer gives it. fields: what a column may be, and what people call it."""
    columns: list[dict[str, Any]] = msgspec.to_builtins(file.look.columns)
    for each in columns:
        each["chosen"] = file.columns.get(each["index"])
    look = file.look
    return {
        "id": file.id,
        "session": file.session_id,
        "name": file.wanted.name,
        "kind": file.wanted.kind,
        "bytes": file.bytes,
        "format": look.format,
        "sheets": look.sheets,
        "sheet": look.sheet,
        "encoding": look.encoding,
        "encodings": look.encodings,
        "delimiter": look.delimiter,
        "delimiters": look.delimiters,
        "header_line": look.header_line,
        "rows": look.rows,
        "columns": columns,
        "fields": [[each, COLUMN_FIELDS[each]] for each in _fields(file)],
        "job": None if file.job is None else file.job.id,
        "made_at": iso(file.made_us),
        "partner": scope.partner_json(scope.partner(request, file.partner_id)),
    }


def _fields(file: RosterFile) -> tuple[str, ...]:
    return TAG_FILE_FIELDS if file.wanted.kind == TAGS else tuple(COLUMN_FIELDS)


def _number(request: web.Request) -> int:
    return scope.path_id(request, "file")


def _answer(request: web.Request, file: RosterFile, *, status: int = 200) -> web.Response:
    return web.json_response({"file": shape(request, file)}, status=status)
