"""Forms: the texts and files in a multipart body, by name. Knows the upload limit; how a body is read, and refused, is
in bodies.py. Refuses to know what they mean."""

from collections.abc import Collection
from typing import Final, NamedTuple

from aiohttp import web

from hub.errors import Invalid
from hub.web import bodies
from hub.web.bodies import Room
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
    """The parts of these names; others are left out. Raises Unsupported, TooLarge, TooSlow, Invalid."""
    mib = settings(request).limits.upload_mib
    text, file = (
        Room(TEXT_BYTES_MAX, f"{TEXT_BYTES_MAX} bytes"),
        Room(mib << 20, f"{mib} MiB (limits.upload_mib)"),
    )
    found = await bodies.form(request, dict.fromkeys(texts, text) | dict.fromkeys(files, file))
    return Form(
        {name: _text(part.data, name) for name, part in found.items() if name in texts},
        {name: File(*part) for name, part in found.items() if name in files},
    )


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode().strip()
    except UnicodeDecodeError as problem:
        raise Invalid(f"{name}: expected text in UTF-8", field=name) from problem
