"""`/api/refresh/...`, `/api/background-refresh` and `/api/tcp-status`: what no page of the predecessor's calls, and
scripts may. Knows the shapes; the refreshing is that of the session's registration service (hub/web/services.py).
"""

from typing import Any, Final, NamedTuple

import msgspec
from aiohttp import web

from hub.accounts import Caller
from hub.encode import iso
from hub.model import US_PER_S
from hub.old_runners import QUEUE_MAX
from hub.session import Session
from hub.sync_words import LinkChange
from hub.web import bodies, old_place, scope
from hub.web.old_feed import FEEDS, mode_of
from hub.web.services import LINKS, LinkState
from hub.web.state import CONDITION, settings

NOTHING: Final = "No registration service is connected to this session"
PERIOD_S: Final = 30
"""What the predecessor says where it asks nobody."""
IDLE_TIMEOUT_S: Final = 0
"""Readers may be silent for as long as they like."""


class Action(msgspec.Struct):
    action: str = ""


class Config(msgspec.Struct):
    """`interval_seconds` and `debug_logging` say nothing: the hub asks as often as the service lets it, and
    `server.log_level` is one for all."""

    enabled: bool | None = None


class _Linked(NamedTuple):
    caller: Caller
    session: Session
    state: LinkState


async def status(request: web.Request) -> web.Response:
    """Of no service: disabled."""
    found = await _linked(request)
    if found is None:
        return web.json_response(_status(None, None))
    return web.json_response(_status(found.session, found.state))


async def start(request: web.Request) -> web.Response:
    return await _turned(request, on=True)


async def stop(request: web.Request) -> web.Response:
    return await _turned(request, on=False)


async def background(request: web.Request) -> web.Response:
    """JSON `{"action": "start" | "stop"}`."""
    action = bodies.decode(await bodies.json(request), Action).action
    if action not in ("start", "stop"):
        return web.json_response({"success": False, "error": "Invalid action"}, status=400)
    return await _turned(request, on=action == "start")


async def config(request: web.Request) -> web.Response:
    """Of no service: disabled."""
    found = await _linked(request)
    return web.json_response(_config(found.state if found else None))


async def change_config(request: web.Request) -> web.Response:
    """JSON as `Config`. Gives what is in force."""
    wanted = bodies.decode(await bodies.json(request), Config)
    found = await _linked(request)
    if found is None:
        return web.json_response({"success": False, "error": NOTHING}, status=400)
    state = found.state
    if wanted.enabled is not None:
        change = LinkChange(enabled=wanted.enabled)
        state = await request.app[LINKS].change(found.caller, found.session.row, change)
    return web.json_response({"success": True, **_config(state)})


async def trigger(request: web.Request) -> web.Response:
    """Now."""
    found = await _linked(request)
    if found is None:
        return web.json_response({"success": False, "error": NOTHING}, status=400)
    await request.app[LINKS].refresh(found.caller, found.session.row, full=False)
    return web.json_response({"success": True, **_status(found.session, found.state)})


async def tcp_status(request: web.Request) -> web.Response:
    """Whether readers may come, and what the caller's session is for."""
    condition = request.app[CONDITION]
    found = await old_place.own(request, scope.caller(request))
    listens = not condition.not_ready and not condition.journal_problem()
    listeners = settings(request).listeners
    size = 0
    if found.session is not None:
        duration_s = old_place.duration_s(request, found)
        size = len(request.app[FEEDS].of(found.session, found.display, duration_s).queue)
    return web.json_response(
        {
            "success": True,
            "tcp_listener": {
                "host": listeners[0].host if listeners else "",
                "port": condition.tcp_port,
                "listening": listens,
                "timeout": IDLE_TIMEOUT_S,
            },
            "listeners_started": listens,
            "current_mode": mode_of(found.session) if found.session else None,
            "queue_size": min(size, QUEUE_MAX),
            "status": "active" if listens else "inactive",
        }
    )


async def _turned(request: web.Request, *, on: bool) -> web.Response:
    found = await _linked(request)
    if found is None:
        return web.json_response({"success": False, "error": NOTHING}, status=400)
    state = await request.app[LINKS].change(found.caller, found.session.row, LinkChange(enabled=on))
    return web.json_response({"success": True, **_status(found.session, state)})


async def _linked(request: web.Request) -> _Linked | None:
    """The caller's session, with the service that it has."""
    caller = scope.caller(request)
    session = (await old_place.own(request, caller)).session
    state = await request.app[LINKS].state(caller, session.row) if session is not None else None
    return _Linked(caller, session, state) if session is not None and state is not None else None


def _config(state: LinkState | None) -> dict[str, Any]:
    on = state is not None and state.row.enabled
    period_s = state.period_s if state is not None else None
    return {"enabled": on, "interval_seconds": round(period_s or PERIOD_S), "debug_logging": False}


def _status(session: Session | None, state: LinkState | None) -> dict[str, Any]:
    on = state is not None and state.row.enabled
    period_s = state.period_s if state is not None else None
    return {
        "enabled": on,
        "active": on and state is not None and not state.problem,
        "provider": state.row.kind if state is not None else None,
        "interval_seconds": round(period_s) if period_s is not None else None,
        "last_sync": iso(round(state.row.synced_s * US_PER_S))
        if state is not None and state.row.synced_s
        else None,
        "participants_count": session.roster.size if session is not None else 0,
        "race_name": (session.row.event_name or session.row.name) if session is not None else "",
    }
