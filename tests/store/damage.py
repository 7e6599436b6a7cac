"""A journal as a killed hub leaves it, and ways to damage it. Used by several tests."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

from hub.store.journal import Journal
from hub.store.salvage import FRAME_BYTES, PAGE_BYTES, WAL_HEADER_BYTES, wal_of
from tests.store.making import group, read

TOP: Final = Path(__file__).parents[2]


def left_by_a_kill(folder: Path, groups: int, reads: int, *, moved: int = 0) -> Path:
    """A journal of so many groups of session 1, killed with its log: the first `moved` are in the file itself."""
    code = (
        "import sys; from pathlib import Path; from tests.store.damage import fill_and_die;"
        "fill_and_die(Path(sys.argv[1]), *map(int, sys.argv[2:]))"
    )
    arguments = [str(folder), str(groups), str(reads), str(moved)]
    ended = subprocess.run([sys.executable, "-c", code, *arguments], cwd=TOP, check=False)
    assert ended.returncode == -signal.SIGKILL
    return folder / "journal.sqlite"


def fill_and_die(folder: Path, groups: int, reads: int, moved: int) -> None:
    held = Journal(folder)
    held.check()
    for number in range(groups):
        if number == moved:
            held._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        first = number * reads + 1
        held.write(group(1, [read(first + each) for each in range(reads)]), reads, 0)
    os.kill(os.getpid(), signal.SIGKILL)


def overwrite(path: Path, at: int, with_what: bytes) -> None:
    """Bytes of a file that are not what was written. A negative place counts from the end."""
    with path.open("r+b") as file:
        file.seek(at, os.SEEK_END if at < 0 else os.SEEK_SET)
        file.write(with_what)


def pages_of(path: Path) -> int:
    return path.stat().st_size // PAGE_BYTES


def break_frame(path: Path, number: int) -> None:
    """Damages one page in the log, counted from 0."""
    overwrite(wal_of(path), WAL_HEADER_BYTES + number * FRAME_BYTES + 100, os.urandom(600))
