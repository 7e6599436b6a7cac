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
        return self.count + self.has_gun

    @property
    def has_gun(self) -> bool:
        return self.count >= GUN_AT

    @property
    def gun(self) -> Item:
        return gun_item(self.start_us, self.reader_id)

    def read(self, number: int) -> Item:
        tag = POISON if number % POISON_EVERY == 0 else f"{self.number}.{number * 7 % TAGS}"
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
        item = self.read(number) if number else self.gun
        return format_line(sequence, self.location, item).rstrip()


class _Seen(Sequence[Item]):
    """What a client takes for its list. `gun_at`: the sequence of the gun; `forgotten`: how many of the first reads it
    does not have."""

    def __init__(self, controller: Controller, gun_at: int, forgotten: int) -> None:
        self._controller = controller
        self._gun_at = gun_at
        self._forgotten = forgotten

    def __len__(self) -> int:
        return self._controller.items - self._forgotten

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | list[Item]:
        if isinstance(place, slice):
            return list(self._between(*place.indices(len(self))))
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self._item(place)

    def _between(self, start: int, stop: int, step: int) -> Iterator[Item]:
        for place in range(start, stop, step):
            yield self._item(place)

    def _item(self, place: int) -> Item:
        sequence = place + 1
        if sequence == self._gun_at and self._controller.has_gun:
            return self._controller.gun
        return self._controller.read(
            self._forgotten + sequence - (sequence > self._gun_at and self._controller.has_gun)
        )


def stream_of(
    controller: Controller, connection_id: str, event: str, *, gun_first: bool = False, forgotten: int = 0
) -> Stream:
    """What a client streams that is connected to this controller. gun_first: as after a restart; forgotten: as from a
    laptop that has not had the first reads, which moves its sequences, too."""
    stream = Stream(connection_id, event)
    seen = _Seen(controller, 1 if gun_first else GUN_AT, forgotten)
    stream.location(controller.location).items = cast("list[Item]", seen)
    return stream


def _hundredths(time_text: str) -> int:
    """Of a wall clock; the reverse of `format_time`."""
    moment = datetime.fromisoformat(f"{time_text}0+00:00")
    return round(moment.timestamp() * 100)
