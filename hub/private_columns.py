"""Which of a roster's own columns are nobody's business, by what they are called: in English, German, Spanish and
French, as registrations write them. Pure: a name in, yes or no out.

No list of these is ever complete: whatever it does not know is shown, as whoever keeps a column wants it to be.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_PRIVATE: Final = re.compile(
    # how somebody is reached, and where they live
    r"mail|correo|courriel|phone(?!ti)|telefon|mobil|movil|contact|kontakt|address|adress|anschrift|street|strasse"
    r"|direccion|domicil|postal|postcode|postleit|\bzip|\b(cell|tel|fax|handy|portable|plz)\b"
    # how they are, and who looks after them
    r"|emergency|notfall|emergencia|urgence|medic|medik|medizin|allerg|alerg|krank|health|gesundheit|enferm|maladie"
    r"|blood|\bblut|sangui|disabilit|behinder|discapac|insur|versicher|\bseguros?\b|assuranc"
    # what they sign in, identify and pay with
    r"|passw|kennwort|contrasena|mot de passe|passport|reisepass|pasaporte|passeport|ausweis|\b(ssn|dni|nif|nie|iban)\b"
    r"|payment|\bpaid\b|bezahl|zahlung|\bpago\b|paiement|transaction|ip address"
)
_ANNOUNCERS: Final = re.compile(
    r"phonet|fonet|pronounc|pronunc|prononc|aussprach|birth|geburt|gebor|nacimi|naissance|\b(dob|born|geb)\b"
    r"|\b(notes?|notas?|comments?)\b|bemerk|anmerk|notiz|kommentar|coment|remarqu|remarks?\b|observac"
    r"|^(status|privacy)$"
)
_BORN: Final = re.compile(r"birth|geburt|gebor|nacimi|naissance|\b(dob|born|geb|yob|jahrgang|jg)\b")
_NO_WORDS: Final = re.compile(r"[\W_]+")
_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae"})


@lru_cache(maxsize=1024)
def is_private(column: str) -> bool:
    """Whether it says how somebody is reached, treated or insured, or what they pay with: kept only when somebody says
    so, and then for those who have signed in."""
    return _PRIVATE.search(_words(column)) is not None


@lru_cache(maxsize=1024)
def is_hidden(column: str) -> bool:
    """Whether it is only for those who have signed in: what is private, and what is for announcers."""
    return is_private(column) or _ANNOUNCERS.search(_words(column)) is not None


@lru_cache(maxsize=1024)
def is_birth(column: str) -> bool:
    """Whether it may say when somebody was born."""
    return _BORN.search(_words(column)) is not None


def _words(column: str) -> str:
    """Small, without accents, a blank between words."""
    text = column.casefold().translate(_LETTERS)
    if not text.isascii():
        text = "".join(
            char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
        )
    return _NO_WORDS.sub(" ", text).strip()
