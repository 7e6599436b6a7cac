"""Names of partners and users: slugs, e-mail addresses, what people are called. Knows text; refuses to know what is
taken already, except where it is told.

An e-mail address is only how somebody signs in: nothing is sent to it. So it is checked for what would make two of
them look alike, and not for whether anybody reads it.
"""

import re
import unicodedata
from collections.abc import Container
from typing import Final

from hub.errors import Invalid

SLUG_CHARS_MIN: Final = 2
SLUG_CHARS_MAX: Final = 40
EMAIL_CHARS_MAX: Final = 254
"""RFC 5321, 4.5.3.1.3, without the angle brackets."""
NAME_CHARS_MAX: Final = 200
SLUG_OF_NOTHING: Final = "partner"
"""What a name becomes that has no letter with a Latin form."""

_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_NOT_IN_SLUGS: Final = re.compile(r"[^a-z0-9]+")
_WITHOUT_PARTS: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "ħ": "h"}
)
"""Letters that Unicode does not take apart into a Latin one and a mark."""
_LIST_MARKS: Final = frozenset('<>,;"')
"""Of an address book's line, or of several addresses at once."""
_TURNS: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of a line: a name must not rearrange the page around it."""


def slug_of(name: str) -> str:
    """A slug for a partner of this name."""
    letters = unicodedata.normalize("NFKD", name.casefold().translate(_WITHOUT_PARTS))
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    slug = _NOT_IN_SLUGS.sub("-", plain).strip("-")[:SLUG_CHARS_MAX].rstrip("-")
    return slug if len(slug) >= SLUG_CHARS_MIN else SLUG_OF_NOTHING


def free_slug(slug: str, taken: Container[str]) -> str:
    """The slug, or if it is taken the first with a number behind it that is not."""
    number, free = 1, slug
    while free in taken:
        number += 1
        tail = f"-{number}"
        free = slug[: SLUG_CHARS_MAX - len(tail)].rstrip("-") + tail
    return free


def slug(text: str) -> str:
    """A slug that somebody has chosen. Raises Invalid."""
    if not SLUG_CHARS_MIN <= len(text) <= SLUG_CHARS_MAX or not _SLUG.fullmatch(text):
        raise Invalid(
            f"slug: expected {SLUG_CHARS_MIN} to {SLUG_CHARS_MAX} of a-z, 0-9 and '-', which is neither first nor last",
            field="slug",
        )
    return text


def email(text: str) -> str:
    """An e-mail address as it is kept and compared: in lower case. Raises Invalid."""
    address = unicodedata.normalize("NFC", text.strip()).lower()
    before, at, behind = address.partition("@")
    wrong = not before or not at or not behind or "@" in behind or len(address) > EMAIL_CHARS_MAX
    if wrong or any(_has_no_place_in_addresses(char) for char in address):
        raise Invalid(
            f"email: expected one address like ann@example.org, of at most {EMAIL_CHARS_MAX} characters",
            field="email",
        )
    return address


def _has_no_place_in_addresses(char: str) -> bool:
    return char in _LIST_MARKS or unicodedata.category(char)[0] in "CZ"  # control, format, half, space


def name(text: str, field: str = "name", *, least: int = 0) -> str:
    """What somebody or something is called, in one line, with single spaces. `least`: characters. Raises Invalid."""
    called = " ".join(text.split())
    if not least <= len(called) <= NAME_CHARS_MAX or any(_has_no_place_in_names(char) for char in called):
        raise Invalid(
            f"{field}: expected {least} to {NAME_CHARS_MAX} characters in one line, without control characters",
            field=field,
        )
    return called


def _has_no_place_in_names(char: str) -> bool:
    return char in _TURNS or unicodedata.category(char) in ("Cc", "Cs")
