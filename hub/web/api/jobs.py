"""`/api/jobs`: work that goes on beside the requests. Knows the shapes; `hub.jobs` keeps them."""

from typing import Any, Final

from aiohttp import web

from hub.encode import iso
from hub.jobs import Job, Jobs
from hub.model import INT64_MAX
from hub.web import scope

JOBS: Final = web.AppKey("jobs", Jobs)
JOBS_LISTED_MAX: Final = 100


async def list_jobs(request: web.Request) -> web.Response:
    """The last begun first. `?session=`: of that one alone."""
    text = request.query.get("session")
    session_id = None
    if text is not None:
        session_id = scope.number(text, "session", 1, INT64_MAX)
        await scope.session_row(request, session_id, "session")
    found = request.app[JOBS].jobs(scope.caller(request), session_id)
    return web.json_response({"jobs": [shape(request, each) for each in found[:JOBS_LISTED_MAX]]})


async def get_job(request: web.Request) -> web.Response:
    job = request.app[JOBS].job(scope.caller(request), scope.path_id(request))
    return answer(request, job)


async def cancel_job(request: web.Request) -> web.Response:
    """Gives it as it is then: what was faster than this is done."""
    job = await request.app[JOBS].cancel(scope.caller(request), scope.path_id(request))
    return answer(request, job)


def answer(request: web.Request, job: Job, *, status: int = 200) -> web.Response:
    return web.json_response({"job": shape(request, job)}, status=status)


def shape(request: web.Request, job: Job) -> dict[str, Any]:
    """A job as every answer gives it."""
    code, message, field = job.error or ("", "", None)
    return {
        "id": job.id,
        "kind": job.kind,
        "session": job.session_id or None,
        "status": job.status,
        "done": job.done,
        "total": job.total,
        "words": job.words,
        "result": job.result,
        "error": {"code": code, "message": message} | ({"field": field} if field else {}) if code else None,
        "started_at": iso(job.started_us),
        "ended_at": None if job.ended_us is None else iso(job.ended_us),
        "partner": scope.partner_json(scope.partner(request, job.partner_id)),
    }
