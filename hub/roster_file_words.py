"""What is said of a roster's file between the hub and the process that reads it: what is wanted, what the file looks
like, its rows piece by piece. Knows shapes and limits; refuses to know files.
"""

from typing import Final

import msgspec

from hub.roster_words import FIELDS, Entry

ROSTER: Final = "roster"
TAGS: Final = "tags"
"""A file that says nothing but which tag is whose."""
KINDS: Final = (ROSTER, TAGS)

CUSTOM: Final = "custom"
"""A column that is kept under its own name."""
TAG_FIELD: Final = "tags"
NAME: Final = "name"
EXTERNAL_ID: Final = "external_id"
BIRTH_DATE: Final = "birth_date"
DAY_FIRST: Final = "birth_date:dmy"
MONTH_FIRST: Final = "birth_date:mdy"

COLUMN_FIELDS: Final[dict[str, str]] = {
    "bib": FIELDS["bib"],
    TAG_FIELD: "Tags",
    NAME: "First and last name",
    "first_name": FIELDS["first_name"],
    "last_name": FIELDS["last_name"],
    "phonetic": FIELDS["phonetic"],
    "age": FIELDS["age"],
    BIRTH_DATE: "Birth date (2010-05-31)",
    DAY_FIRST: "Birth date (31.5.2010)",
    MONTH_FIRST: "Birth date (5/31/2010)",
    **{
        name: label
        for name, label in FIELDS.items()
        if name not in ("bib", "first_name", "last_name", "phonetic", "age", BIRTH_DATE)
    },
    EXTERNAL_ID: "Number of the registration",
    CUSTOM: "A column of its own",
}
"""What a column of a roster may be, and what people call it."""
TAG_FILE_FIELDS: Final = ("bib", TAG_FIELD)
"""What one of a file of tags may be."""

LEFT_OUT: Final = ("line", "reason")
"""The first columns of a table of rows that were left out: no runner's, when they come again."""
COLUMNS_MAX: Final = 200
HEADER_LINES_MAX: Final = 50
"""The line that names the columns is one of so many first ones."""
SAMPLES_MAX: Final = 5
SAMPLE_CHARS_MAX: Final = 60
PIECE_ROWS: Final = 250
"""In a frame: half a millisecond in which no screen hears of anything, as it is read."""
CELLS_SHOWN_CHARS_MAX: Final = 2000
"""Of a row that was left out, in all its cells together."""


class Wanted(msgspec.Struct):
    """What is to be read of a file. today: ISO; nobody is born later. look: say what it is like, and no more. Nothing
    said of encoding, delimiter, sheet or header_line (0: no line names the columns): they are guessed. columns: what
    each is, by its number; None: that is guessed, too; a column that is not named is left out."""

    name: str
    kind: str
    rows_max: int
    today: str
    look: bool = False
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    header_line: int | None = None
    columns: dict[int, str] | None = None


class Column(msgspec.Struct):
    """header: its name, else `Column 1`. field: what it seems to be, one of COLUMN_FIELDS; None: nothing that is
    wanted."""

    index: int
    header: str
    samples: list[str]
    field: str | None


class Look(msgspec.Struct, tag=True):
    """What a file is like. rows: without what stands above them. header_line: from 1; 0: no line names the columns.
    Encodings and delimiters: those that may be asked for instead; none of a workbook."""

    format: str
    sheets: list[str]
    sheet: str
    encoding: str
    encodings: list[str]
    delimiter: str
    delimiters: list[str]
    header_line: int
    rows: int
    columns: list[Column]


class Bad(msgspec.Struct):
    """A row that was left out. line: from 1. cells: as they are, or their beginning. who: whom it means, as far as it
    says so."""

    line: int
    reason: str
    cells: list[str]
    who: Entry | None = None


class Piece(msgspec.Struct, tag=True):
    """Some rows: each is an entry, or bad. done: rows so far, of so many."""

    entries: list[Entry]
    bad: list[Bad]
    done: int
    total: int


class End(msgspec.Struct, tag=True):
    """All rows were read."""

    rows: int
    good: int
    left_out: int


class Wrong(msgspec.Struct, tag=True):
    """The file as a whole is no roster, and why."""

    message: str


class Fault(msgspec.Struct, tag=True):
    """What reads has failed, and where."""

    words: str


Frame = Look | Piece | End | Wrong | Fault
