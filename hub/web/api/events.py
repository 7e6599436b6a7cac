"""`/api/events` and the races of each. Knows the shapes; `hub.events` makes and changes them, for those for whom the
event is there.
"""

from typing import Any

from aiohttp import web

from hub.errors import NotFound
from hub.event_words import EventChange, EventWords, RaceChange, RaceWords
from hub.web import bodies, scope
from hub.web.state import EVENTS, KEPT, RETIMING


async def list_events(request: web.Request) -> web.Response:
    """The latest date first."""
    rows = await request.app[KEPT].events(scope.whose(request))
    return web.json_response({"events": [_shape(request, row) for row in rows]})


async def get_event(request: web.Request) -> web.Response:
    return await _answer(request, scope.path_id(request))


async def make_event(request: web.Request) -> web.Response:
    """JSON as `EventWords`. Gives the event, and 201."""
    words = bodies.decode(await bodies.json(request), EventWords)
    partner = scope.partner_for_new(request, words.partner)
    made = await request.app[EVENTS].make(scope.caller(request), partner.id, words)
    return await _answer(request, made, status=201)


async def change_event(request: web.Request) -> web.Response:
    """JSON as `EventChange`. Gives the event as it is then; another zone or date is in force at once, and `retiming`
    says how far the times of reads that were there before are corrected."""
    words = bodies.decode(await bodies.json(request), EventChange)
    event_id = await _there(request)
    await request.app[EVENTS].change(scope.caller(request), event_id, words)
    return await _answer(request, event_id)


async def delete_event(request: web.Request) -> web.Response:
    """One that has no sessions. Gives 204."""
    event_id = await _there(request)
    await request.app[EVENTS].delete(scope.caller(request), event_id)
    return web.Response(status=204)


async def add_race(request: web.Request) -> web.Response:
    """JSON as `RaceWords`. Gives the event with its new race, and 201."""
    words = bodies.decode(await bodies.json(request), RaceWords)
    event_id = await _there(request)
    await request.app[EVENTS].add_race(scope.caller(request), event_id, words)
    return await _answer(request, event_id, status=201)


async def change_race(request: web.Request) -> web.Response:
    """JSON as `RaceChange`. Gives the event."""
    words = bodies.decode(await bodies.json(request), RaceChange)
    event_id, race_id = await _there(request), scope.path_id(request, "race")
    await request.app[EVENTS].change_race(scope.caller(request), event_id, race_id, words)
    return await _answer(request, event_id)


async def delete_race(request: web.Request) -> web.Response:
    """Gives the event."""
    event_id, race_id = await _there(request), scope.path_id(request, "race")
    await request.app[EVENTS].delete_race(scope.caller(request), event_id, race_id)
    return await _answer(request, event_id)


async def _there(request: web.Request) -> int:
    """The event whose number is in the address, if it is there for the caller. Raises NotFound."""
    event_id = scope.path_id(request)
    await _event(request, event_id)
    return event_id


async def _answer(request: web.Request, event_id: int, status: int = 200) -> web.Response:
    row = await _event(request, event_id)
    return web.json_response({"event": _shape(request, row)}, status=status)


async def _event(request: web.Request, event_id: int) -> dict[str, Any]:
    found = await request.app[KEPT].events(scope.whose(request), event_id)
    if not found:
        raise NotFound(f"There is no event {event_id}.")
    return found[0]


def _shape(request: web.Request, row: dict[str, Any]) -> dict[str, Any]:
    """`sessions`: how many. `retiming`: how far the correction of their times is, while there is one."""
    found = [request.app[RETIMING].progress(each) for each in row["session_ids"]]
    running = [each for each in found if each is not None]
    total = {"done": sum(done for done, _ in running), "total": sum(total for _, total in running)}
    return {
        "id": row["id"],
        "name": row["name"],
        "date": row["date"].isoformat(),
        "timezone": row["timezone"],
        "races": row["races"],
        "sessions": len(found),
        "partner": scope.partner_json(scope.partner(request, row["partner_id"])),
    } | ({"retiming": total} if running else {})
