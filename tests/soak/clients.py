"""The readers of a soak: several clients on several controllers, two of which have two, as with a second laptop.

Knows clients and how fast runners come; refuses to know what the hub does with them.
"""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Final

from tests.running import Reader
from tests.soak.reads import Controller, stream_of

PAUSE_S: Final = 0.2
"""What SimpleClient waits a second for."""
TICK_S: Final = 0.05
CONTROLLERS: Final = 4
TWINS: Final = 2
"""Controllers that a second laptop streams, too."""
ID_DIGITS: Final = 40


class Clients:
    """Of one session. `per_s`: reads of all controllers together."""

    def __init__(self, address: tuple[str, int], event: str, start_us: int, rng: random.Random) -> None:
        self._event = event
        self._rng = rng
        self.controllers = [Controller(number, start_us) for number in range(CONTROLLERS)]
        self._held = [*self.controllers, *self.controllers[:TWINS]]
        self._readers = [Reader(address) for _ in self._held]
        for reader, controller in zip(self._readers, self._held, strict=True):
            reader.stream = stream_of(controller, self._new_id(), event)
        self._tasks = [asyncio.create_task(each.keep_coming(PAUSE_S)) for each in self._readers]
        self._running: asyncio.Task[None] | None = None

    @property
    def given(self) -> int:
        return sum(each.items for each in self.controllers)

    @property
    def connections(self) -> int:
        """When all are connected."""
        return len(self._readers)

    @property
    def lines_sent(self) -> int:
        """Each read as often as it was sent."""
        return sum(each.lines_sent for each in self._readers)

    def run(self, per_s: float) -> None:
        """Runners come by, evenly on average."""
        self._running = asyncio.create_task(self._run(per_s / CONTROLLERS))

    def flood(self, count: int) -> None:
        """So many reads, all at once."""
        for controller in self.controllers:
            controller.count += count // CONTROLLERS
        self._tell()

    def rest(self) -> None:
        """Nobody comes any more; what has been seen is still on its way."""
        if self._running is not None:
            self._running.cancel()
            self._running = None

    def restart_one(self) -> None:
        """A client is started again: another id, and guns first, so that all its sequences shift."""
        self._restart(self._rng.randrange(len(self._readers)), 0)

    def forget(self, shown: Callable[[Controller], int]) -> None:
        """Every laptop is replaced by one that has not had the reads up to that number, which screens have shown: so
        the hub has to have them for good."""
        for place, controller in enumerate(self._held):
            self._restart(place, shown(controller))

    def _restart(self, place: int, forgotten: int) -> None:
        controller = self._held[place]
        if controller.has_gun:
            stream = stream_of(controller, self._new_id(), self._event, gun_first=True, forgotten=forgotten)
            self._readers[place].change(stream)

    async def close(self) -> None:
        self.rest()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, per_s: float) -> None:
        due = [0.0] * CONTROLLERS
        last = time.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            last, passed_s = time.monotonic(), time.monotonic() - last
            for place, controller in enumerate(self.controllers):
                due[place] += 2 * self._rng.random() * per_s * passed_s
                controller.count += int(due[place])
                due[place] -= int(due[place])
            self._tell()

    def _tell(self) -> None:
        for reader in self._readers:
            reader.more()

    def _new_id(self) -> str:
        return f"{self._rng.getrandbits(4 * ID_DIGITS):0{ID_DIGITS}X}"
