"""From the journal into PostgreSQL: in order, one batch in flight, each read exactly once.

COPY first. After any doubt (a lost connection, a time-out, a restart) the same batch is inserted with ON CONFLICT,
and what was there is compared with what is in hand: equal, done; different, it gets the session's next offset and
the session a new epoch, because two hubs gave one offset away. A read that PostgreSQL will not take is cut out by
halving the batch: it goes to `timing_rejects`, and a void row keeps its offset. Only then is the group deleted.
What PostgreSQL says otherwise (a table that is gone, no room, no right) is said loudly and tried again for ever: the
journal keeps what was accepted.

The queue is a window on the journal: what is beyond it is read back from disk when its turn comes.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

import asyncpg

from hub.errors import NotOwner, StoreAway, StoreError
from hub.model import Group, Read
from hub.store.batch import DATA_FAULTS, Batch, BatchWriter, Renumbered, first_line
from hub.store.database import Connection, Writer
from hub.store.failing import failing

log = logging.getLogger(__name__)

BATCH_READS_MAX: Final = 20_000
"""Reads of one transaction, a fifth of a second: while a reader replays a race, each answer of PostgreSQL waits for
its turn on the loop, and few large batches wait less often."""
WINDOW_READS_MAX: Final = 100_000
"""Reads kept in memory for PostgreSQL, about 50 MB; the rest waits in the journal only."""
FEW_READS: Final = 200
GATHER_S: Final = 0.1
"""After a batch of FEW_READS or less the next one gathers for so long: at hundreds of reads a second PostgreSQL gets
ten transactions a second, and the screens, who do not wait for it, have the processor."""
RETRY_S_MAX: Final = 2.0
RETRY_S_MIN: Final = 0.05
PROBE_S: Final = 5.0
"""How long the connection may be left alone before it is asked whether it lives."""

_REFUSALS: Final = (*DATA_FAULTS, StoreError, asyncpg.PostgresError, asyncpg.InternalClientError)
"""What is no lost connection, and no fault of a single read either: somebody has to look after the database."""


class GroupReader(Protocol):
    """Where groups that are not in the window are read back from."""

    async def __call__(self, after: int, reads_max: int) -> list[tuple[int, Group]]: ...


class Drain:
    """`next_offset(session, held)` gives a session's next free offset above `held`, for a read whose own was taken
    by another; `renumbered` hears of it when that is in the database, `voided` of a void row that has taken the place
    of a read. `done` hears through which group everything is in."""

    def __init__(
        self,
        writer: Writer,
        read_groups: GroupReader,
        *,
        done: Callable[[int], None],
        next_offset: Callable[[int, int], int],
        renumbered: Callable[[Renumbered], None],
        voided: Callable[[int, Read], None],
        new_id: Callable[[], int],
    ) -> None:
        # shared
        self._writer = writer
        self._read_groups = read_groups
        self._done = done
        self._renumbered = renumbered
        self._voided = voided
        self._batches = BatchWriter(next_offset=next_offset, new_id=new_id)
        # the window
        self._window: deque[tuple[int, Group, int]] = deque()
        self._window_reads = 0
        self._spilled = False
        self._put_through = 0
        self._wanted = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._doubt = True
        self.taken_through = 0
        # counters
        self.problem = ""
        """Why nothing goes in now, in words; empty when it does."""
        self.stored = 0

    @property
    def poisoned(self) -> int:
        """Reads that PostgreSQL would not take."""
        return self._batches.poisoned

    @property
    def foreign(self) -> int:
        """Reads that got a new offset, because another read held theirs."""
        return self._batches.foreign

    def put(self, number: int, group: Group, count: int) -> None:
        """A group that is on disk. Groups come in order."""
        self._empty.clear()
        self._put_through = number
        if self._spilled or self._window_reads >= WINDOW_READS_MAX:
            self._spilled = True
        else:
            self._window.append((number, group, count))
            self._window_reads += count
        self._wanted.set()

    def spill(self) -> None:
        """There are groups in the journal that were never put: after a restart."""
        self._spilled = True
        self._empty.clear()
        self._wanted.set()

    async def drained(self) -> None:
        """Waits until everything that was put is in PostgreSQL."""
        await self._empty.wait()

    async def run(self) -> None:
        """Until cancelled. Raises NotOwner when the database is another hub's now, StoreError when the hub itself
        is at fault; the journal is as it was."""
        with failing(self._tell, "the way into the database", log):
            await self._run()

    def _tell(self, problem: str) -> None:
        self.problem = problem

    async def _run(self) -> None:
        while True:
            if not await self._work():
                await self._probe()
                continue
            self._wanted.clear()
            while (batch := await self._next()) is not None:
                await self._store_until_done(batch)
                self.taken_through = batch.through
                self._done(batch.through)
                if len(batch.reads) <= FEW_READS:
                    await asyncio.sleep(GATHER_S)
                    await self._note_readers()
            await self._note_readers()
            if not self._wanted.is_set():
                self._empty.set()

    async def _work(self) -> bool:
        """Waits until there is something to do; False: for PROBE_S there was not."""
        try:
            async with asyncio.timeout(PROBE_S):
                await self._wanted.wait()
        except TimeoutError:
            return False
        return True

    async def _probe(self) -> None:
        """Nobody writes: a connection that is gone, a server of ours that was killed, a database that was taken
        over would be found out about only by the next read, and by the web before."""
        try:
            await self._writer.run(_look_alive)
        except NotOwner:
            raise
        except (StoreAway, *_REFUSALS) as problem:
            self._failed(first_line(problem))
        else:
            self._recovered()

    async def _note_readers(self) -> None:
        """Not worth a retry: what did not go in goes in after the next batch."""
        if not self._batches.new_readers:
            return
        try:
            await self._writer.run(self._batches.note_readers)
        except NotOwner:
            raise
        except (StoreAway, *_REFUSALS) as problem:
            self._doubt = True
            log.warning("database: which reader is where was not noted: %s", first_line(problem))

    async def _next(self) -> Batch | None:
        if not self._window and self._spilled:
            groups = await self._read_groups(self.taken_through, WINDOW_READS_MAX // 2)
            counted = [(number, group, sum(len(s.reads) for s in group.sessions)) for number, group in groups]
            self._window.extend(counted)
            self._window_reads = sum(count for _, _, count in counted)
            self._spilled = bool(groups) or self._put_through > self.taken_through
        if not self._window:
            return None
        batch = Batch(0)
        while self._window and (
            not batch.through or len(batch.reads) + self._window[0][2] <= BATCH_READS_MAX
        ):
            number, group, count = self._window.popleft()
            self._window_reads -= count
            batch.add(number, group)
        return batch

    async def _store_until_done(self, batch: Batch) -> None:
        pause = RETRY_S_MIN
        while True:
            try:
                await self._store(batch)
            except NotOwner:
                raise
            except StoreAway as problem:
                self._failed(str(problem))
            except _REFUSALS as problem:
                # A new connection may meet another server: after a fail-over the old one can only be read.
                self._writer.drop()
                self._failed(f"PostgreSQL refuses: {first_line(problem)}")
            else:
                break
            await asyncio.sleep(pause)
            pause = min(2 * pause, RETRY_S_MAX)
        self._recovered()

    def _recovered(self) -> None:
        if self.problem:
            log.warning("database: answers again; what was waiting is going in")
        self.problem = ""

    def _failed(self, words: str) -> None:
        self._doubt = True
        self._batches.forget()
        if words != self.problem:
            log.error("database: %s. Reads are kept in the journal and go in later.", words)
        self.problem = words

    async def _store(self, batch: Batch) -> None:
        renumbered: list[Renumbered] = []
        try:
            if self._doubt:
                renumbered = await self._writer.run(
                    lambda connection: self._batches.insert(connection, batch)
                )
            else:
                await self._writer.run(lambda connection: self._batches.copy(connection, batch))
        except DATA_FAULTS as problem:
            log.warning("database: %s: the batch is taken apart", first_line(problem))
            self._batches.forget()
            renumbered = await self._take_apart(batch)
        self._batches.finished()
        self._doubt = False
        self.stored += len(batch.reads)
        for each in renumbered:
            self._renumbered(each)
        while self._batches.voided:
            self._voided(*self._batches.voided.pop())

    async def _take_apart(self, batch: Batch) -> list[Renumbered]:
        renumbered: list[Renumbered] = []
        for piece in batch.pieces():

            async def take(connection: Connection, piece: Batch = piece) -> list[Renumbered]:
                return await self._batches.take_apart(connection, piece)

            renumbered += await self._writer.run(take)
        return renumbered


async def _look_alive(connection: Connection) -> None:
    await connection.execute("SELECT 1")
