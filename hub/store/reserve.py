"""Room on the disk that is kept for the moment when there is none. Knows one file.

To delete from a full disk SQLite has to write first: what PostgreSQL has taken could never be forgotten, and readers
would wait for ever. Then this file goes, and comes back when there is room again.
"""

import contextlib
import os
from pathlib import Path
from typing import Final

RESERVE_BYTES: Final = 24 * 1024 * 1024
"""What the journal's write-ahead log may have grown to, and half of that for what deleting adds to it."""


class Reserve:
    """A file of RESERVE_BYTES, made as soon as that is possible."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.held = path.exists() and path.stat().st_size >= RESERVE_BYTES

    def take(self) -> None:
        """Makes it, where it is not there. Without room for it there is none."""
        if self.held:
            return
        try:
            self._make()
        except OSError:
            self.release()
        else:
            self.held = True

    def release(self) -> bool:
        """Gives the room away; False: there was none."""
        held, self.held = self.held, False
        with contextlib.suppress(OSError):
            self._path.unlink()
        return held

    def _make(self) -> None:
        with self._path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
            else:  # macOS
                file.write(bytes(RESERVE_BYTES))
