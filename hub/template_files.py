"""Templates as files: the hub's own, a zip with all images in it, and those of the predecessor, JSON or HTML. Knows
archives and how they lie; refuses to know what a template says.

Takes its time: not for the loop.
"""

import io
import json
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec

from hub.errors import Invalid
from hub.template_words import BLOCKS_MAX, CONTENT_BYTES_MAX, IMAGE_NAME, NAME_CHARS_MAX

TEMPLATE: Final = "template.json"
FOLDER: Final = "images/"
SUFFIX: Final = ".racehub.zip"
ENTRIES_MAX: Final = 2 * (BLOCKS_MAX + 1) + 1
"""An image for each block of both states and for their grounds, and the template."""
TEXT_BYTES_MAX: Final = 2 * CONTENT_BYTES_MAX
"""Of the template alone, in whatever shape."""
TITLES_MAX: Final = ENTRIES_MAX
PACKING: Final = 1
"""Of zlib's levels: images are packed as they are, and a level of 0 is one that some programs cannot read here."""

_ZIP: Final = b"PK\x03\x04"
_ENTRY: Final = b"PK\x01\x02"
"""What each entry begins with in the directory at the end."""
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,  # also of names that are no text
    OverflowError,
    RuntimeError,
    NotImplementedError,
    LookupError,
)
"""What zipfile says of an archive that is not what its directory says."""


class Found(msgspec.Struct, frozen=True):
    """`body`: the template as JSON, in the hub's own shape or in one of the predecessor's. `images`: by the names that
    it has them under. `titles`: what some of these are called, for people."""

    name: str
    body: bytes
    images: dict[str, bytes] = {}
    titles: dict[str, str] = {}


class _Head(msgspec.Struct):
    """What is read of a template's JSON here."""

    name: Any = None
    titles: Any = None


def read(file_name: str, data: bytes, images_bytes_max: int) -> Found:
    """`images_bytes_max`: of all together. Raises Invalid."""
    if data.startswith(_ZIP):
        return _unzipped(file_name, data, images_bytes_max)
    if len(data) > TEXT_BYTES_MAX:
        raise _invalid(f"expected a template of at most {TEXT_BYTES_MAX} bytes, or a zip of the hub's")
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        return Found(_name(_head(text).name, file_name), text)
    if not text.startswith(b"<"):
        raise _invalid(f"expected a template: a {SUFFIX}, a .json or a .html")
    html = json.dumps({"html": text.decode("utf-8", "replace")})
    return Found(_name(None, file_name), html.encode())


class Packing:
    """A template on its way into a file, piece by piece, so that no more than one image is in memory."""

    def __init__(self) -> None:
        self._pieces = io.BytesIO()
        self._archive = zipfile.ZipFile(_Sink(self._pieces), "w", zipfile.ZIP_DEFLATED, compresslevel=PACKING)  # type: ignore[call-overload]

    def template(self, name: str, content: bytes, titles: dict[str, str]) -> bytes:
        """What the file begins with. `content`: as JSON."""
        head = {"name": name, "template": msgspec.Raw(content), "titles": titles}
        return self._add(TEMPLATE, msgspec.json.encode(head))

    def image(self, name: str, data: bytes) -> bytes:
        return self._add(FOLDER + name, data)

    def end(self) -> bytes:
        self._archive.close()
        return self._taken()

    def _add(self, name: str, data: bytes) -> bytes:
        self._archive.writestr(name, data)
        return self._taken()

    def _taken(self) -> bytes:
        data = self._pieces.getvalue()
        self._pieces.seek(0)
        self._pieces.truncate()
        return data


class _Sink:
    """A file that can only be written on: so none of it has to be kept."""

    def __init__(self, pieces: io.BytesIO) -> None:
        self.write = pieces.write
        self.flush = pieces.flush


def _unzipped(file_name: str, data: bytes, images_bytes_max: int) -> Found:
    if data.count(_ENTRY) > ENTRIES_MAX:  # before a list is made of them
        raise _invalid(f"expected at most {ENTRIES_MAX} files in it")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, file_name, images_bytes_max)
    except _BROKEN as problem:
        raise _invalid("it cannot be unpacked: the archive is damaged") from problem


def _read(archive: zipfile.ZipFile, file_name: str, images_bytes_max: int) -> Found:
    """Of all that is in it only what has one of the names that are expected."""
    body, images = b"", dict[str, bytes]()
    for entry in archive.infolist():
        image = entry.filename.removeprefix(FOLDER)
        is_image = image != entry.filename and IMAGE_NAME.fullmatch(image) is not None
        if entry.filename == TEMPLATE and not body:
            body = _unpacked(archive, entry, TEXT_BYTES_MAX)
        elif is_image and image not in images:
            left = images_bytes_max - sum(map(len, images.values()))
            images[image] = _unpacked(archive, entry, left)
        elif is_image or entry.filename == TEMPLATE:
            raise _invalid(f"expected each file in it once, not {entry.filename} twice")
    if not body:
        raise _invalid(f"expected a {TEMPLATE} in it")
    head = _head(body)
    return Found(_name(head.name, file_name), body, images, _titles(head.titles, images))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, bytes_max: int) -> bytes:
    """Counted as it comes: what the directory says of sizes is only said."""
    if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _invalid(f"expected {entry.filename} neither encrypted nor packed by anything but deflate")
    with archive.open(entry) as file:
        data = file.read(bytes_max + 1)
    if len(data) > bytes_max:
        raise _invalid(f"it is larger than the hub takes when it is unpacked, at {entry.filename}")
    return data


def _head(body: bytes) -> _Head:
    """Raises Invalid where it is no JSON at all."""
    try:
        return msgspec.json.decode(body, type=_Head)
    except (ValueError, RecursionError) as problem:
        raise _invalid("the template in it is no JSON object") from problem


def _titles(given: Any, images: dict[str, bytes]) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    return {name: title for name, title in given.items() if name in images and isinstance(title, str)}


def _name(given: Any, file_name: str) -> str:
    """What it says that it is called, else what its file is called; as a template may be called."""
    file = PurePosixPath(file_name.replace("\\", "/"))
    stem = file.name.removesuffix(SUFFIX) if file.name.endswith(SUFFIX) else file.stem
    for text in (given, stem if not stem.startswith(".") else "", "Template"):
        plain = "".join(each if each.isprintable() and each != "/" else " " for each in str(text or ""))
        name = " ".join(plain.split())[:NAME_CHARS_MAX].strip()
        if name not in ("", ".", ".."):
            break
    return name


def _invalid(words: str) -> Invalid:
    return Invalid(f"file: {words}", field="file")
