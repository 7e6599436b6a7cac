"""Invariant of the fuzz: whatever the bytes, participants or FileFormatError, nothing else, and nothing that the
database would not take."""

import pytest

from hub.errors import FileFormatError
from hub.model import Participant
from hub.providers import csv_roster
from hub.providers.csv_roster import RosterProblem


def parse(data: str | bytes, rows_max: int = 100_000) -> tuple[list[Participant], list[RosterProblem]]:
    raw = data.encode() if isinstance(data, str) else data
    return csv_roster.parse(raw, name="r.csv", rows_max=rows_max)


def one(data: str | bytes) -> Participant:
    (found,), problems = parse(data)
    assert problems == []
    return found


def refusal(data: str | bytes, rows_max: int = 100_000) -> str:
    with pytest.raises(FileFormatError) as caught:
        parse(data, rows_max)
    return str(caught.value)


@pytest.mark.parametrize(
    "header",
    ["bib", "BIB", " Bib ", "bib_number", "Bib-No.", "BibNumber", "Bib #", "Race Number", "number", '"Bib"'],
)
def test_a_bib_by_many_names(header: str) -> None:
    assert one(f"{header},x\n12,y\n").bib == "12"


@pytest.mark.parametrize(
    "header", ["tag", "Tags", "CHIP", "tag_code", "Tag-Number", "chip code", "ChipNumber"]
)
def test_a_tag_by_many_names(header: str) -> None:
    assert one(f"{header}\nA1\n").tags == ("A1",)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("First Name", "first_name"),
        ("surname", "last_name"),
        ("AGE", "age"),
        ("Sex", "gender"),
        ("Hometown", "city"),
        ("province", "state"),
        ("Nationality", "country"),
        ("Age Group", "division"),
        ("Race", "race_name"),
        ("Start-Group", "wave"),
        ("Club", "team_name"),
    ],
)
def test_columns_by_many_names(header: str, field: str) -> None:
    assert getattr(one(f"bib,{header}\n1,what\n"), field) == "what"


def test_every_alias_is_found() -> None:
    for field, aliases in csv_roster.NAMES.items():
        for alias in aliases:
            assert csv_roster._FIELD_OF[csv_roster._plain(alias.upper())] == field


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    lines = (["bib", "first", "last", "tag"], ["1", "Ann", "Lee", "A1"], ["2", "Bo", "Ott", "A2"])
    found, problems = parse(end.join(delimiter.join(line) for line in lines))
    assert problems == []
    assert [(each.bib, each.first_name, each.last_name, each.tags) for each in found] == [
        ("1", "Ann", "Lee", ("A1",)),
        ("2", "Bo", "Ott", ("A2",)),
    ]


def test_the_delimiter_is_the_one_that_makes_sense_of_the_header() -> None:
    assert one('"Name (last, first, middle, initial)";bib;tag\nx;7;A\n').bib == "7"


def test_quotes() -> None:
    found = one('bib,name,team\n7,"Lee, Ann","The ""A"" team\nof two lines"\n')
    assert (found.first_name, found.last_name) == ("Ann", "Lee")
    assert found.team_name == 'The "A" team\nof two lines'


@pytest.mark.parametrize(
    "data",
    [
        "bib,last\n1,Müller\n".encode(),
        "bib,last\n1,Müller\n".encode("utf-8-sig"),
        "bib,last\n1,Müller\n".encode("latin-1"),
        "bib,last\n1,Müller\n".encode("cp1252"),
    ],
)
def test_encodings(data: bytes) -> None:
    assert one(data).last_name == "Müller"


def test_spreadsheets_and_their_latin_1() -> None:
    assert (
        one(b"bib,last\n1,O\x92Hara \x80\n").last_name == "O\N{RIGHT SINGLE QUOTATION MARK}Hara \N{EURO SIGN}"
    )
    assert one(b"bib,last\n1,\x81\xfc\n").last_name == "\x81ü"  # what even they have not


def test_tags_of_one_cell_and_of_several_columns() -> None:
    found = one("bib,tag,Tag,chip\n7, A1 ; A2|A3,A4;A1,;\n")
    assert found.tags == ("A1", "A2", "A3", "A4")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("Ann Lee", "Ann", "Lee"), ("Ann van Lee", "Ann van", "Lee"), ("Cher", "", "Cher"), ("", "", "")],
)
def test_one_cell_for_the_name(name: str, first: str, last: str) -> None:
    found = one(f"bib;name\n7;{name}\n")
    assert (found.first_name, found.last_name) == (first, last)


def test_two_cells_for_the_name_come_first() -> None:
    found = one("bib,name,first\n7,A B,Ann\n")
    assert (found.first_name, found.last_name) == ("Ann", "")


def test_other_columns_are_kept_under_their_names() -> None:
    found = one("bib,Shirt Size,,Number,Empty\n7,M,lost,8,\n")
    assert found.bib == "7"
    assert found.custom == (("Shirt Size", "M"), ("Number", "8"))


def test_problems_have_the_number_of_their_line() -> None:
    data = '\n\nbib,team\n1,"two\nlines"\n\n,nobody\n2,x,too,many\n3,x,,,\n4,' + "x" * 501 + "\n5,ok\n"
    found, problems = parse(data)
    assert [each.bib for each in found] == ["1", "3", "5"]
    assert problems == [
        RosterProblem(7, "neither a bib nor a tag"),
        RosterProblem(8, "4 cells, but the header names 2 columns"),
        RosterProblem(10, "a cell of more than 500 characters"),
    ]


def test_a_quote_that_is_not_closed_is_guessed() -> None:
    found, problems = parse('bib,team\n1,"open\n' + "2,x\n" * 200)
    assert found == []
    assert problems == [RosterProblem(2, "a cell of more than 500 characters; is a quote not closed?")]


def test_short_rows_lack_what_is_empty() -> None:
    assert one("bib,first,last\n7\n") == Participant(0, "7")


@pytest.mark.parametrize("data", ["", "\n\n", " , \n", "\ufeff"])
def test_an_empty_file(data: str) -> None:
    assert "empty; expected a first line that names the columns" in refusal(data)


def test_no_bib_and_no_tag() -> None:
    assert (
        refusal("\nname,age\nx,3\n") == "r.csv: line 2: expected a column named bib or tag, found 'name, age'"
    )
    assert len(refusal(",".join("x" * 400 for _ in range(100)))) < 300


def test_a_file_that_is_no_text() -> None:
    assert "NUL" in refusal(b"bib\n\0")
    assert "NUL" in refusal("bib\n1\n".encode("utf-16"))


def test_limits() -> None:
    assert "more than 2 rows (limits.roster_rows)" in refusal("bib\n1\n2\n3\n", rows_max=2)
    assert len(parse("bib\n1\n2\n", rows_max=2)[0]) == 2
    assert "at most 200 columns" in refusal(",".join(["bib", *map(str, range(200))]))
    assert "500 characters" in refusal("bib," + "x" * 501)
    assert "field larger than field limit" in refusal("bib\n" + "x" * 200_000)
