"""What a partner says for all its sessions: `/api/partners/{id}/crew-tags` and `/api/emergency`. Knows the shapes and
their limits; `hub.partner_words` does it."""

from typing import Annotated, Final

import msgspec
from aiohttp import web

from hub.errors import NotFound
from hub.model import PartnerRow
from hub.roster import normal
from hub.web import bodies, scope
from hub.web.state import HUB, PARTNER_WORDS

TAGS_MAX: Final = 500
TAG_CHARS_MAX: Final = 64
TEXT_CHARS_MAX: Final = 200
"""What a wall can show large enough to be read while running."""

Tag = Annotated[str, msgspec.Meta(max_length=TAG_CHARS_MAX)]


class CrewTags(msgspec.Struct, forbid_unknown_fields=True):
    tags: Annotated[list[Tag], msgspec.Meta(max_length=TAGS_MAX)]


class Emergency(msgspec.Struct, forbid_unknown_fields=True):
    """`text` empty: it is over. `partner`: a short name, for admins."""

    text: Annotated[str, msgspec.Meta(max_length=TEXT_CHARS_MAX)]
    partner: str | None = None


async def get_crew_tags(request: web.Request) -> web.Response:
    """`{"tags": [...]}`, as they were given."""
    partner = _partner(request)
    return web.json_response({"tags": list(request.app[HUB].crew_tags.get(partner.id, ()))})


async def put_crew_tags(request: web.Request) -> web.Response:
    """JSON as `CrewTags`: all of them. Gives what is in force then: each tag once."""
    tags = parse_tags(await bodies.json(request))
    await request.app[PARTNER_WORDS].say_crew_tags(scope.caller(request), _partner(request).id, tags)
    return web.json_response({"tags": tags})


async def get_emergency(request: web.Request) -> web.Response:
    """`?partner`, for admins. Gives `{"text", "partner"}`; empty: there is no line."""
    partner = scope.partner_for_new(request, request.query.get("partner"))
    return _answer(partner, request.app[HUB].emergency.get(partner.id, ""))


async def put_emergency(request: web.Request) -> web.Response:
    """JSON as `Emergency`. It stands on all screens before this is answered."""
    wanted = parse_emergency(await bodies.json(request))
    partner = scope.partner_for_new(request, wanted.partner)
    await request.app[PARTNER_WORDS].say_emergency(scope.caller(request), partner.id, wanted.text)
    return _answer(partner, wanted.text)


def parse_tags(body: bytes) -> list[str]:
    """Each once, as it was first written. Raises Invalid."""
    found: dict[str, str] = {}
    for tag in bodies.decode(body, CrewTags).tags:
        if scope.storable(tag, "tags").strip():
            found.setdefault(normal(tag), tag.strip())
    return list(found.values())


def parse_emergency(body: bytes) -> Emergency:
    """Its text in one line. Raises Invalid."""
    wanted = bodies.decode(body, Emergency)
    wanted.text = " ".join(scope.storable(wanted.text, "text").split())
    return wanted


def _answer(partner: PartnerRow, text: str) -> web.Response:
    return web.json_response({"text": text, "partner": scope.partner_json(partner)})


def _partner(request: web.Request) -> PartnerRow:
    """The one whose number is in the address, if the caller may know of it. Raises NotFound."""
    partner_id = scope.path_id(request)
    row = request.app[HUB].partners.get(partner_id)
    if row is None or not scope.caller(request).sees(partner_id):
        raise NotFound(f"There is no partner {partner_id}.")
    return row
