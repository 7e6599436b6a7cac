"""A roster's file while it is kept: what it is like, what its columns are to be, and the words by which somebody says
so. Knows what may be chosen; refuses to know where the file lies.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from hub.errors import Invalid
from hub.jobs import RUNNING, Job
from hub.model import SessionRow
from hub.roster_file_words import (
    COLUMN_FIELDS,
    CUSTOM,
    HEADER_LINES_MAX,
    KINDS,
    TAG_FIELD,
    TAG_FILE_FIELDS,
    TAGS,
    Look,
    Wanted,
)
from hub.roster_words import CUSTOM_MAX


class Otherwise(msgspec.Struct, forbid_unknown_fields=True):
    """How a file is to be read instead; what is not given stays, or is guessed anew where it depends on what is."""

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    kind: str | None = None
    header_line: int | None = None


class Chosen(msgspec.Struct, forbid_unknown_fields=True):
    """What each column is, by its number; None: it is left out. All None: as it was guessed, or chosen before."""

    columns: dict[str, str | None] | None = None


class Apply(msgspec.Struct, forbid_unknown_fields=True):
    """gone: what becomes of those whom a file said before, and this one does not."""

    gone: Literal["keep", "remove"]


class RosterFile:
    """One file. `columns`: what each is, as it was chosen last. `job`: the last one, for its preview or its use."""

    def __init__(
        self, number: int, row: SessionRow, wanted: Wanted, size: int, look: Look, now_us: int
    ) -> None:
        self.id = number
        self.partner_id = row.partner_id
        self.session_id = row.id
        self.bytes = size
        self.made_us = now_us
        self.job: Job | None = None
        self.has_problems = False
        self.take(wanted, look)

    def take(self, wanted: Wanted, look: Look) -> None:
        """It is read in this way from now on."""
        self.wanted = wanted
        self.look = look
        self.columns = {each.index: each.field for each in look.columns if each.field is not None}

    @property
    def is_busy(self) -> bool:
        return self.job is not None and self.job.status == RUNNING


def chosen(file: RosterFile, columns: Mapping[str, str | None]) -> dict[int, str]:
    """What each column is to be. Raises Invalid."""
    allowed = TAG_FILE_FIELDS if file.wanted.kind == TAGS else COLUMN_FIELDS
    found: dict[int, str] = {}
    for key, field in columns.items():
        index = int(key) if key.isascii() and key.isdecimal() and len(key) <= 4 else -1
        if not 0 <= index < len(file.look.columns):
            raise Invalid(f"columns: there is no column {key[:20]!r}", field="columns")
        if field is None:
            continue
        if field not in allowed:
            raise Invalid(f"columns: expected one of {', '.join(allowed)}", field="columns")
        found[index] = field
    if list(found.values()).count(CUSTOM) > CUSTOM_MAX:
        raise Invalid(f"columns: expected at most {CUSTOM_MAX} of its own", field="columns")
    plain = [field.partition(":")[0] for field in found.values() if field not in (CUSTOM, TAG_FIELD)]
    for field in plain:
        if plain.count(field) > 1:
            raise Invalid(f"columns: two columns are the {COLUMN_FIELDS[field].lower()}", field="columns")
    return found


def checked(words: Otherwise) -> Otherwise:
    if words.kind is not None and words.kind not in KINDS:
        raise Invalid(f"kind: expected one of {', '.join(KINDS)}", field="kind")
    if words.header_line is not None and not 0 <= words.header_line <= HEADER_LINES_MAX:
        raise Invalid(
            f"header_line: expected a line from 1 to {HEADER_LINES_MAX}, or 0 for none", field="header_line"
        )
    return words
