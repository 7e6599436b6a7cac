"""Corrected zones and dates: the times of reads that are in the database, read again from what was sent.

Knows the order of things: who changes a zone says so in the same transaction (`retimes.begin`), memory and screens are
right at once, and rows follow here, in pieces, while reads go on coming in. It begins when PostgreSQL has all that was
accepted by the old zone; to do a piece twice changes nothing, so a hub that dies on the way begins again at its start.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, NamedTuple

from hub.config_live import Current
from hub.errors import StoreError
from hub.guests import Guests
from hub.store import retimes, sessions
from hub.store.retimes import Retimed, Sent
from hub.stores import Stores
from hub.times import Times, marks_at

log = logging.getLogger(__name__)

RETRY_S: Final = 2.0


class Progress(NamedTuple):
    """Reads whose times are right, of so many."""

    done: int
    total: int


class Retiming:
    """`changing`: held by whoever changes a session, one at a time."""

    def __init__(self, current: Current, stores: Stores, guests: Guests, changing: asyncio.Lock) -> None:
        # shared
        self._current = current
        self._stores = stores
        self._guests = guests
        self._changing = changing
        # state
        self._waiting: dict[int, None] = {}
        self._wanted = asyncio.Event()
        self._progress: dict[int, Progress] = {}

    def want(self, session_id: int, reads: int = 0) -> None:
        """Its zone or date was changed just now; `reads`: about how many it has."""
        self._waiting[session_id] = None
        self._progress[session_id] = Progress(0, reads)
        self._wanted.set()

    def progress(self, session_id: int) -> Progress | None:
        """How far it is; None: there is nothing to correct."""
        return self._progress.get(session_id)

    async def run(self) -> None:
        """Until cancelled. What the hub before this one has left comes first."""
        await self._insist(self._take_up)
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while self._waiting:
                session_id = next(iter(self._waiting))
                await self._insist(partial(self._correct, session_id))

    async def _insist(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await work()
            except StoreError as problem:
                log.warning("session: times cannot be corrected now: %s; trying again", problem)
            except Exception:
                # Whatever it is, it is no reason to end a hub in the middle of a race.
                log.exception("session: the correction of times has failed; trying again")
            await asyncio.sleep(RETRY_S)

    async def _take_up(self) -> None:
        async with self._stores.transaction() as connection:
            left = await retimes.unfinished(connection)
        for session_id in sorted(left):
            self.want(session_id)

    async def _correct(self, session_id: int) -> None:
        self._waiting.pop(session_id, None)
        try:
            if await self._go_through(session_id):
                await self._finish(session_id)
        except BaseException:
            self._waiting.setdefault(session_id)
            raise

    async def _go_through(self, session_id: int) -> bool:
        """False: there is no such session any more, or its zone was changed again meanwhile."""
        await self._guests.until_drained()
        async with self._stores.transaction() as connection:
            row = await sessions.find(connection, session_id, self._current.now.zone_name)
            total = await retimes.count(connection, session_id)
        if row is None:
            self._progress.pop(session_id, None)
            return False
        times = Times(row.timezone, row.day)
        done = after = 0
        while session_id not in self._waiting:
            self._progress[session_id] = Progress(done, max(done, total))
            async with self._stores.transaction() as connection:
                rows = await retimes.sent(connection, session_id, after)
                if not rows:
                    return True
                await retimes.put(connection, session_id, await asyncio.to_thread(corrected, rows, times))
            done, after = done + len(rows), rows[-1].offset
        return False

    async def _finish(self, session_id: int) -> None:
        async with self._changing:
            if session_id in self._waiting:
                return
            async with self._stores.transaction() as connection:
                await retimes.finish(connection, session_id)
            done = self._progress.pop(session_id, Progress(0, 0)).done
        log.info(
            "session %d: its zone or date was corrected, and so were the times of %d reads", session_id, done
        )


def corrected(rows: list[Sent], times: Times) -> list[Retimed]:
    """Those of them whose time or marks are others by these times. What no reader sends stays as it is."""
    found = []
    for each in rows:
        read_us = times.instant(each.text)
        if read_us is None:
            continue
        marks = marks_at(each.marks, read_us, each.received_us)
        if (read_us, marks) != (each.read_us, each.marks):
            found.append(Retimed(each.offset, read_us, marks))
    return found
