"""`/health` and `/status`: how the hub is, for monitoring. Knows figures; asks the database whether it is there."""

from aiohttp import web

from hub import __version__
from hub.encode import iso
from hub.model import PURPOSE_DEMO
from hub.web.auth import has_token
from hub.web.sockets import SCREENS
from hub.web.state import CONDITION, HUB, LIVE, QUERIES
from hub.web.web_sessions import STORAGE

SERVICE = "racehub"


async def health(request: web.Request) -> web.Response:
    """`healthy`; `degraded`: reads are kept but not all goes its way; `unhealthy` (503): reads are not taken."""
    condition = request.app[CONDITION]
    parts = await _parts(request)
    reason = condition.not_ready or condition.journal_problem()
    if reason:
        status = "unhealthy"
    else:
        reason = condition.warning() or condition.database_problem() or _away(parts)
        status = "degraded" if reason else "healthy"
    body = {"status": status, "service": SERVICE} | parts | {"timestamp": iso(condition.now_us())}
    if reason:
        body["reason"] = reason
    return web.json_response(body, status=503 if status == "unhealthy" else 200)


def _away(parts: dict[str, str]) -> str:
    if parts["database"] != "healthy":
        return "PostgreSQL does not answer"
    return "Redis does not answer: nobody can sign in" if parts["redis"] == "unhealthy" else ""


async def status(request: web.Request) -> web.Response:
    """Figures. With the admin's token also `restart_needed`, the keys of the configuration that wait for it, and
    `screens_ended`: how many screens' connections have ended since the start, by why."""
    condition, hub = request.app[CONDITION], request.app[HUB]
    now_us = condition.now_us()
    real = (session for session in hub.sessions.values() if session.row.purpose != PURPOSE_DEMO)
    current = max(real, key=lambda session: session.row.id, default=None) if len(hub.partners) == 1 else None
    body = {
        "service": SERVICE,
        "status": "running",
        "version": __version__,
        "tcp_port": condition.tcp_port,
        "connections": condition.connections(),
        "total_reads": hub.total_reads,
        "rejected_lines": hub.total_rejected,
        "current_session": current.row.id if current else None,
        "database_connected": await _database(request) == "healthy",
        "journal_pending": condition.journal_pending(),
        "readers_wait": condition.journal_problem(),
        "displays": request.app[LIVE].screens,
        "uptime_s": (now_us - condition.started_us) // 1_000_000,
        "timestamp": iso(now_us),
    }
    if has_token(request):
        body["restart_needed"] = condition.restart_needed
        body["screens_ended"] = dict(request.app[SCREENS].ended)
    return web.json_response(body)


async def _parts(request: web.Request) -> dict[str, str]:
    condition = request.app[CONDITION]
    return {
        "database": await _database(request),
        "redis": await request.app[STORAGE].redis(),
        "journal": "unhealthy" if condition.not_ready or condition.journal_problem() else "healthy",
    }


async def _database(request: web.Request) -> str:
    condition = request.app[CONDITION]
    if condition.not_ready or condition.database_problem():
        return "unhealthy"
    return "healthy" if await request.app[QUERIES].alive() else "unhealthy"
