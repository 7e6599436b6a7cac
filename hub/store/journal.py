"""The journal: what was accepted, on the local disk, before anybody sees it. Knows SQLite and bytes in groups;
refuses to know what a group holds beyond its encoding and the offsets in it.

SQLite in WAL mode with synchronous=FULL: a committed group survives kill -9 and a loss of power. One that is damaged
nevertheless is set aside, and what can be read of it goes on in a new one.
"""

import contextlib
import logging
import sqlite3
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from hub.errors import JournalDamaged, StoreError
from hub.model import Group
from hub.store import salvage, set_aside
from hub.store.reserve import Reserve

log = logging.getLogger(__name__)

WAL_PAGES: Final = 4096
"""Pages of 4 KiB in the log before SQLite moves them into the file: rare enough to be cheap, 16 MiB at most."""
KEPT_PAGES: Final = 16 * 1024
"""Pages that the file keeps when it is empty, 64 MiB: not to be asked from the disk again at the next peak."""
DELETE_BYTES_MAX: Final = 8 * 1024 * 1024
"""What is deleted in one transaction, unless one group alone is more. The drain's own steps are smaller."""
LOCK_S_MAX: Final = 1.0
"""A killed hub's lock went with it; who has it for longer is alive."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT, reads INTEGER NOT NULL, body BLOB NOT NULL, crc INTEGER
)
"""
_INSERT: Final = "INSERT INTO groups (reads, body, crc) VALUES (?, ?, ?)"
_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""What SQLite says of a file that is not what it wrote."""
_OF_THE_DISK: Final = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)
"""What it says where the file may be sound. Everything else, at the start, is of names or types that are damaged."""
_BITS: Final = 0xFF
"""An error's kind, without its details."""

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Group).decode


class Journal:
    """One SQLite file. Every method blocks; call them from one thread at a time. What SQLite says against it comes as
    sqlite3.Error, and nothing has changed then; as JournalDamaged where it will not be better until the next start.

    set_aside: the damaged journal that this one follows, if its loss has not been settled yet; else empty.
    """

    def __init__(self, folder: Path) -> None:
        """Opens it; `check` has to follow before anything is read or written. Raises StoreError when the file cannot be
        made, or is in use."""
        self.path = folder / "journal.sqlite"
        self._sizes: deque[tuple[int, int]] = deque()
        self.pending_bytes = 0
        self.last_id = 0
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            set_aside.finish(self.path)
            self._reserve = Reserve(folder / "journal.reserve")
            self._db = self._open()
        except (sqlite3.Error, OSError) as problem:
            raise StoreError(f"the journal {self.path} cannot be used: {problem}") from problem

    @property
    def set_aside(self) -> str:
        return set_aside.noted(self._db)

    def settle(self) -> None:
        """What the damaged journal may have lost has been dealt with."""
        set_aside.forget(self._db)

    def check(self) -> dict[int, int]:
        """Looks at everything that is in it; gives the last offset of each session. Where it is damaged, it is set
        aside, and what can be read of it is in the new one. Raises StoreError when it cannot be set aside."""
        try:
            try:
                return self._look()
            except JournalDamaged as problem:
                self._db = self._renewed(self._db, str(problem))
                return self._look()
        except (sqlite3.Error, OSError) as problem:
            raise StoreError(f"the journal {self.path} cannot be used: {problem}") from problem

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
            cursor.execute(_INSERT, (reads, body, zlib.crc32(body)))
            number = int(cursor.lastrowid or 0)
            cursor.execute("COMMIT")
        except sqlite3.Error as problem:
            if self._db.in_transaction:
                cursor.execute("ROLLBACK")
            self._unless_damaged(problem)
            raise
        self._sizes.append((number, len(body)))
        self.pending_bytes += len(body)
        self.last_id = number
        self._deleted(delete_through)
        return number

    def delete(self, delete_through: int) -> None:
        """Deletes the groups up to this one; when none is left, what a long backlog took of the disk is given back.
        On a full disk the reserve makes the room that this takes."""
        try:
            self._delete(delete_through)
        except sqlite3.Error as problem:
            self._unless_damaged(problem)
            if not self._reserve.release():
                raise
            log.warning("journal: the room kept for a full disk is used")
            self._move_log()
            self._delete(delete_through)
        if not self._sizes:
            if self._pages() > (KEPT_PAGES if self._reserve.held else 0):
                self._shrink()
            self._reserve.take()

    def read(self, after: int, reads_max: int) -> list[tuple[int, Group]]:
        """Groups after this number, oldest first: at least one when there is one, else about `reads_max` reads.

        Raises sqlite3.Error, or JournalDamaged.
        """
        found: list[tuple[int, Group]] = []
        total = 0
        query = "SELECT id, ifnull(CAST(reads AS INTEGER), 0), body, crc FROM groups WHERE id > ? ORDER BY id"
        try:
            with closing(self._db.execute(query, (after,))) as rows:
                for row in rows:
                    total += row[1]
                    if found and total > reads_max:
                        break
                    found.append((row[0], _decoded(salvage.Row(*row))))
        except sqlite3.Error as problem:
            self._unless_damaged(problem)
            raise
        return found

    def close(self) -> None:
        self._db.close()

    # set up

    def _open(self) -> sqlite3.Connection:
        if set_aside.is_headless(self.path):
            return self._renewed(None, "its file is gone, and its log is there")
        if not salvage.is_version_known(self.path):
            return self._renewed(None, "its header names a format that SQLite would only read")
        db = _connected(self.path)
        try:
            _set_up(db)
        except (sqlite3.Error, ValueError) as problem:  # ValueError: of a name in it that is no text
            if not _is_of_the_disk(problem):
                return self._renewed(db, str(problem))
            db.close()
            raise
        return db

    def _look(self) -> dict[int, int]:
        """Raises JournalDamaged."""
        heads: dict[int, int] = {}
        self._sizes.clear()
        try:
            found = str(self._db.execute("PRAGMA quick_check(1)").fetchone()[0])
            if found != "ok":
                raise JournalDamaged(found)
            for row in self._db.execute("SELECT id, reads, body, crc FROM groups ORDER BY id"):
                _note_heads(heads, _decoded(salvage.Row(*row)))
                self._sizes.append((row[0], len(row[2])))
            given = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'groups'").fetchone()
        except (sqlite3.Error, ValueError) as problem:
            if _is_of_the_disk(problem):
                raise
            raise JournalDamaged(str(problem)) from problem
        self.pending_bytes = sum(size for _, size in self._sizes)
        self.last_id = self._sizes[-1][0] if self._sizes else 0
        if (last := salvage.last_committed(self.path)) > (given[0] if given else 0):
            raise JournalDamaged(f"its log is broken before group {last}")
        self._reserve.take()
        return heads

    def _renewed(self, db: sqlite3.Connection | None, reason: str) -> sqlite3.Connection:
        """Another journal in the place of the damaged one, which `db` has open: with what can be read of that."""
        damaged = set_aside.copy(self.path)
        rows = self._fill(set_aside.next_of(self.path), damaged)
        set_aside.commit(self.path)
        if db is not None:  # only now: SQLite writes what it has of the old one when it closes it
            with contextlib.suppress(sqlite3.Error):
                db.close()
        set_aside.finish(self.path)
        log.error(
            "journal: damaged (%s). It is set aside as %s; %d groups with %d reads could be read of it and go on",
            reason,
            damaged,
            len(rows),
            sum(rows),
        )
        db = _connected(self.path)
        _set_up(db)
        return db

    def _fill(self, path: Path, damaged: Path) -> list[int]:
        """A new journal with what can be read of the damaged one; gives how many reads each group has."""
        with closing(_connected(path)) as db:
            _set_up(db)
            counts = []
            db.execute("BEGIN")
            for row in _readable(damaged):
                db.execute("INSERT INTO groups (id, reads, body, crc) VALUES (?, ?, ?, ?)", row)
                counts.append(row.reads)
            set_aside.note(db, damaged)
            db.execute("COMMIT")
        return counts

    # parts

    def _unless_damaged(self, problem: sqlite3.Error) -> None:
        if _is_damage(problem):
            raise JournalDamaged(f"the journal {self.path} is damaged: {problem}") from problem

    def _begin(self, cursor: sqlite3.Cursor) -> None:
        if self._db.in_transaction:  # a roll-back, too, can fail on a failing disk
            cursor.execute("ROLLBACK")
        cursor.execute("BEGIN IMMEDIATE")

    def _delete(self, through: int) -> None:
        """In steps, for what is deleted goes through the log first: a long backlog would take its room again there."""
        while True:
            step = self._step(through)
            self._db.execute("DELETE FROM groups WHERE id <= ?", (step,))
            self._deleted(step)
            if step == through:
                return
            self._move_log()

    def _step(self, through: int) -> int:
        size = 0
        for number, bytes_ in self._sizes:
            if number > through:
                break
            size += bytes_
            if size > DELETE_BYTES_MAX:
                return number
        return through

    def _move_log(self) -> None:
        """Moves what is in the log into the file, and gives its room back."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _shrink(self) -> None:
        try:
            self._db.execute("VACUUM")  # of an empty table: milliseconds
            self._move_log()
        except sqlite3.Error as problem:  # nothing is lost by a file that stays large
            log.warning("journal: %s could not be made small again: %s", self.path, problem)

    def _pages(self) -> int:
        return int(self._db.execute("PRAGMA page_count").fetchone()[0])

    def _deleted(self, through: int) -> None:
        while self._sizes and self._sizes[0][0] <= through:
            self.pending_bytes -= self._sizes.popleft()[1]


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=LOCK_S_MAX)


def _set_up(db: sqlite3.Connection) -> None:
    # Two hubs with one journal would give each other's reads away. This lock goes with the process.
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    db.execute(f"PRAGMA journal_size_limit = {WAL_PAGES * salvage.PAGE_BYTES}")
    _check_tables(db)
    db.execute(_SCHEMA)
    if "crc" not in {row[1] for row in db.execute("PRAGMA table_info(groups)")}:
        db.execute("ALTER TABLE groups ADD COLUMN crc INTEGER")  # a journal of before there were checksums


def _check_tables(db: sqlite3.Connection) -> None:
    """Before one is made: a journal whose table cannot be found would be an empty one."""
    found = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    if "groups" not in found and (found or pages > 1):
        raise sqlite3.DatabaseError("its table is gone")


def _is_damage(problem: sqlite3.Error) -> bool:
    return getattr(problem, "sqlite_errorcode", 0) & _BITS in _DAMAGE


def _is_of_the_disk(problem: Exception) -> bool:
    return getattr(problem, "sqlite_errorcode", 0) & _BITS in _OF_THE_DISK


def _readable(damaged: Path) -> Iterator[salvage.Row]:
    """What goes on of a damaged journal. Where SQLite has not set a checksum, that it can be decoded has to do."""

    def sound(row: salvage.Row) -> bool:
        try:
            _decoded(row)
        except JournalDamaged:
            return False
        return True

    for row in salvage.rows(damaged, sound):
        yield row._replace(crc=zlib.crc32(row.body))


def _note_heads(heads: dict[int, int], group: Group) -> None:
    for batch in group.sessions:
        if batch.reads:
            heads[batch.session_id] = max(heads.get(batch.session_id, 0), batch.reads[-1].offset)


def _encoded(group: Group) -> bytes:
    try:
        return _encode(group)
    except (ValueError, OverflowError) as problem:  # half a character, or a number beyond 64 bits
        raise StoreError(f"a read holds what the journal cannot keep: {problem}") from problem


def _decoded(row: salvage.Row) -> Group:
    try:
        if not row.whole:
            raise JournalDamaged(f"group {row.number} is not what was written")
        return _decode(row.body)
    except (ValueError, TypeError, RecursionError) as problem:  # of text, of what is no bytes, of nesting
        raise JournalDamaged(f"group {row.number} cannot be read: {problem}") from problem
