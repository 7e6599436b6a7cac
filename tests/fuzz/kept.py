"""What the journal holds when its disk has damaged it. Each target takes any bytes."""

from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

import msgspec

from hub.errors import JournalDamaged
from hub.model import Group
from hub.store import reserve
from hub.store.journal import Journal
from tests.store.making import group, read

GROUPS: Final = 3
MEMORY: Final = Path("/dev/shm")
"""Where a file costs no disk."""


def journal_group(data: bytes) -> None:
    """A group of any bytes is a Group whose fields have the right types, or JournalDamaged, which names it."""
    journal, _ = _held()
    journal._db.execute("UPDATE groups SET body = ?, crc = NULL", (data,))
    try:
        ((number, found),) = journal.read(0, 1000)
    except JournalDamaged as problem:
        assert "group 1 cannot be read" in str(problem)
        return
    assert number == 1
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Group) == found


def journal_file(data: bytes) -> None:
    """A journal's file with any bytes in other places is used, or set aside as it is and used as far as it can be read:
    what is read of it is what was written, it goes on, and nothing else is ever raised.

    Two bytes say how long the file is, in 16 bytes; then each three are a place and what stands there.
    """
    content = bytearray(_file()[: int.from_bytes(data[:2], "big") * 16 if data else None])
    for at in range(2, len(data) - 2, 3):
        place = int.from_bytes(data[at : at + 2], "big")
        if place < len(content):
            content[place] = data[at + 2]
    with _folder() as folder:
        Path(folder, "journal.sqlite").write_bytes(content)
        with closing(Journal(Path(folder))) as journal:
            journal.check()
            found = [each for _, each in journal.read(0, 1000)]
            assert all(each in _written() for each in found)
            assert len(found) == GROUPS or journal.set_aside or not content
            if journal.set_aside:
                assert Path(journal.set_aside).read_bytes() == content
            number = journal.write(group(1, [read(9)]), 1, 0)
            journal.delete(number)
            assert journal.read(0, 1000) == []


def _written() -> list[Group]:
    return [group(1, [read(number)]) for number in range(1, GROUPS + 1)]


def _folder() -> TemporaryDirectory[str]:
    reserve.RESERVE_BYTES = 4096  # type: ignore[misc]  # what is kept for a full disk would cost the memory's
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
        for each in _written():
            journal.write(each, 1, 0)
        journal.close()
        return Path(folder, "journal.sqlite").read_bytes()
