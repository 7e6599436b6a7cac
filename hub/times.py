"""What a reader sends as a time, as an instant: by a zone, and by a date where the time has none. Pure.

Knows the texts of times and the zones of the world; refuses to know sessions. Every instant is made here, at first as
well as when a zone or a date was corrected: so a corrected session holds what it would hold if it had been right from
its first read.
"""

from datetime import datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from hub.model import MARK_SUSPECT, US_PER_S
from hub.protocols import ct01

SUSPECT_BEFORE_US: Final = 946_684_800 * US_PER_S
"""The year 2000: a controller whose clock was never set counts from 1980."""
SUSPECT_AHEAD_US: Final = 600 * US_PER_S
"""No read is of the future; a clock that is set by hand is not ten minutes wrong."""

_EPOCH: Final = datetime(1970, 1, 1)
_QUARTER_US: Final = 900 * US_PER_S


class WallClock:
    """Wall times of one zone as instants. An hour that comes twice is taken as its first."""

    __slots__ = ("_offsets", "zone")

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._offsets: dict[int, int] = {}

    def instant(self, wall_us: int) -> int:
        quarter = wall_us // _QUARTER_US
        offset = self._offsets.get(quarter)
        if offset is None:
            if len(self._offsets) > 1000:
                self._offsets.clear()
            offset = self._offsets[quarter] = self._offset_us(wall_us)
        return wall_us - offset

    def _offset_us(self, wall_us: int) -> int:
        try:
            local = (_EPOCH + timedelta(microseconds=wall_us)).replace(tzinfo=self.zone)
            difference = local.utcoffset() or timedelta()
        except OverflowError:  # a clock that was never set, in the year 1 or 9999: any instant will do
            return 0
        return difference // timedelta(microseconds=1)


class Times:
    """The times of one stream, as they were sent, by a zone (an IANA name) and a date (ISO)."""

    def __init__(self, timezone: str, day: str) -> None:
        self._wall = WallClock(ZoneInfo(timezone))
        self._midnight_us = midnight_us(day)
        self._parser = ct01.LineParser()

    def instant(self, sent: str) -> int | None:
        """None: that is no reader's time, so nothing can be said of it."""
        try:
            wall_us, since_midnight = self._parser.time(sent)
        except ct01.BadLine:
            return None
        return self._wall.instant(wall_us + self._midnight_us if since_midnight else wall_us)


def midnight_us(day: str) -> int:
    """When a date begins, as a wall time. Raises ValueError."""
    return (datetime.fromisoformat(day) - _EPOCH) // timedelta(microseconds=1)


def is_suspect(instant_us: int, received_us: int) -> bool:
    """Whether a read that came then cannot be of this time."""
    return not SUSPECT_BEFORE_US <= instant_us <= received_us + SUSPECT_AHEAD_US


def marks_at(marks: tuple[str, ...], instant_us: int, received_us: int) -> tuple[str, ...]:
    """The marks of a read whose time is another now. `late` stays: it says how the read came, and that it got no
    card."""
    others = tuple(mark for mark in marks if mark != MARK_SUSPECT)
    return (*others, MARK_SUSPECT) if is_suspect(instant_us, received_us) else others
