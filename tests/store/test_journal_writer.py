"""One group at a time goes to the disk, in a thread; and nothing is 'written' before it is."""

import asyncio
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.errors import JournalDamaged, StoreError
from hub.model import Group
from hub.store import journal_writer
from hub.store.journal import Journal
from hub.store.journal_writer import JournalWriter
from tests.store.making import group, read, until
from tests.store.test_journal import groups


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
    monkeypatch.setattr(journal_writer, "RETRY_S", 0.005)
    desk = Desk(tmp_path)
    held = desk.writer.journal
    pages = held._pages()
    held._db.execute(f"PRAGMA max_page_count = {pages}")
    task = asyncio.create_task(desk.writer.run())
    made = groups(1, 3, reads=100)
    for each in made:
        desk.take(each)
    await until(lambda: desk.writer.problem)
    assert desk.writer.problem == "the disk is full"
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
    monkeypatch.setattr(journal_writer, "RETRY_S", 0.005)
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
    monkeypatch.setattr(journal_writer, "RETRY_S", 0.005)
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


async def test_what_can_be_deleted_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes no more, and PostgreSQL has all there is: the readers go on by themselves."""
    monkeypatch.setattr(journal_writer, "RETRY_S", 0.005)
    desk = Desk(tmp_path)
    held = desk.writer.journal
    original = held.write

    def write(made: Group, reads: int, through: int) -> int:
        if held.pending_bytes:
            raise sqlite3.OperationalError("database or disk is full")
        return original(made, reads, through)

    monkeypatch.setattr(held, "write", write)
    task = asyncio.create_task(desk.writer.run())
    first, second = groups(1, 2, reads=100)
    desk.take(first)
    await until(lambda: desk.numbers == [1])
    desk.take(second)
    await until(lambda: desk.writer.problem)
    desk.writer.delete_through(1)
    await desk.writer.flushed()
    assert (desk.numbers, desk.writer.problem, desk.room) == ([1, 2], "", 1)
    assert [each for _, each in held.read(0, 10_000)] == [second]
    task.cancel()
    desk.writer.close()


async def test_damage_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    task = asyncio.create_task(desk.writer.run())
    desk.take(groups(1, 1)[0])
    await desk.writer.flushed()

    def damaged(*_: object) -> int:
        raise JournalDamaged("the journal is damaged")

    monkeypatch.setattr(desk.writer.journal, "write", damaged)
    desk.take(groups(2, 1)[0])
    with pytest.raises(JournalDamaged):
        await task
    assert desk.writer.problem == "the journal is damaged"
    desk.writer.close()
