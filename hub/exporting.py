"""A session as one zip file: everything that is kept of it when it is deleted. Knows files and their order; refuses to
know why.

The file is on disk, and so is its name in the folder, before `write` returns: only then may anything be deleted. It is
written in pieces, as PostgreSQL gives them, whatever a session holds.
"""

import asyncio
import contextlib
import csv
import io
import os
import secrets
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, NamedTuple

from hub.errors import Unavailable
from hub.reads_export import plain
from hub.store import exports
from hub.store.exports import Cells
from hub.stores import Stores

FOLDER: Final = "exports"
PART: Final = ".part"
"""What is not whole yet; of a hub that died meanwhile it is left, and removed before the next export."""
README: Final = """Everything that the race hub held of one session when it was deleted.

session.json   the session with its event, races and figures
reads.csv      every read and gun in the order of acceptance; raw_data is the line as it was sent,
               read_time_raw its time as sent, read_time the same in UTC; kind void: nothing is there any more
rejects.csv    lines that were no reads, each with the reason
roster.csv     the participants; it can be imported again
locations.csv  the timing points
sources.csv    the readers
showings.csv   which read stood on which display, from when, and for how long
messages.csv   what was said on screens, to announcers and to the crew
marks.csv      runners that announcers have starred, and their notes
calls.csv      the reads that announcers have said
results.csv    official results, as the registration service gave them

All files are UTF-8; all times are UTC unless they are as sent.
"""


class Written(NamedTuple):
    file_name: str
    bytes: int


async def write(stores: Stores, folder: Path, session_id: int, name: str) -> Written:
    """Raises StoreAway, StoreError, and Unavailable when the disk does not take it."""
    # One that was written before, and whose session was not deleted then, stays.
    file_name = f"{plain(name)}-{session_id}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}.zip"
    part = folder / (file_name + PART)
    with _disk():
        await asyncio.to_thread(_prepare, folder)
        try:
            await _fill(stores, part, session_id)
            size = await asyncio.to_thread(_keep, part, folder / file_name)
        finally:
            part.unlink(missing_ok=True)
    return Written(file_name, size)


async def _fill(stores: Stores, part: Path, session_id: int) -> None:
    archive = await asyncio.to_thread(_open, part)
    try:
        _write(archive, "README.txt", README)
        async with stores.transaction() as connection:
            await exports.in_utc(connection)
            _write(archive, "session.json", await exports.session_json(connection, session_id))
            for name, statement in exports.tables().items():
                with _disk():  # a fault of the disk is none of PostgreSQL's
                    file = archive.open(name, "w", force_zip64=True)
                try:
                    async for cells in exports.pieces(connection, statement, session_id):
                        await asyncio.to_thread(_append, file, cells)
                finally:
                    await asyncio.to_thread(_end, file)
    finally:
        await asyncio.to_thread(_close, archive)


def _write(archive: zipfile.ZipFile, name: str, text: str) -> None:
    with _disk():
        archive.writestr(name, text)


def _append(file: IO[bytes], cells: Cells) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(cells)
    with _disk():
        file.write(text.getvalue().encode())


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    """Raises Unavailable for what the system says against a file."""
    try:
        yield
    except OSError as problem:
        raise Unavailable(
            f"The export cannot be written: {problem.strerror or problem}. Nothing was deleted."
        ) from problem


def _end(file: IO[bytes]) -> None:
    with _disk():
        file.close()


def _open(path: Path) -> zipfile.ZipFile:
    """A new zip file that is its owner's alone."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    return zipfile.ZipFile(os.fdopen(handle, "w+b"), "w", zipfile.ZIP_DEFLATED)


def _close(archive: zipfile.ZipFile) -> None:
    """It is on disk then."""
    file = archive.fp
    assert file is not None
    try:
        archive.close()
        file.flush()
        os.fsync(file.fileno())
    finally:
        file.close()


def _prepare(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for each in folder.glob(f"*{PART}"):
        each.unlink()


def _keep(part: Path, path: Path) -> int:
    """Gives the file its name, for good. Gives its size."""
    part.rename(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return path.stat().st_size
