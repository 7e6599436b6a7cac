"""Rosters that are workbooks."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from hub import roster_file_books
from hub.errors import FileFormatError
from hub.roster_file_books import Book, text_of
from hub.roster_file_text import Line
from tests.workbooks import XLS, Rows, ods, xlsb, xlsx, zipped

ROWS: Rows = [
    ["Spring run 2026"],
    [],
    ["Bib", "Name", "Born", "Start"],
    [101.0, "Ann & Bo", date(1990, 5, 1), time(9, 30)],
    [102, "Łódź", datetime(1991, 2, 3, 4, 5, 6), None],
    [None, None, None, None],
]


def read(data: bytes, sheet: str = "") -> list[Line]:
    return list(Book(data, sheet, "r.xlsx").rows())


def refusal(data: bytes) -> str:
    with pytest.raises(FileFormatError) as caught:
        read(data)
    return str(caught.value)


def test_xlsx() -> None:
    assert read(xlsx({"Runners": ROWS})) == [
        Line(1, ["Spring run 2026"]),
        Line(3, ["Bib", "Name", "Born", "Start"]),
        Line(4, ["101", "Ann & Bo", "1990-05-01", "09:30:00"]),
        Line(5, ["102", "Łódź", "1991-02-03 04:05:06"]),
    ]


def test_rows_are_numbered_as_the_sheet_numbers_them() -> None:
    assert [each.number for each in read(xlsx({"A": [["bib"], [1]]}, at=9))] == [9, 10]


@pytest.mark.parametrize("make", [xlsb, ods])
def test_the_other_kinds(make: Callable[[dict[str, Rows]], bytes]) -> None:
    data = make({"A": [["bib", "name"], [7, "Ann"], [8.5, "Łódź"]]})
    assert read(data) == [Line(1, ["bib", "name"]), Line(2, ["7", "Ann"]), Line(3, ["8.5", "Łódź"])]
    assert Book(data, "", "x").format == make.__name__


def test_the_old_kind() -> None:
    book = Book(XLS, "", "r.xls")
    assert (book.format, book.sheets) == ("xls", ["Runners"])
    assert [each.cells for each in book.rows()] == [
        ["Bib", "Name", "Born"],
        ["101", "Łee", "1990-05-01"],
        ["7a", "Bo"],
    ]


def test_the_first_sheet_that_has_rows() -> None:
    book = Book(xlsx({"Notes": [["for you"]], "Runners": [["bib"], [1]]}), "", "r.xlsx")
    assert (book.sheet, book.sheets, book.total) == ("Runners", ["Notes", "Runners"], 2)
    assert read(xlsx({"Empty": []})) == []


def test_cells_as_people_write_them() -> None:
    values: list[object] = [
        101.0,
        1.5,
        1e300,
        float("nan"),
        True,
        None,
        date(2020, 1, 2),
        timedelta(hours=25, seconds=3),
    ]
    assert [text_of(each) for each in values] == [
        "101",
        "1.5",
        "1e+300",
        "",
        "yes",
        "",
        "2020-01-02",
        "25:00:03",
    ]
    assert text_of(datetime(2020, 1, 2)) == "2020-01-02" and text_of(-0.0) == "0"


def test_what_is_no_workbook() -> None:
    whole = xlsx({"A": ROWS})
    for data in (
        whole[:-300],
        b"PK\x03\x04 and no more",
        whole[:200] + whole[300:],
    ):
        assert "cannot be read" in refusal(data) or "no workbook" in refusal(data)
    assert "no workbook; unpack it first" in refusal(zipped({"a.csv": "bib\n1\n"}))
    assert "cannot be read" in refusal(roster_file_books.OLD + bytes(4000))


def test_one_that_unpacks_to_too_much_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("python_calamine.CalamineWorkbook.from_filelike", opened)
    monkeypatch.setattr(roster_file_books, "UNPACKED_BYTES_MAX", 1 << 20)
    data = xlsx({"A": ROWS})
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    bomb = zipped(parts | {"xl/media/x": bytes(2 << 20)})
    assert len(bomb) < 10_000 and "unpacks to 2 MiB" in refusal(bomb)
    many = zipped(parts | {f"xl/{number}": "" for number in range(roster_file_books.PARTS_MAX)})
    assert "parts; expected at most" in refusal(many)
