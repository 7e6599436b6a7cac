"""The machine's clock, and whether somebody has set it."""

import asyncio
import time

import pytest

from hub import clock
from tests.running import until


def test_the_clocks_count_microseconds() -> None:
    assert abs(clock.now_us() - time.time() * 1e6) < 1e6
    before = clock.steady_us()
    assert 0 <= clock.steady_us() - before < 1_000_000


async def test_jumps_are_told_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(clock, "WATCH_S", 0.001)
    offset, looks = 0, 0
    jumps: list[int] = []

    def wall() -> int:
        nonlocal looks
        looks += 1
        return clock.steady_us() + offset

    task = asyncio.create_task(clock.watch(jumps.append, wall_us=wall))

    async def look_twice() -> None:
        nonlocal looks
        looks = 0
        await until(lambda: looks > 1)

    for change in (3_600_000_000, 1_000_000, -86_400_000_000, -1_900_000):
        await look_twice()
        offset += change
        await look_twice()
    task.cancel()
    assert [round(jump / 1e6) for jump in jumps] == [3600, -86_400]
    assert "was set by +3600.0 s" in caplog.text and "was set by -86400.0 s" in caplog.text
