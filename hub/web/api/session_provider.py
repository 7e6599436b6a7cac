"""`/api/sessions/{id}/provider`, where a session's roster comes from, and its official results. Knows the shapes;
`hub.provider_links` does it.
"""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from aiohttp import web

from hub.errors import Invalid
from hub.sync_words import RESULTS_AT_ONCE, LinkChange, NewLink, Refresh
from hub.web import bodies, scope
from hub.web.api import jobs
from hub.web.services import LINKS, LinkState

KEPT: Final = {"keep": False, "remove": True}
"""What becomes of whoever is on the roster by the service: whether they go."""


async def get_link(request: web.Request) -> web.Response:
    row = await scope.session_row(request, scope.path_id(request))
    return _answer(request, await request.app[LINKS].state(scope.caller(request), row))


async def put_link(request: web.Request) -> web.Response:
    """JSON as `NewLink`. All of the roster is loaded; gives the link and the job that does it."""
    words = bodies.decode(await bodies.json(request), NewLink)
    for each in (words.event, *words.races):
        scope.storable(each, "event")
    row = await scope.session_row(request, scope.path_id(request))
    state, job = await request.app[LINKS].put(scope.caller(request), row, words)
    return web.json_response({"link": shape(request, state), "job": jobs.shape(request, job)})


async def change_link(request: web.Request) -> web.Response:
    """JSON as `LinkChange`."""
    words = bodies.decode(await bodies.json(request), LinkChange)
    row = await scope.session_row(request, scope.path_id(request))
    return _answer(request, await request.app[LINKS].change(scope.caller(request), row, words))


async def delete_link(request: web.Request) -> web.Response:
    """`?participants=keep` or `remove`. Gives `{"gone"}`: how many are not on the roster any more."""
    wanted = request.query.get("participants", "keep")
    if wanted not in KEPT:
        raise Invalid(f"participants: expected one of {', '.join(KEPT)}", field="participants")
    row = await scope.session_row(request, scope.path_id(request))
    gone = await request.app[LINKS].delete(scope.caller(request), row, remove=KEPT[wanted])
    return web.json_response({"gone": gone})


async def refresh(request: web.Request) -> web.Response:
    """JSON as `Refresh`. Gives the job, and 202; one that runs already is the one."""
    words = bodies.decode(await bodies.json(request), Refresh)
    row = await scope.session_row(request, scope.path_id(request))
    job = await request.app[LINKS].refresh(scope.caller(request), row, full=words.full)
    return jobs.answer(request, job, status=202)


async def list_results(request: web.Request) -> web.Response:
    """`?after&limit`: official results, in the order of their entries; `next` is the next `after`."""
    row = await scope.session_row(request, scope.path_id(request))
    after = scope.storable(request.query.get("after", ""), "after")
    limit = scope.number(request.query.get("limit", str(RESULTS_AT_ONCE)), "limit", 1, RESULTS_AT_ONCE)
    found = await request.app[LINKS].results(scope.whose(request), row.id, after, limit)
    more = found[-1].entry if len(found) == limit else None
    return web.json_response({"results": [msgspec.to_builtins(each) for each in found], "next": more})


def shape(request: web.Request, state: LinkState) -> dict[str, Any]:
    """Where a session's roster comes from, as every answer gives it."""
    row = state.row
    return {
        "account": {"id": row.account_id, "kind": row.kind, "name": row.account_name},
        "event": {"id": row.event_ref, "name": row.event_name},
        "races": row.races,
        "results": row.results,
        "enabled": row.enabled,
        "problem": state.problem,
        "synced_at": _moment(row.synced_s),
        "full_at": _moment(row.full_s),
        "next_at": _moment(state.next_s),
        "period_s": None if state.period_s is None else round(state.period_s, 1),
        "calls": {"last_hour": state.calls_last_hour, "limit": state.limit},
        "figures": {name: row.figures.get(name, 0) for name in FIGURES},
        "job": None if state.job is None else jobs.shape(request, state.job),
    }


FIGURES: Final = ("participants", "added", "changed", "gone", "results")


def _answer(request: web.Request, state: LinkState | None) -> web.Response:
    return web.json_response({"link": None if state is None else shape(request, state)})


def _moment(at_s: float | None) -> str | None:
    return datetime.fromtimestamp(at_s, UTC).isoformat() if at_s else None
