"""`POST /api/sessions/{id}/import`: a controller's files go into a session, without doubling what is there."""

import msgspec
from aiohttp import web

from hub import importing
from hub.errors import FileFormatError, Invalid
from hub.importing import ControllerFiles, NoLocation
from hub.web import multipart, scope
from hub.web.multipart import Form
from hub.web.state import IMPORTS


async def import_files(request: web.Request) -> web.Response:
    """Multipart: `file` (a `.csv`), and if there are `markers` (its `.mrk`) and `location` (where all of it was read;
    without it the markers' points say it).

    Answers when everything is on disk, as `hub.importing.Imported`; `problems` lists at most
    `hub.importing.PROBLEMS_MAX` lines.
    """
    session_id = scope.path_id(request)
    await scope.session_row(request, session_id)
    form = await multipart.read(request, texts=("location",), files=("file", "markers"))
    location, files = _location(form), _files(form)
    try:
        imported = await request.app[IMPORTS].put(session_id, files, location, remote=request.remote or "")
    except FileFormatError as problem:
        field = "location" if isinstance(problem, NoLocation) else "file"
        raise Invalid(str(problem), field=field) from problem
    return web.json_response(body=msgspec.json.encode(imported))


def _location(form: Form) -> str | None:
    text = form.texts.get("location")
    if not text:
        return None
    try:
        return importing.location_name(text)
    except ValueError as problem:
        raise Invalid(str(problem), field="location") from problem


def _files(form: Form) -> ControllerFiles:
    tags, markers = form.files.get("file"), form.files.get("markers")
    if tags is None:
        raise Invalid("expected a part named file with a controller's .csv", field="file")
    if markers is None:
        return ControllerFiles(tags.name or "the .csv", tags.data)
    return ControllerFiles(tags.name or "the .csv", tags.data, markers.name or "the .mrk", markers.data)
