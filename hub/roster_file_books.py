"""Rosters that are workbooks: xlsx, xlsb, xls and ods, by calamine. Knows sheets, and cells as text; refuses to know
what a column is.

A workbook of some kilobytes may unpack to gigabytes: what its parts say they hold is added up before one is opened, and
the process that reads has no more memory than a roster needs (hub/roster_reading.py).
"""

import io
import math
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

import python_calamine as calamine

from hub.errors import FileFormatError
from hub.roster_file_text import Line, trimmed

ZIP: Final = b"PK\x03\x04"
OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What xls begins with; and a workbook with a password."""
UNPACKED_BYTES_MAX: Final = 512 << 20
"""Of all parts together: 200,000 rows of forty columns, and half as much again."""
PARTS_MAX: Final = 2000
SHEETS_MAX: Final = 200
WHOLE_MAX: Final = 10**15
"""A number beyond this was cut by the spreadsheet itself."""
FORMATS: Final = (("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsb"), ("content.xml", "ods"))


class Book:
    """A workbook, one sheet of which is read. `sheets`: the names of those with cells, as they are in order."""

    def __init__(self, data: bytes, sheet: str, name: str) -> None:
        """`sheet` empty: the first that has rows. Raises FileFormatError."""
        self.format = _format(data, name)
        try:
            self._book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            self.sheets = [each.name for each in self._book.sheets_metadata if _is_shown(each)][:SHEETS_MAX]
        except calamine.PasswordError:
            raise FileFormatError(f"{name}: this workbook has a password; save it without one") from None
        except _BROKEN as problem:
            raise _damaged(name, problem) from problem
        if not self.sheets:
            raise FileFormatError(f"{name}: this workbook has no sheet")
        if sheet and sheet not in self.sheets:
            raise FileFormatError(f"{name}: no sheet {sheet!r}; expected one of {', '.join(self.sheets)}")
        self._name = name
        self.sheet = sheet or self._first()
        self._read = self._opened(self.sheet)
        start = self._read.start
        self._first_row, self._first_column = start if start is not None else (0, 0)
        self.total = self._read.height

    def rows(self) -> Iterator[Line]:
        """Those with something in them. Cells are in the columns of the sheet's used part."""
        if self._read.start is None:
            return
        try:
            for number, row in enumerate(self._read.iter_rows(), 1):
                if cells := trimmed(list(map(text_of, row))):
                    yield Line(number, cells)
        except _BROKEN as problem:
            raise _damaged(self._name, problem) from problem

    def _first(self) -> str:
        for each in self.sheets:
            if self._opened(each).height > 1:
                return each
        return self.sheets[0]

    def _opened(self, sheet: str) -> calamine.CalamineSheet:
        try:
            return self._book.get_sheet_by_name(sheet)
        except _BROKEN as problem:
            raise _damaged(self._name, problem) from problem


_BROKEN: Final = (calamine.CalamineError, ValueError, OSError, OverflowError, RuntimeError)


def is_book(data: bytes) -> bool:
    return data.startswith((ZIP, OLD))


def text_of(value: object) -> str:
    """A cell's value as people write it: 101.0 is 101, a day is ISO, a time of day has no day."""
    match value:
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case float():
            return _number(value)
        case datetime():
            day_only = value.time() == time()
            return value.date().isoformat() if day_only else value.isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("seconds")
        case timedelta():
            seconds = round(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case _:
            return ""


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    if value.is_integer() and abs(value) < WHOLE_MAX:
        return str(int(value))
    return repr(value)


def _format(data: bytes, name: str) -> str:
    """Of which kind it is. Raises FileFormatError for what is none, or unpacks to too much."""
    if data.startswith(OLD):
        return "xls"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError) as problem:
        raise _damaged(name, problem) from problem
    unpacked = sum(each.file_size for each in parts)
    if len(parts) > PARTS_MAX or unpacked > UNPACKED_BYTES_MAX:
        raise FileFormatError(
            f"{name}: unpacks to {unpacked >> 20} MiB in {len(parts)} parts; expected at most"
            f" {UNPACKED_BYTES_MAX >> 20} MiB in {PARTS_MAX}"
        )
    names = {each.filename for each in parts}
    for part, kind in FORMATS:
        if part in names:
            return kind
    raise FileFormatError(f"{name}: a zip file that is no workbook; unpack it first")


def _is_shown(sheet: calamine.SheetMetadata) -> bool:
    return (
        sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
    )


def _damaged(name: str, problem: BaseException) -> FileFormatError:
    words = " ".join(str(problem).split())[:200]
    return FileFormatError(f"{name}: this workbook cannot be read, it is damaged or was cut off ({words})")
