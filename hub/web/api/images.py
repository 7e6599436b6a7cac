"""`/api/images`: a partner's images, listed, taken in, cut, called otherwise, deleted. Knows the shapes; `hub.images`
does it.
"""

from collections.abc import Collection
from typing import Any, Final

from aiohttp import web

from hub.errors import Invalid, NotFound
from hub.image_words import SIDE_PX_MAX, THUMB_SUFFIX, Crop, Title
from hub.model import ImageRow
from hub.template_words import IMAGE_NAME
from hub.web import bodies, multipart, scope
from hub.web.state import IMAGES

CROP: Final = ("x", "y", "width", "height")


async def list_images(request: web.Request) -> web.Response:
    """All of the caller's, the newest first. `?partner=`: of that one alone."""
    slug = request.query.get("partner")
    partner_id = scope.named_partner(request, scope.storable(slug, "partner")).id if slug else None
    images = request.app[IMAGES]
    rows, there = await images.rows(scope.whose(request), partner_id), await images.there()
    return web.json_response({"images": [shape(request, each, there) for each in rows]})


async def add_image(request: web.Request) -> web.Response:
    """Multipart: `file`; the part of it that is kept, in pixels as it is seen: `x`, `y`, `width`, `height`, or none of
    them; `title`, else what the file is called; `partner`. Gives the image, and 201: the same file again is the same
    image."""
    form = await multipart.read(request, texts=(*CROP, "title", "partner"), files=("file",))
    partner = scope.partner_for_new(request, form.texts.get("partner"))
    file = form.files.get("file")
    if file is None:
        raise Invalid("expected a part named file with the picture", field="file")
    title = form.texts.get("title") or file.name
    row = await request.app[IMAGES].add(
        scope.caller(request), partner.id, file.data, title, crop_of(form.texts)
    )
    return _answer(request, row, status=201)


async def crop_image(request: web.Request) -> web.Response:
    """JSON as `Crop`. Gives a new image of that part, and 201."""
    crop = bodies.decode(await bodies.json(request), Crop)
    row = await request.app[IMAGES].crop(scope.caller(request), name_of(request), crop)
    return _answer(request, row, status=201)


async def change_image(request: web.Request) -> web.Response:
    """JSON as `Title`. Gives the image as it is then."""
    words = bodies.decode(await bodies.json(request), Title)
    row = await request.app[IMAGES].retitle(scope.caller(request), name_of(request), words.title)
    return _answer(request, row)


async def delete_image(request: web.Request) -> web.Response:
    """Unless a template shows it, or has shown it in a version that is kept. Gives 204."""
    await request.app[IMAGES].delete(scope.caller(request), name_of(request))
    return web.Response(status=204)


def name_of(request: web.Request) -> str:
    """The name in the address. Raises NotFound when no image is called so."""
    name = request.match_info["name"]
    if not IMAGE_NAME.fullmatch(name):
        raise NotFound(f"There is no image {name[:64]!r}.")
    return name


def crop_of(texts: dict[str, str]) -> Crop | None:
    """Raises Invalid."""
    said = {each: texts[each] for each in CROP if texts.get(each)}
    if not said:
        return None
    if len(said) < len(CROP):
        raise Invalid(f"crop: expected all of {', '.join(CROP)}, or none", field="crop")
    numbers = {
        each: scope.number(text, each, int(each in CROP[2:]), SIDE_PX_MAX) for each, text in said.items()
    }
    return Crop(**numbers)


def shape(request: web.Request, row: ImageRow, there: Collection[str]) -> dict[str, Any]:
    """An image as every answer gives it. `missing`: its file is gone."""
    return {
        "name": row.name,
        "title": row.title,
        "url": f"/images/{row.name}",
        "thumbnail": f"/images/{row.name}{THUMB_SUFFIX}",
        "width": row.width,
        "height": row.height,
        "frames": row.frames,
        "bytes": row.bytes,
        "missing": row.name not in there,
        "used_by": row.used_by,
        "made_at": row.made_at.isoformat(),
        "made_by": row.made_by,
        "partner": scope.partner_json(scope.partner(request, row.partner_id)),
    }


def _answer(request: web.Request, row: ImageRow, *, status: int = 200) -> web.Response:
    return web.json_response({"image": shape(request, row, {row.name})}, status=status)
