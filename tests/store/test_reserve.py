"""The room kept for a full disk."""

import os
from pathlib import Path

import pytest

from hub.store import reserve
from hub.store.reserve import Reserve


def test_it_is_kept_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.reserve"
    held = Reserve(path)
    assert not held.held
    held.take()
    held.take()
    assert held.held and path.stat().st_blocks * 512 >= reserve.RESERVE_BYTES
    assert Reserve(path).held
    assert held.release() and not path.exists()
    assert not held.release()
    held.take()
    assert held.held and path.exists()


def test_without_room_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    held = Reserve(tmp_path / "journal.reserve")
    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", full)
        held.take()
    assert not held.held and not held.release() and list(tmp_path.iterdir()) == []
    held.take()
    assert held.held


def test_a_half_made_one_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "journal.reserve"
    path.write_bytes(b"half")
    held = Reserve(path)
    assert not held.held
    held.take()
    assert held.held and path.stat().st_size == reserve.RESERVE_BYTES
