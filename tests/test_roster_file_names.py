"""What columns are called."""

from collections import Counter

import pytest

from hub.roster_file_names import NAMES, NOT_WANTED, YEARS, field_of, is_known, is_wanted, plain
from hub.roster_file_words import COLUMN_FIELDS

EXPORTS: dict[str, dict[str, str | None]] = {
    "RunSignUp": {
        "Registration ID": "external_id",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Gender": "gender",
        "Age": "age",
        "Date of Birth": "birth_date",
        "City": "city",
        "State": "state",
        "Country": "country",
        "Event": "race_name",
        "Bib Number": "bib",
        "Chip #": "tags",
        "Corral": "wave",
        "Team Name": "team_name",
        "Email": None,
        "Giveaway": None,
    },
    "ChronoTrack": {
        "Bib": "bib",
        "Tag": "tags",
        "Sex": "gender",
        "Race": "race_name",
        "Primary Bracket": "division",
        "Region": "state",
        "Entry ID": "external_id",
        "Entry Status": "status",
        "Birthdate": "birth_date",
    },
    "Race Result": {
        "Startnr.": "bib",
        "Transponder1": "tags",
        "Transponder2": "tags",
        "Vorname": "first_name",
        "Nachname": "last_name",
        "Geschlecht": "gender",
        "Geb.-Datum": "birth_date",
        "Verein": "team_name",
        "Ort": "city",
        "Nation": "country",
        "Wettbewerb": "race_name",
        "Altersklasse": "division",
        "Startblock": "wave",
        "PLZ": None,
        "Jahrgang": None,
    },
    "MYLAPS": {
        "BIB": "bib",
        "ChipCode": "tags",
        "FirstName": "first_name",
        "LastName": "last_name",
        "DOB": "birth_date",
        "Category": "division",
        "Nationality": "country",
        "StartWave": "wave",
        "Club": "team_name",
    },
    "Spanish": {
        "Dorsal": "bib",
        "Apellidos": "last_name",
        "Sexo": "gender",
        "Fecha de Nacimiento": "birth_date",
        "Edad": "age",
        "Población": "city",
        "Provincia": "state",
        "País": "country",
        "Categoría": "division",
        "Prueba": "race_name",
        "Cajón": "wave",
        "Equipo": "team_name",
        "Correo electrónico": None,
    },
    "French": {
        "N° dossard": "bib",
        "Prénom": "first_name",
        "Sexe": "gender",
        "Né le": "birth_date",
        "Âge": "age",
        "Ville": "city",
        "Pays": "country",
        "Catégorie": "division",
        "Épreuve": "race_name",
        "Sas": "wave",
        "Équipe": "team_name",
        "N° puce": "tags",
    },
}


@pytest.mark.parametrize("export", EXPORTS)
def test_the_columns_of_exports(export: str) -> None:
    assert {name: field_of(name) for name in EXPORTS[export]} == EXPORTS[export]


@pytest.mark.parametrize(
    "header", ["bib", " Bib ", "bib_number", "Bib-No.", "BibNumber", "Bib #", "BIB NUMBER"]
)
def test_in_any_case_and_with_anything_between_the_words(header: str) -> None:
    assert field_of(header) == "bib"


def test_no_name_is_two_things() -> None:
    found = Counter(word for words in NAMES.values() for word in {plain(each) for each in words})
    assert not [word for word, count in found.items() if count > 1]
    assert set(NAMES) <= set(COLUMN_FIELDS)
    assert not {plain(each) for each in NOT_WANTED} & (found.keys() | YEARS)


def test_a_number_behind_it_is_of_tags_alone() -> None:
    assert (field_of("Tag 2"), field_of("Age 2"), field_of("City2")) == ("tags", None, None)


def test_what_a_finish_line_must_not_know() -> None:
    for header in (
        "E-Mail",
        "Phone",
        "Emergency Contact Name",
        "Street",
        "Notfallkontakt",
        "Medikamente",
        "Alergias",
    ):
        assert not is_wanted(header)
    assert is_wanted("Shirt Size") and is_wanted("Jahrgang") and is_wanted("Phonetic first name")


def test_what_stands_in_a_header_and_in_no_row_of_runners() -> None:
    assert is_known("PLZ") and is_known("Jahrgang") and is_known("Bib")
    assert not is_known("Ann") and not is_known("101") and not is_known("")
