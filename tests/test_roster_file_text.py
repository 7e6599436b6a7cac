"""Rosters that are text."""

import pytest

from hub.errors import FileFormatError
from hub.roster_file_text import (
    ENCODINGS,
    OPEN_QUOTE,
    ROW_LINES_MAX,
    TOO_LONG,
    Line,
    decoded,
    delimiter_of,
    encoding_of,
    rows,
)

WORDS: dict[str, str] = {
    "utf-8": "Müller Łódź Šťastný Иванов 田中",
    "cp1252": "Müller Jäger Böhm Grüße O\N{RIGHT SINGLE QUOTATION MARK}Hara Peña Façade",
    "cp1250": "Dvořák Šťastný Žižka Černý Wałęsa Łódź Świątek",
    "cp1251": "Иванов Петров Сидоров Москва Кузнецов",
    "cp1253": "Παπαδόπουλος Γεώργιος Αθήνα Θεσσαλονίκη",
    "cp1254": "Şahin Gökçe İstanbul Erdoğan Öztürk",
    "mac-roman": "Müller Jäger Böhm José François",
    "shift-jis": "田中 山田 東京都 鈴木一郎 渡辺",
    "gb18030": "王小明 北京 张伟 李娜",
    "big5": "王小明 台北市 陳水扁 臺灣",
    "euc-kr": "김철수 서울 이영희 박지성",
}


def file_of(encoding: str) -> bytes:
    return "".join(f"{bib};{name}\n" for bib, name in enumerate(WORDS[encoding].split() * 5)).encode(encoding)


@pytest.mark.parametrize("encoding", WORDS)
def test_the_encoding_is_found(encoding: str) -> None:
    assert encoding_of(file_of(encoding)) == encoding
    text, said = decoded(file_of(encoding), "", "r.csv")
    assert said == encoding and all(word in text for word in WORDS[encoding].split())


def test_icelandic_names_are_no_turkish_ones() -> None:
    assert encoding_of("1;Þórður Jónsson\n2;Guðrún Sæþórsdóttir\n".encode("cp1252")) == "cp1252"


def test_a_mark_says_it_and_is_none_of_the_text() -> None:
    text = "bib;Müller\n"
    for codec, encoding in (("utf-8-sig", "utf-8"), ("utf-16", "utf-16")):
        assert decoded(text.encode(codec), "", "r.csv") == (text, encoding)
    for codec in ("utf-16-le", "utf-16-be"):
        assert decoded((text * 9).encode(codec), "", "r.csv") == (text * 9, "utf-16")


def test_another_may_be_asked_for() -> None:
    data = file_of("cp1250")
    assert "Dvořák" not in decoded(data, "cp1252", "r.csv")[0]
    with pytest.raises(FileFormatError, match="expected one of utf-8, utf-16"):
        decoded(data, "rot13", "r.csv")
    assert set(WORDS) <= set(ENCODINGS)


def test_a_damaged_byte_is_one_letter_less() -> None:
    data = (WORDS["utf-8"] * 30).encode() + b"\xff" + "ö".encode()
    assert decoded(data, "", "r.csv")[0].count("\N{REPLACEMENT CHARACTER}") == 1


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n" + bytes(range(1, 9)) * 30, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9]
)
def test_what_is_no_text(data: bytes) -> None:
    with pytest.raises(FileFormatError, match="no text and no workbook"):
        decoded(data, "", "r.csv")


@pytest.mark.parametrize("delimiter", ",;\t|")
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    cells = [["bib", "first", "last"], ["1", "Ann", "Lee"], ["2", "Bo", "Ott"]]
    text = end.join(delimiter.join(each) for each in cells)
    assert delimiter_of(text) == delimiter
    assert list(rows(text, delimiter)) == [Line(number, each) for number, each in enumerate(cells, 1)]


def test_the_delimiter_makes_sense_of_the_names_or_of_the_rows() -> None:
    assert delimiter_of('"Name (last, first, middle)";bib;tag\nx;7;A\n') == ";"
    assert delimiter_of("Ann Lee, Linz;7\nBo Ott;8\nEve Fox;9\n") == ";"
    assert delimiter_of("sep=|\nbib;name|x\n") == "|"


def test_excels_own_line_is_no_row() -> None:
    assert list(rows("sep=;\nbib;name\n", ";")) == [Line(2, ["bib", "name"])]


def test_quotes_and_blank_lines() -> None:
    text = '\nbib,team\n\n7,"The ""A"" team\nof two lines"\n , ,\n8, x ,,\n'
    assert list(rows(text, ",")) == [
        Line(2, ["bib", "team"]),
        Line(4, ["7", 'The "A" team\nof two lines']),
        Line(7, ["8", "x"]),
    ]


def test_a_quote_that_is_not_closed_ends_with_its_line() -> None:
    text = 'bib,name\n1,"Ann\n2,Bob\n3,"x\ny"\n4,Z\n5,"cut'
    assert list(rows(text, ",")) == [
        Line(1, ["bib", "name"]),
        Line(2, ["1", '"Ann'], OPEN_QUOTE),
        Line(3, ["2", "Bob"]),
        Line(4, ["3", "x\ny"]),
        Line(6, ["4", "Z"]),
        Line(7, ["5", '"cut'], OPEN_QUOTE),
    ]


def test_however_many_there_are() -> None:
    text = "".join(f'{number},"open\n' if number % 3 == 0 else f"{number},x\n" for number in range(300))
    found = list(rows(text, ","))
    assert [each.cells[0] for each in found] == [str(number) for number in range(300)]
    assert [bool(each.problem) for each in found] == [number % 3 == 0 for number in range(300)]
    long = '1,"' + "\n" * (ROW_LINES_MAX + 5) + '"\n2,x\n'
    assert next(each.problem for each in rows(long, ",")) == OPEN_QUOTE


def test_a_cell_that_is_far_too_long_takes_no_other_row_with_it() -> None:
    found = list(rows("1,x\n2," + "y" * 200_000 + "\n3,z\n", ","))
    assert [(each.number, each.problem) for each in found] == [(1, ""), (2, TOO_LONG), (3, "")]


@pytest.mark.parametrize(
    "page",
    [
        "<html><table><tr><td>Bib</td></tr></table></html>",
        "\r\n<!DOCTYPE html>\n<p>Sign in",
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>',
    ],
)
def test_a_page_that_is_called_a_workbook(page: str) -> None:
    with pytest.raises(FileFormatError, match=r"r\.xls: this is a web page or XML.*save it as xlsx"):
        decoded(page.encode(), "", "r.xls")
    assert decoded(b"<b>,name\n1,Ann\n", "", "r.csv")[1] == "utf-8"


def test_what_nobody_sees_around_a_cell_is_none_of_it() -> None:
    text = "bib,name\n\u202a101\u202c,\u200bAnn\u00a0\n\ufeff102 ,\u0646\u200c\u0627\u200d\n"
    assert [line.cells for line in rows(text, ",")] == [
        ["bib", "name"],
        ["101", "Ann"],
        ["102", "\u0646\u200c\u0627\u200d"],
    ]
