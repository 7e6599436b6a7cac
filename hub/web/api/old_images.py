"""`/api/upload-image`, `/api/user-images` and `/static/uploads/`: images where the predecessor's builder looks for
them. Knows the shapes and the addresses; the images are the hub's own (hub/web/api/images.py).
"""

import asyncio
from pathlib import Path, PurePosixPath
from typing import Any, Final

from aiohttp import web

from hub.image_words import THUMB_SUFFIX
from hub.model import ImageRow
from hub.old_uploads import Uploads
from hub.template_words import IMAGE_NAME, Content, OldTemplate
from hub.web import bodies, image_files, scope
from hub.web.bodies import Room
from hub.web.state import IMAGE_FOLDER, IMAGES, settings

FIELDS: Final = ("files[]", "files", "file")
"""What the predecessor's pages call the part with the picture."""
PATH: Final = "/static/uploads"
THUMBNAILS: Final = "thumbnails"
THUMB_PREFIX: Final = "thumb_"
NO_FILES: Final = "No files uploaded"
UPLOADS: Final = web.AppKey("uploads", Uploads)


async def upload_image(request: web.Request) -> web.Response:
    """Multipart: one or more files. `{"data": [address], "url": the first}`: two generations of pages read one each.
    `?keep_names=1`: under the names that they have, for templates that have these in them."""
    mib = settings(request).limits.upload_mib
    room = Room(mib << 20, f"{mib} MiB (limits.upload_mib)")
    if request.content_type != "multipart/form-data":
        return web.json_response({"error": NO_FILES}, status=400)
    parts = [part for _, part in await bodies.form_parts(request, dict.fromkeys(FIELDS, room)) if part.data]
    if not parts:
        return web.json_response({"error": NO_FILES}, status=400)
    partner = scope.partner_for_new(request, request.query.get("partner"))
    images, by = request.app[IMAGES], scope.caller(request)
    rows = [await images.add(by, partner.id, part.data, part.filename) for part in parts]
    names = [row.name for row in rows]
    if request.query.get("keep_names") == "1":
        names = [scope.storable(part.filename, "file") for part in parts]
        for name, row in zip(names, rows, strict=True):
            await asyncio.to_thread(request.app[UPLOADS].put, name, row.name)
    addresses = [f"{PATH}/{name}" for name in names]
    return web.json_response({"data": addresses, "url": addresses[0]})


async def with_own_names(request: web.Request, partner_id: int, content: Content) -> Content:
    """One of the predecessor's, with what it calls this partner's uploads under the names that they have here."""
    if not isinstance(content, OldTemplate):
        return content
    rows = await request.app[IMAGES].rows(scope.whose(request), partner_id)
    return await asyncio.to_thread(request.app[UPLOADS].renamed, content, {each.name for each in rows})


async def user_images(request: web.Request) -> web.Response:
    """The newest first."""
    rows = await request.app[IMAGES].rows(scope.whose(request))
    return web.json_response({"images": [_shape(each) for each in rows]})


async def upload_file(request: web.Request) -> web.StreamResponse:
    """`/static/uploads/{name}`, and its thumbnail `/static/uploads/thumbnails/thumb_{stem}.jpeg`. Templates have these
    addresses in them, and are shown without anybody who has signed in."""
    name = PurePosixPath(request.match_info["name"])
    uploads = request.app[UPLOADS]
    if name.parts[0] == THUMBNAILS and len(name.parts) == 2 and name.name.startswith(THUMB_PREFIX):
        stem = name.stem[len(THUMB_PREFIX) :]
        image = uploads.stem(stem) or await asyncio.to_thread(_with_stem, request.app[IMAGE_FOLDER], stem)
        if image is None:
            raise image_files.no_file()
        return await image_files.send(request, image + THUMB_SUFFIX)
    if len(name.parts) != 1:
        raise image_files.no_file()
    return await image_files.send(request, uploads.image(name.name) or name.name)


def _with_stem(folder: Path, stem: str) -> str | None:
    """The hub's own image whose name, without its ending, is this."""
    names = [f"{stem}.{ending}" for ending in image_files.TYPES]
    return next((each for each in names if IMAGE_NAME.fullmatch(each) and (folder / each).is_file()), None)


def _shape(row: ImageRow) -> dict[str, Any]:
    return {
        "id": f"image-{row.name}",
        "filename": row.name,
        "displayName": row.title,
        "url": f"{PATH}/{row.name}",
        "thumbnail": f"{PATH}/{THUMBNAILS}/{THUMB_PREFIX}{PurePosixPath(row.name).stem}.jpeg",
        "dimensions": {"width": row.width, "height": row.height},
        "fileSize": row.bytes,
        "uploadDate": row.made_at.isoformat(),
    }
