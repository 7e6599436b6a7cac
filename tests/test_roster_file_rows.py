"""Rows as entries, or why there is none."""

import pytest

from hub.model import Participant
from hub.roster_words import TAGS_MAX
from tests.rosters import entries, participants


def one(data: str) -> Participant:
    (found,), bad = participants(data)
    assert bad == []
    return found


def reason(data: str, kind: str = "roster") -> str:
    _, bad = entries(data, kind)
    return bad[-1].reason if bad else ""


def test_a_row_with_everything() -> None:
    data = (
        "bib,tag,first name,last name,said as,age,dob,sex,city,state,country,division,race,wave,team,status,notes,"
        "privacy,registration id,Shirt\n"
        "7,A1;A2,Ann,Lee,an lee,35-39,1989-04-23,F,Linz,OOE,AUT,W35,10K,B,Club,paid,sings,initials,R-1,M\n"
    )
    (entry,), _ = entries(data)
    assert (entry.external_id, entry.line, entry.said.tags) == ("R-1", 2, ["A1", "A2"])
    assert entry.said.fields == {
        "bib": "7",
        "first_name": "Ann",
        "last_name": "Lee",
        "phonetic": "an lee",
        "age": "35-39",
        "birth_date": "1989-04-23",
        "gender": "F",
        "city": "Linz",
        "state": "OOE",
        "country": "AUT",
        "division": "W35",
        "race_name": "10K",
        "wave": "B",
        "team_name": "Club",
        "status": "paid",
        "notes": "sings",
        "privacy": "initials",
    }
    assert entry.said.custom == {"Shirt": "M"}


def test_of_what_is_empty_nothing_is_said() -> None:
    (entry,), _ = entries("bib,tag,city,Shirt,dob\n7,,,,n/a\n")
    assert (entry.said.fields, entry.said.tags, entry.said.custom) == ({"bib": "7"}, None, {})


def test_tags_of_one_cell_and_of_several_columns() -> None:
    assert one("bib,tag,Tag 2,chip\n7, A1 ; A2|A3,A4;A1,;\n").tags == ("A1", "A2", "A3", "A4")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ann Lee", "Ann", "Lee"),
        ("Ann van Lee", "Ann van", "Lee"),
        ("Cher", "", "Cher"),
        ('"Lee, Ann"', "Ann", "Lee"),
    ],
)
def test_one_cell_for_the_name(name: str, first: str, last: str) -> None:
    found = one(f"bib,name\n7,{name}\n")
    assert (found.first_name, found.last_name) == (first, last)


def test_two_cells_for_the_name_come_first() -> None:
    found = one("bib,runner,first name\n7,A B,Ann\n")
    assert (found.first_name, found.last_name) == ("Ann", "")


BAD: list[tuple[str, str]] = [
    ("bib,name\n1,x\n,\n,-\n", ""),
    ("bib,tag,name,city\n,,,Linz\n", "neither a bib nor a tag nor a name"),
    ("bib,city\n2,x\n3,y\n1,a,b\n", "3 cells, but there are 2 columns"),
    ("bib,city\n1," + "x" * 501 + "\n", "city: a cell of more than 500 characters"),
    ("bib,city\n1,a\0b\n", "city: holds a NUL character"),
    ("bib,city\n1,a\n2,b\n01,c\n", "bib 01 is on line 2 already"),
    ("bib,registration id\n1,a\n2,a\n", "registration a is on line 2 already"),
    ("bib,dob\n1,1990-02-31\n", "birth date 1990-02-31 is none; expected one like 2010-05-31"),
    ("bib,dob\n2,13.1.1990\n1,x\n", "birth date x is none; expected day, month and year, like 31.5.2010"),
    (
        "bib,dob\n2,1/13/1990\n3,1/13/1990\n1,13/1/90\n",
        "birth date 13/1/90 is none; expected month, day and year, like 5/31/2010",
    ),
    ("bib,privacy\n1,secret\n", "privacy secret; expected public, initials or bib"),
    ("bib,tag\n1," + ";".join(map(str, range(21))) + "\n", f"21 tags; expected at most {TAGS_MAX}"),
]


@pytest.mark.parametrize(("data", "why"), BAD)
def test_rows_that_are_left_out(data: str, why: str) -> None:
    assert reason(data) == why


def test_one_bad_row_takes_no_other_with_it() -> None:
    data = "bib,dob,city\n" + "".join(
        f"{n},{'x' if n % 7 == 0 else '1990-01-31'},C\n" for n in range(1, 1000)
    )
    good, bad = entries(data)
    assert [int(each.said.fields["bib"]) for each in good] == [n for n in range(1, 1000) if n % 7]
    assert [each.line for each in bad] == [n + 1 for n in range(1, 1000) if n % 7 == 0]
    assert bad[0].cells == ["7", "x", "C"]


def test_a_bib_of_a_row_that_was_left_out_is_free() -> None:
    good, bad = entries("bib,dob\n1,x\n1,1990-01-31\n1,1990-01-30\n")
    assert [each.line for each in good] == [3]
    assert [each.reason.partition(";")[0] for each in bad] == [
        "birth date x is none",
        "bib 1 is on line 3 already",
    ]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("yes", "initials"),
        ("No", "public"),
        ("X", "initials"),
        ("bib only", "bib"),
        ("public", "public"),
        ("", ""),
    ],
)
def test_privacy_in_the_words_of_forms(word: str, found: str) -> None:
    assert one(f"bib,private\n1,{word}\n").privacy == found


def test_several_tags_of_a_bib_in_one_row_or_in_many() -> None:
    good, bad = entries("bib,tag\n101,A;B\n102,C\n101,D\n0101,A\n", "tags")
    assert [(each.said.fields, each.said.tags, each.line) for each in good] == [
        ({"bib": "101"}, ["A", "B", "D"], 2),
        ({"bib": "102"}, ["C"], 3),
    ]
    assert bad == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("103,A", "tag A is bib 101's on line 2 already"),
        (",Z", "no bib"),
        ("104,", "no tag"),
        ("101," + ";".join(f"T{n}" for n in range(20)), "bib 101 has 21 tags; expected at most 20"),
    ],
)
def test_rows_of_tags_that_are_left_out(row: str, why: str) -> None:
    data = f"bib,tag\n101,A\n{row}\n"
    assert reason(data, "tags") == why
    assert [each.said.tags for each in entries(data, "tags")[0]] == [["A"]]
