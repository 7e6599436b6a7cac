"""One CT01 read line, text to Observation. Knows the line formats; refuses to know who sends them.

    CT01_33~<sequence>~<location>~<tag>~<time>~<lap count>~<reader id>~<gator>

Source: ChronoTrack's SimpleClient 0.6.0 on the wire; field order as that client sends it. The format id names the
separator (1 comma, 2 semicolon, 3 tilde, 4 pipe, 5 tab) and the line end (2 LF, 3 CR LF), but clients are known
that send the id CT01_13 with tildes: what follows the id is the separator.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from hub.model import INT64_MAX, TAG_GUN, US_PER_S, Observation

PREFIX: Final = b"CT01_"
FORMATS: Final = frozenset(f"CT01_{separator}{end}" for separator in "12345" for end in "23")
SEPARATORS: Final = frozenset("~,;|\t")
FIELDS: Final = 8

LOCATION_CHARS_MAX: Final = 128
"""Longer than any point name seen (20); PostgreSQL cannot index text of more than 2,700 bytes."""
TAG_CHARS_MAX: Final = 64
READER_CHARS_MAX: Final = 64
NUMBER_DIGITS_MAX: Final = 19
"""Digits of INT64_MAX. More are not even converted: int() takes time for thousands, and raises beyond 4,300."""
SINCE_MIDNIGHT_US_MAX: Final = 10 * 86_400 * US_PER_S
"""Times of day run on past midnight and before it (seen: 79 h, -16 h). Below the 11 days that seconds since 1970
without a fraction would be if they were taken for milliseconds: they are refused, not misread."""
UNIX_S_MAX: Final = 253_402_300_799
"""The last second of the year 9999, where datetime and most clients end."""
CACHE_ENTRIES_MAX: Final = 4096

_EPOCH: Final = datetime(1970, 1, 1)
_US: Final = timedelta(microseconds=1)
_HUNDREDTHS: Final = {f".{n:02d}": n * 10_000 for n in range(100)} | {"": 0}
_COUNTS: Final = {str(n): n for n in range(1000)} | {"": 0}
_FRACTION: Final = re.compile(r"\.([0-9]{1,6})\Z")
_ISO_SECOND: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\Z")
_TIME_OF_DAY: Final = re.compile(r"(-?)([0-9]{1,4}):([0-5][0-9]):([0-5][0-9])(\.[0-9]{1,6})?\Z")
_UNIX: Final = re.compile(r"([0-9]{1,12})(\.[0-9]{1,6})\Z")
_MSECS: Final = re.compile(r"-?[0-9]{1,12}\Z")
_NEW_LOCATION: Final = "newlocation"
_GUN: Final = TAG_GUN.casefold()


class BadLine(ValueError):
    """The line is no read; the text says which field and what was expected. `location` and `sequence` are its place in
    the numbering, where that much could be read."""

    location = ""
    sequence = 0


class NewLocation(Exception):
    """The line announces a location and is no read. `wire`: its name in the client's own bytes."""

    def __init__(self, name: str, wire: bytes) -> None:
        super().__init__(name)
        self.name = name
        self.wire = wire


def decode(line: bytes) -> str:
    """UTF-8, else Latin-1: SimpleClient sends the ANSI text of its Windows."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def fraction_us(text: str) -> int:
    """'.64' -> 640000; '' -> 0. Raises BadLine for anything else."""
    known = _HUNDREDTHS.get(text)
    if known is not None:
        return known
    match = _FRACTION.match(text)
    if match is None:
        raise BadLine(f"time: cannot read the fraction {text!r}")
    return int(match[1].ljust(6, "0"))


def _number(text: str, name: str, least: int = 0) -> int:
    """ASCII digits only: str.isdecimal() and int() take those of every script."""
    if text.isdecimal() and text.isascii() and len(text) <= NUMBER_DIGITS_MAX:
        value = int(text)
        if least <= value <= INT64_MAX:
            return value
    raise BadLine(f"{name}: {text[:32]!r}: expected a number from {least} to {INT64_MAX}")


class LineParser:
    """Parses the lines of one stream. Remembers the seconds it has seen (a race repeats them), and the encoding."""

    __slots__ = ("_encoding", "_seconds")

    def __init__(self) -> None:
        self._encoding = "utf-8"
        self._seconds: dict[str, int] = {}

    def encode(self, text: str) -> bytes:
        """Text in the bytes in which this client would write it, as far as its lines have told."""
        try:
            return text.encode(self._encoding)
        except UnicodeEncodeError:
            return text.encode()

    def parse(self, line: bytes) -> Observation:
        """A whole line without its end. Raises BadLine or NewLocation."""
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = line.decode("latin-1")
            self._encoding = "latin-1"
        separator = text[7:8]
        if separator not in SEPARATORS or text[:7] not in FORMATS:
            raise BadLine(f"format {text[:8]!r}: expected CT01_ with 13, 23, 33, 43 or 53 and its separator")
        fields = text.split(separator)
        if len(fields) != FIELDS:
            raise BadLine(f"{len(fields)} fields: expected {FIELDS}")
        if "\0" in text:
            raise BadLine("a NUL byte")
        _, sequence_text, location, tag, time_text, lap_text, reader_id, gator_text = fields
        location = location.strip()
        tag = tag.strip()
        if not 0 < len(location) <= LOCATION_CHARS_MAX:
            raise BadLine(f"location: expected 1 to {LOCATION_CHARS_MAX} characters")
        gun = False
        if tag[:1] in "GgNn":  # the two words are rare: one look at a letter spares most reads a casefold
            folded = tag.casefold()
            if folded == _NEW_LOCATION:
                # Separators are ASCII: bytes and text have the same fields.
                raise NewLocation(location, line.split(separator.encode())[2].strip())
            gun = folded == _GUN
        sequence = _number(sequence_text, "sequence", 1)
        try:
            if not 0 < len(tag) <= TAG_CHARS_MAX:
                raise BadLine(f"tag: expected 1 to {TAG_CHARS_MAX} characters")
            if len(reader_id) > READER_CHARS_MAX:
                raise BadLine(f"reader id: expected at most {READER_CHARS_MAX} characters")
            wall_us, since_midnight = self.time(time_text)
            lap = _COUNTS.get(lap_text)
            gator = _COUNTS.get(gator_text)
            return Observation(
                sequence,
                location,
                TAG_GUN if gun else tag,
                wall_us,
                since_midnight,
                time_text,
                _number(lap_text, "lap count") if lap is None else lap,
                reader_id,
                _number(gator_text, "gator") if gator is None else gator,
                gun,
                text,
            )
        except BadLine as problem:
            problem.location, problem.sequence = location, sequence
            raise

    def time(self, text: str) -> tuple[int, bool]:
        """All four time formats: (microseconds, whether they count from a midnight the line does not name)."""
        base = self._seconds.get(text[:19])
        if base is not None:
            return base + fraction_us(text[19:]), False
        if text[10:11] == "T":
            return self._iso(text), False
        return _other_time(text)

    def _iso(self, text: str) -> int:
        try:
            if _ISO_SECOND.match(text[:19]) is None:  # fromisoformat alone would take weeks and zones, too
                raise ValueError
            second = datetime.fromisoformat(text[:19])
        except ValueError:
            raise BadLine(f"time: {text[:40]!r}: expected YYYY-MM-DDTHH:MM:SS.hh") from None
        base = (second - _EPOCH) // _US
        wall_us = base + fraction_us(text[19:])
        if len(self._seconds) >= CACHE_ENTRIES_MAX:
            self._seconds.clear()
        self._seconds[text[:19]] = base
        return wall_us


def _other_time(text: str) -> tuple[int, bool]:
    if match := _UNIX.match(text):
        if int(match[1]) > UNIX_S_MAX:
            raise BadLine(f"time: {text[:40]!r}: beyond the year 9999")
        return int(match[1]) * US_PER_S + fraction_us(match[2]), False
    if match := _TIME_OF_DAY.match(text):
        size = ((int(match[2]) * 60 + int(match[3])) * 60 + int(match[4])) * US_PER_S + fraction_us(
            match[5] or ""
        )
    elif _MSECS.match(text):
        size = abs(int(text)) * 1000
    else:
        raise BadLine(f"time: {text[:40]!r}: expected YYYY-MM-DDTHH:MM:SS.hh")
    if size > SINCE_MIDNIGHT_US_MAX:
        raise BadLine(f"time: {text[:40]!r}: more than ten days from midnight")
    return (-size if text.startswith("-") else size), True
