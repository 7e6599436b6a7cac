"""The journal: what was accepted, on the local disk, before anybody sees it. Knows SQLite and bytes in groups;
refuses to know what a group holds beyond its encoding.

SQLite in WAL mode with synchronous=FULL: a committed group survives kill -9 and a loss of power. One group is
written at a time, in a thread; deleting what PostgreSQL has rides along with the next write.
"""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
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
KEPT_PAGES: Final = 16 * 1024
"""Pages that the file keeps when it is empty, 64 MiB: not to be asked from the disk again at the next peak."""
LOCK_S_MAX: Final = 1.0
"""A killed hub's lock went with it; who has it for longer is alive."""

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
T = TypeVar("T")


class Journal:
    """One SQLite file. Every method blocks; call them from one thread at a time. What SQLite says against it comes
    as sqlite3.Error, and nothing has changed then."""

    def __init__(self, folder: Path) -> None:
        """Raises StoreError when the file cannot be made, is damaged, or is in use."""
        self.path = folder / "journal.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = sqlite3.connect(
                self.path, isolation_level=None, check_same_thread=False, timeout=LOCK_S_MAX
            )
            self._set_up()
            self._sizes = deque(
                self._db.execute("SELECT id, ifnull(length(body), 0) FROM groups ORDER BY id")
            )
        except (sqlite3.Error, OSError, ValueError) as problem:  # ValueError: of a damaged name in the file
            raise StoreError(f"the journal {self.path} cannot be used: {problem}") from problem
        self.pending_bytes: int = sum(size for _, size in self._sizes)
        self.last_id: int = self._sizes[-1][0] if self._sizes else 0

    def _set_up(self) -> None:
        execute = self._db.execute
        # Two hubs with one journal would give each other's reads away. This lock goes with the process.
        execute("PRAGMA locking_mode = EXCLUSIVE")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
        execute(f"PRAGMA journal_size_limit = {WAL_PAGES * 4096}")
        execute(_SCHEMA)

    def write(self, group: Group, reads: int, delete_through: int) -> int:
        """Makes a group durable and gives its number; in the same step deletes the groups up to `delete_through`.

        Raises sqlite3.Error, or StoreError for a group that no journal can hold.
        """
        body = _encoded(group)
        cursor = self._db.cursor()
        self._begin(cursor)
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
        self._sizes.append((number, len(body)))
        self.pending_bytes += len(body)
        self.last_id = number
        self._deleted(delete_through)
        return number

    def delete(self, delete_through: int) -> None:
        """Deletes the groups up to this one; when none is left, what a long backlog took of the disk is given
        back."""
        self._db.execute("DELETE FROM groups WHERE id <= ?", (delete_through,))
        self._deleted(delete_through)
        if not self._sizes and self._pages() > KEPT_PAGES:
            self._shrink()

    def read(self, after: int, reads_max: int) -> list[tuple[int, Group]]:
        """Groups after this number, oldest first: at least one when there is one, else about `reads_max` reads.

        Raises sqlite3.Error, or StoreError for a group that is damaged.
        """
        found: list[tuple[int, Group]] = []
        total = 0
        query = "SELECT id, ifnull(CAST(reads AS INTEGER), 0), body FROM groups WHERE id > ? ORDER BY id"
        with closing(self._db.execute(query, (after,))) as rows:
            for number, reads, body in rows:
                total += reads
                if found and total > reads_max:
                    break
                found.append((number, self._decoded(number, body)))
        return found

    def close(self) -> None:
        self._db.close()

    def _decoded(self, number: int, body: bytes) -> Group:
        try:
            return _decode(body)
        except (ValueError, TypeError, RecursionError) as problem:  # of bad text, of no bytes, of nesting
            raise StoreError(f"the journal {self.path} is damaged at group {number}: {problem}") from problem

    def _begin(self, cursor: sqlite3.Cursor) -> None:
        if self._db.in_transaction:  # a roll-back, too, can fail on a failing disk
            cursor.execute("ROLLBACK")
        cursor.execute("BEGIN IMMEDIATE")

    def _shrink(self) -> None:
        try:
            self._db.execute("VACUUM")  # of an empty table: milliseconds
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as problem:  # nothing is lost by a file that stays large
            log.warning("journal: %s could not be made small again: %s", self.path, problem)

    def _pages(self) -> int:
        return int(self._db.execute("PRAGMA page_count").fetchone()[0])

    def _deleted(self, through: int) -> None:
        while self._sizes and self._sizes[0][0] <= through:
            self.pending_bytes -= self._sizes.popleft()[1]


def _encoded(group: Group) -> bytes:
    try:
        return _encode(group)
    except (ValueError, OverflowError) as problem:  # half a character, or a number beyond 64 bits
        raise StoreError(f"a read holds what the journal cannot keep: {problem}") from problem


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
        try:
            await self._run()
        except StoreError as problem:
            self.problem = str(problem)
            raise
        except Exception as problem:
            self.problem = f"the journal's writer has failed: {problem!r}"
            log.exception("journal: its writer has failed")
            raise StoreError(self.problem) from problem

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
                await asyncio.sleep(RETRY_S)
            else:
                break
        self._recovered()
        self._written(number, sealed)
        self._note_deleted(through)

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
        if self.problem != str(problem):
            log.error("journal: %s cannot be written: %s. Readers wait.", self.journal.path, problem)
        self.problem = str(problem)

    def _recovered(self) -> None:
        if self.problem:
            log.warning("journal: %s can be written again", self.journal.path)
        self.problem = ""
