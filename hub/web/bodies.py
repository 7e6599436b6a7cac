"""What a request carries, read in one place: of what kind it is, how much, and how long it takes. Knows HTTP's bodies;
refuses to know what they mean.
"""

import asyncio
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar, cast
from urllib.parse import parse_qsl

import msgspec
from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.web_protocol import RequestPayloadError

from hub.errors import Invalid, TooLarge, TooSlow, Unsupported
from hub.web.seldom import say_seldom

JSON_BYTES_MAX: Final = 64 * 1024
"""The largest that any address takes has a tenth."""
FIELD_BYTES_MAX: Final = 4096
"""Of a form that is texts alone."""
GRACE_S: Final = 10.0
BYTES_PER_S_MIN: Final = 4096
"""After GRACE_S: half of what GPRS gives at the edge of a cell. A list of 10 MiB may so take 43 minutes."""
STALL_S_MAX: Final = 30.0
"""Without a single byte: a train's tunnel, and no more."""
PARTS_MAX: Final = 16
LINES_MAX: Final = 1000
"""Of a form, outside its parts: their heads and boundaries. A megabyte of empty lines would take a minute to skip, in
which the hub does nothing else."""
HEADS_BYTES_MAX: Final = 64 * 1024
"""Of a form, what is around its parts: their heads, and small parts that nobody asked for."""
WORDS_CHARS_MAX: Final = 200
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
SLOW: Final = "sent its body too slowly"
BROKEN: Final = (
    ValueError,  # a boundary, a length, a line: aiohttp's reader has no error of its own for them
    LookupError,
    RuntimeError,
    RuntimeWarning,  # BadContentDispositionHeader, which application.py makes an error
    BadHttpMessage,
    RequestPayloadError,
)
"""What aiohttp says of a body that is not what its head says."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Room:
    """How large a part of a form may be; `words` say so to who sent a larger one."""

    bytes_max: int
    words: str


class Part(NamedTuple):
    filename: str
    data: bytes


JSON_ROOM: Final = Room(JSON_BYTES_MAX, f"a body of {JSON_BYTES_MAX} bytes")


async def json(request: web.Request, room: Room = JSON_ROOM) -> bytes:
    """A body that says it is JSON. Raises Unsupported, TooLarge, TooSlow, Invalid."""
    if request.content_type != "application/json":
        raise Unsupported("expected a JSON body (Content-Type: application/json)")
    try:
        return await _Body(request, room.bytes_max, "", room).all()
    except BROKEN as problem:
        raise Invalid(f"the body cannot be read: {_words(problem)}") from problem


def decode(data: bytes, kind: type[T]) -> T:
    """JSON of this type. Raises Invalid."""
    try:
        return msgspec.json.decode(data, type=kind)
    except RecursionError:  # msgspec's word for lists in lists in lists
        raise Invalid("the body cannot be read: it is nested too deeply") from None
    except ValueError as problem:  # also of bytes that are no UTF-8
        raise Invalid(f"the body cannot be read: {_words(problem)}") from problem


async def form(request: web.Request, rooms: Mapping[str, Room]) -> dict[str, Part]:
    """The parts of a multipart body that have one of these names, as far as they came; of two the last. Raises
    Unsupported, TooLarge, TooSlow, Invalid."""
    return dict(await form_parts(request, rooms))


async def form_parts(request: web.Request, rooms: Mapping[str, Room]) -> list[tuple[str, Part]]:
    """The same, and of several of one name all, in their order. Raises as `form` does."""
    if request.content_type != "multipart/form-data":
        raise Unsupported(f"expected a multipart body with the parts {' and '.join(rooms)}")
    size = sum(room.bytes_max for room in rooms.values()) + HEADS_BYTES_MAX
    largest = max(rooms, key=lambda name: rooms[name].bytes_max)
    body = _Body(request, size, largest, rooms[largest])
    try:
        return await _parts(MultipartReader(request.headers, cast("StreamReader", body)), rooms)
    except BROKEN as problem:
        raise Invalid(f"the multipart body cannot be read: {_words(problem)}") from problem


async def fields(
    request: web.Request, names: Collection[str], bytes_max: int = JSON_BYTES_MAX
) -> dict[str, str]:
    """The texts of these names in a form, however it is sent; the last of two. Raises Unsupported, TooLarge, TooSlow,
    Invalid."""
    size = Room(bytes_max, f"a body of {bytes_max} bytes")
    if request.content_type == "application/x-www-form-urlencoded":
        try:
            data = await _Body(request, bytes_max, "", size).all()
            found = await asyncio.to_thread(_pairs, data)
        except BROKEN as problem:
            raise Invalid(f"the form cannot be read: {_words(problem)}") from problem
        return {name: value for name, value in found.items() if name in names}
    part = Room(FIELD_BYTES_MAX, f"{FIELD_BYTES_MAX} bytes") if bytes_max == JSON_BYTES_MAX else size
    parts = await form(request, dict.fromkeys(names, part))
    try:
        return {name: part.data.decode() for name, part in parts.items()}
    except UnicodeDecodeError as problem:
        raise Invalid("expected a form in UTF-8") from problem


async def json_or_form(request: web.Request, names: Collection[str], room: Room = JSON_ROOM) -> bytes:
    """JSON as it came; of a form the texts of these names, as JSON. Raises Unsupported, TooLarge, TooSlow, Invalid."""
    if request.content_type not in FORMS:
        return await json(request, room)
    return msgspec.json.encode(await fields(request, names, room.bytes_max))


def _pairs(data: bytes) -> dict[str, str]:
    return dict(parse_qsl(data.decode(), keep_blank_values=True, max_num_fields=PARTS_MAX, errors="strict"))


async def _parts(reader: MultipartReader, rooms: Mapping[str, Room]) -> list[tuple[str, Part]]:
    found: list[tuple[str, Part]] = []
    count = 0
    async for part in reader:
        count += 1
        if count > PARTS_MAX:
            raise Invalid(f"expected at most {PARTS_MAX} parts in the multipart body")
        if not isinstance(part, BodyPartReader):
            raise Invalid("expected no multipart body inside the multipart body")
        name = part.name or ""
        if name in rooms:
            found.append((name, Part(part.filename or "", await _read(part, name, rooms[name]))))
    return found


async def _read(part: BodyPartReader, name: str, room: Room) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > room.bytes_max:
            raise _too_large(name, room)
    return bytes(data)


class _Body:
    """A request's body, as aiohttp's multipart reader reads one. Every wait of it is in time, all of it is in size.
    `name`, `room`: what to say is too large when all of it is."""

    def __init__(self, request: web.Request, bytes_max: int, name: str, room: Room) -> None:
        """Raises Unsupported, and TooLarge when its head says already that it is."""
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Unsupported("expected a body without a Content-Encoding")
        self._name, self._room = name, room
        if (request.content_length or 0) > bytes_max:
            raise _too_large(name, room)
        self._request = request
        self._content = request.content
        self._bytes_max = bytes_max
        self._clock = asyncio.get_running_loop().time
        self._since = self._clock()
        self._lines = 0

    async def all(self) -> bytes:
        data = bytearray()
        while chunk := await self._in_time(self._content.readany()):
            data += chunk
        return bytes(data)

    async def read(self, size: int = -1) -> bytes:
        return await self._in_time(self._content.read(size))

    async def readline(self, *, max_line_length: int | None = None) -> bytes:
        self._lines += 1
        if self._lines > LINES_MAX:
            raise ValueError("too many lines outside its parts")
        return await self._in_time(self._content.readline(max_line_length=max_line_length))

    def unread_data(self, data: bytes) -> None:
        self._content.unread_data(data)

    def at_eof(self) -> bool:
        return self._content.at_eof()

    async def _in_time(self, work: Awaitable[bytes]) -> bytes:
        try:
            async with asyncio.timeout_at(self._deadline()):
                data = await work
        except TimeoutError:
            say_seldom(self._request, SLOW)
            raise TooSlow("The body did not come in time.") from None
        if self._content.total_bytes > self._bytes_max:
            raise _too_large(self._name, self._room)
        return data

    def _deadline(self) -> float:
        """What has come buys time for what is to come."""
        earned_s = GRACE_S + self._content.total_bytes / BYTES_PER_S_MIN
        return min(self._since + earned_s, self._clock() + STALL_S_MAX)


def _too_large(name: str, room: Room) -> TooLarge:
    return TooLarge(f"{name + ': ' if name else ''}expected at most {room.words}", field=name or None)


def _words(problem: BaseException) -> str:
    """In one line, without too much of what was sent."""
    return " ".join(str(problem).split())[:WORDS_CHARS_MAX]
