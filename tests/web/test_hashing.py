"""Passwords hashed beside the loop."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator

import pytest

from hub.errors import Unavailable
from hub.passwords import Hashes
from hub.web.hashing import AT_ONCE_MAX, NICE, WAITING_MAX, Hashing
from tests.running import CHEAP, until


class Slow(Hashes):
    """Takes as long as the test wants."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1, lanes=1)
        self.go = threading.Event()
        self.running = 0
        self.seen: list[str] = []

    def verify(self, held: str, password: str) -> bool:
        self.running += 1
        self.seen.append(held)
        self.go.wait(10)
        return super().verify(held, password)


@pytest.fixture
async def slow() -> AsyncIterator[tuple[Hashing, Slow]]:
    hashes = Slow()
    hashing = Hashing(hashes)
    yield hashing, hashes
    hashes.go.set()
    hashing.close()


async def test_a_password_is_its_own() -> None:
    hashing = Hashing(CHEAP)
    held = await hashing.hash("Tartan-Bahn 7")
    assert await hashing.verify(held, "Tartan-Bahn 7") and not await hashing.verify(held, "Tartan-Bahn 8")
    assert not hashing.needs_rehash(held)
    hashing.close()


async def test_nobody_costs_what_somebody_costs(slow: tuple[Hashing, Slow]) -> None:
    hashing, hashes = slow
    hashes.go.set()
    assert not await hashing.verify(None, "Tartan-Bahn 7") and hashing.verified == 1
    assert hashes.seen == [hashes.nobodys]


async def test_a_few_at_once_a_few_that_wait_and_no_more(slow: tuple[Hashing, Slow]) -> None:
    hashing, hashes = slow
    asked = [asyncio.create_task(hashing.verify(None, "x")) for _ in range(AT_ONCE_MAX + WAITING_MAX)]
    await until(lambda: hashes.running == AT_ONCE_MAX)
    with pytest.raises(Unavailable, match="Too many people sign in"):
        await hashing.verify(None, "x")
    with pytest.raises(Unavailable):
        await hashing.hash("x")
    assert hashes.running == AT_ONCE_MAX
    hashes.go.set()
    assert await asyncio.gather(*asked) == [False] * len(asked)
    assert await hashing.verify(None, "x") is False


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
async def test_reads_go_before_passwords() -> None:
    class Looking(Hashes):
        def hash(self, password: str) -> str:
            return str(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    hashing = Hashing(Looking(memory_kib=8, passes=1, lanes=1))
    assert int(await hashing.hash("x")) >= NICE > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    hashing.close()


async def test_who_has_left_makes_room(slow: tuple[Hashing, Slow]) -> None:
    hashing, hashes = slow
    asked = [asyncio.create_task(hashing.verify(None, "x")) for _ in range(AT_ONCE_MAX + WAITING_MAX)]
    await until(lambda: hashes.running == AT_ONCE_MAX)
    for each in asked:
        each.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    late = asyncio.create_task(hashing.verify(None, "x"))
    hashes.go.set()
    assert await late is False
    assert hashes.running == AT_ONCE_MAX + 1, "those that waited were not begun"
