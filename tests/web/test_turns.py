"""Turns of the loop, counted."""

import asyncio
from collections.abc import Callable

from hub.web.turns import WOKEN_MAX, Turns


class Sleepers:
    """Screens that wait to be woken, and write down in which order what happened."""

    def __init__(self, count: int) -> None:
        self.seen: list[str] = []
        self.futures = [asyncio.get_running_loop().create_future() for _ in range(count)]
        self._tasks = [asyncio.create_task(self._sleep(each)) for each in self.futures]

    async def _sleep(self, asleep: asyncio.Future[None]) -> None:
        await asleep
        self.seen.append("awake")

    def note(self, word: str) -> Callable[[], None]:
        return lambda: self.seen.append(word)


async def asleep(count: int) -> Sleepers:
    sleepers = Sleepers(count)
    await asyncio.sleep(0)
    return sleepers


async def test_many_are_woken_some_at_a_time() -> None:
    sleepers, turns = await asleep(2 * WOKEN_MAX + 50), Turns()
    for each in sleepers.futures:
        turns.wake(each)
    assert not any(each.done() for each in sleepers.futures)
    woken = []
    for _ in range(4):
        await asyncio.sleep(0)
        woken.append(sum(each.done() for each in sleepers.futures))
    assert woken == [WOKEN_MAX, 2 * WOKEN_MAX, 2 * WOKEN_MAX + 50, 2 * WOKEN_MAX + 50]
    assert all(each.done() for each in sleepers.futures[:WOKEN_MAX])


async def test_what_is_due_comes_between() -> None:
    sleepers, turns = await asleep(2 * WOKEN_MAX), Turns()
    for each in sleepers.futures:
        turns.wake(each)
    for _ in range(2):
        await asyncio.sleep(0)
    sleepers.note("a reader is heard")()
    await asyncio.sleep(0)
    assert sleepers.seen == ["awake"] * WOKEN_MAX + ["a reader is heard"] + ["awake"] * WOKEN_MAX


async def test_a_quiet_loop_calls_at_the_end_of_the_turn() -> None:
    sleepers, turns = await asleep(0), Turns()
    turns.soon(sleepers.note("first"))
    turns.soon(sleepers.note("second"))
    assert sleepers.seen == []
    await asyncio.sleep(0)
    assert sleepers.seen == ["first", "second"]


async def test_what_is_called_wakes_in_the_same_turn() -> None:
    sleepers, turns = await asleep(1), Turns()
    turns.soon(lambda: turns.wake(sleepers.futures[0]))
    await asyncio.sleep(0)
    assert sleepers.futures[0].done()


async def test_a_call_waits_until_all_have_gone_on() -> None:
    sleepers, turns = await asleep(WOKEN_MAX + 1), Turns()
    for each in sleepers.futures:
        turns.wake(each)
    turns.soon(sleepers.note("flushed"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert sleepers.seen == ["awake"] * (WOKEN_MAX + 1) + ["flushed"]


async def test_who_has_gone_meanwhile_is_passed_over() -> None:
    sleepers, turns = await asleep(2), Turns()
    for each in sleepers.futures:
        turns.wake(each)
    sleepers.futures[0].cancel()
    for _ in range(2):
        await asyncio.sleep(0)
    assert sleepers.seen == ["awake"]
