"""`/api/partners`: the timing companies of this server, for admins. Knows the shapes; the store keeps them, and the
hub's memory hears of each change at once.
"""

from typing import Any

import msgspec
from aiohttp import web

from hub import account_names
from hub.account_lines import PartnerLine
from hub.errors import Conflict
from hub.model import PartnerRow
from hub.web import bodies, scope
from hub.web.api.users import when
from hub.web.state import CHANGING, HUB, IMAGES, PARTNERS, settings


class New(msgspec.Struct, forbid_unknown_fields=True):
    """`slug` None: one is made of the name."""

    name: str
    slug: str | None = None


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """None: that stays."""

    name: str | None = None
    slug: str | None = None


async def list_partners(request: web.Request) -> web.Response:
    found = await request.app[PARTNERS].lines(scope.caller(request))
    return web.json_response({"partners": [shape(each) for each in found]})


async def get_partner(request: web.Request) -> web.Response:
    return await _answer(request, scope.path_id(request))


async def make_partner(request: web.Request) -> web.Response:
    """JSON as `New`. Gives the partner, which has nothing yet, and 201."""
    wanted = parse(await bodies.json(request), New)
    async with request.app[CHANGING]:
        row = await request.app[PARTNERS].make(scope.caller(request), wanted.name, wanted.slug)
        request.app[HUB].partners[row.id] = row
    return await _answer(request, row.id, status=201)


async def change_partner(request: web.Request) -> web.Response:
    """JSON as `Change`. Gives the partner as it is then."""
    partner_id, wanted = scope.path_id(request), parse(await bodies.json(request), Change)
    async with request.app[CHANGING]:
        held = request.app[HUB].partners.get(partner_id)
        if held is not None and wanted.slug not in (None, held.slug):
            _check_listeners(request, held)
        row = await request.app[PARTNERS].change(scope.caller(request), partner_id, wanted.name, wanted.slug)
        request.app[HUB].partners[row.id] = row
    return await _answer(request, row.id)


async def delete_partner(request: web.Request) -> web.Response:
    """Only when nothing is the partner's any more but images, accounts at services and deleted templates, which go
    along. Gives 204."""
    partner_id = scope.path_id(request)
    async with request.app[CHANGING]:
        held = request.app[HUB].partners.get(partner_id)
        if held is not None:
            _check_listeners(request, held)
        images = await request.app[IMAGES].names_of(partner_id)
        await request.app[PARTNERS].delete(scope.caller(request), partner_id)
        request.app[HUB].partners.pop(partner_id, None)
        request.app[HUB].proofs.forget_partner(partner_id)
        await request.app[IMAGES].forget(images)
    return web.Response(status=204)


def parse(body: bytes, kind: type[New] | type[Change]) -> Any:
    """Raises Invalid."""
    wanted = bodies.decode(body, kind)
    if wanted.name is not None:
        wanted.name = account_names.name(wanted.name, least=1)
    if wanted.slug is not None:
        account_names.slug(wanted.slug)
    return wanted


def shape(partner: PartnerLine) -> dict[str, Any]:
    return msgspec.structs.asdict(partner) | {"created_at": when(partner.created_at)}


def _check_listeners(request: web.Request, held: PartnerRow) -> None:
    """A slug that the configuration speaks of has to stay: the hub would not start again. Raises Conflict."""
    for index, each in enumerate(settings(request).listeners):
        if each.partner == held.slug:
            raise Conflict(f"The configuration names this partner: listeners[{index}].partner.", field="slug")


async def _answer(request: web.Request, partner_id: int, *, status: int = 200) -> web.Response:
    line = await request.app[PARTNERS].line(scope.caller(request), partner_id)
    return web.json_response({"partner": shape(line)}, status=status)
