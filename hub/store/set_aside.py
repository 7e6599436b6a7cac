"""How a damaged journal makes room for a new one: the steps, each of which a kill may follow. Knows files and one note
in the new journal.

The damaged files are copied, not renamed: SQLite, when it closes them, would write what it holds of them. Then the new
journal is made under a name of its own. As soon as it has that name it is the journal; `finish` does what was left.
"""

import contextlib
import os
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Final

from hub.errors import StoreError
from hub.store.salvage import WAL_HEADER_BYTES, wal_of

_NOTES: Final = "CREATE TABLE IF NOT EXISTS notes (set_aside TEXT NOT NULL)"


def is_headless(path: Path) -> bool:
    """Whether only the log of a journal is there: SQLite would delete it, with all that is in it."""
    wal = wal_of(path)
    gone = not path.exists() or not path.stat().st_size
    return gone and wal.exists() and wal.stat().st_size > WAL_HEADER_BYTES


def copy(path: Path) -> Path:
    """Copies a damaged journal, with its log, beside it; gives the copy. Raises OSError, or StoreError when there is
    no room."""
    there = [each for each in (path, wal_of(path)) if each.exists()]
    target = _free_name(path)
    try:
        for each in there:
            _copy(each, target if each == path else wal_of(target))
        _sync(path.parent)
    except OSError as problem:
        for each in (target, wal_of(target)):
            each.unlink(missing_ok=True)
        need = sum(each.stat().st_size for each in there) >> 20
        raise StoreError(
            f"the journal {path} is damaged, and cannot be set aside: {problem.strerror}. "
            f"It needs {need + 1} MiB in {path.parent}"
        ) from problem
    return target


def next_of(path: Path) -> Path:
    """Where the new journal is made. What an earlier try has left there goes."""
    making = _making(path)
    for each in (making, wal_of(making)):
        each.unlink(missing_ok=True)
    return making


def commit(path: Path) -> None:
    """The new journal is whole, and closed: from now on it is the journal. `finish` has to follow."""
    _sync_file(_making(path))
    _making(path).rename(_next(path))
    _sync(path.parent)


def finish(path: Path) -> None:
    """Puts the new journal, if there is one, in the place of the old one."""
    if _next(path).exists():
        wal_of(path).unlink(missing_ok=True)  # first: SQLite would take it for the new one's
        _next(path).rename(path)
        _sync(path.parent)


def note(db: sqlite3.Connection, damaged: Path) -> None:
    """Writes into the new journal which one it follows, until that is settled."""
    db.execute(_NOTES)
    db.execute("INSERT INTO notes VALUES (?)", (str(damaged),))


def noted(db: sqlite3.Connection) -> str:
    with contextlib.suppress(sqlite3.OperationalError):  # no such table
        row = db.execute("SELECT max(set_aside) FROM notes").fetchone()
        return row[0] or ""
    return ""


def forget(db: sqlite3.Connection) -> None:
    db.execute("DROP TABLE IF EXISTS notes")


def _making(path: Path) -> Path:
    return path.with_suffix(".making")


def _next(path: Path) -> Path:
    return path.with_suffix(".next")


def _free_name(path: Path) -> Path:
    stem = f"{path.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (path.with_name(f"{stem}{more}{path.suffix}") for more in ("", *(f"-{n}" for n in range(2, 100))))
    return next(each for each in names if not each.exists() and not wal_of(each).exists())


def _copy(source: Path, target: Path) -> None:
    shutil.copy2(source, target)
    _sync_file(target)


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
