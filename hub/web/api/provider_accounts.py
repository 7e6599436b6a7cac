"""`/api/provider-accounts`: a partner's accounts at registration services. Knows the shapes; `hub.provider_accounts`
does it. What an account signs in with comes in here and never goes out: not in parts, and not as stars.
"""

from typing import Any, Final

import msgspec
from aiohttp import web

from hub.errors import Invalid, NotFound
from hub.providers.words import Kind, ProviderEvent
from hub.sync_words import REF_CHARS_MAX, AccountChange, AccountRow, NewAccount
from hub.web import bodies, scope
from hub.web.services import ACCOUNTS

FIND_CHARS_MAX: Final = 100


async def list_accounts(request: web.Request) -> web.Response:
    """The caller's accounts, by name, and the services that there are."""
    accounts = request.app[ACCOUNTS]
    rows = await accounts.rows(scope.whose(request))
    kinds = [kind_shape(each) for each in accounts.kinds.values()]
    return web.json_response({"accounts": [shape(request, each) for each in rows], "kinds": kinds})


async def make_account(request: web.Request) -> web.Response:
    """JSON as `NewAccount`. It is tested first. Gives the account, what the service says, and 201."""
    words = parse(await bodies.json(request), NewAccount)
    partner = scope.partner_for_new(request, words.partner)
    row, said = await request.app[ACCOUNTS].make(
        scope.caller(request), partner.id, words.kind, words.name, words.credentials, anyway=words.anyway
    )
    return _answer(request, row, said, status=201)


async def change_account(request: web.Request) -> web.Response:
    """JSON as `AccountChange`. With other credentials it is tested first."""
    words = parse(await bodies.json(request), AccountChange)
    row, said = await request.app[ACCOUNTS].change(
        scope.caller(request), scope.path_id(request), words.name, words.credentials, anyway=words.anyway
    )
    return _answer(request, row, said)


async def delete_account(request: web.Request) -> web.Response:
    """Sessions whose rosters come by it keep them as they are. Gives 204."""
    await request.app[ACCOUNTS].delete(scope.caller(request), scope.path_id(request))
    return web.Response(status=204)


async def test_account(request: web.Request) -> web.Response:
    """Gives the account, and what the service says now."""
    row, said = await request.app[ACCOUNTS].test(scope.caller(request), scope.path_id(request))
    return _answer(request, row, said)


async def list_events(request: web.Request) -> web.Response:
    """`?find=`: those that the account sees, the next first."""
    find = scope.storable(request.query.get("find", ""), "find").strip()
    if len(find) > FIND_CHARS_MAX:
        raise Invalid(f"find: expected at most {FIND_CHARS_MAX} characters", field="find")
    account_id = scope.path_id(request)
    found = await request.app[ACCOUNTS].events(scope.whose(request), account_id, find)
    return web.json_response({"events": [event_shape(each) for each in found]})


async def get_event(request: web.Request) -> web.Response:
    """With its races."""
    account_id, event_id = scope.path_id(request), request.match_info["event"]
    if not scope.is_storable(event_id) or not event_id.strip() or len(event_id) > REF_CHARS_MAX:
        raise NotFound("There is no such event.")
    found = await request.app[ACCOUNTS].event(scope.whose(request), account_id, event_id)
    return web.json_response({"event": event_shape(found)})


def parse(body: bytes, kind: type[Any]) -> Any:
    """Raises Invalid, without a word of what was sent."""
    words = bodies.decode(body, kind)
    if words.name is not None:
        scope.storable(words.name, "name")
    return words


def shape(request: web.Request, row: AccountRow) -> dict[str, Any]:
    """An account as every answer gives it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.name,
        "partner": scope.partner_json(scope.partner(request, row.partner_id)),
        "tested_at": row.tested_at.isoformat() if row.tested_at else None,
        "problem": row.problem,
        "sessions": row.sessions,
        "made_by": row.made_by,
        "created_at": row.created_at.isoformat() if row.created_at else None,
    }


def kind_shape(kind: Kind) -> dict[str, Any]:
    return {
        "kind": kind.kind,
        "name": kind.name,
        "experimental": kind.experimental,
        "results": kind.results,
        "calls_per_hour": kind.calls_per_hour,
        "fields": [each._asdict() for each in kind.fields],
    }


def event_shape(event: ProviderEvent) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(event)
    return found


def _answer(request: web.Request, row: AccountRow, words: str, *, status: int = 200) -> web.Response:
    return web.json_response({"account": shape(request, row), "words": words}, status=status)
