"""Rosters that are text: what letters the bytes are, what stands between the cells, and the rows. Knows CSV as programs
write it, and as people leave it; refuses to know what a column is.

A row that cannot be read never takes the next one with it: a quote that is not closed ends with its own line.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import charset_normalizer

from hub.errors import FileFormatError
from hub.roster_file_names import is_known

UTF8: Final = "utf-8"
UTF16: Final = "utf-16"
BIG: Final = "utf-16-be"
ENCODINGS: Final[dict[str, str]] = {
    UTF8: "UTF-8",
    UTF16: "UTF-16",
    "cp1252": "Western European (Windows)",
    "iso8859-15": "Western European (ISO)",
    "mac-roman": "Western European (Mac)",
    "cp850": "Western European (DOS)",
    "cp1250": "Central European (Windows)",
    "cp1251": "Cyrillic (Windows)",
    "cp1253": "Greek (Windows)",
    "cp1254": "Turkish (Windows)",
    "cp1257": "Baltic (Windows)",
    "shift-jis": "Japanese (Shift JIS)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "euc-kr": "Korean (EUC-KR)",
}
"""What may be asked for, and what people call it. With a byte order mark or without."""
MARKS: Final = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, UTF16),
    (codecs.BOM_UTF16_BE, UTF16),
)
WESTERN: Final = "cp1252"
TURKISH: Final = "cp1254"
ICELANDIC: Final = frozenset("þðý")
NOT_TURKISH: Final = frozenset("óúíæáé")
"""What Turkish letters are in western encodings, and who has these has those, too: else the two are the same."""
CHAOS_MORE: Final = 0.05
"""Western letters are taken as long as they make not much less sense than others."""
NARROW: Final = ("cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp850", "mac_roman")
WIDE: Final = ("shift_jis", "gb18030", "big5", "euc_kr")
WIDE_BYTES_MIN: Final = 8
"""Fewer letters are hardly two bytes each."""
LETTERS_BYTES: Final = 32 * 1024
"""As much of the lines with other letters than English ones is looked at to tell which they are."""

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LINES_LOOKED_AT: Final = 30
LINE_CHARS_MAX: Final = 100_000
ROW_LINES_MAX: Final = 20
"""Of one row, with line breaks in its cells: a quote that is open for longer was not closed."""
_PAGE: Final = re.compile(r"\s*<(!doctype|html|table|meta|\?xml|head|body|style)\b", re.IGNORECASE)
_UNSEEN: Final = "\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069"
"""What is copied along from pages and mails: with it no bib would be found again."""
_NO_FORMULA: Final = re.compile("(?:^|(?<=[;\t\r\n|]))'(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
"""What the hub's own files, and those of others, put before what a spreadsheet would take for a formula."""
CONTROLS_MAX: Final = 0.02
"""Of all characters: in text there are fewer."""
OPEN_QUOTE: Final = "a quote is opened and not closed"
TOO_LONG: Final = "a cell that is far too long; is a quote not closed?"


class Line(NamedTuple):
    """A row with something in it: its first line from 1, its cells, trimmed; why it cannot be read, if so."""

    number: int
    cells: list[str]
    problem: str = ""


class _Open(Exception):
    """A row that does not end."""


def decoded(data: bytes, wanted: str, name: str) -> tuple[str, str]:
    """The text, and what encoding it is in: the wanted one, else what it seems to be. Raises FileFormatError."""
    encoding = wanted or encoding_of(data)
    if encoding not in ENCODINGS:
        raise FileFormatError(f"{name}: no encoding {encoding!r}; expected one of {', '.join(ENCODINGS)}")
    # A cell of another program's making: that one is wrong, and all others are right.
    text = data.decode(BIG if encoding == UTF16 and _is_big(data) else encoding, "replace")
    text = text.removeprefix("\ufeff")
    if _is_binary(text):
        raise FileFormatError(f"{name}: this is no text and no workbook; expected a CSV or an Excel file")
    if _PAGE.match(text):
        raise FileFormatError(
            f"{name}: this is a web page or XML, whatever it is called; open it in a spreadsheet, and save it as xlsx"
            " or CSV"
        )
    return text, encoding


def encoding_of(data: bytes) -> str:
    """By its mark; else UTF-8, if all of it is; else what its letters make most sense in."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    head = data[:2000]
    if len(head) > 3 and max(head[::2].count(0), head[1::2].count(0)) * 5 > len(head) // 2 * 2:
        return UTF16
    try:
        data.decode(UTF8)
    except UnicodeDecodeError:
        return _by_letters(data)
    return UTF8


def _is_big(data: bytes) -> bool:
    """Whether UTF-16 has the greater byte first, where no mark says so."""
    head = data[:2000]
    return not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and head[::2].count(0) > head[
        1::2
    ].count(0)


def _by_letters(data: bytes) -> str:
    """Of bytes that are no UTF-8. What few letters do not tell is western."""
    lines = b"\n".join(_with_letters(data))[:LETTERS_BYTES]
    if lines.decode(UTF8, "replace").count("\ufffd") * 50 < sum(each > 0x7F for each in lines):
        return UTF8  # a few bytes of it are damaged
    wide = WIDE if sum(each > 0x7F for each in lines) >= WIDE_BYTES_MIN else ()
    found = charset_normalizer.from_bytes(
        lines, cp_isolation=[WESTERN, *NARROW, *wide], threshold=0.5, preemptive_behaviour=False
    )
    best = found.best()
    if best is None or WESTERN in best.could_be_from_charset:
        return WESTERN
    western = next((each for each in found if each.encoding == WESTERN), None)
    if western is not None and western.chaos <= best.chaos + CHAOS_MORE:
        letters = set(str(western).casefold())
        return TURKISH if letters & ICELANDIC and not letters & NOT_TURKISH else WESTERN
    return best.encoding.replace("_", "-")


def _with_letters(data: bytes) -> Iterator[bytes]:
    size = 0
    for line in data.splitlines():
        if not line.isascii():
            yield line
            size += len(line)
            if size > LETTERS_BYTES:
                return


def _is_binary(text: str) -> bool:
    head = text[:20_000]
    controls = sum(1 for char in head if char < " " and char not in "\t\n\r\0\x0b\x0c") + head.count("\ufffd")
    return controls > 5 and controls > len(head) * CONTROLS_MAX


def delimiter_of(text: str) -> str:
    """The one with which the first lines name most columns that we know, else with which most of them are alike."""
    lines = list(_first_lines(text))
    if lines and (found := lines[0].strip().lower()).startswith("sep=") and found[4:5] in DELIMITERS:
        return found[4:5]

    def worth(delimiter: str) -> tuple[int, int, int]:
        rows = [_cells(line, delimiter) for line in lines]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, alike = max(widths.items(), key=lambda each: (each[1], each[0]), default=(1, 0))
        return max((sum(map(is_known, row)) for row in rows), default=0), alike, width

    return max(DELIMITERS, key=worth)


def _first_lines(text: str) -> Iterator[str]:
    count = 0
    for line in io.StringIO(text[: LINES_LOOKED_AT * LINE_CHARS_MAX], newline=""):
        if line.strip():
            yield line[:LINE_CHARS_MAX]
            count += 1
            if count == LINES_LOOKED_AT:
                return


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def rows(text: str, delimiter: str) -> Iterator[Line]:
    """Those with something in them, and those that cannot be read. Excel's `sep=;` is none."""
    feed = _Feed(text)
    breaks = _width(text, delimiter) - 1
    if (text[:4].lower()) == "sep=":
        feed.skip()
    while True:
        reader = csv.reader(feed, delimiter=delimiter)
        try:
            for cells in reader:
                if feed.is_long and _has_rows(cells, delimiter, breaks):
                    raise _Open
                number = feed.taken()
                if found := trimmed(cells):
                    yield Line(number, found)
            return
        except (csv.Error, _Open) as problem:
            number, line = feed.back()
            reason = OPEN_QUOTE if isinstance(problem, _Open) else TOO_LONG
            yield Line(number, trimmed(line.split(delimiter)), reason)


def _width(text: str, delimiter: str) -> int:
    """The cells of a row, of most of the first lines."""
    widths = Counter(line.count(delimiter) + 1 for line in _first_lines(text))
    return max(widths, key=lambda width: (widths[width], width), default=1)


def _has_rows(cells: Sequence[str], delimiter: str, breaks: int) -> bool:
    """Whether a cell with line breaks holds what looks like other rows: then its quote was not closed."""
    return any(
        line.count(delimiter) >= max(1, breaks)
        for cell in cells
        if "\n" in cell or "\r" in cell
        for line in cell.splitlines()[1:]
    )


class _Feed:
    """The lines of a text, for a reader of CSV; those of a row that never ends can be had again, but for its first."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self._again: list[str] = []
        self._given: list[str] = []
        self._number = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._given) >= ROW_LINES_MAX:
            raise _Open
        line = self._again.pop() if self._again else self._lines.readline()
        if not line:
            if self._given:
                raise _Open
            raise StopIteration
        self._given.append(line)
        return line

    @property
    def is_long(self) -> bool:
        """Whether what was given since the last row is several lines."""
        return len(self._given) > 1

    def taken(self) -> int:
        """What was given was a row. The number of its first line."""
        number = self._number
        self._number += len(self._given)
        self._given.clear()
        return number

    def back(self) -> tuple[int, str]:
        """What was given was none: its first line, and where that stands; the others come again."""
        first, *others = self._given
        self._again += reversed(others)
        self._given.clear()
        self._number += 1
        return self._number - 1, first

    def skip(self) -> None:
        next(self)
        self.taken()


def trimmed(cells: Sequence[str]) -> list[str]:
    """Without blanks and what nobody sees around each, and without empty ones at the end, which spreadsheets like to
    add."""
    found = [cell.strip() if cell.isascii() else cell.strip().strip(_UNSEEN).strip() for cell in cells]
    while found and not found[-1]:
        found.pop()
    return [_NO_FORMULA.sub("", cell) if "'" in cell else cell for cell in found]
