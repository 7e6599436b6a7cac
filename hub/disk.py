"""What the hub writes to a disk for good: secrets in the data directory; and how much room is left there. Knows files;
refuses to know what a secret is for.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from hub.errors import StoreError


class Room(NamedTuple):
    """Bytes of one disk; `device` tells it from others."""

    device: int
    free: int
    total: int


def room(folder: Path) -> Room | None:
    """How much the disk of this folder has left for the hub. None: it does not say."""
    try:
        found = os.statvfs(folder)
        return Room(folder.stat().st_dev, found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)
    except OSError:
        return None


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret that this file holds; made where there is none, so that it is there whole or not at all, whatever dies
    meanwhile. The file is its owner's alone. Raises StoreError when it can be neither read nor made."""
    try:
        secret = _held(path) or _made(path, make())
        path.chmod(0o600)
    except OSError as problem:
        raise StoreError(f"{path} cannot be used: {problem.strerror}") from problem
    return secret


def _held(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""


def _made(path: Path, secret: str) -> str:
    keep(path, f"{secret}\n".encode())
    return secret


def keep(path: Path, data: bytes) -> None:
    """A file that is its owner's alone, for good when this returns: there whole, or as it was before, whatever dies
    meanwhile. What is left of one that died is called as it is, with a dot and eight letters behind. Raises OSError."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Else a machine that loses its power may come back without the name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
