"""One group at a time from the hub into the journal, in a thread, as long as there is any. Knows when; the journal
knows how.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, Generic, Protocol, TypeVar

from hub.model import Group
from hub.store.failing import failing
from hub.store.journal import Journal

log = logging.getLogger(__name__)

RETRY_S: Final = 0.5
"""Pause before a group that could not be written is tried again."""


class SealedGroup(Protocol):
    """What the hub hands over: a group, and how many reads it holds."""

    @property
    def group(self) -> Group: ...
    @property
    def reads(self) -> int: ...


S = TypeVar("S", bound=SealedGroup)
T = TypeVar("T")


class JournalWriter(Generic[S]):
    """Takes what `seal` gives, one group at a time, as long as there is any. `written` hears of each group that is
    on disk, on the loop, with its number; `deleted` that there is more room."""

    def __init__(
        self,
        journal: Journal,
        seal: Callable[[], S | None],
        written: Callable[[int, S], None],
        deleted: Callable[[], None] = lambda: None,
    ) -> None:
        self.journal = journal
        self.problem = ""
        """Why the journal cannot be written now, in words; empty when it can."""
        self._seal = seal
        self._written = written
        self._deleted = deleted
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._wanted = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._delete_through = 0
        self._deleted_through = 0

    async def check(self) -> dict[int, int]:
        """As `Journal.check`, before anything else."""
        return await self._in_thread(self.journal.check)

    async def settle(self) -> None:
        """As `Journal.settle`."""
        await self._in_thread(self.journal.settle)

    def wake(self) -> None:
        """There is something to seal, or to delete."""
        self._idle.clear()
        self._wanted.set()

    def delete_through(self, number: int) -> None:
        """PostgreSQL has everything up to this group."""
        self._delete_through = number
        self.wake()

    async def read(self, after: int, reads_max: int) -> list[tuple[int, Group]]:
        """As `Journal.read`. Tries again until the disk gives it."""
        while True:
            try:
                return await self._in_thread(partial(self.journal.read, after, reads_max))
            except sqlite3.Error as problem:
                log.error("journal: %s cannot be read: %s. Trying again.", self.journal.path, problem)
                await asyncio.sleep(RETRY_S)

    async def run(self) -> None:
        """Until cancelled. Raises StoreError for what is no fault of the disk: then the hub has to end."""
        with failing(self._tell, "the journal's writer", log):
            await self._run()

    def _tell(self, problem: str) -> None:
        self.problem = problem

    async def flushed(self) -> None:
        """Waits until everything that was accepted is on disk, and what PostgreSQL has is deleted."""
        await self._idle.wait()

    def close(self) -> None:
        self._thread.shutdown()
        self.journal.close()

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while (sealed := self._seal()) is not None:
                await self._write(sealed)
            if self._delete_through > self._deleted_through:
                await self._delete()
            if not self._wanted.is_set():
                self._idle.set()

    async def _write(self, sealed: S) -> None:
        while True:
            through = self._delete_through
            try:
                write = partial(self.journal.write, sealed.group, sealed.reads, through)
                number = await self._in_thread(write)
            except sqlite3.Error as problem:
                self._failed(problem)
                if not await self._made_room():
                    await asyncio.sleep(RETRY_S)
            else:
                break
        self._recovered()
        self._written(number, sealed)
        self._note_deleted(through)

    async def _made_room(self) -> bool:
        """Deletes what PostgreSQL has, alone: that may do where there is no room for more."""
        through = self._delete_through
        if through <= self._deleted_through:
            return False
        try:
            await self._in_thread(partial(self.journal.delete, through))
        except sqlite3.Error:
            return False  # it was said what is the matter
        self._note_deleted(through)
        return True

    async def _delete(self) -> None:
        through = self._delete_through
        try:
            await self._in_thread(partial(self.journal.delete, through))
        except sqlite3.Error as problem:
            self._failed(problem)
            await asyncio.sleep(RETRY_S)
            self._wanted.set()  # not here again: what is accepted comes first
        else:
            self._recovered()
            self._note_deleted(through)

    def _note_deleted(self, through: int) -> None:
        if through > self._deleted_through:
            self._deleted_through = through
            self._deleted()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _failed(self, problem: sqlite3.Error) -> None:
        words = _words(problem)
        if self.problem != words:
            log.error("journal: %s cannot be written: %s. Readers wait.", self.journal.path, words)
        self.problem = words

    def _recovered(self) -> None:
        if self.problem:
            log.warning("journal: %s can be written again", self.journal.path)
        self.problem = ""


def _words(problem: sqlite3.Error) -> str:
    full = getattr(problem, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
    return "the disk is full" if full else str(problem)
