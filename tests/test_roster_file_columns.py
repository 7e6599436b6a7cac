"""What each column seems to be."""

import pytest

from tests.rosters import entries, fields, look

PEOPLE = "1,Ann,Lee,F,34\n2,Bob,Ray,M,56\n3,Eve,Fox,F,45\n4,Ian,Orr,M,34\n"


def test_a_header_below_titles_and_blank_lines() -> None:
    seen = look("Spring run 2026,,\n\n,printed on,16 May\nBib,,Name\n1,x,Ann Lee\n")
    assert seen.header_line == 4
    assert [each.header for each in seen.columns] == ["Bib", "Column 2", "Name"]
    assert [each.field for each in seen.columns] == ["bib", "custom", "name"]


def test_no_header_at_all() -> None:
    seen = look(PEOPLE)
    assert (seen.header_line, seen.rows) == (0, 4)
    assert [each.header for each in seen.columns] == [f"Column {number}" for number in range(1, 6)]
    assert [each.field for each in seen.columns] == ["bib", "first_name", "last_name", "gender", "age"]
    assert len(entries(PEOPLE)[0]) == 4


def test_a_header_of_words_that_nobody_knows_is_no_runner() -> None:
    seen = look("Nr*,Colour\n1,red\n2,blue\n")
    assert seen.header_line == 1


def test_a_state_is_no_header() -> None:
    assert look("7,Ann,AK\n8,Bob,NO\n9,Eve,ST\n").header_line == 0


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Startnr,Name,Vorname", ["bib", "last_name", "first_name"]),
        ("Startnr,Name", ["bib", "name"]),
        ("Dossard,Nom,Prénom", ["bib", "last_name", "first_name"]),
        ("Dorsal,Nombre,Apellidos", ["bib", "first_name", "last_name"]),
        ("Dorsal,Nombre", ["bib", "name"]),
        ("bib,tag,Tag 2,chip", ["bib", "tags", "tags", "tags"]),
        ("bib,Number,Shirt", ["bib", "custom", "custom"]),
        ("bib,Email,Phone,Emergency contact", ["bib", None, None, None]),
        ("Bib,Race Number", ["bib", "custom"]),
    ],
)
def test_names_beside_each_other(header: str, found: list[str | None]) -> None:
    assert fields(f"{header}\n{','.join('x' for _ in found)}\n") == found


def test_what_a_header_does_not_say_its_values_may() -> None:
    data = "bib,who,,\n" + "".join(
        f"{n},{'MF'[n % 2]},{n % 28 + 1}.3.199{n % 9},3000E2{n:04}\n" for n in range(1, 9)
    )
    assert fields(data) == ["bib", "gender", "birth_date:dmy", "tags"]


def test_birth_dates_by_the_whole_column() -> None:
    first = "".join(f"{n},1/2/199{n % 10}\n" for n in range(3000))
    assert fields(f"bib,dob\n{first}9999,31/1/1990\n") == ["bib", "birth_date:dmy"]
    assert fields(f"bib,dob\n{first}9999,1/31/1990\n") == ["bib", "birth_date:mdy"]
    assert fields(f"bib,dob\n{first}") == ["bib", "birth_date:mdy"]
    assert fields(f"Dorsal,Fecha de nacimiento\n{first}") == ["bib", "birth_date:dmy"]
    assert fields("bib,dob\n1,1990-01-31\n") == ["bib", "birth_date"]
    assert fields("bib,dob\n1,1990\n2,1991\n") == ["bib", "custom"]
    assert fields("bib,dob\n1,29221\n2,32874\n") == ["bib", "birth_date"]
    assert fields("bib,dob\n1,29221\n2,unknown to us\n") == ["bib", "custom"]


def test_rows_that_were_left_out_come_again_without_why() -> None:
    assert fields("line,reason,bib,Shirt\n2,no bib,7,M\n") == [None, None, "bib", "custom"]
    assert fields("bib,reason\n2,my son\n") == ["bib", "custom"]


def test_no_more_columns_of_its_own_than_a_roster_has() -> None:
    names = ",".join(f"Question {number}" for number in range(80))
    assert fields(f"bib,{names}\n1{',x' * 80}\n").count("custom") == 60


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("bib,tag\n1,A\n", ["bib", "tags"]),
        ("Chip;Startnummer;Name\nA;1;x\n", ["tags", "bib", None]),
        ("101;A1B2C3D4\n102;A1B2C3D5\n103;A1B2C3D6\n", ["bib", "tags"]),
        ("A1B2C3D4,101\nA1B2C3D5,102\nA1B2C3D6,103\n", ["tags", "bib"]),
        ("58001,101\n58002,102\n58003,103\n", ["tags", "bib"]),
        ("101,201\n102,202\n103,203\n", ["bib", "tags"]),
        ("101;201\n102;202\n103;203\n", ["tags", "bib"]),
        ("101,58001,58002\n102,58003,58004\n103,58005,58006\n", ["bib", "tags", "tags"]),
    ],
)
def test_files_of_tags(data: str, found: list[str | None]) -> None:
    assert fields(data, "tags") == found
