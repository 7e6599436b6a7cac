"""What the journal holds when its disk has damaged it. Each target takes any bytes."""

import contextlib
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

import msgspec

from hub.errors import StoreError
from hub.model import Group
from hub.store.journal import Journal
from tests.store.making import group, read

GROUPS: Final = 3
MEMORY: Final = Path("/dev/shm")
"""Where a file costs no disk."""


def journal_group(data: bytes) -> None:
    """A group of any bytes is a Group whose fields have the right types, or a StoreError that names it."""
    journal, _ = _held()
    journal._db.execute("UPDATE groups SET body = ?", (data,))
    try:
        ((number, found),) = journal.read(0, 1000)
    except StoreError as problem:
        assert "damaged at group 1" in str(problem)
        return
    assert number == 1
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Group) == found


def journal_file(data: bytes) -> None:
    """A journal's file with any bytes in other places is used or refused with a StoreError; what cannot be read or
    written of it then is a StoreError or SQLite's own, and what can be are Groups.

    Two bytes say how long the file is, in 16 bytes; then each three are a place and what stands there.
    """
    content = bytearray(_file()[: int.from_bytes(data[:2], "big") * 16 if data else None])
    for at in range(2, len(data) - 2, 3):
        place = int.from_bytes(data[at : at + 2], "big")
        if place < len(content):
            content[place] = data[at + 2]
    with _folder() as folder:
        Path(folder, "journal.sqlite").write_bytes(content)
        with contextlib.suppress(StoreError), closing(Journal(Path(folder))) as journal:
            with contextlib.suppress(StoreError, sqlite3.Error):
                found = journal.read(0, 1000)
                assert all(isinstance(number, int) and isinstance(each, Group) for number, each in found)
            with contextlib.suppress(StoreError, sqlite3.Error):
                journal.write(group(1, [read(9)]), 1, 0)
            with contextlib.suppress(StoreError, sqlite3.Error):
                journal.delete(GROUPS)


def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else gettempdir())


@cache
def _held() -> tuple[Journal, TemporaryDirectory[str]]:
    """A journal with one group, and its folder, for as long as the process lives."""
    folder = _folder()
    journal = Journal(Path(folder.name))
    journal.write(group(1, [read(1)]), 1, 0)
    return journal, folder


@cache
def _file() -> bytes:
    """A journal's file, as it is left by a hub that has stopped."""
    with _folder() as folder:
        journal = Journal(Path(folder))
        for number in range(1, GROUPS + 1):
            journal.write(group(1, [read(number)]), 1, 0)
        journal.close()
        return Path(folder, "journal.sqlite").read_bytes()
