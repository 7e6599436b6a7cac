"""What of a roster is hardest to show: its longest and shortest names, those in other scripts, and the longest values
of each field. Knows participants and the flat fields that screens get; refuses to know clocks, and how it is drawn.

How long a text is, is guessed: by columns as a terminal has them. Whether it fits, a browser says; it needs to try only
these.
"""

import heapq
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from hub.encode import EAST_ASIAN_FROM, runner
from hub.model import KIND_READ, Participant, Read

LONGEST_NAMES: Final = 40
SHORTEST_NAMES: Final = 5
OTHER_SCRIPTS: Final = 5
"""Names of each that are asked for: written from the right, and without letters."""
LONGEST_VALUES: Final = 20
FIELDS_MAX: Final = 60
"""Columns of a roster that anything is said of, those of its own included."""
NOT_OF_THE_ROSTER: Final = ("location", "lap", "timestamp", "tag_code")
"""These come with a read."""


def width(text: str) -> int:
    """Columns: two for a letter of East Asia, none for what stands over another one."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )


class _Longest:
    """The longest distinct texts of many; with each, whatever is to be kept with it. `sign` -1: the shortest."""

    def __init__(self, most: int, sign: int = 1) -> None:
        self._most = most
        self._sign = sign
        self._held: list[tuple[int, int, str]] = []
        self._kept: dict[str, Any] = {}
        self._count = 0

    def add(self, text: str, columns: int, kept: Any = None) -> None:
        columns *= self._sign
        full = len(self._held) == self._most
        if (full and columns <= self._held[0][0]) or text in self._kept:
            return
        self._count -= 1  # of equal ones those that came first stay
        entry = (columns, self._count, text)
        self._kept[text] = kept
        if full:
            del self._kept[heapq.heapreplace(self._held, entry)[2]]
        else:
            heapq.heappush(self._held, entry)

    def texts(self) -> list[str]:
        return [text for _, _, text in sorted(self._held, reverse=True)]

    def kept(self) -> list[Any]:
        return [self._kept[text] for text in self.texts()]


class Extremes:
    """Of one roster. Add all participants, a few at a time, and ask then."""

    def __init__(self) -> None:
        self.total = 0
        self._names = _Longest(LONGEST_NAMES)
        self._short = _Longest(SHORTEST_NAMES, -1)
        self._from_right: list[Participant] = []
        self._without_letters: list[Participant] = []
        self._values: dict[str, _Longest] = {}
        self._there: dict[str, int] = {}

    def add(self, participants: Iterable[Participant]) -> None:
        for participant in participants:
            self.total += 1
            fields = flat(participant)
            name = fields["name"]
            if name:
                columns = width(name)
                self._names.add(name, columns, participant)
                self._short.add(name, columns, participant)
                self._note_script(name, participant)
            for field, value in fields.items():
                if value:
                    self._note(field, value)

    def said(self) -> dict[str, Any]:
        """`{"total", "runners", "values", "missing", "fields"}`. `missing`: of how many a field is empty."""
        people = [*self._names.kept(), *self._short.kept(), *self._from_right, *self._without_letters]
        return {
            "total": self.total,
            "runners": [flat(each) for each in {each.id: each for each in people}.values()],
            "values": {field: held.texts() for field, held in self._values.items()},
            "missing": {
                field: self.total - there for field, there in self._there.items() if there < self.total
            },
            "fields": list(self._values),
        }

    def _note(self, field: str, value: str) -> None:
        held = self._values.get(field)
        if held is None:
            if len(self._values) == FIELDS_MAX:
                return
            held = self._values[field] = _Longest(LONGEST_VALUES)
        self._there[field] = self._there.get(field, 0) + 1
        held.add(value, width(value))

    def _note_script(self, name: str, participant: Participant) -> None:
        if name.isascii():
            return
        if name[0] > EAST_ASIAN_FROM:
            held = self._without_letters
        elif any(unicodedata.bidirectional(each) in ("R", "AL") for each in name):
            held = self._from_right
        else:
            return
        if len(held) < OTHER_SCRIPTS:
            held.append(participant)


def flat(participant: Participant) -> dict[str, str]:
    """What a screen gets of somebody, without what comes with a read. The roster's own columns are the last."""
    fields = runner(participant, _NO_READ, "", "")
    own = [name for name, _ in participant.custom]
    names = (*(name for name in fields if name not in own), *own)
    tag = participant.tags[0] if participant.tags else participant.bib
    return {name: fields[name] for name in names if name not in NOT_OF_THE_ROSTER} | {"tag_code": tag}


_NO_READ: Final = Read(
    offset=0,
    source_id=0,
    sequence=0,
    location="",
    tag="",
    read_us=0,
    time_text="",
    lap=1,
    reader_id="",
    gator=0,
    kind=KIND_READ,
    marks=(),
    key=b"",
    raw="",
    received_us=0,
)
