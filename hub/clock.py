"""The machine's clocks: what time it is, and whether somebody has set it. Knows `time`; refuses to know what for."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

log = logging.getLogger(__name__)

WATCH_S: Final = 1.0
JUMP_US_MIN: Final = 2_000_000
"""Less is no jump: time servers turn a clock by a little all the time."""

# One that goes on while the machine sleeps: waking up is no jump.
_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now_us() -> int:
    return time.time_ns() // 1000


def steady_us() -> int:
    """Microseconds since some moment, whatever is done to the clock."""
    return time.clock_gettime_ns(_STEADY) // 1000


async def watch(
    jumped: Callable[[int], None],
    *,
    wall_us: Callable[[], int] = now_us,
    running_us: Callable[[], int] = steady_us,
) -> None:
    """Until cancelled. `jumped` hears by how many microseconds the clock was set, less than zero: back."""
    before = wall_us() - running_us()
    while True:
        await asyncio.sleep(WATCH_S)
        after = wall_us() - running_us()
        if abs(after - before) >= JUMP_US_MIN:
            log.warning("the clock of this machine was set by %+.1f s", (after - before) / 1e6)
            jumped(after - before)
        before = after
