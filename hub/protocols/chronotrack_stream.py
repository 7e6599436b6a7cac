"""What a CTP01 client holds and how its read lines look: locations, items, sequences; times and layouts.

Knows the numbering of one session and its text on the wire; refuses to know what a server asked (that is
`chronotrack_client`), sockets and clocks. All formats were seen on the wire with SimpleClient 0.6.0.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

import msgspec

from hub.model import TAG_GUN, US_PER_S

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_US_PER_DAY: Final = 86_400 * US_PER_S
_US_PER_HUNDREDTH: Final = US_PER_S // 100
_TWO_DIGITS: Final = tuple(f"{number:02d}" for number in range(100))
_SEPARATORS: Final = {"1": ",", "2": ";", "3": "~", "4": "|", "5": "\t"}
_ENDS: Final = {"2": "\n", "3": "\r\n"}
_NAME_FORBIDDEN: Final = frozenset("~,;|\t\0\r\n")


class Item(msgspec.Struct, frozen=True, gc=False):
    """One read or gun as the client holds it; `hub.model.Observation` says what the fields are."""

    tag: str
    wall_us: int
    lap: int
    reader_id: str
    gator: int
    gun: bool = False


def gun_item(wall_us: int, controller: str) -> Item:
    """A gun start: lap and antenna 0, the controller in the reader's place."""
    return Item(TAG_GUN, wall_us, 0, controller, 0, gun=True)


class Laps:
    """The lap counts of one location.

    A read's lap is one more than that of the tag's last read before it *by time*, among those already in the
    stream. So a read out of order gives a lap that is there already (12, 13, 13, 14) and moves no later one.
    """

    __slots__ = ("_by_tag",)

    def __init__(self) -> None:
        self._by_tag: dict[str, list[tuple[int, int]]] = {}

    def count(self, tag: str, wall_us: int) -> int:
        """The lap of the next read in the stream."""
        known = self._by_tag.setdefault(tag, [])
        place = bisect_right(known, wall_us, key=itemgetter(0))
        lap = known[place - 1][1] + 1 if place else 1
        known.insert(place, (wall_us, lap))
        return lap


class Layout(NamedTuple):
    """How a read line is cut: its format id, what stands between the fields, what ends it."""

    name: str = "CT01_33"
    separator: str = "~"
    end: str = "\r\n"


LAYOUT: Final = Layout()


def parse_layout(text: str) -> Layout | None:
    """`CT01_` + separator + terminator, in any case. The fixed-width ones (`CT01_3B`) are not spoken here."""
    name = text.upper()
    if len(name) != 7 or not name.startswith("CT01_"):
        return None
    separator, end = _SEPARATORS.get(name[5]), _ENDS.get(name[6])
    return Layout(name, separator, end) if separator and end else None


@lru_cache(maxsize=1024)
def _iso_second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")


def _iso(wall_us: int, first_day_us: int) -> str:
    seconds, rest = divmod(wall_us, US_PER_S)
    return f"{_iso_second(seconds)}.{_TWO_DIGITS[rest // _US_PER_HUNDREDTH]}"


def _unix(wall_us: int, first_day_us: int) -> str:
    seconds, rest = divmod(wall_us, US_PER_S)
    return f"{seconds}.{_TWO_DIGITS[rest // _US_PER_HUNDREDTH]}"


def _msecs(wall_us: int, first_day_us: int) -> str:
    return str((wall_us - first_day_us) // 1000)


def _normal(wall_us: int, first_day_us: int) -> str:
    """Before midnight of the first day negative (`-16:35:31.36`), after the next one beyond 24 h."""
    since = wall_us - first_day_us
    seconds, hundredths = divmod(abs(since) // _US_PER_HUNDREDTH, 100)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{'-' if since < 0 else ''}{hour:02d}:{minute:02d}:{second:02d}.{hundredths:02d}"


TIME_FORMATS: Final[dict[str, Callable[[int, int], str]]] = {
    "normal": _normal,
    "iso": _iso,
    "unix": _unix,
    "msecs": _msecs,
}


def format_time(wall_us: int, time_format: str = "iso", first_day_us: int = 0) -> str:
    """A wall time (years 1970 to 9999) as it stands in a read line. `first_day_us`: `Stream.first_day_us`."""
    return TIME_FORMATS[time_format](wall_us, first_day_us)


def format_lines(
    sequence: int,
    location: str,
    items: Iterable[Item],
    *,
    layout: Layout = LAYOUT,
    time_format: str = "iso",
    first_day_us: int = 0,
) -> list[str]:
    """Read lines with their ends; the first has this sequence, the next the next."""
    name, sep, end = layout
    clock = TIME_FORMATS[time_format]
    return [
        f"{name}{sep}{number}{sep}{location}{sep}{item.tag}{sep}{clock(item.wall_us, first_day_us)}"
        f"{sep}{item.lap}{sep}{item.reader_id}{sep}{item.gator}{end}"
        for number, item in enumerate(items, sequence)
    ]


def format_line(
    sequence: int,
    location: str,
    item: Item,
    *,
    layout: Layout = LAYOUT,
    time_format: str = "iso",
    first_day_us: int = 0,
) -> str:
    """One read line with its end."""
    lines = format_lines(
        sequence, location, (item,), layout=layout, time_format=time_format, first_day_us=first_day_us
    )
    return lines[0]


class Location:
    """A timing point and what was read there; the sequence of an item is its place, counted from 1."""

    __slots__ = ("items", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.items: list[Item] = []


class Stream:
    """What one selected session of SimpleClient holds; outlives its connections.

    The connection id marks the numbering: connections over one id give a location's items the same sequences.
    first_sequence: what lies before is never sent, as if it had been filtered out after it was numbered.
    """

    __slots__ = ("_places", "connection_id", "event", "first_sequence", "locations", "rewinds")

    def __init__(self, connection_id: str, event: str = "", *, first_sequence: int = 1) -> None:
        self.connection_id = _checked_id(connection_id)
        self.event = event
        self.first_sequence = first_sequence
        self.rewinds = 0
        self.locations: list[Location] = []
        self._places: dict[str, int] = {}

    @property
    def first_day_us(self) -> int:
        """Midnight of the first item's date: what the formats `normal` and `msecs` count from."""
        first = next((location.items[0] for location in self.locations if location.items), None)
        return first.wall_us // _US_PER_DAY * _US_PER_DAY if first else 0

    def place(self, name: str) -> int | None:
        """Where in `locations` a name stands; names are not case-sensitive."""
        return self._places.get(name.casefold())

    def location(self, name: str) -> Location:
        """The location of that name, new if need be. ValueError: a name that would break the lines."""
        place = self.place(name)
        if place is not None:
            return self.locations[place]
        if not name or not _NAME_FORBIDDEN.isdisjoint(name):
            raise ValueError(
                f"a location's name is not empty and has no ~ , ; | or control character: {name!r}"
            )
        self._places[name.casefold()] = len(self.locations)
        self.locations.append(Location(name))
        return self.locations[-1]

    def append(self, name: str, item: Item) -> None:
        self.location(name).items.append(item)

    def guns_first(self) -> None:
        """As SimpleClient numbers a past it finds: guns before the reads, whatever their time."""
        for location in self.locations:
            location.items.sort(key=lambda item: not item.gun)

    def restart(self, connection_id: str) -> None:
        """The session was selected again, or the program restarted: open connections end, sequences shift."""
        self.connection_id = _checked_id(connection_id)
        self.guns_first()

    def rewind(self) -> None:
        """The operator rewinds: same id, same numbering, everything streams again at the next start."""
        self.rewinds += 1


def _checked_id(text: str) -> str:
    if re.fullmatch("[0-9A-Fa-f]{40}", text) is None:
        raise ValueError(f"a connection id is 40 hex digits: {text!r}")
    return text
