"""Multipart bodies: the texts and files in them, by name. Knows the upload limit; refuses to know what they mean."""

from collections.abc import Collection
from typing import Final, NamedTuple

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from hub.errors import Invalid, TooLarge
from hub.web.state import settings

TEXT_BYTES_MAX: Final = 4096
"""Of a part that is an id or a name."""


class File(NamedTuple):
    """`name` is what the sender calls it: for people, and never a path here."""

    name: str
    data: bytes


class Form(NamedTuple):
    texts: dict[str, str]
    files: dict[str, File]


async def read(request: web.Request, *, texts: Collection[str] = (), files: Collection[str] = ()) -> Form:
    """The parts of these names; others are left out. Raises Invalid, TooLarge."""
    if not request.content_type.startswith("multipart/"):
        raise Invalid(f"expected a multipart body with the parts {' and '.join((*texts, *files))}")
    try:
        return await _read(request, texts, files)
    except (
        ValueError,
        RuntimeError,
        BadHttpMessage,
    ) as problem:  # what aiohttp's reader says of a broken body
        raise Invalid(f"the multipart body cannot be read: {problem}") from problem


async def _read(request: web.Request, texts: Collection[str], files: Collection[str]) -> Form:
    form = Form({}, {})
    upload_mib = settings(request).limits.upload_mib
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise Invalid("expected no multipart body inside the multipart body")
        name = part.name or ""
        if name in texts:
            form.texts[name] = await _text(part, name)
        elif name in files:
            form.files[name] = File(part.filename or "", await _file(part, name, upload_mib))
    return form


async def _text(part: BodyPartReader, name: str) -> str:
    data = await part.read_chunk(TEXT_BYTES_MAX + 1)
    if len(data) > TEXT_BYTES_MAX:
        raise Invalid(f"{name}: longer than {TEXT_BYTES_MAX} bytes", field=name)
    try:
        return data.decode().strip()
    except UnicodeDecodeError as problem:
        raise Invalid(f"{name}: expected text in UTF-8", field=name) from problem


async def _file(part: BodyPartReader, name: str, upload_mib: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > upload_mib * 1024 * 1024:
            raise TooLarge(f"The file is larger than {upload_mib} MiB (limits.upload_mib).", field=name)
    return bytes(data)
