"""What columns are called in rosters: in English, German, Spanish and French, and in the exports of ChronoTrack,
RunSignUp, Race Result and MYLAPS. Pure: a header in, a field out.
"""

import unicodedata
from typing import Final

from hub.private_columns import is_private
from hub.roster_file_words import BIRTH_DATE, EXTERNAL_ID, NAME, TAG_FIELD

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "bib": (
        *("bib", "bib number", "bib no", "bib num", "bib nr", "race number", "race no", "number", "no", "nr"),
        *("start number", "start no", "runner number", "athlete number", "assigned bib", "plate"),
        *("startnummer", "startnr", "start nr", "stnr", "st nr", "snr", "nummer", "startnummern"),
        *("dorsal", "numero de dorsal", "numero", "num dorsal", "no dorsal", "dossard", "numero de dossard"),
        *("n dossard", "no dossard", "num dossard", "pettorale"),
    ),
    TAG_FIELD: (
        *("tag", "tags", "tag number", "tag code", "tag id", "tag no", "chip", "chips", "chip number"),
        *("chip code", "chip id", "chip no", "chip nr", "chip time id", "transponder", "transponder code"),
        *("transponder id", "transponder number", "rfid", "epc", "chipnummer", "chipnr", "transpondernummer"),
        *("transpondernr", "codigo chip", "numero de chip", "puce", "numero de puce", "code puce", "n puce"),
    ),
    "first_name": (
        *("first name", "first", "given name", "fname", "participant first name", "runner first name"),
        *("vorname", "rufname", "nombres", "prenom", "prenoms", "firstname"),
    ),
    "last_name": (
        *(
            "last name",
            "last",
            "surname",
            "family name",
            "lname",
            "participant last name",
            "runner last name",
        ),
        *("nachname", "familienname", "zuname", "apellido", "apellidos", "primer apellido", "nom de famille"),
        *("lastname", "cognome"),
    ),
    NAME: (
        *("name", "full name", "participant", "participant name", "runner", "runner name", "athlete"),
        *("athlete name", "competitor", "display name", "teilnehmer", "teilnehmerin", "laeufer", "sportler"),
        *(
            "name vorname",
            "vorname name",
            "nachname vorname",
            "vorname nachname",
            "last name first name",
            "first name last name",
            "last first",
            "first last",
            "surname first name",
            "vor und nachname",
            "nombre",
            "nombre completo",
            "nombre y apellidos",
        ),
        *("apellidos y nombre", "corredor", "participante", "atleta", "nom", "nom complet", "nom prenom"),
        *("nom et prenom", "prenom nom", "coureur", "nome"),
    ),
    "phonetic": (
        *("phonetic", "phonetic name", "pronunciation", "pronounced", "name pronunciation", "said as"),
        *("how to pronounce your name", "phonetic spelling", "aussprache", "pronunciacion", "prononciation"),
    ),
    "age": (
        "age",
        "age on race day",
        "race age",
        "age on event day",
        "alter",
        "edad",
        "age le jour de la course",
    ),
    BIRTH_DATE: (
        *("birth date", "birthdate", "date of birth", "dob", "birthday", "birth day", "born"),
        *("geburtsdatum", "geb datum", "gebdatum", "geburtstag", "geb", "geboren", "geboren am"),
        *("fecha de nacimiento", "fecha nacimiento", "nacimiento", "f nacimiento", "fecha nac", "f nac"),
        *("date de naissance", "date naissance", "naissance", "ne le", "nee le", "ddn"),
    ),
    "gender": (
        *("gender", "sex", "m f", "gender m f", "geschlecht", "geschl", "sexo", "genero", "sexe", "genre"),
        *("m w", "w m", "m w d", "civilite", "gender identity", "division gender"),
    ),
    "city": (
        *("city", "town", "hometown", "home town", "city town", "address city", "ort", "wohnort", "stadt"),
        *("ciudad", "localidad", "poblacion", "municipio", "ville", "commune", "localite"),
    ),
    "state": (
        *("state", "region", "province", "state province", "state region", "address state", "st", "prov"),
        *("bundesland", "kanton", "land kuerzel", "provincia", "estado", "comunidad", "departement"),
    ),
    "country": (
        *(
            "country",
            "nation",
            "nationality",
            "country code",
            "country of residence",
            "address country",
            "nat",
        ),
        *("land", "nationalitaet", "staat", "nation ioc", "pais", "nacionalidad", "pays", "nationalite"),
    ),
    "division": (
        *(
            "division",
            "age group",
            "agegroup",
            "category",
            "bracket",
            "age division",
            "class",
            "age category",
        ),
        *(
            "primary bracket",
            "age class",
            "altersklasse",
            "ak",
            "klasse",
            "kategorie",
            "alterskl",
            "age group name",
        ),
        *("categoria", "grupo de edad", "categorie", "categorie d age", "categorie age"),
    ),
    "race_name": (
        *(
            "race name",
            "race",
            "event",
            "distance",
            "event name",
            "race event",
            "sub event",
            "registered race",
        ),
        *("course", "contest", "contest name", "reg choice", "registration choice", "competition", "choice"),
        *("wettbewerb", "bewerb", "lauf", "strecke", "distanz", "disziplin", "rennen"),
        *("carrera", "prueba", "distancia", "modalidad", "recorrido", "epreuve", "parcours"),
    ),
    "wave": (
        *("wave", "corral", "start group", "start wave", "wave name", "starting wave", "start corral", "pen"),
        *("startgruppe", "welle", "startwelle", "startblock", "block", "oleada", "ola", "cajon", "salida"),
        *("vague", "sas", "vague de depart", "sas de depart"),
    ),
    "team_name": (
        *("team name", "team", "club", "team club", "club team", "group", "group name", "corporate team"),
        *("verein", "mannschaft", "firma", "teamname", "vereinsname", "equipo", "club equipo", "equipe"),
        *("nom de l equipe", "club ou equipe", "association", "club name"),
    ),
    "status": (
        *(
            "status",
            "entry status",
            "registration status",
            "participant status",
            "reg status",
            "athlete status",
        ),
        *("anmeldestatus", "situacion", "statut"),
    ),
    "notes": (
        *("notes", "note", "announcer notes", "announcer note", "announcer", "bio", "fun fact", "comment"),
        *("comments", "remarks", "about", "bemerkung", "bemerkungen", "notiz", "notizen", "anmerkung"),
        *("kommentar", "info sprecher", "sprecher", "notas", "observaciones", "comentarios", "remarques"),
        *("commentaire", "commentaires"),
    ),
    "privacy": (
        *("privacy", "private", "anonymous", "hide name", "hidden", "hide", "anonymize", "do not publish"),
        *("anonym", "datenschutz", "sperrvermerk", "privado", "anonimo", "privacidad", "prive", "anonyme"),
    ),
    EXTERNAL_ID: (
        *("external id", "registration id", "registrant id", "registration number", "participant id"),
        *("entry id", "entry number", "athlete id", "runner id", "reg id", "id", "user id", "order item id"),
        *("confirmation", "confirmation number", "anmeldenummer", "anmelde id", "teilnehmer id", "tn id"),
        *("id inscripcion", "inscripcion", "numero de inscripcion", "id inscription", "numero d inscription"),
    ),
}
"""A word stands for its spellings: any case, without accents, with anything between the words."""
NOT_WANTED: Final = (
    *(
        "email",
        "e mail",
        "mail",
        "phone",
        "mobile",
        "cell",
        "telefon",
        "handy",
        "telefono",
        "telephone",
        "movil",
    ),
    *(
        "portable",
        "street",
        "address",
        "address 1",
        "address 2",
        "strasse",
        "adresse",
        "anschrift",
        "direccion",
    ),
    *("domicilio", "zip", "zip code", "postal code", "postcode", "plz", "codigo postal", "code postal"),
    *("iban", "password", "ip address", "correo", "correo electronico", "courriel", "dni", "nif", "passport"),
    *(
        "amount paid",
        "price",
        "payment",
        "transaction id",
        "insurance",
        "allergies",
        "medical",
        "medical info",
    ),
)
"""What a registration knows and a finish line must not: kept only when somebody says so."""
LAST_BESIDE_FIRST: Final = frozenset({"name", "nom"})
"""What is the last name where another column is the first name."""
FIRST_BESIDE_LAST: Final = frozenset({"nombre", "nome"})
YEARS: Final = frozenset(
    {"jahrgang", "jg", "yearofbirth", "birthyear", "yob", "anodenacimiento", "anneedenaissance"}
)
"""A year is no birth date: kept under its own name."""

_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ñ": "n", "ø": "o", "æ": "ae"})


def plain(header: str) -> str:
    """A header as it is compared: letters and digits, small, without accents."""
    text = header.casefold().translate(_LETTERS)
    if not text.isascii():
        text = "".join(filter(_is_no_accent, unicodedata.normalize("NFKD", text)))
    return "".join(filter(str.isalnum, text))


def _is_no_accent(char: str) -> bool:
    return not unicodedata.combining(char)


_FIELD_OF: Final = {plain(word): field for field, words in NAMES.items() for word in words}
_NOT_WANTED: Final = frozenset(map(plain, NOT_WANTED))


def field_of(header: str) -> str | None:
    """The field that this header names; None: none that is known. A second one (`Tag 2`) is of tags alone."""
    text = plain(header)
    found = _FIELD_OF.get(text)
    if found is None and _FIELD_OF.get(text.rstrip("0123456789")) == TAG_FIELD:
        return TAG_FIELD
    return found


def is_known(header: str) -> bool:
    """Whether a cell is what columns are called: in a row of them it is no runner."""
    text = plain(header)
    return field_of(header) is not None or text in _NOT_WANTED or text in YEARS


def is_wanted(header: str) -> bool:
    """Whether a column that is none of the fields may be kept at all, unless somebody says so."""
    text = plain(header)
    return text not in _NOT_WANTED and not is_private(header)
