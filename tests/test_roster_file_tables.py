"""Files as tables."""

import pytest

from hub.errors import FileFormatError
from tests.rosters import entries, fields, look
from tests.workbooks import xlsx


def refusal(data: str | bytes, **how: object) -> str:
    with pytest.raises(FileFormatError) as caught:
        look(data, **how)  # type: ignore[arg-type]
    return str(caught.value)


def test_what_a_file_is_like() -> None:
    seen = look("Bib;City\n1;Linz\n2;Linz\n3;Graz\n")
    assert (seen.format, seen.encoding, seen.delimiter, seen.header_line, seen.rows) == (
        "csv",
        "utf-8",
        ";",
        1,
        3,
    )
    assert seen.delimiters == [",", ";", "\t", "|"] and "cp1252" in seen.encodings
    assert [each.samples for each in seen.columns] == [["1", "2", "3"], ["Linz", "Graz"]]
    assert (seen.sheets, seen.sheet) == ([], "")


def test_another_delimiter_sheet_and_line_of_names() -> None:
    assert len(look("Bib;City\n1;Linz\n", delimiter=",").columns) == 1
    data = "Bib,City\nNo,Town\n1,Linz\n"
    assert look(data, header_line=2).rows == 1
    seen = look(data, header_line=0)
    assert (seen.rows, [each.header for each in seen.columns]) == (3, ["Column 1", "Column 2"])
    book = xlsx({"A": [["Bib"], [1]], "B": [["Name"], ["Ann"], ["Bob"]]})
    assert (look(book).sheet, look(book).sheets) == ("A", ["A", "B"])
    assert (look(book, sheet="B").rows, fields(book, sheet="B")) == (2, ["name"])
    assert look(book).encodings == look(book).delimiters == []


def test_what_cannot_be() -> None:
    assert "names no columns" in refusal("bib\n1\n", header_line=9)
    assert "expected a comma" in refusal("bib\n1\n", delimiter="x")
    assert "no sheet 'C'; expected one of A" in refusal(xlsx({"A": [["bib"], [1]]}), sheet="C")


@pytest.mark.parametrize("data", ["", "\n\n", " , \n", "\ufeff"])
def test_an_empty_file(data: str) -> None:
    assert "empty; expected a first line that names the columns" in refusal(data)


def test_limits() -> None:
    assert "more than 2 rows (limits.roster_rows)" in refusal("bib\n1\n2\n3\n", rows_max=2)
    assert look("bib\n1\n2\n", rows_max=2).rows == 2
    assert "expected at most 200" in refusal(",".join(["bib", *map(str, range(200))]))
    assert len(look("bib," + "x" * 500 + "\n1,2\n").columns[1].header) == 100


def test_columns_without_a_name_and_of_one_name() -> None:
    seen = look("bib,,Shirt,Shirt\n" + "1,a,b,c,d\n" * 3)
    assert [each.header for each in seen.columns] == ["bib", "Column 2", "Shirt", "Shirt 2", "Column 5"]


def test_a_comma_too_many_is_the_rows_own_fault() -> None:
    good, bad = entries("bib,city\n" + "".join(f"{n},x\n" for n in range(20)) + "99,x,y\n")
    assert (len(good), [each.line for each in bad]) == (20, [22])


def test_chosen_columns() -> None:
    good, _ = entries("a,b,c\n1,2,3\n4,5,6\n", columns={1: "bib", 2: "custom"}, header_line=1)
    assert [(each.said.fields, each.said.custom) for each in good] == [
        ({"bib": "2"}, {"c": "3"}),
        ({"bib": "5"}, {"c": "6"}),
    ]
