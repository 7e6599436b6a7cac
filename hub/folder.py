"""The data directory: who uses it, and where that hub is. Knows one lock file; refuses to know what else is there."""

import contextlib
import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any, Final

from hub.errors import NotOwner, StoreError

LOCK_NAME: Final = "hub.lock"
NOTE_BYTES: Final = 512
"""Always as long, so that who reads it meanwhile sees the old note or the new one."""
LOOK_S: Final = 0.02
LOOKS_MAX: Final = 5
"""Who asks whether a hub runs (`running`) holds the lock for a moment: that is no hub."""


class DataFolder:
    """`data_dir`, taken by one process. The lock goes with the process, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self) -> None:
        """Makes the folder where need be. Raises NotOwner when another process has it, StoreError when it cannot
        be used."""
        # As root the embedded PostgreSQL runs as another user, who has to pass through here; files stay 0600.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=mode)
            handle = os.open(self.path / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise StoreError(f"server.data_dir: {self.path} cannot be used: {problem.strerror}") from problem
        if not _locked(handle):
            os.close(handle)
            other = running(self.path) or {}
            raise NotOwner(
                f"{self.path} is in use by another hub (process {other.get('pid', 'unknown')}); "
                "stop that one, or give this one another server.data_dir"
            )
        self._handle = handle
        self.note({})

    def note(self, facts: dict[str, Any]) -> None:
        """What other processes should know of this one. Raises StoreError on a full disk."""
        assert self._handle is not None
        data = json.dumps({"pid": os.getpid()} | facts).ljust(NOTE_BYTES).encode()
        try:
            os.pwrite(self._handle, data, 0)
        except OSError as problem:
            raise StoreError(f"server.data_dir: {self.path} cannot be used: {problem.strerror}") from problem

    def give_up(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _locked(handle: int) -> bool:
    for _ in range(LOOKS_MAX):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(LOOK_S)
        else:
            return True
    return False


def running(path: Path) -> dict[str, Any] | None:
    """What the hub that uses this folder has noted (`pid`, `web`); None: no hub uses it."""
    try:
        handle = os.open(path / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        with contextlib.suppress(ValueError):
            found = json.loads(os.read(handle, 4096))
            return found if isinstance(found, dict) else {}
        return {}
    finally:
        os.close(handle)
    return None
