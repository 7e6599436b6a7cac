"""Reads as rows: packed for COPY, inserted where some may be there already. Knows PostgreSQL's binary COPY format.

Rows are packed here and not by asyncpg: half the time, and the values come as the hub holds them.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asyncpg.pgproto.pgproto import UUID

from hub.model import INT64_MAX, KIND_VOID, Read
from hub.store.database import Connection, query

COLUMNS: Final = (
    # the same in many rows: packed once
    "session_id",
    "source_id",
    "location_id",
    "location_name",
    "reader_id",
    "kind",
    "marks",
    # of a row alone
    "feed_offset",
    "sequence_number",
    "lap_count",
    "gator_number",
    "read_time",
    "received_at",
    "read_key",
    "read_time_raw",
    "tag_code",
    "raw_data",
)

Marks = tuple[str, ...]
Row = tuple[int, int | None, Read]
"""(session id, location id, read); a void row may be at no location."""

PIECE_ROWS: Final = 2000
"""Rows packed at once: 3 ms."""

_POSTGRES_EPOCH_US: Final = 946_684_800 * 1_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END: Final = b"\xff\xff"
_SHARED: Final = struct.Struct("!h" + "iq" * 3)
_FIXED: Final = struct.Struct("!" + "iq" * 6 + "i16s")
_TEXT_OID: Final = 25
_LENGTHS: Final = tuple(length.to_bytes(4, "big") for length in range(256))

_INSERT_COLUMNS: Final[tuple[Callable[[Row], object], ...]] = (
    lambda row: row[0],
    lambda row: row[2].offset,
    lambda row: row[2].source_id,
    lambda row: row[2].sequence,
    lambda row: None if row[2].kind == KIND_VOID else row[2].lap,
    lambda row: None if row[2].kind == KIND_VOID else row[2].gator,
    lambda row: row[1],
    lambda row: None if row[2].kind == KIND_VOID else row[2].read_us,
    lambda row: row[2].received_us,
    lambda row: UUID(row[2].key) if row[2].key else None,
    lambda row: row[2].location,
    lambda row: row[2].tag,
    lambda row: row[2].time_text,
    lambda row: row[2].reader_id,
    lambda row: row[2].kind,
    lambda row: ",".join(row[2].marks),
    lambda row: row[2].raw,
)
"""The parameters of `read_insert.sql`, in its order."""


def pack(rows: Sequence[tuple[int, int, Read]]) -> bytes:
    """Rows in PostgreSQL's binary COPY format, in the order of COLUMNS, without its head and end. Every read has its
    key: a void row is for `insert`.

    Raises struct.error or UnicodeEncodeError for what no column can hold.
    """
    shared: dict[tuple[object, ...], bytes] = {}
    tags: dict[str, bytes] = {}
    out: list[bytes] = []
    add = out.append
    fixed = _FIXED.pack
    for session_id, location_id, read in rows:
        same = (session_id, read.source_id, location_id, read.location, read.reader_id, read.kind, read.marks)
        before = shared.get(same)
        if before is None:
            before = shared[same] = _pack_shared(*same)
        tag = tags.get(read.tag)
        if tag is None:
            tag = tags[read.tag] = _text(read.tag)
        time_text = read.time_text.encode()
        raw = read.raw.encode()
        own = fixed(
            8,
            read.offset,
            8,
            read.sequence,
            8,
            read.lap,
            8,
            read.gator,
            8,
            read.read_us - _POSTGRES_EPOCH_US,
            8,
            read.received_us - _POSTGRES_EPOCH_US,
            16,
            read.key,
        )
        add(b"%b%b%b%b%b%b%b" % (before, own, _length(time_text), time_text, tag, _length(raw), raw))
    return b"".join(out)


def _pack_shared(
    session_id: int, source_id: int, location_id: int, location: str, reader_id: str, kind: str, marks: Marks
) -> bytes:
    """The beginning of a row: how many columns it has, and those that many rows have alike."""
    numbers = _SHARED.pack(len(COLUMNS), 8, session_id, 8, source_id, 8, location_id)
    return numbers + _text(location) + _text(reader_id) + _text(kind) + _text_array(marks)


def _length(data: bytes) -> bytes:
    size = len(data)
    return _LENGTHS[size] if size < 256 else size.to_bytes(4, "big")


def _text(value: str) -> bytes:
    data = value.encode()
    return _length(data) + data


def _text_array(values: Marks) -> bytes:
    if not values:
        body = struct.pack("!iii", 0, 0, _TEXT_OID)
    else:
        body = struct.pack("!iiiii", 1, 0, _TEXT_OID, len(values), 1) + b"".join(map(_text, values))
    return len(body).to_bytes(4, "big") + body


async def copy(connection: Connection, rows: Sequence[tuple[int, int, Read]]) -> None:
    """Rows none of which is there. Raises asyncpg.UniqueViolationError when one is."""
    if rows:
        await connection.copy_to_table("timing_reads", source=_pieces(rows), columns=COLUMNS, format="binary")


async def _pieces(rows: Sequence[tuple[int, int, Read]]) -> AsyncIterator[bytes]:
    """Packed while PostgreSQL is busy with the piece before, with a turn for the loop between."""
    yield _COPY_HEAD
    for start in range(0, len(rows), PIECE_ROWS):
        yield pack(rows[start : start + PIECE_ROWS])
        await asyncio.sleep(0)
    yield _COPY_END


async def insert(connection: Connection, rows: Sequence[Row]) -> list[Row]:
    """Rows of which some may be there. Gives those whose offset is held by another read."""
    if not rows:
        return []
    arrays = [[column(row) for row in rows] for column in _INSERT_COLUMNS]
    inserted = {tuple(place) for place in await connection.fetch(query("read_insert"), *arrays)}
    present: list[Row] = []
    for row in rows:
        place = (row[0], row[2].offset)
        if place in inserted:
            inserted.remove(place)  # a second row for the same place was not the one that went in
        else:
            present.append(row)
    return await _foreign(connection, present)


async def _foreign(connection: Connection, present: Sequence[Row]) -> list[Row]:
    """Of rows whose offsets were taken: those that hold another read than ours."""
    foreign: list[Row] = []
    for session_id in sorted({row[0] for row in present}):
        mine = [row for row in present if row[0] == session_id]
        offsets = [row[2].offset for row in mine]
        held = {
            row["feed_offset"]: row
            for row in await connection.fetch(query("reads_held"), session_id, offsets)
        }
        foreign += [row for row in mine if not _same(row[2], held.get(row[2].offset))]
    return foreign


def _same(read: Read, held: Any) -> bool:
    """Whether the row that holds a read's offset is that read. One that was voided and gave its key away is told
    by its source and sequence. A read without a key only fills a hole, and the offset is filled."""
    if held is None:
        return False
    if not read.key:
        return True
    if held["read_key"] is not None:
        return bool(held["read_key"].bytes == read.key)
    return bool(
        held["kind"] == KIND_VOID
        and held["source_id"] == read.source_id
        and held["sequence_number"] == read.sequence
    )


async def keys_held(connection: Connection, session_id: int, keys: Sequence[bytes]) -> set[bytes]:
    """Which of these keys the session holds, under any offset."""
    wanted = [UUID(key) for key in keys if key]
    return {row["read_key"].bytes for row in await connection.fetch(query("keys_held"), session_id, wanted)}


def flaw(read: Read) -> str:
    """Why no column can hold this read, as far as can be told without asking; empty when it seems sound."""
    text = "".join((read.location, read.tag, read.time_text, read.reader_id, *read.marks, read.raw))
    if "\0" in text:
        return "a NUL character in its text"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "half of a character in its text"
    if any(abs(number) > INT64_MAX for number in (read.sequence, read.lap, read.gator, read.read_us)):
        return "a number beyond 64 bits"
    return ""


def voided(read: Read) -> Read:
    """What keeps the place and the key of a read that PostgreSQL will not take."""
    sequence = max(-INT64_MAX, min(read.sequence, INT64_MAX))
    return Read(
        offset=read.offset,
        source_id=read.source_id,
        sequence=sequence,
        location=storable(read.location),
        tag="",
        read_us=0,
        time_text="",
        lap=0,
        reader_id="",
        gator=0,
        kind=KIND_VOID,
        marks=(),
        key=read.key,
        raw="",
        received_us=read.received_us,
    )


def storable(text: str) -> str:
    """Text as PostgreSQL can hold it: without NUL and without lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def instant(us: int) -> datetime:
    """Microseconds since the Unix epoch as PostgreSQL's driver wants them."""
    return _EPOCH + timedelta(microseconds=us)
