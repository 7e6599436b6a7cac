"""Passwords hashed beside the loop: a few at a time, a few more that wait, and no more. Knows threads; refuses to know
users.

Each hash takes 64 MiB and a tenth of a second of a processor. Without a limit a hundred tries at once would take 6 GiB,
and the processors from the reads.
"""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from aiohttp import web

from hub.errors import Unavailable
from hub.passwords import Hashes

AT_ONCE_MAX: Final = 2
WAITING_MAX: Final = 30
"""The last of them waits for two seconds."""
NICE: Final = 10
CROWDED: Final = "Too many people sign in at this moment. Try again."

T = TypeVar("T")


class Hashing:
    """`close` when nothing is asked any more. Every other method raises Unavailable when too many have asked before."""

    def __init__(self, hashes: Hashes) -> None:
        # shared
        self._hashes = hashes
        self._threads = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="hash", initializer=_step_back)
        # state
        self._asked = 0
        self.verified = 0
        """How many passwords were looked at."""

    async def hash(self, password: str) -> str:
        return await self._beside(lambda: self._hashes.hash(password))

    async def verify(self, held: str | None, password: str) -> bool:
        """Whether this is the hash of this password. None, of nobody: False, after the same work."""
        self.verified += 1
        return await self._beside(lambda: self._hashes.verify(held or self._hashes.nobodys, password))

    def needs_rehash(self, held: str) -> bool:
        return self._hashes.needs_rehash(held)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _beside(self, work: Callable[[], T]) -> T:
        if self._asked >= AT_ONCE_MAX + WAITING_MAX:
            raise Unavailable(CROWDED)
        self._asked += 1
        try:
            return await asyncio.wrap_future(self._threads.submit(work))
        finally:
            self._asked -= 1


def _step_back() -> None:
    """Where threads have a priority of their own, reads go before passwords."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


HASHING: Final = web.AppKey("hashing", Hashing)
