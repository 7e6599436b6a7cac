"""A roster from a CSV file with headers. Knows the columns timers use; refuses to guess a person.

The header names what each column is, in any case, with spaces, dashes or underscores: `bib`, `tag` (or `tags`,
`chip`; several are separated by `;` or `|`), `first_name`, `last_name`, or `name` for both, and the columns in
NAMES. Any other column is kept with the participant under its own name.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hub.errors import FileFormatError
from hub.model import Participant
from hub.roster import interned

FIELD_CHARS_MAX: Final = 500
COLUMNS_MAX: Final = 200

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "bib": ("bib", "bib number", "bib no", "race number", "number", "bib#"),
    "tags": ("tag", "tags", "chip", "tag number", "tag code", "chip number", "chip code"),
    "first_name": ("first name", "first", "firstname", "given name"),
    "last_name": ("last name", "last", "lastname", "surname", "family name"),
    "name": ("name", "full name", "participant", "runner"),
    "age": ("age",),
    "gender": ("gender", "sex"),
    "city": ("city", "town", "hometown"),
    "state": ("state", "region", "province"),
    "country": ("country", "nation", "nationality"),
    "division": ("division", "age group", "category", "bracket"),
    "race_name": ("race name", "race", "event", "distance"),
    "wave": ("wave", "corral", "start group"),
    "team_name": ("team name", "team", "club"),
}
_FIELD_OF: Final = {alias: field for field, aliases in NAMES.items() for alias in aliases}


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """A row that was left out. `line` counts from 1, the header being the first."""

    line: int
    reason: str


def parse(data: bytes, *, name: str, rows_max: int) -> tuple[list[Participant], list[RosterProblem]]:
    """The participants, with ids 0, and the rows that were left out with their reasons.

    Raises FileFormatError when the file as a whole is no roster: no header with a bib or a tag, a NUL byte, more
    than `rows_max` rows.
    """
    text = _decode(data, name)
    try:
        rows = list(_rows(text, rows_max, name))
    except csv.Error as problem:
        raise FileFormatError(f"{name}: {problem}") from problem
    if not rows:
        raise FileFormatError(
            f"{name}: empty; expected a first line that names the columns, like bib,tag,first_name"
        )
    fields = [_FIELD_OF.get(_plain(header), "") for header in rows[0][1]]
    if "bib" not in fields and "tags" not in fields:
        raise FileFormatError(
            f"{name}: line 1: expected a column named bib or tag, found {', '.join(rows[0][1])}"
        )
    participants: list[Participant] = []
    problems: list[RosterProblem] = []
    for line, cells in rows[1:]:
        made = _participant(fields, rows[0][1], cells)
        if isinstance(made, str):
            problems.append(RosterProblem(line, made))
        else:
            participants.append(made)
    return participants, problems


def _decode(data: bytes, name: str) -> str:
    if b"\0" in data:
        raise FileFormatError(f"{name}: holds NUL bytes; expected a CSV file in UTF-8 or Latin-1")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _rows(text: str, rows_max: int, name: str) -> Iterator[tuple[int, list[str]]]:
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for count, cells in enumerate(reader):
        if count > rows_max:
            raise FileFormatError(f"{name}: more than {rows_max} rows (limits.roster_rows)")
        if any(cell.strip() for cell in cells):
            yield reader.line_num, [cell.strip() for cell in cells]


def _plain(header: str) -> str:
    return " ".join(header.casefold().replace("_", " ").replace("-", " ").split())


def _participant(fields: list[str], headers: list[str], cells: list[str]) -> Participant | str:
    """A participant, or why there is none."""
    if len(cells) > len(fields):
        return f"{len(cells)} cells, but the header names {len(fields)} columns"
    if any(len(cell) > FIELD_CHARS_MAX for cell in cells):
        return f"a cell of more than {FIELD_CHARS_MAX} characters"
    known: dict[str, str] = {}
    custom: list[tuple[str, str]] = []
    for field, header, cell in zip(fields, headers, cells, strict=False):
        if field and cell:
            known.setdefault(field, cell)
        elif cell and header:
            custom.append((header, cell))
    tags = tuple(tag.strip() for tag in known.pop("tags", "").replace("|", ";").split(";") if tag.strip())
    name = known.pop("name", "")
    if name and not ("first_name" in known or "last_name" in known):
        known["first_name"], _, known["last_name"] = name.rpartition(" ")
    bib = known.pop("bib", "")
    if not bib and not tags:
        return "neither a bib nor a tag"
    return interned(Participant(0, bib, tags, custom=tuple(custom), **known))
