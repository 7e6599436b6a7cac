"""What is readable of a damaged journal. Knows SQLite's file format and what a group's row looks like in it; refuses to
know what a group says, and never writes into what it reads.

SQLite itself gives up at the first bad page it meets, and takes what lies behind a bad place in the write-ahead log for
unwritten. Here every page of both files is looked at by itself: a row of a group carries a checksum, so whatever
matches it is whole, wherever it was found. That may bring back groups that had been deleted already: PostgreSQL has
their reads under the same offsets, and nothing is doubled.

Source of the format: https://www.sqlite.org/fileformat2.html
"""

import mmap
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

PAGE_BYTES: Final = 4096
"""SQLite's own choice for every file that a journal made."""
LEAF: Final = 0x0D
"""The first byte of a page that holds rows of a table."""
FILE_HEADER_BYTES: Final = 100
WAL_HEADER_BYTES: Final = 32
FRAME_HEADER_BYTES: Final = 24
FRAME_BYTES: Final = FRAME_HEADER_BYTES + PAGE_BYTES
GROUP_BYTES_MAX: Final = 64 * 1024 * 1024
"""Larger than any group: a length beyond it is a damaged one, and is not even sought."""

_COLUMNS: Final = (3, 4)
"""id, reads, body, and the checksum that journals of before had not."""
_INTEGER_BYTES: Final = (0, 1, 2, 3, 4, 6, 8, None, 0, 0)
"""How long an integer of a serial type is in a record; 7 is a float, 8 and 9 are the numbers 0 and 1."""


class Row(NamedTuple):
    """A group as it lies in the file. `crc` None: it was written before there were checksums."""

    number: int
    reads: int
    body: bytes
    crc: int | None

    @property
    def whole(self) -> bool:
        return self.crc is None or self.crc == zlib.crc32(self.body)


Image = memoryview
"""A page."""


class _Frame(NamedTuple):
    """A page in the write-ahead log. `commit`: it ends a transaction."""

    page: int
    commit: bool
    image: Image


def rows(path: Path, wanted: Callable[[Row], bool] = lambda row: row.whole) -> Iterator[Row]:
    """Every group that can be read from a journal and its write-ahead log, each number once, in no order.

    `wanted` is asked of each row that has the shape of one. Raises OSError.
    """
    main = _pages(_content(path))
    frames = _frames(_wal(path))
    latest = {**main, **{frame.page: frame.image for frame in frames}}
    found: set[int] = set()
    for images in (latest, main):  # an overflow page may have been whole before it was damaged
        for leaf in (*(frame.image for frame in reversed(frames)), *main.values()):
            for row in _rows_of(leaf, images):
                if row.number not in found and wanted(row):
                    found.add(row.number)
                    yield row


def is_version_known(path: Path) -> bool:
    """Whether a file's header names the formats in which SQLite writes. Of another it takes the file for one of a later
    SQLite, not to be written; an empty file has no header."""
    return set(_content(path)[18:20]) <= {1, 2}


def last_committed(path: Path) -> int:
    """The highest number of a group in the write-ahead log that its writer had made durable; 0: none. Where SQLite sees
    less than this, the log is broken before its end."""
    frames = _frames(_wal(path))
    while frames and not frames[-1].commit:
        frames.pop()  # of a transaction that was never finished: nobody was told of it
    return max((number for frame in frames for number in _numbers_of(frame.image)), default=0)


def wal_of(path: Path) -> Path:
    """Where SQLite keeps the write-ahead log of a database."""
    return path.with_name(f"{path.name}-wal")


def _wal(path: Path) -> memoryview:
    return _content(wal_of(path))


def _content(path: Path) -> memoryview:
    """Not read but mapped: a journal may be larger than what is free of the memory."""
    if not path.exists() or not path.stat().st_size:
        return memoryview(b"")
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _pages(data: memoryview) -> dict[int, Image]:
    """Page number, from 1, to page. The first begins with the header of the file; its rows are not groups."""
    return {
        at // PAGE_BYTES + 1: data[at : at + PAGE_BYTES]
        for at in range(0, len(data) - PAGE_BYTES + 1, PAGE_BYTES)
    }


def _frames(data: memoryview) -> list[_Frame]:
    """The pages of a write-ahead log, oldest first, up to where an older use of the file begins."""
    frames: list[_Frame] = []
    salts = data[16:24]
    for at in range(WAL_HEADER_BYTES, len(data) - FRAME_BYTES + 1, FRAME_BYTES):
        head = data[at : at + FRAME_HEADER_BYTES]
        if head[8:16] != salts:
            if frames:
                break
            salts = head[8:16]  # the header of the file is the damaged one
        page, size = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
        frames.append(_Frame(page, size > 0, data[at + FRAME_HEADER_BYTES : at + FRAME_BYTES]))
    return frames


def _cells(image: Image) -> list[int]:
    """Where the rows of a leaf begin."""
    if not image or image[0] != LEAF:
        return []
    count = int.from_bytes(image[3:5], "big")
    places = [int.from_bytes(image[at : at + 2], "big") for at in range(8, 8 + 2 * count, 2)]
    return [place for place in places if 8 <= place < len(image)]


def _numbers_of(image: Image) -> Iterator[int]:
    """The numbers of the groups on a page, and of nothing else's rows."""
    for at in _cells(image):
        size, after = _varint(image, at)
        number, start = _varint(image, after)
        if _types(image[start:])[:1] == [0] and size > 0:
            yield number


def _rows_of(image: Image, images: Mapping[int, Image]) -> Iterator[Row]:
    for at in _cells(image):
        size, after = _varint(image, at)
        number, start = _varint(image, after)
        if 0 < size <= GROUP_BYTES_MAX and number > 0:
            row = _row(number, _payload(image, start, size, images))
            if row is not None:
                yield row


def _payload(image: Image, start: int, size: int, images: Mapping[int, Image]) -> bytes:
    """A row's record, with what lies on other pages; shorter than `size` where one of these is gone."""
    here = _local_bytes(size)
    parts = [image[start : start + here]]
    if here == size:
        return bytes(parts[0])
    page = int.from_bytes(image[start + here : start + here + 4], "big")
    missing = size - here
    while missing > 0 and page in images:
        parts.append(images[page][4 : 4 + missing])
        missing -= PAGE_BYTES - 4
        page = int.from_bytes(images[page][:4], "big")
    return b"".join(parts)


def _local_bytes(size: int) -> int:
    """How much of a record lies on the leaf itself (fileformat2, "Cell Payload Overflow Pages")."""
    if size <= PAGE_BYTES - 35:
        return size
    least = (PAGE_BYTES - 12) * 32 // 255 - 23
    here = least + (size - least) % (PAGE_BYTES - 4)
    return here if here <= PAGE_BYTES - 35 else least


def _row(number: int, record: bytes) -> Row | None:
    """A group's row; None: this is no such record, or not all of it is there."""
    types = _types(record)
    if len(types) not in _COLUMNS or types[0] != 0:
        return None
    _, reads_type, body_type, *crc_type = types
    if body_type < 12 or body_type % 2:  # a blob's type is even and says its length
        return None
    at, _ = _varint(record, 0)
    reads, at = _integer(record, at, reads_type)
    end = at + (body_type - 12) // 2
    if reads is None or end > len(record):
        return None
    crc = _integer(record, end, crc_type[0])[0] if crc_type and crc_type[0] else None
    return Row(number, reads, record[at:end], crc)


def _types(record: bytes | Image) -> Sequence[int]:
    """The serial types that a record's head lists; none where it is no head."""
    end, at = _varint(record, 0)
    types: list[int] = []
    while at < min(end, len(record)) and len(types) <= _COLUMNS[-1]:
        kind, at = _varint(record, at)
        types.append(kind)
    return types if at == end else []


def _integer(record: bytes, at: int, kind: int) -> tuple[int | None, int]:
    """A number of a record, and where it ends; None: it is not one."""
    size = _INTEGER_BYTES[kind] if kind < len(_INTEGER_BYTES) else None
    if size is None or kind == 0 or at + size > len(record):
        return None, at
    if size == 0:
        return kind - 8, at
    return int.from_bytes(record[at : at + size], "big", signed=True), at + size


def _varint(data: bytes | Image, at: int) -> tuple[int, int]:
    """SQLite's number of one to nine bytes, and where it ends. Beyond the end of `data` stand zeros."""
    value = 0
    for place in range(at, at + 8):
        byte = data[place] if place < len(data) else 0
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    return value << 8 | (data[at + 8] if at + 8 < len(data) else 0), at + 9
