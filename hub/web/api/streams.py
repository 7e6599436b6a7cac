"""What a timer types into the reader's program: `/api/sessions/{id}/stream` and `/api/partners/{id}/stream`, with their
passwords; and who has come with a wrong one. Knows the shapes; `hub.stream_passwords` makes them.
"""

from typing import Any

from aiohttp import web

from hub.config import Listener
from hub.encode import iso
from hub.errors import NotFound
from hub.model import PURPOSE_INBOX, PartnerRow, SessionRow
from hub.refused import Refused
from hub.web import front, scope
from hub.web.state import HUB, QUERIES, REFUSED, STREAMS, settings


async def session_stream(request: web.Request) -> web.Response:
    """Where the readers of a session connect, and as whom."""
    return _of_session(request, await _session(request))


async def renew_session_password(request: web.Request) -> web.Response:
    """Makes the session's stream password, or another: readers that came by the old one are hung up on."""
    row = await _session(request)
    await request.app[STREAMS].renew_session(scope.caller(request), row.id)
    return _of_session(request, row)


async def partner_stream(request: web.Request) -> web.Response:
    """The same for any reader of a partner."""
    return _of_partner(request, _partner(request))


async def renew_partner_password(request: web.Request) -> web.Response:
    row = _partner(request)
    await request.app[STREAMS].renew_partner(scope.caller(request), row.id)
    return _of_partner(request, row)


async def refused_readers(request: web.Request) -> web.Response:
    """Those that could not prove who they are, the last one first: an owner's are those that came as its own partner or
    one of its sessions."""
    who = scope.caller(request)
    found = [
        each
        for each in request.app[REFUSED].rows
        if who.is_admin or (each.named is not None and who.sees(each.named.partner_id))
    ]
    return web.json_response({"refused": [_refused_json(request, each) for each in found]})


def _refused_json(request: web.Request, each: Refused) -> dict[str, Any]:
    named = each.named
    return {
        "at": iso(each.at_us),
        "listener": each.listener,
        "address": each.address,
        "user": each.user,
        "reason": each.reason,
        "count": each.count,
        "session_id": named.session_id if named else None,
        "partner": scope.partner_json(scope.partner(request, named.partner_id)) if named else None,
    }


async def _session(request: web.Request) -> SessionRow:
    """The one in the address. Raises NotFound, StoreAway."""
    session_id = scope.path_id(request)
    session = scope.session(request, session_id)
    row = session.row if session else await request.app[QUERIES].session(scope.whose(request), session_id)
    if row is None or row.purpose == PURPOSE_INBOX:
        raise NotFound(f"There is no session {session_id}.")
    return row


def _partner(request: web.Request) -> PartnerRow:
    partner_id = scope.path_id(request)
    row = scope.partner(request, partner_id)
    if row is None or not scope.caller(request).sees(partner_id):
        raise NotFound(f"There is no partner {partner_id}.")
    return row


def _of_session(request: web.Request, row: SessionRow) -> web.Response:
    return web.json_response(
        _place(request, row.partner_id)
        | {
            "name": row.name,
            "user": row.stream_key,
            "event_name": row.stream_key,
            "password": request.app[HUB].proofs.of_session(row.id),
        }
    )


def _of_partner(request: web.Request, row: PartnerRow) -> web.Response:
    return web.json_response(
        _place(request, row.id)
        | {
            "name": row.name,
            "user": row.slug,
            "event_name": "",
            "password": request.app[HUB].proofs.of_partner(row.id),
        }
    )


def _place(request: web.Request, partner_id: int) -> dict[str, Any]:
    """Of the listener that is best for a partner's readers."""
    row = scope.partner(request, partner_id)
    best = min(settings(request).listeners, key=lambda each: _rank(each, row.slug if row else ""))
    facts = front.listener(request, best)
    return {
        "host": facts["hosts"][0] if facts["hosts"] else "127.0.0.1",
        "hosts": facts["hosts"],
        "port": facts["port"],
        "tls": bool(best.tls_cert),
        "auth": best.auth,
    }


def _rank(listener: Listener, slug: str) -> tuple[bool, bool, bool]:
    """The partner's own before those of everybody, and these before others'; among them those where it can prove who it
    is."""
    own = bool(slug) and listener.partner == slug
    return not own, not own and bool(listener.partner), listener.auth == "none"
