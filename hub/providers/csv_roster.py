"""A roster from a CSV file with headers. Knows the columns timers use; refuses to guess a person.

The header names what each column is, in any case and with anything between the words: `bib`, `tag` (or `tags`,
`chip`; several in one cell are separated by `;` or `|`, and there may be several such columns), `first_name`,
`last_name`, or `name` for both, and the columns in NAMES. Any other column is kept with the participant under its
own name, and so is a second one of a kind.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hub.errors import FileFormatError
from hub.model import Participant
from hub.roster import interned

FIELD_CHARS_MAX: Final = 500
COLUMNS_MAX: Final = 200
SHOWN_CHARS_MAX: Final = 100
"""Of a header that is none: it may be a picture."""
DELIMITERS: Final = ",;\t|"

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "bib": ("bib", "bib number", "bib no", "race number", "number"),
    "tags": ("tag", "tags", "chip", "chips", "tag number", "tag code", "chip number", "chip code"),
    "first_name": ("first name", "first", "given name"),
    "last_name": ("last name", "last", "surname", "family name"),
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
_FIELD_OF: Final = {alias.replace(" ", ""): field for field, aliases in NAMES.items() for alias in aliases}

Line = tuple[int, list[str]]
"""(number of a row's first line, from 1; its cells, trimmed)"""


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
    headers = _headers(rows[0], name)
    participants: list[Participant] = []
    problems: list[RosterProblem] = []
    for line, cells in rows[1:]:
        made = _participant(headers, cells)
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
        pass
    try:
        return data.decode("cp1252")  # what spreadsheets call Latin-1: with typographic quotes
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _rows(text: str, rows_max: int, name: str) -> Iterator[Line]:
    """Rows that are not empty."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    line = 1
    for count, cells in enumerate(reader):
        if count > rows_max:
            raise FileFormatError(f"{name}: more than {rows_max} rows (limits.roster_rows)")
        trimmed = [cell.strip() for cell in cells]
        while trimmed and not trimmed[-1]:  # spreadsheets like to end a row with empty cells
            trimmed.pop()
        if trimmed:
            yield line, trimmed
        line = reader.line_num + 1


def _delimiter(text: str) -> str:
    """The one with which the first line names most columns that we know, else most columns."""
    line = next((line for line in io.StringIO(text, newline="") if line.strip()), "")[
        : COLUMNS_MAX * FIELD_CHARS_MAX
    ]

    def worth(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([line], delimiter=delimiter), [])
        return sum(_plain(cell) in _FIELD_OF for cell in cells), len(cells)

    return max(DELIMITERS, key=worth)


def _headers(first: Line, name: str) -> list[tuple[str, str]]:
    """(the field of a Participant, or nothing; the name of the column) of each column."""
    line, names = first
    if len(names) > COLUMNS_MAX or any(len(each) > FIELD_CHARS_MAX for each in names):
        raise FileFormatError(
            f"{name}: line {line}: expected at most {COLUMNS_MAX} columns, named in {FIELD_CHARS_MAX} characters"
        )
    fields = [_FIELD_OF.get(_plain(each), "") for each in names]
    if "bib" not in fields and "tags" not in fields:
        shown = ", ".join(names)[:SHOWN_CHARS_MAX]
        raise FileFormatError(f"{name}: line {line}: expected a column named bib or tag, found {shown!r}")
    return list(zip(fields, names, strict=True))


def _plain(header: str) -> str:
    return "".join(filter(str.isalnum, header.casefold()))


def _participant(headers: Sequence[tuple[str, str]], cells: Sequence[str]) -> Participant | str:
    """A participant, or why there is none."""
    if len(cells) > len(headers):
        return f"{len(cells)} cells, but the header names {len(headers)} columns"
    if long := next((cell for cell in cells if len(cell) > FIELD_CHARS_MAX), None):
        hint = "; is a quote not closed?" if "\n" in long else ""
        return f"a cell of more than {FIELD_CHARS_MAX} characters{hint}"
    known: dict[str, str] = {}
    tags: list[str] = []
    custom: list[tuple[str, str]] = []
    for (field, header), cell in zip(headers, cells, strict=False):
        if field == "tags":
            tags += filter(None, (tag.strip() for tag in cell.replace("|", ";").split(";")))
        elif field and cell and field not in known:
            known[field] = cell
        elif cell and header:
            custom.append((header, cell))
    first_name, last_name = _names(known.pop("name", ""))
    bib = known.pop("bib", "")
    if not bib and not tags:
        return "neither a bib nor a tag"
    if not (known.get("first_name") or known.get("last_name")):
        known |= {"first_name": first_name, "last_name": last_name}
    return interned(Participant(0, bib, tuple(dict.fromkeys(tags)), custom=tuple(custom), **known))


def _names(name: str) -> tuple[str, str]:
    """First and last name of a name in one cell: `Ann Lee`, or `Lee, Ann`."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    return first.strip(), last.strip()
