"""A disk that gets full, for one hub: a small file system of its own where the system allows that, as for root and for
users who may make namespaces; else no file may grow. Either way the kernel itself refuses. For Linux.
"""

import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

SIZE_MIB: Final = 32
"""The journal keeps 24 MiB of it for the moment when it is full."""
PIECE_BYTES: Final = 1 << 16
_MOUNT: Final = f'mount -t tmpfs -o size={SIZE_MIB}m racehub "$0" && exec "$@"'


def namespace() -> tuple[str, ...]:
    """How to run a program that may mount; empty: not here."""
    ways = (("unshare", "-m"), ("unshare", "-Urm"))
    return next((way for way in ways if _works(*way, "sh", "-c", "mount -t tmpfs x /mnt")), ())


def _works(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


class Disk:
    """`program` runs a hub whose folder `place` is on it; `pid` is that hub's, once it runs."""

    def __init__(self, place: Path) -> None:
        place.mkdir()
        self.place = place
        self.pid = 0
        self._namespace = namespace()
        hub = (sys.executable, "-m", "hub")
        mount = (*self._namespace, "sh", "-c", _MOUNT, str(place))
        self.program = (*mount, *hub) if self._namespace else hub
        self.words = "the disk is full" if self._namespace else "disk I/O error"

    def fill(self, *, leave_bytes: int = 0) -> None:
        """Somebody else takes all of it, but for so much."""
        if not self._namespace:
            limit_files(self.pid, 0)
            return
        with self._filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(PIECE_BYTES))
            except OSError:
                file.truncate(file.tell() - leave_bytes)

    def clear(self) -> None:
        """And gives it back."""
        if self._namespace:
            self._filler.unlink(missing_ok=True)
        else:
            unlimit_files(self.pid)

    @property
    def real(self) -> bool:
        """Whether it is a file system, with so many bytes; else it is full or not."""
        return bool(self._namespace)

    @property
    def _filler(self) -> Path:
        """As the hub sees it: nobody else does."""
        return Path(f"/proc/{self.pid}/root{self.place}/filler")


def limit_files(pid: int, size: int) -> None:
    """No file of that process may grow beyond so many bytes."""
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, most))


def unlimit_files(pid: int) -> None:
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
