"""What a session's rows say against what its controllers have seen, and against what its screens were shown.

Knows rows and numbers; refuses to know how they came there. Works through a million rows one by one.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg

from hub.encode import iso
from tests.adversity.checks import HALF_A_LINE
from tests.adversity.wall import WINDOW_OFFSETS, Wall
from tests.soak.reads import POISON, Controller

ROWS_AT_ONCE: Final = 10_000
SAID_MAX: Final = 5
TO_HUNDREDTHS: Final = len("2026-05-09T08:00:00.00")
_NEVER: Final = 0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_READS: Final = (
    "SELECT feed_offset, kind, marks, location_name, tag_code, read_time, read_time_raw, lap_count, reader_id,"
    " sequence_number, raw_data, received_at FROM timing_reads WHERE session_id = $1 ORDER BY feed_offset"
)

_REJECTS: Final = "SELECT reason, line FROM timing_rejects WHERE session_id = $1 ORDER BY id"

Told = tuple[object, ...]


class Glass(Wall):
    """A screen that remembers of what it was shown only as much as tells whether it was right: 8 bytes a read."""

    def __init__(self, web: str, code: str) -> None:
        super().__init__(web, code)
        self._marks = array("q")
        self._latest: dict[str, str] = {}

    def remember(self, place: tuple[int, int, int], told: dict[str, Any]) -> bool:
        offset = place[2]
        missing = offset + 1 - len(self._marks)
        if missing > 0:
            self._marks.extend([_NEVER] * missing)
        controller, dot, _ = told["tag"].partition(".")
        if dot:
            self._latest[controller] = max(told["time"], self._latest.get(controller, ""))
        mark = hash(_told(told))
        known, self._marks[offset] = self._marks[offset], mark
        return known in (_NEVER, mark)

    def was_shown(self, offset: int) -> bool:
        return offset < len(self._marks) and self._marks[offset] != _NEVER

    def agrees(self, offset: int, mark: int) -> bool:
        """Whether it was shown this under that offset, or nothing."""
        return not self.was_shown(offset) or self._marks[offset] == mark

    def latest(self, controller: Controller) -> int:
        """Up to which number it was shown what this one has seen: that comes in the order of its numbers."""
        time_text = self._latest.get(str(controller.number))
        return controller.number_of(time_text[:TO_HUNDREDTHS]) if time_text else 0

    def next_session(self) -> None:
        """What it was shown of the last one has been checked."""
        self._marks = array("q")
        self._latest.clear()
        self.retracted.clear()
        self.ticks.clear()


def _told(read: Mapping[str, Any]) -> Told:
    return (
        read["kind"],
        tuple(read["marks"]),
        read["location"],
        read["tag"],
        read["time"],
        read["lap"],
        read["received_at"],
    )


def _row_told(row: Mapping[str, Any]) -> Told:
    """As a screen of a session in UTC is told."""
    return (
        row["kind"],
        tuple(row["marks"]),
        row["location_name"],
        row["tag_code"],
        iso(_us(row["read_time"])),
        row["lap_count"],
        iso(_us(row["received_at"])),
    )


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


@dataclass(slots=True)
class Page:
    """One session's account. `faults`: the first of each kind, in words."""

    given: int = 0
    stored: int = 0
    poisoned: int = 0
    lost: int = 0
    doubled: int = 0
    holes: int = 0
    foreign: int = 0
    misshown: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not (self.lost or self.doubled or self.holes or self.foreign or self.misshown or self.faults)

    def say(self, fault: str) -> None:
        if len(self.faults) < SAID_MAX:
            self.faults.append(fault)


class Book:
    """The account of one session, row by row, in the order of offsets."""

    def __init__(self, controllers: Sequence[Controller], screens: Sequence[Glass]) -> None:
        self.page = Page(given=sum(each.items for each in controllers))
        self._controllers = {each.reader_id: each for each in controllers}
        self._seen = {each.reader_id: bytearray(each.count + 1) for each in controllers}
        self._screens = screens
        self._head = 0

    def enter(self, row: Mapping[str, Any]) -> None:
        page = self.page
        page.stored += 1
        if row["feed_offset"] != self._head + 1:
            page.holes += 1
            page.say(f"offset {row['feed_offset']} follows {self._head}")
        self._head = row["feed_offset"]
        if row["kind"] == "void":
            page.poisoned += 1
            self._check_void(row["feed_offset"])
        else:
            self._check_read(row)
            self._check_shown(row)

    def close(self, aside: Sequence[bytes]) -> Page:
        """`aside`: the lines that were set aside as poison. Gives the account."""
        page = self.page
        for line in aside:
            fields = line.decode().split("~")
            self._count(fields[6], fields[4], line.decode(), int(fields[1]))
        if page.poisoned != len(aside):
            page.say(f"{page.poisoned} void rows, and {len(aside)} lines set aside")
        for controller in self._controllers.values():
            self._count_lost(controller)
        return page

    def _check_read(self, row: Mapping[str, Any]) -> None:
        if row["tag_code"] == POISON:
            self.page.say(f"{row['feed_offset']} was to be refused")
        self._count(row["reader_id"], row["read_time_raw"], row["raw_data"], row["sequence_number"])

    def _count(self, reader_id: str, time_text: str, line: str, sequence: int) -> None:
        page = self.page
        try:
            controller = self._controllers[reader_id]
            number = controller.number_of(time_text)
        except KeyError:
            page.foreign += 1
            page.say(f"nobody has sent {line!r}")
            return
        if line != controller.line(number, sequence):
            page.foreign += 1
            page.say(f"{line!r} was sent as {controller.line(number, sequence)!r}")
        seen = self._seen[reader_id]
        if seen[number]:
            page.doubled += 1
            page.say(f"{line!r} is there twice")
        seen[number] = 1

    def _count_lost(self, controller: Controller) -> None:
        seen = self._seen[controller.reader_id]
        if controller.items == controller.count:  # its gun has not fallen
            seen[0] = 1
        lost = seen.count(0)
        if lost:
            self.page.lost += lost
            self.page.say(f"{lost} of controller {controller.number}, the first of them {seen.index(0)}")

    def _check_shown(self, row: Mapping[str, Any]) -> None:
        mark = hash(_row_told(row))
        for screen in self._screens:
            if not screen.agrees(row["feed_offset"], mark):
                self.page.misshown += 1
                self.page.say(f"{row['feed_offset']} was shown otherwise than it is held")

    def _check_void(self, offset: int) -> None:
        for screen in self._screens:
            told = offset in screen.retracted or offset <= screen.after - WINDOW_OFFSETS
            if screen.was_shown(offset) and not told:
                self.page.misshown += 1
                self.page.say(f"{offset} is void, and a screen was not told")


async def account(
    connection: asyncpg.Connection,
    session_id: int,
    controllers: Sequence[Controller],
    screens: Sequence[Glass],
) -> Page:
    """Of one session, all of whose reads are in."""
    book = Book(controllers, screens)
    async with connection.transaction():
        async for row in connection.cursor(_READS, session_id, prefetch=ROWS_AT_ONCE):
            book.enter(row)
    aside = []
    for row in await connection.fetch(_REJECTS, session_id):
        if row["reason"].startswith("PostgreSQL would not take it"):
            aside.append(row["line"])
        elif HALF_A_LINE not in row["reason"]:
            book.page.say(f"{row['line']!r} was set aside: {row['reason']}")
    return book.close(aside)
