"""What comes of all that is said of a participant: whose word holds, field by field. Pure.

Knows layers and their order; refuses to know tables, files and services. Of a field the first origin holds that says
anything of it, in the session's order; but where the hand has locked a field, its word holds, even if it is nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from hub.model import Participant
from hub.roster_words import ORDERED, Entry, Layer

TAGS_FIELD: Final = "tags"
CUSTOM_PREFIX: Final = "custom:"
"""Before the name of a column of the roster's own, where a field is meant."""

Layers = Mapping[str, Layer]
"""By origin."""


class Record(msgspec.Struct):
    """A row of `participants`: `shown` is what comes of `layers`. gone: who has taken them off; empty: they are on the
    roster."""

    shown: Participant
    external_id: str = ""
    layers: dict[str, Layer] = {}
    locked: list[str] = []
    gone: str = ""


def merged(
    id_: int, layers: Layers, order: Sequence[str] = ORDERED, locked: Sequence[str] = ()
) -> Participant:
    """What is shown of a participant."""
    raise NotImplementedError


def origins_of(layers: Layers, order: Sequence[str] = ORDERED, locked: Sequence[str] = ()) -> dict[str, str]:
    """Whose word holds, of each field of which there is any; `custom:NAME` for the roster's own."""
    raise NotImplementedError


def layers_of(record: Record) -> dict[str, Layer]:
    """What each origin says of them. Rows of older hubs say nothing of it: all is of a file."""
    raise NotImplementedError


def differences(before: Participant, after: Participant) -> dict[str, list[str]]:
    """What is another, by field: [as it was, as it is now]."""
    raise NotImplementedError


def problem_of(entry: Entry) -> str:
    """Why it cannot be taken, in words; empty: it can."""
    raise NotImplementedError
