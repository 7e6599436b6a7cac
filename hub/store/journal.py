"""The journal: what was accepted, on the local disk, before anybody sees it. Knows SQLite and bytes in groups;
refuses to know what a group holds beyond its encoding.

SQLite in WAL mode with synchronous=FULL: a committed group survives kill -9 and a loss of power. One group is
written at a time, in a thread; deleting what PostgreSQL has rides along with the next write.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from hub.errors import StoreError
from hub.model import Group

log = logging.getLogger(__name__)

RETRY_S: Final = 0.5
"""Pause before a group that could not be written is tried again."""
WAL_PAGES: Final = 4096
"""Pages of 4 KiB in the log before SQLite moves them into the file: rare enough to be cheap, 16 MiB at most."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS groups (id INTEGER PRIMARY KEY AUTOINCREMENT, reads INTEGER NOT NULL, body BLOB NOT NULL)
"""

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Group).decode


class SealedGroup(Protocol):
    """What the hub hands over: a group, and how many reads it holds."""

    @property
    def group(self) -> Group: ...
    @property
    def reads(self) -> int: ...


S = TypeVar("S", bound=SealedGroup)


class Journal:
    """One SQLite file. Every method blocks; call them from one thread at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "journal.sqlite"
        try:
            self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
            self._db.execute(_SCHEMA)
            size, last = self._db.execute(
                "SELECT coalesce(sum(length(body)), 0), coalesce(max(id), 0) FROM groups"
            ).fetchone()
        except sqlite3.Error as problem:
            raise StoreError(f"the journal {self.path} cannot be used: {problem}") from problem
        self.pending_bytes: int = size
        self.last_id: int = last
        self._sizes: dict[int, int] = dict(
            self._db.execute("SELECT id, length(body) FROM groups ORDER BY id")
        )

    def write(self, group: Group, reads: int, delete_through: int) -> int:
        """Makes a group durable and gives its number; in the same step deletes the groups up to `delete_through`."""
        body = _encode(group)
        cursor = self._db.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        try:
            if delete_through:
                cursor.execute("DELETE FROM groups WHERE id <= ?", (delete_through,))
            cursor.execute("INSERT INTO groups (reads, body) VALUES (?, ?)", (reads, body))
            number = int(cursor.lastrowid or 0)
            cursor.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                cursor.execute("ROLLBACK")
            raise
        self._sizes[number] = len(body)
        self.pending_bytes += len(body)
        self.last_id = number
        self._deleted(delete_through)
        return number

    def delete(self, delete_through: int) -> None:
        self._db.execute("DELETE FROM groups WHERE id <= ?", (delete_through,))
        self._deleted(delete_through)

    def read(self, after: int, reads_max: int) -> list[tuple[int, Group]]:
        """Groups after this number, oldest first: at least one when there is one, else about `reads_max` reads."""
        found: list[tuple[int, Group]] = []
        total = 0
        rows = self._db.execute("SELECT id, reads, body FROM groups WHERE id > ? ORDER BY id", (after,))
        for number, reads, body in rows:
            total += reads
            if found and total > reads_max:
                break
            found.append((number, _decode(body)))
        return found

    def close(self) -> None:
        self._db.close()

    def _deleted(self, through: int) -> None:
        while self._sizes and (first := next(iter(self._sizes))) <= through:
            self.pending_bytes -= self._sizes.pop(first)


class JournalWriter(Generic[S]):
    """Takes what `seal` gives, one group at a time, as long as there is any. `written` hears of each group that is
    on disk, on the loop, with its number."""

    def __init__(
        self, journal: Journal, seal: Callable[[], S | None], written: Callable[[int, S], None]
    ) -> None:
        self.journal = journal
        self.problem = ""
        """Why the journal cannot be written now, in words; empty when it can."""
        self._seal = seal
        self._written = written
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._wanted = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._delete_through = 0
        self._deleted_through = 0

    def wake(self) -> None:
        """There is something to seal, or to delete."""
        self._idle.clear()
        self._wanted.set()

    def delete_through(self, number: int) -> None:
        """PostgreSQL has everything up to this group."""
        self._delete_through = number
        self.wake()

    async def read(self, after: int, reads_max: int) -> list[tuple[int, Group]]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self.journal.read, after, reads_max)

    async def run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while (sealed := self._seal()) is not None:
                await self._write(sealed)
            if self._delete_through > self._deleted_through:
                await self._delete()
            if not self._wanted.is_set():
                self._idle.set()

    async def flushed(self) -> None:
        """Waits until everything that was accepted is on disk, and what PostgreSQL has is deleted."""
        await self._idle.wait()

    def close(self) -> None:
        self._thread.shutdown()
        self.journal.close()

    async def _write(self, sealed: S) -> None:
        loop = asyncio.get_running_loop()
        while True:
            through = self._delete_through
            try:
                number = await loop.run_in_executor(
                    self._thread, self.journal.write, sealed.group, sealed.reads, through
                )
            except sqlite3.Error as problem:
                self._failed(problem)
                await asyncio.sleep(RETRY_S)
            else:
                break
        self._recovered()
        self._deleted_through = max(self._deleted_through, through)
        self._written(number, sealed)

    async def _delete(self) -> None:
        through = self._delete_through
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self.journal.delete, through)
        except sqlite3.Error as problem:
            self._failed(problem)
        else:
            self._deleted_through = through

    def _failed(self, problem: sqlite3.Error) -> None:
        if not self.problem:
            log.error("journal: %s cannot be written: %s. Readers wait.", self.journal.path, problem)
        self.problem = str(problem)

    def _recovered(self) -> None:
        if self.problem:
            log.warning("journal: %s can be written again", self.journal.path)
        self.problem = ""
