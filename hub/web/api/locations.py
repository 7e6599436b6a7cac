"""`/api/sessions/{id}/locations`: what people say of the locations of a session. Knows the shapes; `hub.locations` does
it, for those for whom the session is there.
"""

from typing import Any

from aiohttp import web

from hub.location_words import LocationChange, Merge
from hub.web import bodies, scope
from hub.web.api.session_changes import there
from hub.web.state import LOCATIONS, QUERIES


async def list_locations(request: web.Request) -> web.Response:
    """In the order in which they are shown; what is a part of another one follows that. `reads`, `last_read_at` (when
    the last one came) are of the location alone, without its parts."""
    return await _answer(request, await there(request))


async def change_location(request: web.Request) -> web.Response:
    """JSON as `LocationChange`. Gives all of them; screens come back for it at once."""
    words = bodies.decode(await bodies.json(request), LocationChange)
    session_id = await there(request)
    if isinstance(words.shown_name, str):
        scope.storable(words.shown_name, "shown_name")
    await request.app[LOCATIONS].change(
        scope.caller(request), session_id, scope.path_id(request, "location"), words
    )
    return await _answer(request, session_id)


async def merge_location(request: web.Request) -> web.Response:
    """JSON as `Merge`."""
    words = bodies.decode(await bodies.json(request), Merge)
    session_id = await there(request)
    await request.app[LOCATIONS].merge(
        scope.caller(request), session_id, scope.path_id(request, "location"), words.into
    )
    return await _answer(request, session_id)


async def split_location(request: web.Request) -> web.Response:
    session_id = await there(request)
    await request.app[LOCATIONS].split(scope.caller(request), session_id, scope.path_id(request, "location"))
    return await _answer(request, session_id)


def shape(row: dict[str, Any]) -> dict[str, Any]:
    last = row["last_read_at"]
    return row | {"last_read_at": last.isoformat() if last else None}


async def _answer(request: web.Request, session_id: int) -> web.Response:
    rows = await request.app[QUERIES].locations(scope.whose(request), session_id)
    return web.json_response({"locations": [shape(row) for row in rows]})
