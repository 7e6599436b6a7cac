"""`/api/users`: who may sign in, for owners and admins. Knows the shapes; the rules and the store do the rest.

A user of another partner is not there. A link is told once, to whoever has asked for it: the hub sends no mail.
"""

from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from hub import account_names, account_rules
from hub.account_lines import MadeLink, UserLine
from hub.account_rules import UserChange
from hub.accounts import ADMIN
from hub.web import bodies, scope
from hub.web.front import join_url
from hub.web.state import USERS


class New(msgspec.Struct, forbid_unknown_fields=True):
    """`partner`: a short name, for admins; nobody else has a choice, and an admin has none."""

    email: str
    role: str
    name: str = ""
    partner: str | None = None


async def list_users(request: web.Request) -> web.Response:
    """`?partner`, a short name. Gives `{"users": [...]}`: admins first, then by partner and address."""
    slug = request.query.get("partner")
    partner_id = scope.named_partner(request, slug).id if slug else None
    found = await request.app[USERS].lines(scope.caller(request), partner_id)
    return web.json_response({"users": [shape(each) for each in found]})


async def get_user(request: web.Request) -> web.Response:
    found = await request.app[USERS].line(scope.caller(request), scope.path_id(request))
    return web.json_response({"user": shape(found)})


async def invite_user(request: web.Request) -> web.Response:
    """JSON as `New`. Gives the user with the link that makes one of it, and 201."""
    wanted = parse_new(await bodies.json(request))
    partner_id = _partner_id(request, wanted)
    user, link = await request.app[USERS].invite(
        scope.caller(request), wanted.email, wanted.name, wanted.role, partner_id
    )
    return web.json_response({"user": shape(user)} | _told(request, link), status=201)


async def change_user(request: web.Request) -> web.Response:
    """JSON: any of `name`, `role` and `disabled`. Gives the user as it is then."""
    user_id, wanted = scope.path_id(request), parse_change(await bodies.json(request))
    user = await request.app[USERS].change(scope.caller(request), user_id, wanted)
    return web.json_response({"user": shape(user)})


async def delete_user(request: web.Request) -> web.Response:
    """With all that is this user's alone. Gives 204."""
    await request.app[USERS].delete(scope.caller(request), scope.path_id(request))
    return web.Response(status=204)


async def reset_user(request: web.Request) -> web.Response:
    """The password, all sign-ins and all tokens of this user end now. Gives a link for another password."""
    link = await request.app[USERS].reset(scope.caller(request), scope.path_id(request))
    return web.json_response(_told(request, link))


def parse_new(body: bytes) -> New:
    """Raises Invalid."""
    wanted = bodies.decode(body, New)
    wanted.email = account_names.email(wanted.email)
    wanted.name = account_names.name(wanted.name)
    wanted.role = account_rules.role(wanted.role)
    return wanted


def parse_change(body: bytes) -> UserChange:
    """Raises Invalid."""
    wanted = bodies.decode(body, UserChange)
    if wanted.role is not None:
        account_rules.role(wanted.role)
    if wanted.name is not None:
        wanted = msgspec.structs.replace(wanted, name=account_names.name(wanted.name))
    return wanted


def shape(user: UserLine) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "partner": scope.partner_json(user.partner),
        "disabled": user.disabled,
        "waiting": user.waiting,
        "last_seen_at": when(user.last_seen_at),
        "created_at": when(user.created_at),
    }


def when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _partner_id(request: web.Request, wanted: New) -> int | None:
    """An admin is of no partner; all others are of the one that is named, or of the only one there can be."""
    if wanted.role == ADMIN:
        return scope.named_partner(request, wanted.partner).id if wanted.partner else None
    return scope.partner_for_new(request, wanted.partner).id


def _told(request: web.Request, link: MadeLink) -> dict[str, Any]:
    return {"link": join_url(request, link.text), "expires_at": when(link.expires_at)}
