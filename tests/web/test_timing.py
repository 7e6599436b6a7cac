"""When a group is with the screens: when the last of them has gone on, and not before."""

import asyncio

from hub.latency import JOURNAL, SEND, WHOLE
from hub.model import PURPOSE_INBOX, SessionRow
from hub.session import Session
from hub.web.timing import Timing
from hub.web.turns import WOKEN_MAX, Turns
from tests.test_latencies import NOW_US, SESSION, near, read
from tests.web.test_turns import asleep


class Clock:
    def __init__(self) -> None:
        self.us = NOW_US

    def __call__(self) -> int:
        return self.us


def timed(turns: Turns, clock: Clock) -> Timing:
    return Timing(turns, {}, clock)


async def test_they_are_sent_when_the_last_screen_that_was_woken_has_gone_on() -> None:
    sleepers, turns, clock = await asleep(2 * WOKEN_MAX + 50), Turns(), Clock()
    timing = timed(turns, clock)
    seen: list[int] = []

    def flush() -> None:
        for each in sleepers.futures:
            turns.wake(each)

    turns.soon(flush)
    timing.sending(timing.published(SESSION, [read(1), read(2)], NOW_US + 1000))
    parts = timing.latencies.unsaved(5).parts
    while not parts[SEND].count:
        clock.us += 1000
        seen.append(sleepers.seen.count("awake"))
        await asyncio.sleep(0)
    assert seen[-1] == 2 * WOKEN_MAX + 50 and seen[0] == 0
    assert parts[JOURNAL].percentile_us(50) == near(1000)
    assert parts[SEND].count == 2


async def test_what_comes_meanwhile_is_sent_after_it() -> None:
    turns, clock = Turns(), Clock()
    timing = timed(turns, clock)
    timing.sending(timing.published(SESSION, [read(1)], NOW_US))
    await asyncio.sleep(0)
    timing.sending(timing.published(SESSION, [read(2), read(3)], NOW_US))
    latencies = timing.latencies
    while latencies.unsaved(5).parts[SEND].count < 3:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert [latencies.painted(5, offset, 10, NOW_US) for offset in (1, 2, 3)] == [10, 10, 10]
    assert latencies.unsaved(5).parts[WHOLE].count == 3
    for _ in range(5):
        await asyncio.sleep(0)
    assert not turns._calls, "nothing goes on by itself"


async def test_of_an_inbox_nothing_is_counted() -> None:
    row = SessionRow(6, 1, "S", "E", "active", 1, "UTC", "2024-06-01", NOW_US, purpose=PURPOSE_INBOX)
    timing = timed(Turns(), Clock())
    group = timing.published(Session(row, late_us=0), [read(1)], NOW_US)
    timing.sending(group)
    assert group is None and timing.latencies.take(NOW_US) == {}
