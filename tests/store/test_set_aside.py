"""How a damaged journal makes room: the steps by themselves. What they are together is in test_journal."""

import sqlite3
from pathlib import Path

from hub.store import set_aside
from hub.store.salvage import wal_of


def test_every_copy_has_a_name_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_text("file")
    wal_of(path).write_text("log")
    copies = [set_aside.copy(path) for _ in range(3)]
    assert len(set(copies)) == 3
    for each in copies:
        assert (each.read_text(), wal_of(each).read_text()) == ("file", "log")


def test_the_new_one_takes_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_text("old")
    wal_of(path).write_text("old log")
    left = set_aside.next_of(path)
    left.write_text("half made")
    assert set_aside.next_of(path) == left and not left.exists()
    left.write_text("new")
    set_aside.finish(path)
    assert path.read_text() == "old"
    set_aside.commit(path)
    assert path.read_text() == "old"
    set_aside.finish(path)
    set_aside.finish(path)
    assert path.read_text() == "new" and not wal_of(path).exists()
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_headless(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    assert not set_aside.is_headless(path)
    wal_of(path).write_bytes(bytes(32))
    assert not set_aside.is_headless(path)
    wal_of(path).write_bytes(bytes(5000))
    assert set_aside.is_headless(path)
    path.write_bytes(b"")
    assert set_aside.is_headless(path)
    path.write_bytes(b"file")
    assert not set_aside.is_headless(path)


def test_the_note(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "db")
    assert set_aside.noted(db) == ""
    set_aside.note(db, tmp_path / "damaged")
    assert set_aside.noted(db) == str(tmp_path / "damaged")
    set_aside.forget(db)
    set_aside.forget(db)
    assert set_aside.noted(db) == ""
    db.close()
