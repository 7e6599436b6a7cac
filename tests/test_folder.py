"""The data directory's lock and note."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub import folder
from hub.errors import NotOwner, StoreError
from hub.folder import LOCK_NAME, DataFolder


def test_taken_noted_and_given_up(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "a" / "b")
    assert folder.running(data.path) is None
    data.take()
    assert folder.running(data.path) == {"pid": os.getpid()}
    data.note({"web": "http://127.0.0.1:8080"})
    assert folder.running(data.path) == {"pid": os.getpid(), "web": "http://127.0.0.1:8080"}
    data.give_up()
    assert folder.running(data.path) is None
    data.give_up()
    data.take()
    assert folder.running(data.path) == {"pid": os.getpid()}, "the old note is gone"
    data.give_up()


def test_a_second_one_hears_who_holds_it(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)
    first.take()
    with pytest.raises(NotOwner, match=f"in use by another hub .process {os.getpid()}"):
        second.take()
    second.give_up()
    assert folder.running(tmp_path) is not None
    first.give_up()
    second.take()
    second.give_up()


def test_who_only_looks_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / LOCK_NAME).write_text("")
    with (tmp_path / LOCK_NAME).open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH | fcntl.LOCK_NB)
        monkeypatch.setattr("hub.folder.time.sleep", lambda _: fcntl.flock(looking, fcntl.LOCK_UN))
        data = DataFolder(tmp_path)
        data.take()
        data.give_up()


def test_the_lock_goes_with_the_process(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from hub.folder import DataFolder;"
        f"DataFolder(Path({str(tmp_path)!r})).take(); print('taken', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None and other.stdout.readline() == "taken\n"
    with pytest.raises(NotOwner, match=str(other.pid)):
        DataFolder(tmp_path).take()
    other.kill()
    other.communicate()
    data = DataFolder(tmp_path)
    data.take()
    data.give_up()


@pytest.mark.parametrize("note", [b"", b"{", b"[1]", b"\xff"])
def test_a_note_that_cannot_be_read(tmp_path: Path, note: bytes) -> None:
    data = DataFolder(tmp_path)
    data.take()
    (tmp_path / LOCK_NAME).write_bytes(note)
    assert folder.running(tmp_path) == {}
    data.give_up()


def test_a_reader_never_sees_half_a_note(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    data.take()
    data.note({"web": "http://127.0.0.1:8080"})
    long = (tmp_path / LOCK_NAME).read_bytes()
    data.note({})
    short = (tmp_path / LOCK_NAME).read_bytes()
    assert len(long) == len(short)
    assert json.loads(short) == {"pid": os.getpid()}
    data.give_up()


def test_a_place_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"server.data_dir: .*file/var cannot be used"):
        DataFolder(tmp_path / "file" / "var").take()


def test_others_may_not_look_in(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "var")
    data.take()
    assert data.path.stat().st_mode & 0o066 == 0
    assert (data.path / LOCK_NAME).stat().st_mode & 0o777 == 0o600
    data.give_up()


def test_no_room_for_the_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    data = DataFolder(tmp_path)
    with pytest.raises(StoreError, match="cannot be used: No space left on device"):
        data.take()
    data.give_up()
    assert folder.running(tmp_path) is None
