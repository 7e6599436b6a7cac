"""Invariant of the fuzz: whatever the bytes, FileFormatError or rows, each of which is good or listed."""

import io

import msgspec
import pytest

from hub.errors import FileFormatError
from hub.roster_file_words import (
    CELLS_SHOWN_CHARS_MAX,
    COLUMNS_MAX,
    PIECE_ROWS,
    End,
    Frame,
    Look,
    Piece,
)
from hub.roster_reading import LENGTH, frames, write
from tests.rosters import as_bytes, entries, wanted


def test_pieces_are_small_and_say_how_far_it_is() -> None:
    count = 2 * PIECE_ROWS + 10
    *pieces, end = frames(as_bytes("bib\n" + "".join(f"{n}\n" for n in range(count))), wanted())
    assert [len(each.entries) for each in pieces if isinstance(each, Piece)] == [PIECE_ROWS, PIECE_ROWS, 10]
    assert [each.done for each in pieces if isinstance(each, Piece)] == [PIECE_ROWS, 2 * PIECE_ROWS, count]
    assert end == End(count, count, 0)


def test_of_tags_all_that_is_said_of_a_bib_comes_together() -> None:
    data = (
        "bib,tag\n" + "".join(f"{n},A{n}\n" for n in range(600)) + "".join(f"{n},B{n}\n" for n in range(600))
    )
    good, _ = entries(data, "tags")
    assert len(good) == 600 and all(len(each.said.tags or ()) == 2 for each in good)
    *pieces, end = frames(as_bytes(data), wanted("tags"))
    assert max(len(each.entries) for each in pieces if isinstance(each, Piece)) == PIECE_ROWS
    assert end == End(1200, 1200, 0)


def test_a_bad_row_is_told_as_far_as_it_is_shown() -> None:
    _, (bad,) = entries("bib,city\n1," + "x" * 90_000 + "\n2,y\n")
    assert bad.line == 2 and sum(map(len, bad.cells)) == CELLS_SHOWN_CHARS_MAX


def test_no_column_that_says_who_it_is() -> None:
    with pytest.raises(
        FileFormatError, match=r"^r\.csv: line 2: expected a column named bib, tag or name, found age, x$"
    ):
        list(frames(b"\nage,x\n3,4\n", wanted()))
    with pytest.raises(FileFormatError, match=r"expected a column of bibs and one of tags, found bib$"):
        list(frames(b"bib\n3\n", wanted("tags")))
    (seen,) = frames(b"\nage,x\n3,4\n", wanted(look=True))
    assert isinstance(seen, Look)


def test_a_frame_is_its_length_and_itself() -> None:
    stream = io.BytesIO()
    write(stream, End(3, 2, 1))
    data = stream.getvalue()
    assert LENGTH.unpack(data[:4])[0] == len(data) - 4
    assert msgspec.msgpack.decode(data[4:], type=Frame) == End(3, 2, 1)


def test_columns_that_are_not_there_are_none() -> None:
    good, _ = entries("bib\n1\n", columns={0: "bib", COLUMNS_MAX: "city"}, header_line=1)
    assert [each.said.fields for each in good] == [{"bib": "1"}]
