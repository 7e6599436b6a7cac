"""A roster's file, read in a process of its own: what crashes, never ends or takes too much memory takes nothing of the
hub with it, and its loop goes on. Knows frames and limits; what a file is, the modules roster_file_* know.

`python -m hub.roster_reading WANTED` has the file at its stdin, `Wanted` as JSON, and answers with frames: each is its
length in four bytes and a `Frame` in MessagePack.
"""

import codecs
import gc
import os
import struct
import sys
import traceback
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, Final

import msgspec

from hub import roster_file_text
from hub.child import step_back
from hub.errors import FileFormatError
from hub.roster_file_rows import Reason, Rows, TagRows, check_columns
from hub.roster_file_tables import Head, Table, body, looked
from hub.roster_file_text import Line
from hub.roster_file_words import (
    CELLS_SHOWN_CHARS_MAX,
    PIECE_ROWS,
    TAGS,
    Bad,
    End,
    Fault,
    Frame,
    Piece,
    Wanted,
    Wrong,
)
from hub.roster_words import Entry

LENGTH: Final = struct.Struct(">I")
MEMORY_BYTES_MAX: Final = 1536 << 20
"""Of the process: three times what a workbook of 200,000 rows and thirty columns has been seen to take."""
CPU_S_MAX: Final = 60
"""Of the process: ten times what such a one has been seen to take."""
NICE: Final = 10
_ENCODER: Final = msgspec.msgpack.Encoder()


def frames(data: bytes, wanted: Wanted) -> Iterator[Frame]:
    """What there is to say of a file. Raises FileFormatError when it is no roster; of its rows each is good, or bad
    with a reason."""
    table = Table(data, wanted)
    head = Head(table, wanted)
    if wanted.look:
        yield looked(table, wanted, head)
        return
    fields = wanted.columns
    if fields is None:
        found = looked(table, wanted, head).columns
        fields = {each.index: each.field for each in found if each.field is not None}
    yield from _read(
        table, wanted, head, {key: field for key, field in fields.items() if key < len(head.headers)}
    )


def _read(table: Table, wanted: Wanted, head: Head, fields: dict[int, str]) -> Iterator[Frame]:
    check_columns(fields, head.headers, wanted, head.line)
    rows: Rows | TagRows = (
        TagRows(fields, head.headers)
        if wanted.kind == TAGS
        else Rows(fields, head.headers, date.fromisoformat(wanted.today))
    )
    piece = Piece([], [], 0, table.total)
    count = left_out = 0
    for row in body(table, wanted, head):
        count += 1
        found = _taken(rows, row)
        if isinstance(found, Bad):
            left_out += 1
            piece.bad.append(found)
        elif found is not None:
            piece.entries.append(found)
        if count % PIECE_ROWS == 0:
            piece.done = count
            yield piece
            piece = Piece([], [], count, table.total)
    rest = [*piece.entries, *rows.end()]
    piece.entries, piece.done = rest[:PIECE_ROWS], count
    yield piece
    for start in range(PIECE_ROWS, len(rest), PIECE_ROWS):
        yield Piece(rest[start : start + PIECE_ROWS], [], count, table.total)
    yield End(count, count - left_out, left_out)


def _taken(rows: Rows | TagRows, row: Line) -> Entry | Bad | None:
    try:
        if row.problem:
            raise Reason(row.problem)
        return rows.take(row.number, row.cells)
    except Reason as problem:
        return Bad(row.number, str(problem), _cut(row.cells), rows.who(row.number, row.cells))


def _cut(cells: list[str]) -> list[str]:
    """As much of a row as is shown of it."""
    left = CELLS_SHOWN_CHARS_MAX
    found = []
    for cell in cells:
        found.append(cell[:left].replace("\0", "\N{REPLACEMENT CHARACTER}"))
        left -= len(found[-1])
        if left <= 0:
            break
    return found


def write(stream: BinaryIO, frame: Frame) -> None:
    data = _ENCODER.encode(frame)
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def main() -> None:
    """One file: read from stdin, answered on stdout."""
    gc.disable()  # nothing here is in circles, and the process is over in seconds
    _step_back()
    out = sys.stdout.buffer
    try:
        wanted = msgspec.json.decode(sys.argv[1], type=Wanted)
        for frame in frames(sys.stdin.buffer.read(), wanted):
            write(out, frame)
    except FileFormatError as problem:
        write(out, Wrong(str(problem)))
    except MemoryError:
        write(out, Wrong(f"{wanted.name}: takes more memory than a roster may; save it as CSV"))
    except BrokenPipeError:
        os._exit(1)  # nobody waits for it any more
    except Exception:  # noqa: BLE001  the hub says it, in its log
        write(out, Fault(traceback.format_exc()))


def _step_back() -> None:
    """No more of the machine is taken than a roster needs. What is loaded late is loaded before."""
    for name in (
        *roster_file_text.ENCODINGS,
        *roster_file_text.NARROW,
        *roster_file_text.WIDE,
        roster_file_text.BIG,
        "ascii",
        "cp437",
        "utf-8-sig",
    ):
        codecs.lookup(name)
    roster_file_text.encoding_of("Grüße aus Łódź".encode("cp1250"))  # what detects loads some more
    step_back(NICE, memory_bytes_max=MEMORY_BYTES_MAX, cpu_s_max=CPU_S_MAX)


if __name__ == "__main__":
    main()
