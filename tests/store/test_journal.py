"""The journal keeps what it was given, in order, through everything; a damaged one is set aside, and used as far as it
can be read."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from hub.errors import JournalDamaged, StoreError
from hub.model import Group, InboxRecord
from hub.store import journal, set_aside
from hub.store.journal import Journal
from hub.store.salvage import FRAME_BYTES, wal_of
from tests.store.damage import TOP, break_frame, left_by_a_kill, overwrite, pages_of
from tests.store.making import SOURCE_ID, group, read, source


def groups(first: int, count: int, reads: int = 1) -> list[Group]:
    return [
        group(1, [read(number * 100 + each) for each in range(reads)])
        for number in range(first, first + count)
    ]


def written(held: Journal, made: list[Group]) -> list[int]:
    return [held.write(each, len(each.sessions[0].reads), 0) for each in made]


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    made = groups(1, 5)
    held = Journal(tmp_path / "deep" / "er")
    assert written(held, made) == [1, 2, 3, 4, 5]
    size = held.pending_bytes
    held.close()
    again = Journal(tmp_path / "deep" / "er")
    assert again.check() == {1: 500}
    assert again.read(0, 1000) == list(enumerate(made, 1))
    assert (again.pending_bytes, again.last_id) == (size, 5)
    again.close()


def test_groups_of_a_hub_that_knew_no_inboxes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = group(1, [read(1)])
    sources, *others, inboxes = msgspec.msgpack.decode(msgspec.msgpack.encode(made))
    assert inboxes == [] and sources[0][-2:] == [0, False], "what is assigned, and whether it is proved"
    before = msgspec.msgpack.encode([[each[:-2] for each in sources], *others])
    held = Journal(tmp_path)
    with monkeypatch.context() as older:
        older.setattr(journal, "_encode", lambda _group: before)
        written(held, [made])
    assert held.read(0, 1000) == [(1, made)]
    held.close()


def test_inboxes_and_assignments_are_kept(tmp_path: Path) -> None:
    made = group(1, [read(1)], sources=[source(1, assigned=7, proved=True)])
    made.inboxes.append(InboxRecord(1, 0, SOURCE_ID, "x", 5))
    held = Journal(tmp_path)
    written(held, [made, group(1, [read(2)])])
    assert [(each.inboxes, each.sources[0].assigned) for _, each in held.read(0, 1000)] == [
        ([InboxRecord(1, 0, SOURCE_ID, "x", 5)], 7),
        ([], 0),
    ]
    held.close()


def test_what_was_written_is_there_after_a_kill(tmp_path: Path) -> None:
    code = (
        "import sys, os, signal; from pathlib import Path; from hub.store.journal import Journal;"
        "from tests.store.test_journal import groups, written;"
        "held = Journal(Path(sys.argv[1])); written(held, groups(1, 50));"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    top = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=top, check=False)
    assert ended.returncode == -signal.SIGKILL
    held = Journal(tmp_path)
    assert held.read(0, 1000) == list(enumerate(groups(1, 50), 1))
    held.close()


def test_read_gives_pieces_in_order(tmp_path: Path) -> None:
    held = Journal(tmp_path)
    written(held, groups(1, 6, reads=4))
    assert [number for number, _ in held.read(0, 1)] == [1]
    assert [number for number, _ in held.read(1, 9)] == [2, 3]
    assert [number for number, _ in held.read(4, 1000)] == [5, 6]
    assert held.read(6, 1000) == []
    held.close()


def test_delete_through(tmp_path: Path) -> None:
    held = Journal(tmp_path)
    made = groups(1, 5)
    written(held, made)
    sizes = [size for _, size in held._sizes]
    held.delete(2)
    assert [number for number, _ in held.read(0, 1000)] == [3, 4, 5]
    assert held.pending_bytes == sum(sizes[2:])
    assert held.write(made[0], 1, 4) == 6
    assert [number for number, _ in held.read(0, 1000)] == [5, 6]
    held.delete(6)
    assert (held.pending_bytes, held.read(0, 1)) == (0, [])
    held.close()
    again = Journal(tmp_path)  # a number is never used again: what was stored through 6 says so
    assert again.check() == {}
    assert again.write(made[0], 1, 0) == 7
    again.close()


def test_many_small_groups_are_deleted_at_once(tmp_path: Path) -> None:
    held = Journal(tmp_path)
    held._sizes.extend((number, 1) for number in range(1, 500_001))
    held.pending_bytes = 500_000
    held._deleted(500_000)
    assert held.pending_bytes == 0
    held.close()


def test_the_disk_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT_PAGES", 64)
    held = Journal(tmp_path)
    written(held, groups(1, 40, reads=100))
    held._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = held.path.stat().st_size
    assert before > 64 * 4096
    held.delete(20)
    assert held.path.stat().st_size == before  # not while somebody waits in it
    held.delete(40)
    assert held.path.stat().st_size < before / 10
    assert held.write(groups(1, 1)[0], 1, 0) == 41
    held.close()


def test_what_cannot_be_given_back_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT_PAGES", -1)
    held = Journal(tmp_path)
    written(held, groups(1, 2))
    held._db.execute("BEGIN")  # VACUUM refuses to run inside
    held.delete(2)
    assert held.pending_bytes == 0
    held._db.execute("COMMIT")
    held.close()


def test_two_hubs_cannot_have_one_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LOCK_S_MAX", 0.0)
    held = Journal(tmp_path)
    with pytest.raises(StoreError, match=r"journal\.sqlite cannot be used: database is locked"):
        Journal(tmp_path)
    held.close()
    Journal(tmp_path).close()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        Journal(tmp_path / "file" / "journal")


@pytest.mark.parametrize("changes", [{"raw": "\ud800"}, {"sequence": 2**64}])
def test_what_no_journal_can_keep_is_said(tmp_path: Path, changes: dict[str, object]) -> None:
    held = Journal(tmp_path)
    with pytest.raises(StoreError, match="what the journal cannot keep"):
        held.write(group(1, [read(1, **changes)]), 1, 0)
    assert held.write(group(1, [read(1)]), 1, 0) == 1
    held.close()


def test_a_roll_back_that_failed_does_not_block_for_ever(tmp_path: Path) -> None:
    held = Journal(tmp_path)
    held._db.execute("BEGIN IMMEDIATE")  # as a failed ROLLBACK leaves it
    assert held.write(groups(1, 1)[0], 1, 0) == 1
    held.close()


def test_the_folder_is_private(tmp_path: Path) -> None:
    Journal(tmp_path / "journal").close()
    assert (tmp_path / "journal").stat().st_mode & 0o077 == 0 or os.name == "nt"


# damage


def no_header(path: Path) -> None:
    wal_of(path).unlink()  # else SQLite would take the header from there
    overwrite(path, 0, b"something else " * 20)


def a_name_that_is_no_text(path: Path) -> None:
    wal_of(path).unlink()
    overwrite(path, path.read_bytes().index(b"reads INTEGER"), b"re\xffds")


def another_name(path: Path) -> None:
    wal_of(path).unlink()
    overwrite(path, path.read_bytes().index(b"body BLOB"), b"bodz")


def another_format(path: Path) -> None:
    wal_of(path).unlink()
    overwrite(path, 18, b"\3")


def another_table(path: Path) -> None:
    wal_of(path).unlink()
    data = path.read_bytes()
    overwrite(path, data.index(b"groups"), b"grouqs")
    overwrite(path, data.index(b"groups", data.index(b"groups") + 1), b"grouqs")


def middle_gone(path: Path) -> None:
    overwrite(path, pages_of(path) // 2 * 4096, os.urandom(4096))


def cut_off(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(pages_of(path) * 4096 * 2 // 3)


def one_byte(path: Path) -> None:
    at = path.read_bytes().rindex(b"000123")  # the tag of a read in the middle of some group
    overwrite(path, at, b"000124")


def log_broken(path: Path) -> None:
    break_frame(path, 3)


def log_without_file(path: Path) -> None:
    path.unlink()


def log_of_an_empty_file(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(0)


DAMAGES = [
    another_format,
    another_table,
    a_name_that_is_no_text,
    another_name,
    no_header,
    middle_gone,
    cut_off,
    one_byte,
    log_broken,
    log_without_file,
    log_of_an_empty_file,
]
GROUPS, READS, MOVED = 60, 20, 45


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return left_by_a_kill(tmp_path_factory.mktemp("killed"), GROUPS, READS, moved=MOVED)


@pytest.fixture
def left(killed: Path, tmp_path: Path) -> Iterator[Path]:
    for each in (killed, wal_of(killed)):
        shutil.copy(each, tmp_path)
    yield tmp_path / killed.name


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: str(each.__name__))
def test_a_damaged_journal_is_set_aside_and_used(
    left: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    damage(left)
    before = {each.name: each.read_bytes() for each in both(left)}
    held = Journal(left.parent)
    held.check()
    found = held.read(0, 1_000_000)
    assert len(found) >= GROUPS // 4 and all(len(each.sessions[0].reads) == READS for _, each in found)
    assert [each.sessions[0].reads[0].offset for _, each in found] == [(n - 1) * READS + 1 for n, _ in found]
    assert held.pending_bytes > 0 and held.last_id == found[-1][0]
    kept = Path(held.set_aside)
    assert kept.name.startswith("journal-damaged-")
    assert {each.name.replace(kept.stem, "journal"): each.read_bytes() for each in both(kept)} == before
    (said,) = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert str(kept) in said and f"{len(found)} groups with {len(found) * READS} reads" in said
    assert held.write(groups(1, 1)[0], 1, found[3][0]) > found[-1][0]
    held.close()
    again = Journal(left.parent)
    again.check()
    assert again.set_aside == str(kept)  # until it is settled
    again.settle()
    again.close()
    last = Journal(left.parent)
    last.check()
    assert last.set_aside == "" and len(last.read(0, 1_000_000)) == len(found) - 3
    last.close()
    assert kept.exists() or wal_of(kept).exists()


def both(path: Path) -> list[Path]:
    return [each for each in (path, wal_of(path)) if each.exists() and each.stat().st_size]


def test_a_killed_journal_is_not_damaged(left: Path) -> None:
    held = Journal(left.parent)
    assert held.check() == {1: GROUPS * READS}
    assert held.set_aside == ""
    held.close()


def test_a_group_that_was_never_finished_is_no_damage(left: Path) -> None:
    data = wal_of(left).read_bytes()
    wal_of(left).write_bytes(data[: -FRAME_BYTES // 2])  # killed while it wrote
    held = Journal(left.parent)
    assert held.check() == {1: (GROUPS - 1) * READS}
    assert held.set_aside == ""
    held.close()


def test_nothing_readable_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"something else " * 1000)
    held = Journal(tmp_path)
    assert held.check() == {} and held.set_aside
    assert held.write(groups(1, 1)[0], 1, 0) == 1
    held.close()


@pytest.mark.parametrize("step", ["note", "commit", "finish"])
def test_a_kill_while_it_is_set_aside(left: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log_broken(left)
    child = os.fork()
    if not child:
        finish = set_aside.finish
        done: list[object] = [] if step == "finish" else [None]  # the first `finish` is that of the opening
        monkeypatch.setattr(set_aside, step, lambda *_: done.append(finish) if not done else os._exit(9))
        Journal(left.parent).check()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    held = Journal(left.parent)
    held.check()
    assert len(held.read(0, 1_000_000)) >= GROUPS - 2 and held.set_aside
    held.close()


def test_without_room_to_set_it_aside_nothing_is_touched(left: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_header(left)
    before = left.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(StoreError, match=r"damaged, and cannot be set aside: No space left.*needs 1 MiB"):
        Journal(left.parent)
    assert left.read_bytes() == before


def test_a_journal_of_before_there_were_checksums(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "journal.sqlite")
    db.execute(
        "CREATE TABLE groups (id INTEGER PRIMARY KEY AUTOINCREMENT, reads INTEGER NOT NULL, body BLOB NOT NULL)"
    )
    body = journal._encode(groups(1, 1)[0])
    db.execute("INSERT INTO groups (reads, body) VALUES (1, ?)", (body,))
    db.commit()
    db.close()
    held = Journal(tmp_path)
    assert held.check() == {1: 100}
    assert held.write(groups(2, 1)[0], 1, 0) == 2
    assert [number for number, _ in held.read(0, 10)] == [1, 2]
    held.close()


@pytest.mark.parametrize(
    "body",
    [
        b"\xc1",
        msgspec.msgpack.encode(groups(1, 1)[0]).replace(b"FINISH", b"FIN\xffSH"),
        b"\x94\x90\x90\x90" + b"\x91" * 5000 + b"\x90",
    ],
)
def test_damage_that_is_found_later_is_named(tmp_path: Path, body: bytes) -> None:
    held = Journal(tmp_path)
    written(held, groups(1, 2))
    held._db.execute("UPDATE groups SET body = ? WHERE id = 2", (body,))
    with pytest.raises(JournalDamaged, match="group 2 is not what was written"):
        held.read(0, 1000)
    held._db.execute("UPDATE groups SET crc = NULL")
    with pytest.raises(JournalDamaged, match="group 2 cannot be read"):
        held.read(0, 1000)
    held.close()


@pytest.mark.parametrize("column", ["reads", "body"])
@pytest.mark.parametrize("value", [None, "text", 7])
def test_a_column_that_is_damaged_is_no_fault(tmp_path: Path, column: str, value: object) -> None:
    held = Journal(tmp_path)
    written(held, groups(1, 2))
    held._db.execute("CREATE TABLE damaged (id INTEGER PRIMARY KEY, reads, body, crc)")
    held._db.execute("INSERT INTO damaged SELECT * FROM groups")
    held._db.execute("DROP TABLE groups")
    held._db.execute("ALTER TABLE damaged RENAME TO groups")
    held._db.execute(f"UPDATE groups SET {column} = ?, crc = NULL WHERE id = 2", (value,))
    held.close()
    held = Journal(tmp_path)
    held.check()
    if column == "reads":
        assert [number for number, _ in held.read(0, 1000)] == [1, 2] and not held.set_aside
    else:
        assert [number for number, _ in held.read(0, 1000)] == [1] and held.set_aside
    held.close()


# a full disk


def test_a_full_disk_can_be_emptied(tmp_path: Path) -> None:
    """On a disk of its own, which is small: the journal fills it to the last page."""
    code = (
        "import sqlite3; from pathlib import Path; from hub.store.journal import Journal;"
        "from tests.store.test_journal import fill_the_disk; fill_the_disk(Path('/mnt'))"
    )
    mounted = f'mount -t tmpfs -o size=56m tmpfs /mnt && exec {sys.executable} -c "{code}"'
    # As an ordinary user in a namespace of one's own, where the system allows that.
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", mounted]
    ended = subprocess.run(command, cwd=TOP, check=False, capture_output=True, text=True)
    if "Operation not permitted" in ended.stderr and os.environ.get("CI") != "true":
        pytest.skip("this system lets nobody have a small disk of one's own")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "emptied, and filled again"


def fill_the_disk(folder: Path) -> None:
    held = Journal(folder)
    held.check()
    for _ in range(3):
        written_ = 0
        while True:
            try:
                held.write(group(1, [read(n) for n in range(1, 200)]), 199, 0)
                written_ += 1
            except sqlite3.OperationalError as problem:
                assert str(problem) == "database or disk is full"
                break
        assert written_ > 100, written_
        held.delete(held.last_id)
        assert held.pending_bytes == 0
    held.write(group(1, [read(1)]), 1, 0)
    print("emptied, and filled again")
