"""`/api/exports`: what was kept of deleted sessions. Knows the shapes and the headers of a download."""

from typing import Any, Final

from aiohttp import web

from hub.errors import NotFound
from hub.model import ExportRow
from hub.web import scope
from hub.web.state import KEPT, REMOVAL

ZIP: Final = "application/zip"


async def list_exports(request: web.Request) -> web.Response:
    rows = await request.app[KEPT].exports(scope.whose(request))
    return web.json_response({"exports": [export_json(request, row) for row in rows]})


async def download(request: web.Request) -> web.StreamResponse:
    """The zip file. Its name is of our making: letters, digits, dashes and dots."""
    row = await _export(request)
    path = request.app[REMOVAL].folder / row.file_name
    if not path.is_file():
        raise NotFound(f"The file {row.file_name} is not in the exports folder any more.")
    headers = {
        "Content-Disposition": f'attachment; filename="{row.file_name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Content-Type": ZIP,
    }
    return web.FileResponse(path, headers=headers)


async def delete_export(request: web.Request) -> web.Response:
    """Gives 204."""
    row = await _export(request)
    await request.app[REMOVAL].delete_export(scope.caller(request), row.id)
    return web.Response(status=204)


def export_json(request: web.Request, row: ExportRow) -> dict[str, Any]:
    """An export as every answer gives it."""
    return {
        "id": row.id,
        "session_id": row.session_id,
        "session_name": row.session_name,
        "file_name": row.file_name,
        "bytes": row.bytes,
        "reads": row.reads,
        "created_at": row.created_at.isoformat(),
        "partner": scope.partner_json(scope.partner(request, row.partner_id)),
        "url": f"/api/exports/{row.id}/file",
    }


async def _export(request: web.Request) -> ExportRow:
    export_id = scope.path_id(request)
    found = await request.app[KEPT].exports(scope.whose(request), export_id)
    if not found:
        raise NotFound(f"There is no export {export_id}.")
    return found[0]
