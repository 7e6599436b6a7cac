"""Which columns are nobody's business, by what they are called."""

import pytest

from hub.private_columns import is_birth, is_hidden, is_private


@pytest.mark.parametrize(
    "column",
    [
        *(
            "E-Mail",
            "Phone",
            "telephone_2",
            "Handy",
            "Tel. contacto",
            "Móvil",
            "Téléphone portable",
            "Telefonnummer",
        ),
        *("Adresse", "Straße", "Dirección", "Zip Code", "PLZ", "Código postal"),
        *("Emergency_Contact", "Notfallnr.", "Kontaktperson", "Contact d'urgence"),
        *(
            "Medical conditions?",
            "Medikamente",
            "Antecedentes médicos",
            "Allergien",
            "Alergias",
            "Krankenkasse",
        ),
        *(
            "Blutgruppe",
            "Grupo sanguíneo",
            "Enfermedades",
            "Insurance",
            "Versicherung",
            "Seguro",
            "Assurance",
        ),
        *("Password", "Passport no", "DNI", "Amount paid", "bezahlt am"),
    ],
)
def test_what_is_private(column: str) -> None:
    assert is_private(column) and is_hidden(column)


@pytest.mark.parametrize(
    "column",
    [
        *(
            "Notes",
            "Announcer Notes",
            "Comments",
            "Bemerkung 2",
            "Observaciones",
            "Remarques",
            "Status",
            "Privacy",
        ),
        *("Phonetic first name", "Aussprache", "Name pronunciation"),
        *("Date of birth", "DOB", "Geb. Datum", "Fecha de nacimiento", "Date de naissance", "Geburtsort"),
    ],
)
def test_what_is_for_announcers_alone(column: str) -> None:
    assert is_hidden(column) and not is_private(column)


@pytest.mark.parametrize(
    "column",
    [
        *(
            "Shirt",
            "Talla",
            "Club",
            "Cellar band",
            "Streak",
            "Jahrgang",
            "Fun fact",
            "Charity",
            "Hotel",
            "Status of",
        ),
        *("Startblock", "Ort", "Bestzeit", "Sponsor", "Dedication", "国"),
    ],
)
def test_what_anybody_may_see(column: str) -> None:
    assert not is_hidden(column)


@pytest.mark.parametrize(
    ("column", "birth"),
    [("Jg.", True), ("Jahrgang", True), ("YOB", True), ("Geburtsjahr", True), ("Année de naissance", True),
     ("Year", False), ("Gebiet", False), ("Age group", False)],
)  # fmt: skip
def test_what_says_when_somebody_was_born(column: str, birth: bool) -> None:
    assert is_birth(column) is birth
