"""Secrets in the data directory."""

import errno
import os
from pathlib import Path

import pytest

from hub.disk import kept_secret, room
from hub.errors import StoreError


def never() -> str:
    raise AssertionError("there is one")


def test_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.secret"
    old = os.umask(0)
    try:
        assert kept_secret(path, lambda: "hunter2") == "hunter2"
    finally:
        os.umask(old)
    assert path.read_text() == "hunter2\n" and path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert kept_secret(path, never) == "hunter2"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("held", ["", " \r\n"])
def test_an_empty_file_gets_one(tmp_path: Path, held: str) -> None:
    path = tmp_path / "a.secret"
    path.write_text(held)
    assert kept_secret(path, lambda: "made") == "made" == path.read_text().strip()


def test_one_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "a.secret"
    path.write_text("  mine\r\n")
    assert kept_secret(path, never) == "mine"


def test_one_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.secret").mkdir()
    with pytest.raises(StoreError, match=r"a\.secret cannot be used: Is a directory"):
        kept_secret(tmp_path / "a.secret", never)


def test_a_disk_that_is_full_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        kept_secret(tmp_path / "a.secret", lambda: "made")
    assert list(tmp_path.iterdir()) == []


def test_how_much_room_there_is(tmp_path: Path) -> None:
    found = room(tmp_path)
    assert found is not None and 0 <= found.free <= found.total and found.device == tmp_path.stat().st_dev
    assert room(tmp_path / "none") is None
