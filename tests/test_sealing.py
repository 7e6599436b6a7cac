"""What is sealed is read with its key alone, and the key is its owner's alone."""

import stat
from pathlib import Path

import pytest

from hub.errors import StoreError
from hub.sealing import Sealing


def test_what_is_sealed_is_read_again_after_a_start(tmp_path: Path) -> None:
    sealed = Sealing(tmp_path).seal("k7qx-2m9p")
    assert b"k7qx" not in sealed
    assert Sealing(tmp_path).open(sealed) == "k7qx-2m9p"


def test_without_its_key_it_is_lost(tmp_path: Path) -> None:
    first = Sealing(tmp_path)
    sealed = first.seal("k7qx-2m9p")
    first.path.unlink()
    other = Sealing(tmp_path)
    assert other.open(sealed) is None and other.open(b"nonsense") is None
    assert other.open(other.seal("new")) == "new"


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    path = Sealing(tmp_path).path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_place_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("")
    with pytest.raises(StoreError, match="secrets"):
        Sealing(tmp_path)
