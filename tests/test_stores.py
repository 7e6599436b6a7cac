"""Journal and PostgreSQL together: what is accepted is in the tables once, whoever dies when."""

import asyncio
import contextlib
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from hub.config import Database, Journal, Retention, Server, Settings
from hub.errors import NotOwner, StoreAway, StoreError
from hub.hub import Hub
from hub.model import EVERYONE, Observation, Read, Rejected
from hub.session import Session, Source
from hub.store import database, drain, journal, sessions
from hub.stores import Stores
from tests.postgres import execute, folder_for_postgres
from tests.store.making import START_US, group, key, line_to, read, stored, until, until_true

LINE_CHARS = 1000


class Site:
    """A hub with its stores, as the application puts them together; `listen` starts what runs all the time."""

    def __init__(self, dsn: str, folder: Path, **settings: Any) -> None:
        self.now_us = START_US
        self.shown: list[Read] = []
        self.roomy = 0
        self.settings = Settings(
            server=Server(data_dir=str(folder), timezone="UTC"),
            database=Database(dsn=dsn),
            retention=Retention(end_sessions_after_days=0),  # these reads are of long ago
            **settings,
        )
        self.hub = Hub(now_us=lambda: self.now_us, wake=self._wake, publish=self._publish)
        self.stores = Stores(self.settings, self.hub)
        self.stores.room = self._room
        self.tasks: list[asyncio.Task[None]] = []
        self.source: Source | None = None

    def _wake(self) -> None:
        self.stores.writer.wake()

    def _publish(self, session: Session, reads: list[Read]) -> None:
        self.shown += reads

    def _room(self) -> None:
        self.roomy += 1

    async def start(self) -> None:
        await self.stores.open()
        await self.stores.recover()
        self.listen()

    def listen(self) -> None:
        for work in (self.stores.writer.run(), self.stores.drain.run()):
            self.tasks.append(asyncio.create_task(work))

    @property
    def session(self) -> Session:
        session = self.hub.active_session(self.stores.partner_id)
        assert session is not None
        return session

    def send(self, first: int, count: int = 1, chars: int = 30) -> None:
        """As one reader sends lines; `first`: the first sequence."""
        if self.source is None:
            self.source = self.hub.open_source(
                partner_id=self.stores.partner_id,
                listener="chronotrack",
                protocol="chronotrack",
                remote="10.0.0.9",
                program="Simple",
                version="1",
                connection_id="c-1",
                event_name="Run",
            )
            assert self.source is not None
            self.source.connected(self.now_us)
        made = [observation(number, chars) for number in range(first, first + count)]
        self.hub.accept(self.source, made, [], self.now_us)

    async def offsets(self) -> list[int]:
        rows = await stored(self.settings.database.dsn, self.session.row.id)
        return [row["feed_offset"] for row in rows]

    async def stored_all(self) -> None:
        await self.stores.writer.flushed()
        await self.stores.drain.drained()
        await self.stores.writer.flushed()

    async def die(self) -> None:
        """As a kill: nothing is finished, nothing is said."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.stores.writer.close()
        if self.stores._database is not None:
            self.stores._database.drop()
        if self.stores._pool is not None:
            self.stores._pool._pool.terminate()
        if self.stores._web is not None:
            self.stores._web._database._pool.terminate()

    async def stop(self) -> str:
        said = await self.stores.flush(10)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.stores.close()
        return said


def observation(number: int, chars: int = 30) -> Observation:
    return Observation(
        sequence=number,
        location="FINISH",
        tag=f"{number:06d}",
        wall_us=START_US + number * 10_000,
        since_midnight=False,
        time_text="10:00:00.00",
        lap=1,
        reader_id="R1",
        gator=1,
        gun=False,
        raw=f"CT01_33~{number}".ljust(chars, "x"),
    )


@asynccontextmanager
async def site(dsn: str, folder: Path, **settings: Any) -> AsyncIterator[Site]:
    made = Site(dsn, folder, **settings)
    try:
        await made.start()
        yield made
    finally:
        for task in made.tasks:
            task.cancel()
        await asyncio.gather(*made.tasks, return_exceptions=True)
        await made.stores.close()


async def test_what_is_accepted_is_stored_and_the_journal_empty(database_dsn: str, tmp_path: Path) -> None:
    async with site(database_dsn, tmp_path) as one:
        assert (one.stores.database_problem, one.stores.journal_problem) == ("", "")
        one.send(1, 100)
        assert one.shown == []  # not before it is on disk
        await one.stored_all()
        assert [each.offset for each in one.shown] == list(range(1, 101))
        assert await one.offsets() == list(range(1, 101))
        assert one.stores.pending == 0
        assert await one.stores.queries.alive()
        (row,) = await one.stores.queries.sessions(EVERYONE)
        assert row["total_reads"] == 100
        assert await one.stop() == "; the last 0 reads went into the database"


async def test_a_stop_takes_everything_along(database_dsn: str, tmp_path: Path) -> None:
    one = Site(database_dsn, tmp_path)
    await one.start()
    one.send(1, 700)
    assert await one.stop() == "; the last 700 reads went into the database"
    async with site(database_dsn, tmp_path) as two:
        assert await two.offsets() == list(range(1, 701))
        assert (two.session.head, two.session.durable, two.hub.total_reads) == (700, 700, 700)
        two.send(650, 100)  # the client streams on, and some of it again
        await two.stored_all()
        assert await two.offsets() == list(range(1, 750))


async def test_killed_with_a_full_journal(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before PostgreSQL had it; after it had it and before the journal was emptied; in the middle of emptying."""
    async with line_to(database_dsn) as (dsn, line):
        one = Site(dsn, tmp_path)
        await one.start()
        one.send(1, 10)
        await one.stored_all()
        line.stall()
        one.send(11, 10)
        await one.stores.writer.flushed()
        await one.die()
    two = Site(database_dsn, tmp_path)
    await two.start()
    assert await two.offsets() == list(range(1, 21))
    monkeypatch.setattr(two.stores._journal, "delete", lambda through: None)
    two.send(21, 10)
    await two.stored_all()
    await two.die()
    monkeypatch.setattr(drain, "WINDOW_READS_MAX", 4)
    async with site(database_dsn, tmp_path) as three:
        await three.stored_all()
        assert await three.offsets() == list(range(1, 31))
        assert three.stores.pending == 0
        assert (three.session.epoch, three.session.head) == (1, 30)
        three.send(1, 40)
        await three.stored_all()
        assert await three.offsets() == list(range(1, 41))


async def test_a_read_whose_offset_was_given_away_is_found_at_the_start(
    database_dsn: str, tmp_path: Path
) -> None:
    """A journal that comes to a database where another hub went on: a restore, or a disk that was set aside."""
    async with site(database_dsn, tmp_path / "one") as one:
        session_id = one.session.row.id
        one.send(1, 3)
        await one.stored_all()
    with contextlib.closing(journal.Journal(tmp_path / "two" / "journal")) as left:
        left.write(group(session_id, [read(2, key=key(2, 5)), read(3, key=key(3, 5)), read(4)]), 3, 0)
        left.write(group(session_id, [read(5)]), 1, 0)
    async with site(database_dsn, tmp_path / "two") as two:
        rows = await stored(database_dsn, session_id)
        assert [row["feed_offset"] for row in rows] == list(range(1, 8))
        assert [row["read_key"].bytes for row in rows[3:]] == [key(4), key(5), key(2, 5), key(3, 5)]
        assert (two.session.epoch, two.session.head, two.stores.drain.foreign) == (2, 7, 2)


async def test_a_given_away_offset_at_run_time(database_dsn: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(database_dsn)
    async with site(database_dsn, tmp_path) as one:
        one.send(1)
        await one.stored_all()
        for offset in (2, 9):
            await connection.execute(
                "INSERT INTO timing_reads (session_id, feed_offset, location_name, tag_code, read_time_raw,"
                " reader_id, raw_data, received_at, read_key) SELECT session_id, $1, '', '', '', '', '', now(),"
                " gen_random_uuid() FROM timing_reads WHERE feed_offset = 1",
                offset,
            )
        one.send(2, 2)
        await one.stored_all()
        assert await one.offsets() == [1, 2, 3, 9, 10]  # ours under 2 is under 10 now
        assert (one.session.epoch, one.session.head) == (2, 10)
        one.send(4)
        await one.stored_all()
        assert (await one.offsets())[-1] == 11
    await connection.close()


async def test_postgres_away_and_back(database_dsn: str, tmp_path: Path) -> None:
    async with line_to(database_dsn) as (dsn, line), site(dsn, tmp_path) as one:
        for first in range(1, 200, 10):
            one.send(first, 10)
            if first % 50 == 1:
                line.cut()
            await asyncio.sleep(0)
        await one.stored_all()
        assert await one.offsets() == list(range(1, 201))
        assert [each.offset for each in one.shown] == list(range(1, 201))


async def test_a_full_journal_makes_readers_wait_until_it_has_room(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when all of it goes into the database as one batch."""
    monkeypatch.setattr(database, "WRITE_S_MAX", 0.3)
    monkeypatch.setattr(database, "CONNECT_S_MAX", 0.3)
    async with (
        line_to(database_dsn) as (dsn, line),
        site(dsn, tmp_path, journal=Journal(max_mib=1)) as one,
    ):
        line.stall()
        for first in itertools.count(1, 50):
            one.send(first, 50, chars=LINE_CHARS)
            await one.stores.writer._idle.wait()
            if one.stores.full:
                break
        assert one.stores.journal_problem.startswith("full (journal.max_mib is 1)")
        assert one.stores.pending >= 1024 * 1024
        await until(lambda: one.stores.database_problem)
        waiting = one.roomy
        line.go_on()
        line.cut()
        await until(lambda: one.roomy > waiting)
        assert not one.stores.full
        assert one.stores.journal_problem == ""
        await one.stored_all()
        assert await one.offsets() == list(range(1, first + 50))


async def test_recovery_waits_for_postgres(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "RETRY_S", 0.01)
    async with line_to(database_dsn) as (dsn, line):
        made = Site(dsn, tmp_path)
        await made.stores.open()
        original = sessions.active
        tries = 0

        async def cut_off(connection: database.Connection, timezone: str) -> Any:
            nonlocal tries
            tries += 1
            if tries < 3:
                line.cut()
            return await original(connection, timezone)

        monkeypatch.setattr(sessions, "active", cut_off)
        await made.stores.recover()
        assert (tries, len(made.hub.sessions), len(made.hub.displays)) == (3, 1, 1)
        await made.stores.close()


async def test_opening_can_be_tried_again(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first try got the lock, and then no pool: the second must not wait for the first."""
    monkeypatch.setattr(database, "LOCK_WAIT_S", 0.0)
    made = Site(database_dsn, tmp_path)

    async def no_pool(*_: object, **__: object) -> None:
        raise StoreAway("no more connections")

    with monkeypatch.context() as patched:
        patched.setattr("hub.stores.open_pool", no_pool)
        for _ in range(2):
            with pytest.raises(StoreAway):
                await made.stores.open()
    await made.start()
    assert await made.stop()


async def test_another_owner_is_heard_of_and_nothing_waits_for_it(database_dsn: str, tmp_path: Path) -> None:
    one = Site(database_dsn, tmp_path / "one")
    await one.start()
    assert one.stores._database is not None
    one.stores._database.drop()
    async with site(database_dsn, tmp_path / "two"):
        one.send(1)
        with pytest.raises(NotOwner):
            await one.tasks[1]
        assert "taken over" in one.stores.database_problem
        began = time.monotonic()
        said = await one.stop()
        assert time.monotonic() - began < 3
        assert "bytes wait in the journal for the next start" in said


async def test_stopping_while_postgres_hangs_is_quick(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with line_to(database_dsn) as (dsn, line):
        one = Site(dsn, tmp_path)
        await one.start()
        monkeypatch.setattr(database, "WRITE_S_MAX", 0.2)
        monkeypatch.setattr(database, "CONNECT_S_MAX", 0.2)
        line.stall()
        one.send(1, 5)
        await until(lambda: one.stores.database_problem)
        began = time.monotonic()
        said = await one.stop()
        assert time.monotonic() - began < database.CLOSE_S_MAX + 1.5
        assert said.startswith("; the last 0 reads went into the database; ")
        assert said.endswith("bytes wait in the journal for the next start")
    async with site(database_dsn, tmp_path) as two:
        assert await two.offsets() == [1, 2, 3, 4, 5]


async def test_closing_while_postgres_hangs_takes_two_seconds_at_most(
    database_dsn: str, tmp_path: Path
) -> None:
    async with line_to(database_dsn) as (dsn, line):
        made = Site(dsn, tmp_path)
        await made.stores.open()
        assert await made.stores.queries.alive()
        line.stall()
        began = time.monotonic()
        await made.stores.close()
        assert time.monotonic() - began < database.CLOSE_S_MAX + 1


async def test_close_is_right_at_any_point_of_a_start(database_dsn: str, tmp_path: Path) -> None:
    await Site(database_dsn, tmp_path / "a").stores.close()
    made = Site(database_dsn, tmp_path / "b")
    await made.stores.open()
    assert made.stores.database_problem == "not connected yet"
    await made.stores.close()


async def test_a_database_of_a_newer_hub_ends_the_start(database_dsn: str, tmp_path: Path) -> None:
    async with site(database_dsn, tmp_path):
        pass
    await execute(database_dsn, "INSERT INTO schema_migrations VALUES (9999, '9999_later.sql', '')")
    made = Site(database_dsn, tmp_path)
    with pytest.raises(StoreError, match="made by a newer hub"):
        await made.start()
    await made.stores.close()


async def test_rejects_are_stored_too(database_dsn: str, tmp_path: Path) -> None:
    async with site(database_dsn, tmp_path) as one:
        one.hub.reject(0, [Rejected(b"\x00\xffrubbish", "no read")], START_US)
        await one.stored_all()
        connection = await asyncpg.connect(database_dsn)
        row = await connection.fetchrow("SELECT * FROM timing_rejects")
        assert (row["line"], row["reason"], row["session_id"]) == (b"\x00\xffrubbish", "no read", None)
        await connection.close()


async def test_our_own_postgres_is_started_again_when_it_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.drain.PROBE_S", 0.2)
    with folder_for_postgres() as folder:
        one = Site("", folder)
        try:
            await one.start()
            assert one.stores._postgres is not None
            one.send(1, 3)
            await one.stored_all()
            pid = int((one.stores._postgres.place / "cluster" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
            one.send(4, 3)
            async with asyncio.timeout(60):
                await one.stored_all()  # a backend may outlive its postmaster long enough to take them
                await until_true(one.stores.queries.alive)
            (row,) = await one.stores.queries.sessions(EVERYONE)
            assert row["total_reads"] == 6
        finally:
            await one.stop()


async def test_screens_hear_of_a_read_that_postgresql_would_not_take(
    database_dsn: str, tmp_path: Path
) -> None:
    one = Site(database_dsn, tmp_path)
    retracted: list[tuple[int, int]] = []
    one.stores.retract = lambda session, offset: retracted.append((session.row.id, offset))
    try:
        await one.start()
        one.send(1, 3)
        assert one.source is not None
        one.hub.accept(one.source, [replace(observation(4), raw="a \0 in it")], [], one.now_us)
        one.send(5)
        async with asyncio.timeout(60):
            await one.stored_all()
        assert retracted == [(one.session.row.id, 4)]
        assert [each.kind for each in one.session.tail] == ["read"] * 3 + ["void", "read"]
        assert [row["kind"] for row in await stored(database_dsn, one.session.row.id)] == [
            each.kind for each in one.session.tail
        ]
    finally:
        await one.stop()
