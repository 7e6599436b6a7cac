"""The journal keeps what it was given, in order, through everything; and nothing is 'written' before it is."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from hub.errors import StoreError
from hub.model import Group
from hub.store import journal
from hub.store.journal import Journal, JournalWriter
from tests.store.making import group, read, until


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
    assert again.read(0, 1000) == list(enumerate(made, 1))
    assert (again.pending_bytes, again.last_id) == (size, 5)
    again.close()


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


def test_no_journal_at_all(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"something else " * 1000)
    with pytest.raises(StoreError, match="cannot be used"):
        Journal(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        b"\xc1",
        msgspec.msgpack.encode(groups(1, 1)[0]).replace(b"FINISH", b"FIN\xffSH"),
        b"\x94\x90\x90\x90" + b"\x91" * 5000 + b"\x90",
    ],
)
def test_a_damaged_group_is_named(tmp_path: Path, body: bytes) -> None:
    held = Journal(tmp_path)
    written(held, groups(1, 2))
    held._db.execute("UPDATE groups SET body = ? WHERE id = 2", (body,))
    with pytest.raises(StoreError, match="is damaged at group 2"):
        held.read(0, 1000)
    held.close()


@pytest.mark.parametrize("column", ["reads", "body"])
@pytest.mark.parametrize("value", [None, "text", 7])
def test_a_column_that_is_damaged_is_no_fault(tmp_path: Path, column: str, value: object) -> None:
    held = Journal(tmp_path)
    written(held, groups(1, 2))
    held._db.execute("CREATE TABLE damaged (id INTEGER PRIMARY KEY, reads, body)")
    held._db.execute("INSERT INTO damaged SELECT * FROM groups")
    held._db.execute("DROP TABLE groups")
    held._db.execute("ALTER TABLE damaged RENAME TO groups")
    held._db.execute(f"UPDATE groups SET {column} = ? WHERE id = 2", (value,))
    held.close()
    held = Journal(tmp_path)
    assert held.pending_bytes > 0
    if column == "reads":
        assert [number for number, _ in held.read(0, 1000)] == [1, 2]
    else:
        with pytest.raises(StoreError, match="is damaged at group 2"):
            held.read(0, 1000)
    held.close()


@pytest.mark.parametrize("changes", [{"raw": "\ud800"}, {"sequence": 2**64}])
def test_what_no_journal_can_keep_is_said(tmp_path: Path, changes: dict[str, object]) -> None:
    held = Journal(tmp_path)
    with pytest.raises(StoreError, match="what the journal cannot keep"):
        held.write(group(1, [read(1, **changes)]), 1, 0)
    assert held.write(group(1, [read(1)]), 1, 0) == 1
    held.close()


# the writer


@dataclass
class Sealed:
    group: Group
    reads: int


class Desk:
    """A hub, as far as the journal knows one."""

    def __init__(self, folder: Path) -> None:
        self.waiting: list[Sealed] = []
        self.heard: list[tuple[int, Sealed]] = []
        self.room = 0
        self.writer: JournalWriter[Sealed] = JournalWriter(
            Journal(folder), self.seal, self.written, self.deleted
        )

    def seal(self) -> Sealed | None:
        return self.waiting.pop(0) if self.waiting else None

    def written(self, number: int, sealed: Sealed) -> None:
        self.heard.append((number, sealed))

    def deleted(self) -> None:
        self.room += 1

    def take(self, made: Group) -> None:
        self.waiting.append(Sealed(made, len(made.sessions[0].reads)))
        self.writer.wake()

    @property
    def numbers(self) -> list[int]:
        return [number for number, _ in self.heard]


async def test_groups_are_written_one_at_a_time_in_a_thread_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    original = desk.writer.journal.write
    at_once: list[int] = []
    threads: set[int] = set()
    writing = 0

    def write(made: Group, reads: int, through: int) -> int:
        nonlocal writing
        writing += 1
        at_once.append(writing)
        threads.add(threading.get_ident())
        number = original(made, reads, through)
        writing -= 1
        return number

    monkeypatch.setattr(desk.writer.journal, "write", write)
    task = asyncio.create_task(desk.writer.run())
    made = groups(1, 30)
    for each in made:
        desk.take(each)
        await asyncio.sleep(0)
    await desk.writer.flushed()
    assert [sealed.group for _, sealed in desk.heard] == made
    assert desk.numbers == list(range(1, 31))
    assert set(at_once) == {1}
    assert threading.get_ident() not in threads
    assert await desk.writer.read(28, 1000) == [(29, made[28]), (30, made[29])]
    task.cancel()
    desk.writer.close()


async def test_nothing_is_written_before_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    original = desk.writer.journal.write
    gate = threading.Event()
    begun = threading.Event()

    def write(made: Group, reads: int, through: int) -> int:
        begun.set()
        gate.wait(20)
        return original(made, reads, through)

    monkeypatch.setattr(desk.writer.journal, "write", write)
    task = asyncio.create_task(desk.writer.run())
    desk.take(groups(1, 1)[0])
    await until(begun.is_set)
    assert desk.heard == []
    gate.set()
    await until(lambda: desk.heard)
    assert len(desk.writer.journal.read(0, 10)) == 1
    task.cancel()
    desk.writer.close()


async def test_a_full_disk_is_waited_for_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal, "RETRY_S", 0.005)
    desk = Desk(tmp_path)
    held = desk.writer.journal
    pages = held._pages()
    held._db.execute(f"PRAGMA max_page_count = {pages}")
    task = asyncio.create_task(desk.writer.run())
    made = groups(1, 3, reads=100)
    for each in made:
        desk.take(each)
    await until(lambda: desk.writer.problem)
    assert desk.writer.problem == "database or disk is full"
    assert (desk.heard, held.pending_bytes, held.read(0, 10)) == ([], 0, [])
    assert sum("Readers wait" in record.message for record in caplog.records) == 1  # not at each try
    # By the writer's own thread: a connection is used by one at a time.
    await asyncio.get_running_loop().run_in_executor(
        desk.writer._thread, lambda: held._db.execute("PRAGMA max_page_count = 100000")
    )
    await desk.writer.flushed()
    assert [sealed.group for _, sealed in desk.heard] == made
    assert [each for _, each in held.read(0, 10_000)] == made
    assert desk.writer.problem == ""
    task.cancel()
    desk.writer.close()


async def test_a_journal_that_went_away_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "RETRY_S", 0.005)
    desk = Desk(tmp_path)
    desk.writer.journal.close()
    task = asyncio.create_task(desk.writer.run())
    reading = asyncio.create_task(desk.writer.read(0, 10))
    made = groups(1, 1)[0]
    desk.take(made)
    await until(lambda: "closed" in desk.writer.problem)
    assert desk.heard == []
    desk.writer.journal = Journal(tmp_path)
    await desk.writer.flushed()
    assert desk.numbers == [1]
    await reading
    task.cancel()
    desk.writer.close()


async def test_deleting_rides_along_or_goes_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    task = asyncio.create_task(desk.writer.run())
    for each in groups(1, 4):
        desk.take(each)
    await desk.writer.flushed()
    assert desk.room == 0
    desk.writer.delete_through(2)
    desk.take(groups(9, 1)[0])
    await desk.writer.flushed()
    assert [number for number, _ in await desk.writer.read(0, 1000)] == [3, 4, 5]
    assert desk.room == 1
    desk.writer.delete_through(5)
    await desk.writer.flushed()
    assert (desk.writer.journal.pending_bytes, desk.room) == (0, 2)
    task.cancel()
    desk.writer.close()


async def test_a_delete_that_failed_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "RETRY_S", 0.005)
    desk = Desk(tmp_path)
    task = asyncio.create_task(desk.writer.run())
    desk.take(groups(1, 1)[0])
    await desk.writer.flushed()
    original = desk.writer.journal.delete
    fails = [sqlite3.OperationalError("disk I/O error")] * 3

    def delete(through: int) -> None:
        if fails:
            raise fails.pop()
        original(through)

    monkeypatch.setattr(desk.writer.journal, "delete", delete)
    desk.writer.delete_through(1)
    await until(lambda: desk.writer.problem)
    await desk.writer.flushed()
    assert (desk.writer.journal.pending_bytes, desk.room, desk.writer.problem) == (0, 1, "")
    task.cancel()
    desk.writer.close()


async def test_a_roll_back_that_failed_does_not_block_for_ever(tmp_path: Path) -> None:
    held = Journal(tmp_path)
    held._db.execute("BEGIN IMMEDIATE")  # as a failed ROLLBACK leaves it
    assert held.write(groups(1, 1)[0], 1, 0) == 1
    held.close()


async def test_a_fault_of_our_own_ends_it_with_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)

    def broken(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(desk.writer, "_written", broken)
    task = asyncio.create_task(desk.writer.run())
    desk.take(groups(1, 1)[0])
    with pytest.raises(StoreError, match=r"the journal's writer has failed: KeyError\('oops'\)"):
        await task
    assert "oops" in desk.writer.problem
    assert len(desk.writer.journal.read(0, 10)) == 1  # it is on disk all the same
    desk.writer.close()


async def test_a_group_that_cannot_be_kept_ends_it_with_words(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    task = asyncio.create_task(desk.writer.run())
    desk.take(group(1, [read(1, tag="\ud800")]))
    with pytest.raises(StoreError, match="cannot keep"):
        await task
    desk.writer.close()


def test_the_folder_is_private(tmp_path: Path) -> None:
    Journal(tmp_path / "journal").close()
    assert (tmp_path / "journal").stat().st_mode & 0o077 == 0 or os.name == "nt"
