"""Displays that expire while somebody looks at them."""

import asyncio

from msgspec.structs import replace

from hub.fanout import UNKNOWN_CODE
from hub.model import US_PER_S
from hub.web.expiring import LOOK_S_MAX, Expiring
from tests.running import until
from tests.web.test_live import DISPLAY, Air


class Clock:
    def __init__(self, now_us: int) -> None:
        self.now_us = now_us

    def __call__(self) -> int:
        return self.now_us


def watched(expires_in_s: int | None) -> tuple[Air, Expiring, Clock]:
    air, clock = Air(), Clock(1000 * US_PER_S)
    end = None if expires_in_s is None else clock() + expires_in_s * US_PER_S
    air.hub.displays[DISPLAY.code] = replace(DISPLAY, expires_us=end)
    return air, Expiring(air.hub, air.live, clock), clock


async def test_its_screens_end_at_that_moment_and_once() -> None:
    air, expiring, clock = watched(5)
    _, subscriber = air.join()
    assert expiring.look() == 5.0 and subscriber.reason is None
    clock.now_us += 5 * US_PER_S
    assert expiring.look() == LOOK_S_MAX
    assert subscriber.reason == UNKNOWN_CODE
    _, later = air.join()
    expiring.look()
    assert later.reason is None, "who comes now has been looked at by others"


async def test_what_never_expires_is_looked_at_seldom() -> None:
    _, expiring, _ = watched(None)
    assert expiring.look() == LOOK_S_MAX


async def test_a_sooner_end_wakes_it() -> None:
    air, expiring, clock = watched(None)
    _, subscriber = air.join()
    watching = asyncio.create_task(expiring.watch())
    await asyncio.sleep(0)
    air.hub.displays[DISPLAY.code] = replace(DISPLAY, expires_us=clock() + 1)
    clock.now_us += 2
    expiring.wake()
    await until(lambda: subscriber.reason == UNKNOWN_CODE)
    watching.cancel()
