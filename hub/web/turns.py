"""The loop's turns, shared out: screens are woken some at a time. Knows the loop; refuses to know who sleeps and what
is called.

One read is a frame for every screen, and a thousand sends take the loop a hundredth of a second. All in one turn,
nobody else would be heard meanwhile: no reader, no journal, no heartbeat. What is published while screens are still
being woken waits until all have been, and is then one frame, as if the turn had been a long one.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

WOKEN_MAX: Final = 100
"""Screens woken in one turn, which takes about a millisecond then."""


class Turns:
    """`wake` and `soon` may be called at any time, on the loop."""

    def __init__(self) -> None:
        self._asleep: deque[asyncio.Future[None]] = deque()
        self._calls: list[Callable[[], None]] = []
        self._scheduled = False
        self.at = 0.0
        """When the last turn was, by the loop's clock."""

    def wake(self, asleep: asyncio.Future[None]) -> None:
        """In its turn: who waits for it goes on one turn later."""
        self._asleep.append(asleep)
        self._schedule()

    def soon(self, call: Callable[[], None]) -> None:
        """At the end of this turn, or as soon as all have gone on who are to be woken by now."""
        self._calls.append(call)
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._scheduled = False
        self.at = asyncio.get_running_loop().time()
        if not self._asleep:  # who was woken last has gone on since
            calls, self._calls = self._calls, []
            for call in calls:
                call()
        for _ in range(min(len(self._asleep), WOKEN_MAX)):
            asleep = self._asleep.popleft()
            if not asleep.done():
                asleep.set_result(None)
        if self._asleep or self._calls:
            self._schedule()
