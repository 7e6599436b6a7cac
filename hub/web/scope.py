"""Whose things a request is about, and which of them. Knows callers, the hub's memory and addresses; refuses to know
what is done with it.

What is another partner's is as absent as what does not exist: the same status, the same words.
"""

import unicodedata
from typing import Final

from aiohttp import web

from hub.accounts import Caller
from hub.errors import Invalid, NotFound
from hub.model import INT64_MAX, DisplayRow, PartnerRow, SessionRow, TemplateRow, Whose
from hub.session import Session
from hub.session_words import check_no_inbox
from hub.web.codes import code_of
from hub.web.state import HUB, QUERIES

CALLER: Final = web.RequestKey("caller", Caller)
"""Set for every request whose route wants one (routes.py)."""
NUMBER_CHARS_MAX: Final = 19
"""The digits of the largest number that PostgreSQL holds."""


def caller(request: web.Request) -> Caller:
    return request[CALLER]


def whose(request: web.Request) -> Whose:
    """Whose things this request may be about."""
    return request[CALLER].whose


def number(text: str, field: str, least: int, most: int) -> int:
    """A whole number from a path or a query. Raises Invalid."""
    value = int(text) if is_number(text) else -1
    if not least <= value <= most:
        raise Invalid(f"{field}: expected a whole number from {least} to {most}", field=field)
    return value


def is_number(text: str) -> bool:
    """Whether it is a whole number, and not one that takes long to be told so."""
    return text.isascii() and text.isdecimal() and len(text) <= NUMBER_CHARS_MAX


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can be asked for it: bytes that are no UTF-8 come as lone surrogates."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def storable(value: str, field: str) -> str:
    """The same text. Raises Invalid when it is not storable."""
    if not is_storable(value):
        raise Invalid(f"{field}: expected text in UTF-8 without NUL characters", field=field)
    return value


def path_id(request: web.Request, name: str = "id") -> int:
    """The number in the request's address. Raises Invalid."""
    return number(request.match_info[name], name, 1, INT64_MAX)


def session(request: web.Request, session_id: int) -> Session | None:
    """The active session of this number, if it is there for the caller."""
    found = request.app[HUB].sessions.get(session_id)
    return found if found is not None and caller(request).sees(found.row.partner_id) else None


async def session_row(request: web.Request, session_id: int, field: str | None = None) -> SessionRow:
    """A session to do something with, active or not. `field`: where its number was given. Raises NotFound when there is
    none for the caller, and Conflict for an inbox."""
    active = session(request, session_id)
    row = active.row if active else await request.app[QUERIES].session(whose(request), session_id)
    if row is None:
        raise NotFound(f"There is no session {session_id}.", field=field)
    check_no_inbox(row.purpose)
    return row


def display(request: web.Request) -> DisplayRow:
    """The display whose code is in the address. Raises NotFound."""
    code = code_of(request)
    row = request.app[HUB].displays.get(code)
    if row is None or not caller(request).sees(row.partner_id):
        raise NotFound("There is no display with this code.")
    return row


def compared(name: str) -> str:
    """A template's name as it is looked for."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def templates_named(request: web.Request, name: str, partner_id: int | None = None) -> list[TemplateRow]:
    """Those of this name, without case, that are there for the caller; only this partner's, if one is said."""
    name = compared(name)
    return [
        each
        for each in request.app[HUB].templates.values()
        if compared(each.name) == name
        and caller(request).sees(each.partner_id)
        and partner_id in (None, each.partner_id)
    ]


def template(request: web.Request) -> TemplateRow:
    """The template whose name is in the address; `?partner`: whose. Raises NotFound, and Invalid when several partners
    have one of this name."""
    slug = request.query.get("partner")
    owner = named_partner(request, slug).id if slug else None
    found = templates_named(request, request.match_info["name"], owner)
    if not found:
        raise NotFound("There is no template of this name.")
    if len(found) > 1:
        raise ambiguous()
    return found[0]


def ambiguous() -> Invalid:
    """Only admins are told so: they alone see more than one partner's."""
    return Invalid("partner: expected whose it is: several have a template of this name", field="partner")


def partner(request: web.Request, partner_id: int | None) -> PartnerRow | None:
    """Who has something; None: the server itself, or nobody."""
    return request.app[HUB].partners.get(partner_id) if partner_id is not None else None


def partner_json(row: PartnerRow | None) -> dict[str, object] | None:
    return None if row is None else {"id": row.id, "slug": row.slug, "name": row.name}


def named_partner(request: web.Request, slug: str) -> PartnerRow:
    """The partner of this short name, if the caller may know of it. Raises NotFound."""
    for row in request.app[HUB].partners.values():
        if row.slug == slug and caller(request).sees(row.id):
            return row
    raise NotFound(f"There is no partner {slug!r}.", field="partner")


def partner_for_new(request: web.Request, slug: str | None) -> PartnerRow:
    """Whose something new is to be: the caller's own partner; an admin names one, unless there is only one. Raises
    NotFound, and Invalid when none is named."""
    if slug:
        return named_partner(request, slug)
    partners = request.app[HUB].partners
    own = caller(request).partner_id
    if own is not None and own in partners:
        return partners[own]
    if len(partners) == 1:
        return next(iter(partners.values()))
    known = ", ".join(sorted(each.slug for each in partners.values()))
    raise Invalid(f"partner: expected whose it is to be, one of: {known}", field="partner")
