"""A roster's file as a table: whatever it is, rows of text, as often as they are asked for; which line names the
columns, and what each seems to be. Knows files as bytes; refuses to know who gave them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from hub import roster_file_columns as columns
from hub import roster_file_text as text
from hub.errors import FileFormatError
from hub.roster_file_books import Book, is_book
from hub.roster_file_dates import Orders
from hub.roster_file_text import Line
from hub.roster_file_words import (
    BIRTH_DATE,
    COLUMNS_MAX,
    HEADER_LINES_MAX,
    SAMPLE_CHARS_MAX,
    SAMPLES_MAX,
    TAGS,
    Column,
    Look,
    Wanted,
)

SAMPLE_ROWS: Final = 2000
"""By as many the columns are guessed; whether the day comes before the month, by all."""
HEADER_ROWS: Final = 20
"""Titles above the names of the columns, and blank lines, are fewer."""
HEADER_CHARS_MAX: Final = 100
WIDE_SHARE: Final = 0.5
"""Of the rows, with more cells than there are names: then it is the names that lack."""
BARE_SHARE: Final = 0.2
"""The same where there are no names at all."""


class Table:
    """Raises FileFormatError for what is no table at all."""

    def __init__(self, data: bytes, wanted: Wanted) -> None:
        self.sheets: list[str] = []
        self.sheet = self.encoding = self.delimiter = ""
        self._name = wanted.name
        self._book: Book | None = None
        self._text = ""
        if is_book(data):
            self._book = Book(data, wanted.sheet, wanted.name)
            self.format = self._book.format
            self.sheets, self.sheet, self.total = self._book.sheets, self._book.sheet, self._book.total
            return
        self.format = "csv"
        self._text, self.encoding = text.decoded(data, wanted.encoding, wanted.name)
        self.delimiter = wanted.delimiter or text.delimiter_of(self._text)
        if self.delimiter not in text.DELIMITERS:
            raise FileFormatError(f"{wanted.name}: expected a comma, a semicolon, a tab or a | between cells")
        self.total = self._text.count("\n") + 1

    @property
    def is_book(self) -> bool:
        return self._book is not None

    def lines(self) -> Iterator[Line]:
        """All of them, anew each time."""
        return self._book.rows() if self._book is not None else text.rows(self._text, self.delimiter)


class Head:
    """What the first rows tell: line, the one that names the columns (0: none does); headers, a name for each; named,
    the same, but empty where there is none."""

    def __init__(self, table: Table, wanted: Wanted) -> None:
        """Raises FileFormatError."""
        first = list(islice(table.lines(), SAMPLE_ROWS))
        if not first:
            raise FileFormatError(
                f"{wanted.name}: empty; expected a first line that names the columns, like bib,tag,first_name"
            )
        self._name = wanted.name
        self.line, cells = self._header(first, wanted.header_line)
        self.rows = [each for each in first if each.number > self.line]
        width = max(len(cells), self._width(table.is_book))
        if width > COLUMNS_MAX:
            raise FileFormatError(f"{wanted.name}: {width} columns; expected at most {COLUMNS_MAX}")
        self.named = [" ".join(each.replace("\0", "").split())[:HEADER_CHARS_MAX] for each in cells]
        self.named += [""] * (width - len(cells))
        self.headers = columns.headers_of(self.named, width)
        self.values: list[list[str]] = [[] for _ in range(width)]
        for row in self.rows:
            if not row.problem:
                for values, cell in zip(self.values, row.cells, strict=False):
                    if cell:
                        values.append(cell)

    def _header(self, first: Sequence[Line], wanted: int | None) -> tuple[int, list[str]]:
        if wanted == 0:
            return 0, []
        if wanted is not None:
            for each in first:
                if each.number == wanted and wanted <= HEADER_LINES_MAX:
                    return each.number, each.cells
            raise FileFormatError(
                f"{self._name}: line {wanted} names no columns; expected one of the first {HEADER_LINES_MAX}"
            )
        rows = [each for each in first[:HEADER_ROWS] if not each.problem and each.number <= HEADER_LINES_MAX]
        index = columns.header_index([each.cells for each in rows])
        return (0, []) if index is None else (rows[index].number, rows[index].cells)

    def _width(self, is_book: bool) -> int:
        """Of the rows themselves: of text, as many cells as enough of them have, for one may have a comma too many."""
        widths = Counter(len(row.cells) for row in self.rows if not row.problem)
        if is_book or not widths:
            return max(widths, default=0)
        least = len(self.rows) * (WIDE_SHARE if self.line else BARE_SHARE)
        found = count = 0
        for width in sorted(widths, reverse=True):
            count += widths[width]
            if count >= least:
                found = width
                break
        return found


def looked(table: Table, wanted: Wanted, head: Head) -> Look:
    """What the file is like. Goes through all of it. Raises FileFormatError when it has too many rows."""
    tag_first = table.delimiter == ";"
    fields = columns.guess(head.named, head.values, wanted.kind == TAGS, tag_first)
    births = [index for index, field in enumerate(fields) if field == BIRTH_DATE]
    orders = {index: Orders() for index in births}
    count = 0
    for row in body(table, wanted, head):
        count += 1
        for index, order in orders.items():
            if index < len(row.cells):
                order.see(row.cells[index])
    for index, order in orders.items():
        fields[index] = columns.birth_field(head.named[index], order)
    return Look(
        format=table.format,
        sheets=table.sheets,
        sheet=table.sheet,
        encoding=table.encoding,
        encodings=[] if table.is_book else list(text.ENCODINGS),
        delimiter=table.delimiter,
        delimiters=[] if table.is_book else list(text.DELIMITERS),
        header_line=head.line,
        rows=count,
        columns=[
            Column(index, header, _samples(head.values[index]), fields[index])
            for index, header in enumerate(head.headers)
        ],
    )


def body(table: Table, wanted: Wanted, head: Head) -> Iterator[Line]:
    """The rows below the names. Raises FileFormatError when they are too many."""
    count = 0
    for row in table.lines():
        if row.number > head.line:
            count += 1
            if count > wanted.rows_max:
                raise FileFormatError(f"{wanted.name}: more than {wanted.rows_max} rows (limits.roster_rows)")
            yield row


def _samples(values: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for each in values:
        found[each.replace("\0", "\N{REPLACEMENT CHARACTER}")[:SAMPLE_CHARS_MAX]] = None
        if len(found) == SAMPLES_MAX:
            break
    return list(found)
