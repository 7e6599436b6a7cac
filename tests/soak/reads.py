"""What the controllers of a soak have seen: each read is worked out from its number, so that a million of them take no
memory, and can be told again from a row. Knows contents and numberings; refuses to know sockets and tables.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, cast, overload

from hub.model import US_PER_S
from hub.protocols.chronotrack_stream import Item, Stream, format_line, gun_item

LOCATIONS: Final = ("START", "FINISH")
"""Two controllers to a location, as where a backup stands beside the main one."""
STEP_US: Final = US_PER_S // 100
"""No two reads of a controller are of the same hundredth."""
TAGS: Final = 3000
POISON: Final = "POISON"
POISON_EVERY: Final = 20_011
GUN_AT: Final = 26
"""Where the gun comes in a live stream. After a restart of the client it is the first line, and all move up by one."""


class Controller:
    """What one box has seen so far: `count` reads, numbered from 1, and, once there are enough, its gun."""

    def __init__(self, number: int, start_us: int) -> None:
        self.number = number
        self.location = LOCATIONS[number % len(LOCATIONS)]
        self.reader_id = f"{number:02X}000C"
        self.start_us = start_us
        self.count = 0

    @property
    def items(self) -> int:
        return self.count + (self.count >= GUN_AT)

    def item(self, sequence: int, *, gun_first: bool) -> Item:
        gun_at = 1 if gun_first else GUN_AT
        if sequence == gun_at and self.count >= GUN_AT:
            return gun_item(self.start_us, self.reader_id)
        return self.read(sequence - (sequence > gun_at and self.count >= GUN_AT))

    def read(self, number: int) -> Item:
        tag = POISON if number % POISON_EVERY == 0 else str((number * 7 + self.number) % TAGS)
        wall_us = self.start_us + number * STEP_US
        return Item(tag, wall_us, number // TAGS + 1, self.reader_id, 1 << number % 4)

    def number_of(self, time_text: str) -> int:
        """Which read it is; 0: the gun. Raises KeyError for what it has never seen."""
        number = _hundredths(time_text) - self.start_us // STEP_US
        if not 0 <= number <= self.count:
            raise KeyError(time_text)
        return number

    def line(self, number: int, sequence: int) -> str:
        """The read as it was sent; 0: the gun."""
        item = self.read(number) if number else gun_item(self.start_us, self.reader_id)
        return format_line(sequence, self.location, item).rstrip()


class _Seen(Sequence[Item]):
    """What a client takes for its list."""

    def __init__(self, controller: Controller, *, gun_first: bool) -> None:
        self._controller = controller
        self._gun_first = gun_first

    def __len__(self) -> int:
        return self._controller.items

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | list[Item]:
        if isinstance(place, slice):
            return list(self._between(*place.indices(len(self))))
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self._controller.item(place + 1, gun_first=self._gun_first)

    def _between(self, start: int, stop: int, step: int) -> Iterator[Item]:
        for place in range(start, stop, step):
            yield self._controller.item(place + 1, gun_first=self._gun_first)


def stream_of(controller: Controller, connection_id: str, event: str, *, gun_first: bool) -> Stream:
    """What a client streams that is connected to this controller."""
    stream = Stream(connection_id, event)
    seen = _Seen(controller, gun_first=gun_first)
    stream.location(controller.location).items = cast("list[Item]", seen)
    return stream


def _hundredths(time_text: str) -> int:
    """Of a wall clock; the reverse of `format_time`."""
    moment = datetime.fromisoformat(f"{time_text}0+00:00")
    return round(moment.timestamp() * 100)
