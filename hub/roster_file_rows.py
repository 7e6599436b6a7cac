"""Rows of a roster's file as entries, or why there is none. Pure: the cells of a row in, an `Entry` or a reason out.
Knows what each column is, and what was said in the rows before; refuses to guess a person.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from hub.errors import FileFormatError
from hub.roster import normal
from hub.roster_file_dates import DAY_FIRST as DMY
from hub.roster_file_dates import MONTH_FIRST as MDY
from hub.roster_file_dates import NOTHING, YEAR_FIRST, read
from hub.roster_file_words import (
    BIRTH_DATE,
    CUSTOM,
    DAY_FIRST,
    EXTERNAL_ID,
    MONTH_FIRST,
    NAME,
    TAG_FIELD,
    TAGS,
    Wanted,
)
from hub.roster_words import (
    BIB_ONLY,
    FIELD_CHARS_MAX,
    FIELDS,
    INITIALS,
    PUBLIC,
    TAGS_MAX,
    Entry,
    Layer,
)

SHOWN_CHARS_MAX: Final = 60
"""Of a cell, where a reason shows it."""
WHO: Final = ("bib", TAG_FIELD, NAME, "first_name", "last_name")
"""What a roster must have one of."""
PLAIN: Final = FIELDS.keys() - {BIRTH_DATE, "privacy"}
"""What is taken as it is."""
BIRTHS: Final = {BIRTH_DATE: YEAR_FIRST, DAY_FIRST: DMY, MONTH_FIRST: MDY}
EXPECTED: Final = {
    BIRTH_DATE: "one like 2010-05-31",
    DAY_FIRST: "day, month and year, like 31.5.2010",
    MONTH_FIRST: "month, day and year, like 5/31/2010",
}
PRIVACY_WORDS: Final = {
    **dict.fromkeys(("public", "no", "n", "0", "false", "nein", "non", "none", "-"), PUBLIC),
    **dict.fromkeys(("initials", "yes", "y", "1", "true", "x", "ja", "j", "oui", "si", "sí"), INITIALS),
    **dict.fromkeys(("private", "anonymous", "anonym", "anonyme", "anonimo", "anónimo"), INITIALS),
    **dict.fromkeys(("bib", "bib only", "hidden", "hide"), BIB_ONLY),
}


class Reason(Exception):
    """Why a row is left out."""


class Rows:
    """Rows of a roster, from the first to the last. columns: what each is; headers: what each is called."""

    def __init__(self, columns: Mapping[int, str], headers: Sequence[str], today: date) -> None:
        # what is read
        self._columns = sorted((each for each in columns.items()), key=lambda each: each[0])
        self._headers = headers
        self._today = today
        # what was said before
        self._bibs: dict[str, int] = {}
        self._ids: dict[str, int] = {}

    def take(self, line: int, cells: Sequence[str]) -> Entry:
        """Raises Reason."""
        _check_width(cells, len(self._headers))
        said = Layer(fields={}, custom={})
        tags: list[str] = []
        name = external_id = ""
        for index, field in self._columns:
            cell = cells[index] if index < len(cells) else ""
            if not cell:
                continue
            if len(cell) > FIELD_CHARS_MAX or "\0" in cell:
                _check(cell, self._headers[index])
            if field in PLAIN:
                said.fields[field] = cell
            elif field == TAG_FIELD:
                tags += tags_of(cell)
            elif field == CUSTOM:
                said.custom[self._headers[index]] = cell
            elif field == NAME:
                name = cell
            elif field == EXTERNAL_ID:
                external_id = cell
            else:
                self._say(said.fields, field, cell)
        _name(said.fields, name)
        said.tags = list(dict.fromkeys(tags)) or None
        self._check_who(said, line, external_id)
        return Entry(said, external_id, line)

    def who(self, line: int, cells: Sequence[str]) -> Entry | None:
        """Whom a row means that is left out; None: it does not say."""
        said, tags, name, external_id = Layer(fields={}), list[str](), "", ""
        for index, field in self._columns:
            cell = cells[index] if index < len(cells) else ""
            if not cell or len(cell) > FIELD_CHARS_MAX or "\0" in cell:
                continue
            if field in ("bib", "first_name", "last_name"):
                said.fields[field] = cell
            elif field == TAG_FIELD:
                tags += tags_of(cell)
            elif field == NAME:
                name = cell
            elif field == EXTERNAL_ID:
                external_id = cell
        _name(said.fields, name)
        said.tags = tags[:TAGS_MAX] or None
        known = said.fields or said.tags or external_id
        return Entry(said, external_id, line, left_out=True) if known else None

    def end(self) -> list[Entry]:
        """What could not be said before all rows were seen."""
        return []

    def _say(self, fields: dict[str, str], field: str, cell: str) -> None:
        if field in BIRTHS:
            if cell.casefold() in NOTHING:
                return
            born = read(cell, BIRTHS[field], self._today)
            if not born:
                raise Reason(f"birth date {_shown(cell)} is none; expected {EXPECTED[field]}")
            fields[BIRTH_DATE] = born
        elif field == "privacy":
            word = PRIVACY_WORDS.get(cell.casefold())
            if word is None:
                raise Reason(f"privacy {_shown(cell)}; expected {PUBLIC}, {INITIALS} or {BIB_ONLY}")
            fields[field] = word

    def _check_who(self, said: Layer, line: int, external_id: str) -> None:
        bib = said.fields.get("bib", "")
        if (
            not bib
            and not said.tags
            and not said.fields.get("first_name")
            and not said.fields.get("last_name")
        ):
            raise Reason("neither a bib nor a tag nor a name")
        if len(said.tags or ()) > TAGS_MAX:
            raise Reason(f"{len(said.tags or ())} tags; expected at most {TAGS_MAX}")
        if bib and (before := self._bibs.get(normal(bib))):
            raise Reason(f"bib {_shown(bib)} is on line {before} already")
        if external_id and (before := self._ids.get(external_id)):
            raise Reason(f"registration {_shown(external_id)} is on line {before} already")
        if bib:
            self._bibs[normal(bib)] = line
        if external_id:
            self._ids[external_id] = line


class TagRows:
    """Rows of a file that says which tag is whose. One bib may have several, in one row or in many."""

    def __init__(self, columns: Mapping[int, str], headers: Sequence[str]) -> None:
        """The columns are checked, by `check_columns`."""
        self._tags_at = sorted(index for index, field in columns.items() if field == TAG_FIELD)
        (self._bib_at, *_) = (index for index, field in sorted(columns.items()) if field == "bib")
        self._headers = headers
        self._entries: dict[str, Entry] = {}
        self._whose: dict[str, tuple[str, int]] = {}

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Raises Reason; then nothing of the row is kept."""
        _check_width(cells, len(self._headers))
        bib = self._cell(cells, self._bib_at)
        tags = [tag for index in self._tags_at for tag in tags_of(self._cell(cells, index))]
        if not bib:
            raise Reason("no bib")
        if not tags:
            raise Reason("no tag")
        key = normal(bib)
        for tag in tags:
            owner, before = self._whose.get(normal(tag), (key, 0))
            if owner != key:
                raise Reason(
                    f"tag {_shown(tag)} is bib {_shown(self._bib(owner))}'s on line {before} already"
                )
        entry = self._entries.get(key)
        before_tags = [] if entry is None else entry.said.tags or []
        held = {normal(each) for each in before_tags}
        new = {normal(tag): tag for tag in reversed(tags) if normal(tag) not in held}
        if len(held) + len(new) > TAGS_MAX:
            raise Reason(f"bib {_shown(bib)} has {len(held) + len(new)} tags; expected at most {TAGS_MAX}")
        if entry is None:
            entry = self._entries[key] = Entry(Layer(fields={"bib": bib}, tags=[]), line=line)
        for each in reversed(new.items()):
            self._whose[each[0]] = (key, line)
        entry.said.tags = [*before_tags, *reversed(new.values())]

    def who(self, line: int, cells: Sequence[str]) -> Entry | None:
        """Whose tags a row means that is left out; None: it does not say."""
        bib = cells[self._bib_at] if self._bib_at < len(cells) else ""
        if not bib or len(bib) > FIELD_CHARS_MAX or "\0" in bib:
            return None
        return Entry(Layer(fields={"bib": bib}), line=line, left_out=True)

    def end(self) -> list[Entry]:
        """All of them: what is said of one may stand on many lines."""
        return list(self._entries.values())

    def _bib(self, key: str) -> str:
        return self._entries[key].said.fields["bib"]

    def _cell(self, cells: Sequence[str], index: int) -> str:
        cell = cells[index] if index < len(cells) else ""
        _check(cell, self._headers[index])
        return cell


def check_columns(columns: Mapping[int, str], headers: Sequence[str], wanted: Wanted, line: int) -> None:
    """Raises FileFormatError when these columns say of nobody who it is, or whose tag. line: that of their names."""
    fields = set(columns.values())
    where = f"{wanted.name}: line {line}: " if line else f"{wanted.name}: "
    if wanted.kind == TAGS and not {"bib", TAG_FIELD} <= fields:
        raise FileFormatError(f"{where}expected a column of bibs and one of tags, found {_listed(headers)}")
    if wanted.kind != TAGS and not fields & set(WHO):
        raise FileFormatError(f"{where}expected a column named bib, tag or name, found {_listed(headers)}")


def tags_of(cell: str) -> list[str]:
    """Several in one cell are separated by `;` or `|`."""
    return [tag for each in cell.replace("|", ";").split(";") if (tag := each.strip())]


def names_of(name: str) -> tuple[str, str]:
    """First and last name of a name in one cell: `Ann Lee`, or `Lee, Ann`."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    return first.strip(), last.strip()


def _name(fields: dict[str, str], name: str) -> None:
    """A name in one cell says something where the two parts do not."""
    if name and not fields.get("first_name") and not fields.get("last_name"):
        first, last = names_of(name)
        fields |= {key: text for key, text in (("first_name", first), ("last_name", last)) if text}


def _check_width(cells: Sequence[str], width: int) -> None:
    if len(cells) > width:
        raise Reason(f"{len(cells)} cells, but there are {width} columns")


def _check(cell: str, header: str) -> None:
    if len(cell) > FIELD_CHARS_MAX:
        hint = "; is a quote not closed?" if "\n" in cell else ""
        raise Reason(f"{_shown(header)}: a cell of more than {FIELD_CHARS_MAX} characters{hint}")
    if "\0" in cell:
        raise Reason(f"{_shown(header)}: holds a NUL character")


def _shown(text: str) -> str:
    """In one line, and its beginning only: it may be a picture."""
    plain = " ".join(text.replace("\0", " ").split())
    return plain if len(plain) <= SHOWN_CHARS_MAX else plain[: SHOWN_CHARS_MAX - 1] + "…"


def _listed(headers: Sequence[str]) -> str:
    text = ", ".join(map(_shown, headers[:12]))
    return text + (", ..." if len(headers) > 12 else "") if text else "nothing"
