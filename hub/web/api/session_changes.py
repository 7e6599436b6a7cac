"""`/api/sessions`, as far as something is made of them or done to them. Knows the shapes; `hub.lifecycle` and
`hub.removing` do it, for those for whom the session is there.
"""

import asyncio
import contextlib
from typing import Any, Final

import msgspec
from aiohttp import web

from hub.jobs import RUNNING, Job, Progress
from hub.model import SessionRow
from hub.session_words import NewSession, SessionChange
from hub.web import bodies, scope
from hub.web.api.exports import export_json
from hub.web.api.jobs import JOBS
from hub.web.api.jobs import shape as job_shape
from hub.web.api.sessions import session_json
from hub.web.people import ROSTERS
from hub.web.state import REMOVAL, SESSIONS

TYPED_CHARS_MAX: Final = 1000
REORDER_S: Final = 2.0
"""How long an answer waits for a roster by another order: one of some thousand is there by then."""


class Typed(msgspec.Struct, forbid_unknown_fields=True):
    """`name`: the session's, typed by who deletes it."""

    name: str


class Testing(msgspec.Struct, forbid_unknown_fields=True):
    on: bool


async def make_session(request: web.Request) -> web.Response:
    """JSON as `NewSession`. Gives the session, and 201."""
    words = bodies.decode(await bodies.json(request), NewSession)
    partner = scope.partner_for_new(request, words.partner)
    made = await request.app[SESSIONS].make(scope.caller(request), partner.id, words)
    return web.json_response(await session_json(request, made), status=201)


async def change_session(request: web.Request) -> web.Response:
    """JSON as `SessionChange`. Gives the session as it is then. Screens come back for it at once. Of a large roster by
    another order it gives the `job` that makes it."""
    words = bodies.decode(await bodies.json(request), SessionChange)
    row = await scope.session_row(request, scope.path_id(request))
    await request.app[SESSIONS].change(scope.caller(request), row.id, words)
    job = await _reordered(request, row, words.roster_order) if words.roster_order else None
    more = {"job": job_shape(request, job)} if job is not None and job.status == RUNNING else {}
    return web.json_response(await session_json(request, row.id) | more)


async def _reordered(request: web.Request, row: SessionRow, order: list[str]) -> Job:
    by, rosters = scope.caller(request), request.app[ROSTERS]

    async def work(progress: Progress) -> dict[str, Any]:
        return {"changed": await rosters.reorder(by, row.id, order, progress)}

    job = request.app[JOBS].start(row.partner_id, "roster_order", row.id, work)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(REORDER_S):
            await job.over()
    return job


async def start_session(request: web.Request) -> web.Response:
    """One that is scheduled."""
    session_id = await there(request)
    await request.app[SESSIONS].start(scope.caller(request), session_id)
    return await _answer(request, session_id)


async def end_session(request: web.Request) -> web.Response:
    """Its readers are hung up on; what they have sent is kept."""
    session_id = await there(request)
    await request.app[SESSIONS].end(scope.caller(request), session_id)
    return await _answer(request, session_id)


async def reopen_session(request: web.Request) -> web.Response:
    """One that has ended: it goes on after its last offset."""
    session_id = await there(request)
    await request.app[SESSIONS].reopen(scope.caller(request), session_id)
    return await _answer(request, session_id)


async def renew_key(request: web.Request) -> web.Response:
    """Another stream key; the old one leads nowhere any more."""
    session_id = await there(request)
    await request.app[SESSIONS].renew_key(scope.caller(request), session_id)
    return await _answer(request, session_id)


async def test_session(request: web.Request) -> web.Response:
    """JSON `{"on"}`: whether the reads that come now are a test. When it is over, nothing of it counts any more."""
    wanted = bodies.decode(await bodies.json(request), Testing)
    session_id = await there(request)
    await request.app[SESSIONS].test(scope.caller(request), session_id, wanted.on)
    return await _answer(request, session_id)


async def delete_session(request: web.Request) -> web.Response:
    """JSON: its `name`. Answers when all of it is in an export, and gone: seconds for a whole race."""
    typed = bodies.decode(await bodies.json(request), Typed).name[:TYPED_CHARS_MAX]
    session_id = await there(request)
    row = await request.app[REMOVAL].remove(scope.caller(request), session_id, typed)
    return web.json_response({"deleted": True, "export": export_json(request, row)})


async def there(request: web.Request) -> int:
    """The session whose number is in the address, if it is there for the caller. Raises NotFound."""
    session_id = scope.path_id(request)
    await scope.session_row(request, session_id)
    return session_id


async def _answer(request: web.Request, session_id: int) -> web.Response:
    return web.json_response(await session_json(request, session_id))
