"""Birth dates as rosters write them. Pure: a text and the order of its parts in, an ISO date out. Refuses to guess the
order from one row: `order_of` decides it by the whole column.
"""

import re
from collections import Counter
from datetime import date, timedelta
from typing import Final

YEAR_FIRST: Final = "ymd"
DAY_FIRST: Final = "dmy"
MONTH_FIRST: Final = "mdy"

YEAR_MIN: Final = 1900
NOTHING: Final = frozenset({"", "-", "--", "?", "n/a", "na", "none", "null", "0", "0000-00-00", "unknown"})
"""What programs write where they know none."""
_TIME: Final = re.compile(r"[T ]+\d{1,2}:\d\d.*$")
_PARTS: Final = re.compile(r"[\s./,\-]+")
_USUAL: Final = re.compile(r"([0-9]{1,4})[./\-]([0-9]{1,2})[./\-]([0-9]{2,4})")
_SERIAL: Final = re.compile(r"[1-9][0-9]{4}")
_SERIAL_FROM: Final = date(1899, 12, 30)
"""Days since then: 29221 is the first of January 1980, where a spreadsheet has forgotten that it is a day."""
_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        (
            "jan janv ene januar jaenner",
            "feb fevr fev februar",
            "mar mrz mars maerz mae",
            "apr avr abr april",
            "may mai mayo",
            "jun juin juni",
            "jul juil juli juillet",
            "aug aout ago august",
            "sep sept",
            "oct okt oktober",
            "nov",
            "dec dez dic",
        ),
        1,
    )
    for word in words.split()
}
_LETTERS: Final = str.maketrans({"ä": "ae", "é": "e", "è": "e", "û": "u", "ü": "ue"})


def read(text: str, order: str, today: date) -> str:
    """The date in ISO 8601; empty when it is none, or nobody alive has it for a birth date."""
    parts = _parts(text)
    if parts is None:
        return _by_serial(text, today)
    first, _, third = parts
    months = [_month(each) for each in parts]
    numbers = [int(each) if each.isdecimal() else 0 for each in parts]
    if len(first) == 4 and numbers[0]:
        year, month, day = numbers[0], numbers[1] or months[1], numbers[2]
    elif months[0]:
        year, month, day = _year(third, today), months[0], numbers[1]
    elif months[1]:
        year, month, day = _year(third, today), months[1], numbers[0]
    elif order == MONTH_FIRST:
        year, month, day = _year(third, today), numbers[0], numbers[1]
    else:
        year, month, day = _year(third, today), numbers[1], numbers[0]
    try:
        found = date(year, month, day)
    except ValueError:
        return ""
    return found.isoformat() if found.year >= YEAR_MIN and found <= today else ""


def _by_serial(text: str, today: date) -> str:
    if not _SERIAL.fullmatch(text):
        return ""
    found = _SERIAL_FROM + timedelta(days=int(text))
    return found.isoformat() if found <= today else ""


class Orders:
    """Votes of a column's values for the order of their parts."""

    def __init__(self) -> None:
        self.votes: Counter[str] = Counter()
        self.dates = 0
        self.others = 0
        self.serials = 0
        """Of the others: numbers that are days, if the column's name says so."""
        self._slashes = False

    def see(self, text: str) -> None:
        """A value."""
        if text.casefold() in NOTHING:
            return
        parts = _parts(text)
        if parts is None or not (parts[0].isdecimal() or _month(parts[0])):
            self.serials += _SERIAL.fullmatch(text) is not None
            self.others += 1
            return
        self.dates += 1
        first, second, _ = parts
        if len(first) == 4:
            self.votes[YEAR_FIRST] += 1
        elif first.isdecimal() and second.isdecimal():
            self._see_numbers(text, int(first), int(second))

    def _see_numbers(self, text: str, first: int, second: int) -> None:
        if first > 12 >= second or "." in text:
            self.votes[DAY_FIRST] += 1
        elif second > 12 >= first:
            self.votes[MONTH_FIRST] += 1
        else:
            self._slashes |= "/" in text

    def order(self, slashes: str) -> str:
        """Of this column. `slashes`: what 5/6/2010 is where no row says more."""
        day, month, year = (self.votes[each] for each in (DAY_FIRST, MONTH_FIRST, YEAR_FIRST))
        if day or month:
            return MONTH_FIRST if month > day else DAY_FIRST
        if self._slashes:
            return slashes
        return DAY_FIRST if self.dates > year else YEAR_FIRST

    @property
    def are_dates(self) -> bool:
        """Whether nearly all of what stands there is dates."""
        return self.dates > 0 and self.others * 5 <= self.dates


def _parts(text: str) -> tuple[str, str, str] | None:
    usual = _USUAL.fullmatch(text)
    if usual is not None:
        return usual[1], usual[2], usual[3]
    text = _TIME.sub("", text.strip())
    if text.isascii() and text.isdecimal() and len(text) == 8:
        return text[:4], text[4:6], text[6:]
    parts = [each for each in _PARTS.split(text) if each]
    if len(parts) != 3 or not all(each.isalnum() and len(each) <= 12 for each in parts):
        return None
    if not all((each.isascii() and each.isdecimal()) or _month(each) for each in parts):
        return None
    return parts[0], parts[1], parts[2]


def _month(word: str) -> int:
    if word.isdecimal():
        return 0
    plain = word.casefold().translate(_LETTERS)
    return _MONTHS.get(plain) or _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3]) or 0


def _year(text: str, today: date) -> int:
    """Of two digits: the last that has begun."""
    if not text.isdecimal() or len(text) not in (2, 4):
        return 0
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year + 2000 <= today.year else 1900)
