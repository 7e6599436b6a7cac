"""`/api/templates/{name}/export` and `/api/templates/import`: a template with its images as one file, out and in. Knows
HTTP; what stands in the files is in `hub.template_files`.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import quote

from aiohttp import web

from hub import template_files, template_words
from hub.errors import Invalid, NotFound
from hub.model import TemplateRow
from hub.template_files import Found, Packing
from hub.template_words import Content
from hub.web import multipart, scope, template_bodies
from hub.web.api import old_images, reads_export
from hub.web.api.templates import saved
from hub.web.looks import TEMPLATES
from hub.web.state import HUB, IMAGES, settings

IMAGES_TIMES_MAX: Final = 4
"""Times the upload limit: how large the images of a file may be together when they are unpacked."""
_OTHERS: Final = re.compile(r"[^A-Za-z0-9._-]+")


async def export_template(request: web.Request) -> web.StreamResponse:
    """A zip that `import` takes, here or at another hub."""
    row = scope.template(request)
    response = web.StreamResponse()
    response.content_type = "application/zip"
    response.headers["Content-Disposition"] = _attachment(row.name)
    return await reads_export.send(request, response, b"", _pieces(request, row))


async def import_template(request: web.Request) -> web.Response:
    """Multipart: `file` (a zip of the hub's, or a `.json` or `.html` of the predecessor's), `name` (else as it says
    itself) and `partner`. It is a new template, whatever its name: where that is taken, there is a number behind it."""
    form = await multipart.read(request, texts=("name", "partner"), files=("file",))
    file = form.files.get("file")
    if file is None:
        raise Invalid("expected a part named file with a template", field="file")
    partner = scope.partner_for_new(request, form.texts.get("partner"))
    room = settings(request).limits.upload_mib * IMAGES_TIMES_MAX << 20
    found, content, removed = await asyncio.to_thread(_read, file.name, file.data, room)
    name = template_words.check_name(form.texts.get("name") or found.name)
    content = await old_images.with_own_names(request, partner.id, content)
    names = await _take_images(request, partner.id, found, content)
    for image in sorted(image for image, here in names.items() if not here):
        removed.append(f"the image {image}, which is not in the file")
    held = [each.name for each in request.app[HUB].templates.values() if each.partner_id == partner.id]
    row = await request.app[TEMPLATES].save(
        scope.caller(request),
        partner.id,
        template_words.free_name(name, held),
        template_words.with_images(content, names),
        base=0,
        imported=True,
    )
    return saved(row, removed, images=len(found.images.keys() & names.keys()))


def _attachment(name: str) -> str:
    """Its file's name, and what that is for who reads ASCII alone."""
    plain = " ".join(_OTHERS.sub(" ", name).split()) or "template"
    whole = quote(name + template_files.SUFFIX, safe="")
    return f"attachment; filename=\"{plain}{template_files.SUFFIX}\"; filename*=UTF-8''{whole}"


def _read(file_name: str, data: bytes, room: int) -> tuple[Found, Content, list[str]]:
    found = template_files.read(file_name, data, room)
    return found, *template_bodies.content(found.body)


async def _take_images(
    request: web.Request, partner_id: int, found: Found, content: Content
) -> dict[str, str]:
    """What each image that the template shows is called here; empty: it is in the file as little as here. Those that
    were taken in stay, whatever becomes of the template."""
    images, by = request.app[IMAGES], scope.caller(request)
    here = {each.name for each in await images.rows(by.whose, partner_id)}
    names = {}
    for name in sorted(template_words.images(content)):
        data = found.images.get(name)
        if data is None:
            names[name] = name if name in here else ""
            continue
        try:
            row = await images.add(by, partner_id, data, found.titles.get(name, ""))
        except Invalid as problem:
            raise Invalid(f"file: {name} in it: {problem.message}", field="file") from problem
        names[name] = row.name
    return names


async def _pieces(request: web.Request, row: TemplateRow) -> AsyncIterator[bytes]:
    """The template, then its images, one after the other."""
    images, whose = request.app[IMAGES], scope.whose(request)
    shown = template_words.images(template_words.kept(row.content))
    titles = {
        each.name: each.title for each in await images.rows(whose, row.partner_id) if each.name in shown
    }
    packing = Packing()
    yield await asyncio.to_thread(packing.template, row.name, row.content, titles)
    for name in sorted(titles):
        try:
            data = await images.bytes_of(whose, name)
        except NotFound:
            continue  # deleted since, or its file is gone: it is on no screen either
        yield await asyncio.to_thread(packing.image, name, data)
    yield await asyncio.to_thread(packing.end)
