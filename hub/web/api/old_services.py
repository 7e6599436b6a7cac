"""Signing in to a registration service, choosing an event and a mode, as the predecessor's pages do it: on top of the
hub's own accounts and links (hub/web/services.py). Knows the addresses and who may; the shapes are those of
hub/old_services.py.

Nobody is signed in to the hub by any of this: it is for whoever is an operator already, and for the session that is
theirs (hub/web/old_place.py). Whoever is not, is told so in the shape that the pages show.
"""

import asyncio
import contextlib
from typing import Any, Final, Literal, NamedTuple

import msgspec
from aiohttp import web

from hub import old_services
from hub.accounts import OPERATOR, Caller, at_least
from hub.encode import iso
from hub.errors import CallerError, Invalid, StoreError
from hub.jobs import Job
from hub.model import MODE_RESULTS, US_PER_S
from hub.old_services import Asked, Login, Mode
from hub.session import Session
from hub.session_words import SessionChange
from hub.sync_words import AccountRow, NewLink
from hub.web import auth, bodies, old_place
from hub.web.api.jobs import JOBS
from hub.web.old_feed import mode_of
from hub.web.services import ACCOUNTS, LINKS, LinkState
from hub.web.state import SESSIONS

WAIT_S_MAX: Final = 25.0
"""A page waits for its answer; what is not loaded by then goes on, and the progress says how far it is."""
NAME: Final = "From the old pages"
MODES: Final[dict[str, Literal["race", "pre_race", "results"]]] = {
    "pre-race": "pre_race",
    "results": "results",
    "race": "race",
}
UNKNOWN_PROVIDER: Final = "Unknown provider"


class _Own(NamedTuple):
    caller: Caller
    session: Session


class _NotYet(Exception):
    """Why there is nothing of the caller's that this could be about, in words."""


async def login(request: web.Request) -> web.Response:
    """JSON or a form: a ChronoTrack Live account and an event. 200 whatever comes of it."""
    try:
        words = await _login(request)
        own = await _own(request)
        account = await _account(request, own, "chronotrack_live", msgspec.to_builtins(words))
        job = await _linked(request, own, account, str(words.event_id), [])
    except (_NotYet, CallerError, StoreError) as problem:
        return web.json_response(old_services.login_failed(str(problem)))
    await _over(job)
    if job.error is not None:
        return web.json_response(old_services.login_failed(job.error[1]))
    return web.json_response(old_services.logged_in(_race(own.session), own.session.roster.size))


async def login_progress(request: web.Request) -> web.Response:
    """Of the last full load of the caller's session."""
    found = await old_place.place(request)
    jobs = []
    if found.session is not None and found.caller is not None:
        jobs = request.app[JOBS].jobs(found.caller, found.session.row.id)
    if not jobs:
        return web.json_response(old_services.progress(0, 0, complete=False))
    job = jobs[0]
    return web.json_response(old_services.progress(job.done, job.total, complete=job.ended_us is not None))


async def providers(request: web.Request) -> web.Response:
    return web.json_response(old_services.providers(request.app[ACCOUNTS].kinds))


async def test_connection(request: web.Request) -> web.Response:
    """JSON `{"provider", "credentials"}`. 200 whatever comes of it."""
    asked = await _asked(request)
    try:
        kind = _kind(asked)
        own = await _own(request)
        account, said = await _given(request, own, kind, asked.credentials)
    except (_NotYet, CallerError, StoreError) as problem:
        return web.json_response(old_services.failed(str(problem)))
    return web.json_response(
        {"success": True, "status_code": 200, "provider": _name(asked), "message": said or account.name}
    )


async def test_form(request: web.Request) -> web.Response:
    """A form, or JSON, as `login` takes it: whether ChronoTrack Live takes the account. 200 whatever comes of it."""
    try:
        words = await _login(request)
        own = await _own(request)
        account = await _account(request, own, "chronotrack_live", msgspec.to_builtins(words))
    except (_NotYet, CallerError, StoreError) as problem:
        return web.json_response({"status_code": 401, "success": False, "error_text": str(problem)})
    return web.json_response(
        {"status_code": 200, "success": True, "headers": {}, "data_sample": account.name}
    )


async def fetch_events(request: web.Request) -> web.Response:
    """JSON `{"provider", "credentials"}`. An unknown service is 400, one that does not answer 500."""
    asked = await _asked(request)
    if old_services.kind_of(asked.provider) is None:
        return web.json_response(old_services.failed(UNKNOWN_PROVIDER), status=400)
    try:
        own = await _own(request)
        account = await _account(request, own, _kind(asked), asked.credentials)
        found = await request.app[ACCOUNTS].events(own.caller.whose, account.id, "")
    except _NotYet as problem:
        return web.json_response(old_services.failed(str(problem)), status=401)
    except (CallerError, StoreError) as problem:
        return web.json_response(old_services.failed(str(problem)), status=500)
    return web.json_response(old_services.events(_name(asked), found))


async def select_event(request: web.Request) -> web.Response:
    """JSON as `Asked`. The caller's session has its roster from there from now on."""
    asked = await _asked(request)
    event_id, races = old_services.wanted(asked)
    if not event_id:
        return web.json_response(old_services.failed("No event selected"), status=400)
    try:
        own = await _own(request)
        account = await _account(request, own, _kind(asked), asked.credentials)
        job = await _linked(request, own, account, event_id, races)
        event = await request.app[ACCOUNTS].event(own.caller.whose, account.id, event_id)
    except (_NotYet, CallerError, StoreError) as problem:
        return web.json_response(old_services.failed(str(problem)))
    await _over(job)
    if job.error is not None:
        return web.json_response(old_services.failed(job.error[1]))
    size = own.session.roster.size
    return web.json_response(old_services.selected(_name(asked), event, event_id, size))


async def select_mode(request: web.Request) -> web.Response:
    """JSON or a form as `Mode`. 200 whatever comes of it."""
    try:
        words = bodies.decode(await bodies.json_or_form(request, Mode.__struct_fields__), Mode)
        mode = MODES.get(words.mode)
        if mode is None:
            raise Invalid(f"Invalid mode: expected one of {', '.join(MODES)}")
        own = await _own(request)
        if words.user_id and words.event_id:
            given = {
                "user_id": words.user_id,
                "password": words.password or words.user_pass,
                "client_id": words.client_id,
            }
            account = await _account(request, own, "chronotrack_live", given)
            results = mode == MODE_RESULTS
            await _over(await _linked(request, own, account, str(words.event_id), [], results=results))
        await request.app[SESSIONS].change(own.caller, own.session.row.id, SessionChange(mode=mode))
    except (_NotYet, CallerError, StoreError) as problem:
        return web.json_response(old_services.failed(str(problem)))
    count = len(own.session.official) if mode == MODE_RESULTS else own.session.roster.size
    return web.json_response(old_services.mode_chosen(words.mode, _race(own.session), count))


async def mode_status(request: web.Request) -> web.Response:
    session = (await old_place.place(request)).session
    if session is None:
        return web.json_response(old_services.mode_status(None, "", 0, refreshes=False))
    mode = mode_of(session)
    count = len(session.official) if session.row.mode == MODE_RESULTS else session.roster.size
    link = await _link(request)
    return web.json_response(
        old_services.mode_status(mode, _race(session), count, refreshes=link is not None and link.row.enabled)
    )


async def sync_status(request: web.Request) -> web.Response:
    link = await _link(request)
    at = iso(round(link.row.synced_s * US_PER_S)) if link is not None and link.row.synced_s else None
    results = at if link is not None and link.row.results else None
    active = link is not None and link.row.enabled
    return web.json_response(old_services.sync_status(at, results, active=active))


async def _login(request: web.Request) -> Login:
    """Raises Invalid."""
    if request.content_type == "application/json":
        return bodies.decode(await bodies.json(request), Login)
    form = await bodies.fields(request, Login.__struct_fields__)
    return Login(**form)


async def _asked(request: web.Request) -> Asked:
    return bodies.decode(await bodies.json(request), Asked)


async def _own(request: web.Request) -> _Own:
    """Who asks, and the session that is theirs. Raises _NotYet."""
    caller = await auth.caller(request)
    if caller is None or not at_least(caller.role, OPERATOR):
        raise _NotYet(old_services.SIGN_IN)
    session = (await old_place.own(request, caller)).session
    if session is None:
        raise _NotYet(old_services.NO_SESSION)
    return _Own(caller, session)


def _kind(asked: Asked) -> str:
    """Raises Invalid."""
    kind = old_services.kind_of(asked.provider)
    if kind is None:
        raise Invalid(UNKNOWN_PROVIDER, field="provider")
    return kind


def _name(asked: Asked) -> str:
    return asked.provider if isinstance(asked.provider, str) else str(asked.provider.get("id", ""))


async def _account(request: web.Request, own: _Own, kind: str, given: dict[str, Any]) -> AccountRow:
    return (await _given(request, own, kind, given))[0]


async def _given(request: web.Request, own: _Own, kind: str, given: dict[str, Any]) -> tuple[AccountRow, str]:
    partner_id = own.session.row.partner_id
    words = old_services.credentials(given)
    try:
        return await request.app[ACCOUNTS].given(own.caller, partner_id, kind, NAME, words)
    except Invalid as problem:
        if problem.field == "credentials.client_id" and not words.get("client_id"):
            raise Invalid(old_services.NO_CLIENT_ID, field=problem.field) from problem
        raise


async def _linked(
    request: web.Request,
    own: _Own,
    account: AccountRow,
    event_id: str,
    races: list[str],
    *,
    results: bool = False,
) -> Job:
    words = NewLink(account.id, event_id, races, results)
    return (await request.app[LINKS].put(own.caller, own.session.row, words))[1]


async def _link(request: web.Request) -> LinkState | None:
    found = await old_place.place(request)
    if found.session is None or found.caller is None:
        return None
    return await request.app[LINKS].state(found.caller, found.session.row)


async def _over(job: Job) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WAIT_S_MAX):
            await job.over()


def _race(session: Session) -> str:
    return session.row.event_name or session.row.name
