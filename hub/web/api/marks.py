"""`/api/sessions/{id}/marks` and `/api/sessions/{id}/calls`: whom announcers have starred, what they note, what they
have said. Knows the shapes; `hub.announcing` does it, for those for whom the session is there.
"""

from aiohttp import web

from hub.encode import call_fields, mark_fields
from hub.marks import MarkChange, checked, parse_who
from hub.model import INT64_MAX, SessionRow
from hub.web import bodies, scope
from hub.web.announcers import ANNOUNCING


async def list_marks(request: web.Request) -> web.Response:
    """`{"marks": [{who, starred, note, changed_by, updated_at}]}`."""
    row = await _there(request)
    marks = await request.app[ANNOUNCING].marks(scope.whose(request), row)
    return web.json_response({"marks": [mark_fields(each) for each in marks]})


async def put_mark(request: web.Request) -> web.Response:
    """JSON as `MarkChange`, of `bib:17` or `tag:ABC`. Gives `{"mark": {...}}`: what is said of this runner now."""
    words = checked(bodies.decode(await bodies.json(request), MarkChange))
    row = await _there(request)
    who = parse_who(scope.storable(request.match_info["who"], "who"))
    if isinstance(words.note, str):
        scope.storable(words.note, "note")
    mark = await request.app[ANNOUNCING].mark(scope.caller(request), row, who, words)
    return web.json_response({"mark": mark_fields(mark)})


async def put_call(request: web.Request) -> web.Response:
    """This read was said. Gives `{"call": {offset, said_by, said_at}}`: by whom first."""
    row = await _there(request)
    call = await request.app[ANNOUNCING].say(scope.caller(request), row, _offset(request))
    return web.json_response({"call": call_fields(call)})


async def delete_call(request: web.Request) -> web.Response:
    row = await _there(request)
    await request.app[ANNOUNCING].unsay(scope.caller(request), row, _offset(request))
    return web.Response(status=204)


def _offset(request: web.Request) -> int:
    return scope.number(request.match_info["offset"], "offset", 1, INT64_MAX)


async def _there(request: web.Request) -> SessionRow:
    return await scope.session_row(request, scope.path_id(request))
