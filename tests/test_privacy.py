"""How much of a participant everybody sees."""

import pytest
from msgspec.structs import asdict, replace

from hub.model import Participant, SessionRow
from hub.privacy import HIDDEN_FIELDS, initial, is_minor, public, shown

ROW = SessionRow(1, 1, "Day 1", "Run", "active", 1, "UTC", "2026-11-30", 0)
UNDER_18 = replace(ROW, minors_under=18, minors_privacy="initials")
ANN = Participant(
    7,
    "17",
    ("A1",),
    first_name="Ann-Marie",
    last_name="de Wit",
    age="44",
    gender="F",
    city="Dallas",
    state="TX",
    country="US",
    division="F40",
    race_name="10K",
    wave="2",
    team_name="Runners",
    custom=(("Shirt", "M"), ("Birth Date", "x"), ("NOTES", "y")),
)
SECRETS = Participant(
    8, "18", phonetic="p", birth_date="1980-01-01", status="DNS", notes="n", privacy="public"
)


@pytest.mark.parametrize(
    ("birth_date", "age", "minor"),
    [
        ("2008-11-30", "", False),  # eighteen on the day
        ("2008-12-01", "", True),
        ("2008-12-01", "18", True),  # a date is worth more than a number
        ("2008-11-29", "17", False),
        ("2008", "", True),  # of a year its end
        ("2008-11", "", True),
        ("2008-10", "", False),
        ("2007", "", False),
        ("", "17", True),
        ("", " 18 ", False),
        ("", "9 years", True),
        ("", "2008", None),
        ("", "", None),
        ("??", "", None),
        ("?", "12", True),
    ],
)
def test_whether_somebody_is_younger_on_the_day(birth_date: str, age: str, minor: bool | None) -> None:
    participant = replace(ANN, birth_date=birth_date, age=age)
    assert is_minor(participant, UNDER_18) is minor
    assert shown(participant, UNDER_18) == ("initials" if minor else "public")
    assert shown(participant, ROW) == "public", "there is no such rule"


@pytest.mark.parametrize(
    ("column", "word", "age", "minor"),
    [
        ("Jahrgang", "2012", "", True),
        ("Jg.", " 2008 ", "", True),  # by the end of it
        ("Jg.", "2007", "", False),
        ("Año de nacimiento", "2010", "", True),
        ("DOB", "2010-02", "", True),
        ("Jahrgang", "2012", "20", False),  # an age is worth more than a year
        ("Jahrgang", "12", "", None),
        ("Team of", "2012", "", None),
        ("Geburtsort", "Ulm", "", None),
    ],
)
def test_a_year_in_a_column_of_its_own(column: str, word: str, age: str, minor: bool | None) -> None:
    participant = replace(ANN, age=age, custom=(("Shirt", "M"), (column, word)))
    assert is_minor(participant, UNDER_18) is minor
    assert public(participant, UNDER_18).last_name == ("D." if minor else "de Wit")


def test_on_the_last_of_february() -> None:
    born = replace(ANN, birth_date="2008-02-29")
    days = {day: is_minor(born, replace(UNDER_18, day=day)) for day in ("2026-02-28", "2026-03-01")}
    assert days == {"2026-02-28": True, "2026-03-01": False}


@pytest.mark.parametrize(
    ("own", "rule", "stricter"),
    [
        ("", "initials", "initials"),
        ("public", "bib", "bib"),
        ("initials", "bib", "bib"),
        ("bib", "initials", "bib"),
        ("initials", "initials", "initials"),
    ],
)
def test_the_stricter_holds(own: str, rule: str, stricter: str) -> None:
    child = replace(ANN, privacy=own, age="12")
    assert shown(child, replace(UNDER_18, minors_privacy=rule)) == stricter
    assert shown(replace(child, age="50"), UNDER_18) == (own or "public")


def test_of_most_it_is_the_very_same() -> None:
    plain = replace(ANN, custom=ANN.custom[:1])
    assert public(plain, UNDER_18) is plain


def test_what_is_for_announcers_is_nobody_elses() -> None:
    said = public(SECRETS, ROW)
    assert {asdict(said)[name] for name in HIDDEN_FIELDS} == {""}
    assert said == Participant(8, "18")
    assert public(ANN, ROW).custom == (("Shirt", "M"),), "nor what a roster has in a column of that name"


@pytest.mark.parametrize(
    ("column", "there"),
    [
        ("Club", True),
        ("Shirt size", True),
        ("Charity", True),
        ("Cellar band", True),
        ("E-Mail", False),
        ("Emergency_Contact", False),
        ("Date of birth", False),
        ("DOB", False),
        ("Announcer Notes", False),
        ("Phonetic name", False),
        ("Zip Code", False),
        ("Status", False),
        ("Krankenkasse", False),
        ("Antecedentes médicos", False),
        ("Talla", True),
    ],
)
def test_columns_of_its_own_that_no_screen_is_meant_to_show(column: str, there: bool) -> None:
    assert bool(public(replace(ANN, custom=((column, "x"),)), ROW).custom) is there


def test_initials_and_what_does_not_say_who_it_is() -> None:
    assert public(replace(ANN, privacy="initials"), ROW) == Participant(
        7,
        "17",
        first_name="A.",
        last_name="D.",
        gender="F",
        country="US",
        division="F40",
        race_name="10K",
        wave="2",
    )


def test_the_bib_alone() -> None:
    assert public(replace(ANN, privacy="bib"), ROW) == Participant(7, "17", race_name="10K", wave="2")


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("Ann", "A."),
        (" ø. ", "Ø."),
        ("Élodie", "É."),
        ("Жанна", "Ж."),
        ("محمد", "م."),
        ("", ""),
        ("Q", ""),  # it would be all of the name
        ("李", ""),
        ("美咲", ""),
        ("민준", ""),
        ("𠮷野", ""),
        ("-", ""),
        ("4You", ""),
    ],
)
def test_initials(name: str, letter: str) -> None:
    assert initial(name) == letter
