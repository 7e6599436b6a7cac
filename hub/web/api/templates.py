"""`/api/templates`: a partner's templates, listed, saved, renamed and taken away, in the builder's words and in those
of the predecessor's pages. Knows the shapes; `hub.templates` does it.
"""

import asyncio
from datetime import datetime
from typing import Any, Final

import msgspec
from aiohttp import web

from hub import template_html, template_words
from hub.errors import CallerError, Conflict, NotFound
from hub.model import TemplateRow
from hub.template_words import Content, OldTemplate
from hub.web import bodies, scope, template_bodies
from hub.web.api import old_images
from hub.web.codes import display_of
from hub.web.looks import TEMPLATES
from hub.web.state import HUB

FOR_A_SCREEN: Final = "private, max-age=31536000, immutable"
LATEST: Final = "latest"


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """None: that stays."""

    name: str | None = None


def wants_details(request: web.Request) -> bool:
    return request.query.get("details", "") not in ("", "0", "false")


def names(request: web.Request) -> list[str]:
    """Those of the caller's templates, as the predecessor gave them. `?partner`: only this one's."""
    owner = _owner(request)
    rows = [each for each in request.app[HUB].templates.values() if _is_of(request, owner, each.partner_id)]
    return sorted({each.name for each in rows}, key=str.casefold)


async def list_details(request: web.Request) -> web.Response:
    """All that is said of each, and of those that can be taken back. `?partner`: only this one's."""
    owner = _owner(request)
    templates, whose = request.app[TEMPLATES], scope.whose(request)
    lines, deleted = await templates.lines(whose), await templates.deleted(whose)
    shown = _displays(request)
    return web.json_response(
        {
            "templates": [
                _line(request, each, shown) for each in lines if _is_of(request, owner, each["partner_id"])
            ],
            "deleted": [
                _deleted(request, each) for each in deleted if _is_of(request, owner, each["partner_id"])
            ],
        }
    )


async def save_template(request: web.Request) -> web.Response:
    """A body of any of the shapes of `hub.web.template_bodies`, JSON or a form, becomes the next version. Gives its
    number, and what was taken out of it."""
    data = await bodies.json_or_form(request, template_bodies.FIELDS, template_bodies.ROOM)
    try:
        asked = await asyncio.to_thread(template_bodies.read, data)
    except template_bodies.OldRefused as problem:
        return web.json_response({"error": problem.message}, status=problem.status)
    found = [] if asked.partner else scope.templates_named(request, asked.name)
    partner_id = found[0].partner_id if len(found) == 1 else scope.partner_for_new(request, asked.partner).id
    content = await old_images.with_own_names(request, partner_id, asked.content)
    row = await request.app[TEMPLATES].save(
        scope.caller(request), partner_id, asked.name, content, base=asked.base
    )
    return saved(row, asked.removed)


async def clean_templates(request: web.Request) -> web.Response:
    """Each of the predecessor's once more, as if it were saved now: by what is harmless today, and with the pictures
    that came after it. What is another by that is its next version; none is taken away. `?partner`: only this one's."""
    owner = _owner(request)
    rows = [each for each in request.app[HUB].templates.values() if _is_of(request, owner, each.partner_id)]
    cleaned, refused = 0, 0
    for row in rows:
        try:
            cleaned += await _clean(request, row)
        except CallerError:  # changed meanwhile, or not to be cleaned at all: it is left
            refused += 1
    words = (
        f"{cleaned} of {len(rows)} templates have another version now" if cleaned else "nothing to clean up"
    )
    more = f"; {refused} could not be cleaned" if refused else ""
    return web.json_response(
        {"success": True, "cleaned_count": cleaned, "message": f"{words}{more}".capitalize()}
    )


async def _clean(request: web.Request, row: TemplateRow) -> bool:
    """Raises CallerError."""
    content = await asyncio.to_thread(template_words.kept, row.content)
    if not isinstance(content, OldTemplate):
        return False
    clean, _ = await asyncio.to_thread(template_bodies.clean, content)
    clean = await old_images.with_own_names(request, row.partner_id, clean)
    if clean == content:
        return False
    await request.app[TEMPLATES].save(
        scope.caller(request), row.partner_id, row.name, clean, base=row.version
    )
    return True


async def as_html(row: TemplateRow) -> web.Response:
    """As the predecessor's pages show it: HTML of both states."""
    return web.json_response(await asyncio.to_thread(_old_shape, row))


async def change_template(request: web.Request) -> web.Response:
    """JSON as `Change`."""
    wanted = bodies.decode(await bodies.json(request), Change)
    row = scope.template(request)
    if wanted.name is not None:
        name = template_words.check_name(wanted.name)
        row = await request.app[TEMPLATES].rename(scope.caller(request), row.id, name)
    return saved(row, [])


async def delete_template(request: web.Request) -> web.Response:
    """Its displays show the hub's own layout, until it is taken back."""
    await request.app[TEMPLATES].delete(scope.caller(request), scope.template(request).id)
    return web.json_response({"success": True})


async def undelete_template(request: web.Request) -> web.Response:
    """The last one of this name that was deleted is there again, and on its displays."""
    owner = _owner(request)
    name = scope.compared(request.match_info["name"])
    found = [
        each
        for each in await request.app[TEMPLATES].deleted(scope.whose(request))
        if scope.compared(each["name"]) == name and owner in (None, each["partner_id"])
    ]
    if len({each["partner_id"] for each in found}) > 1:
        raise scope.ambiguous()
    if not found and scope.templates_named(request, name, owner):
        raise Conflict("There is a template of this name already.")
    if not found:
        raise NotFound("There is no deleted template of this name.")
    return saved(await request.app[TEMPLATES].undelete(scope.caller(request), found[0]["id"]), [])


async def list_versions(request: web.Request) -> web.Response:
    """The newest first."""
    row = scope.template(request)
    found = await request.app[TEMPLATES].versions(scope.whose(request), row.id)
    return web.json_response({"versions": [each | {"made_at": _when(each["made_at"])} for each in found]})


async def get_version(request: web.Request) -> web.Response:
    """One as it was saved; `latest`: the one in force."""
    row = scope.template(request)
    version, packed = row.version, row.content
    if request.match_info["version"] != LATEST:
        version = _version(request)
    if version != row.version:
        content = await request.app[TEMPLATES].content(scope.whose(request), row.id, version)
        packed = await asyncio.to_thread(template_words.encoded, content)
    head = {
        "name": row.name,
        "version": version,
        "partner": scope.partner_json(scope.partner(request, row.partner_id)),
        "template": msgspec.Raw(packed),
    }
    return web.json_response(body=msgspec.json.encode(head))


async def restore_version(request: web.Request) -> web.Response:
    """A new version that says what this one did."""
    row = scope.template(request)
    version = row.version if request.match_info["version"] == LATEST else _version(request)
    return saved(await request.app[TEMPLATES].restore(scope.caller(request), row.id, version), [])


async def screen_template(request: web.Request) -> web.Response:
    """`GET /api/display/{code}/template/{template}/{version}`: what the display of this code shows, as long as it shows
    that. From memory: for screens that come back while PostgreSQL is away."""
    display = display_of(request)
    if display is None:
        raise NotFound("There is no display with this code.")
    row = request.app[HUB].templates.get(display.template_id or 0)
    asked = (request.match_info["template"], request.match_info["version"])
    if row is None or (str(row.id), str(row.version)) != asked:
        raise NotFound("The display shows another template by now.")
    headers = {"Cache-Control": FOR_A_SCREEN, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", "").lower():
        headers["Content-Encoding"] = "gzip"
        return web.json_response(body=row.packed, headers=headers)
    return web.json_response(body=row.content, headers=headers)


def saved(row: TemplateRow, removed: list[str], **more: object) -> web.Response:
    said = {"success": True, "name": row.name, "version": row.version, "removed": removed}
    return web.json_response(said | more)


def _owner(request: web.Request) -> int | None:
    slug = request.query.get("partner")
    return scope.named_partner(request, slug).id if slug else None


def _is_of(request: web.Request, owner: int | None, partner_id: int) -> bool:
    return owner in (None, partner_id) and scope.caller(request).sees(partner_id)


def _displays(request: web.Request) -> dict[int, list[str]]:
    """The codes of those that show each template."""
    found: dict[int, list[str]] = {}
    for each in request.app[HUB].displays.values():
        if each.template_id is not None:
            found.setdefault(each.template_id, []).append(each.code)
    return found


def _line(request: web.Request, line: dict[str, Any], shown: dict[int, list[str]]) -> dict[str, Any]:
    said = {name: line[name] for name in ("name", "version", "format", "width", "height", "updated_by")}
    return said | {
        "updated_at": _when(line["updated_at"]),
        "displays": shown.get(line["id"], []),
        "partner": scope.partner_json(scope.partner(request, line["partner_id"])),
    }


def _deleted(request: web.Request, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": line["name"],
        "deleted_at": _when(line["deleted_at"]),
        "partner": scope.partner_json(scope.partner(request, line["partner_id"])),
    }


def _old_shape(row: TemplateRow) -> dict[str, Any]:
    content = template_words.kept(row.content)
    states = {which: _old_state(content, which) for which in ("active", "resting")}
    active = states["active"]
    return {
        "name": row.name,
        "version": "2.0",
        "canvasWidth": active["canvasWidth"],
        "canvasHeight": active["canvasHeight"],
        "html": active["html"],
        "content": active["html"],
        "activeState": active,
        "restingState": states["resting"],
    }


def _old_state(content: Content, which: str) -> dict[str, Any]:
    """One that had a single state is in it all the time."""
    width, height = template_words.canvas(content)
    shown = which
    if isinstance(content, OldTemplate) and which == "resting":
        shown = "active" if content.resting is None else which
        width, height = (content.resting or content.active).width, (content.resting or content.active).height
    html = template_html.html_of(content, shown)
    return {"html": html, "canvasWidth": width, "canvasHeight": height, "state": which}


def _version(request: web.Request) -> int:
    return scope.number(request.match_info["version"], "version", 1, 2**31 - 1)


def _when(moment: datetime) -> str:
    return moment.isoformat()
