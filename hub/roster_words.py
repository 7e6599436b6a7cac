"""What may be said of a participant, by whom, and whose word holds. Knows the fields of a roster and their limits;
refuses to know files, services and tables.

Each origin says its own of a participant, in a layer: a registration service, a file, a file of tags, somebody's hand.
What is shown comes of all of them (`hub.participants`).
"""

from typing import Final

import msgspec

HAND: Final = "hand"
FILE: Final = "file"
TAGS: Final = "tags"
"""A file that says nothing but which tag is whose. Its word on tags holds before a file's and a service's."""
PROVIDER: Final = "provider"
ORIGINS: Final = (HAND, FILE, TAGS, PROVIDER)
ORDERED: Final = (HAND, PROVIDER, FILE)
"""Those whose order the user sets; as it is until somebody does."""

PUBLIC: Final = "public"
INITIALS: Final = "initials"
BIB_ONLY: Final = "bib"
PRIVACIES: Final = (PUBLIC, INITIALS, BIB_ONLY)
"""How much of a participant everybody sees: all; initials and what does not say who it is; the bib alone."""

FIELDS: Final[dict[str, str]] = {
    "bib": "Bib",
    "first_name": "First name",
    "last_name": "Last name",
    "phonetic": "Said as",
    "age": "Age",
    "birth_date": "Birth date",
    "gender": "Gender",
    "city": "City",
    "state": "Region",
    "country": "Country",
    "division": "Division",
    "race_name": "Race",
    "wave": "Wave",
    "team_name": "Team",
    "status": "Status",
    "notes": "Notes for the announcer",
    "privacy": "Privacy",
}
"""The text fields of a `hub.model.Participant`, and what people call them. Beside them: `tags` and `custom`."""

FIELD_CHARS_MAX: Final = 500
TAGS_MAX: Final = 20
"""Of one participant."""
CUSTOM_MAX: Final = 60
"""Columns of its own that a roster has."""


class Layer(msgspec.Struct, omit_defaults=True):
    """What one origin says of a participant. Of a field that it does not name, or with nothing, it says nothing: but
    the hand's word may be nothing at all.

    fields: by the names in FIELDS. tags None: it says nothing of them. custom: by the column's own name.
    more_tags, less_tags: of the hand's: what is added to and taken from whatever the others say. made: of the hand's:
    it has put this participant on the roster, and so no other takes them off.
    """

    fields: dict[str, str] = {}
    tags: list[str] | None = None
    custom: dict[str, str] = {}
    more_tags: list[str] = []
    less_tags: list[str] = []
    made: bool = False


class Entry(msgspec.Struct):
    """A participant as an origin has it. external_id: the service's own name for it, else nothing. line: where it
    stands in a file, from 1; 0: in none. left_out: it only says who is meant, so that nobody takes them for gone; why
    nothing else of it is taken has been said elsewhere."""

    said: Layer
    external_id: str = ""
    line: int = 0
    left_out: bool = False
