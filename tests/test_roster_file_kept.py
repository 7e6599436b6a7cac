"""What may be chosen of a roster's file."""

import pytest

from hub.errors import Invalid
from hub.model import SessionRow
from hub.roster_file_kept import Otherwise, RosterFile, checked, chosen
from hub.roster_file_words import BIRTH_DATE
from tests.rosters import look, wanted

ROW = SessionRow(7, 1, "Run", "", "active", 1, "UTC", "2026-05-16", 0)


def file_of(data: str, kind: str = "roster") -> RosterFile:
    return RosterFile(3, ROW, wanted(kind), len(data), look(data, kind), 0)


def test_as_it_is_guessed_until_somebody_chooses() -> None:
    file = file_of("bib,email,dob\n1,a@b,1990-01-31\n")
    assert file.columns == {0: "bib", 2: BIRTH_DATE} and not file.is_busy
    assert chosen(file, {"0": "custom", "1": "bib", "2": None}) == {0: "custom", 1: "bib"}


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"3": "bib"}, "no column '3'"),
        ({"x": "bib"}, "no column 'x'"),
        ({"-1": "bib"}, "no column"),
        ({"0": "colour"}, "expected one of bib, tags, name"),
        ({"0": "bib", "1": "bib"}, "two columns are the bib"),
        ({"0": "birth_date:dmy", "1": "birth_date:mdy"}, "two columns are the birth date"),
    ],
)
def test_what_no_column_can_be(columns: dict[str, str | None], words: str) -> None:
    with pytest.raises(Invalid, match=words) as problem:
        chosen(file_of("a,b,c\n1,2,3\n"), columns)
    assert problem.value.field == "columns"


def test_several_columns_of_tags_and_of_its_own() -> None:
    file = file_of("a,b,c,d\n1,2,3,4\n")
    assert len(chosen(file, {"0": "tags", "1": "tags", "2": "custom", "3": "custom"})) == 4
    wide = file_of(",".join(f"q{n}" for n in range(70)) + "\n" + "x," * 70 + "\n")
    with pytest.raises(Invalid, match="at most 60 of its own"):
        chosen(wide, {str(n): "custom" for n in range(61)})


def test_a_file_of_tags_has_bibs_and_tags() -> None:
    file = file_of("bib,tag,name\n1,A,x\n", "tags")
    assert file.columns == {0: "bib", 1: "tags"}
    with pytest.raises(Invalid, match="expected one of bib, tags"):
        chosen(file, {"2": "name"})


def test_how_it_may_be_read_otherwise() -> None:
    for words, field in ((Otherwise(kind="x"), "kind"), (Otherwise(header_line=51), "header_line")):
        with pytest.raises(Invalid) as problem:
            checked(words)
        assert problem.value.field == field
    assert checked(Otherwise(kind="tags", header_line=0)).header_line == 0
