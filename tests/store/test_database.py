"""The writer owns the database, or says who does; the pool answers, or says so in time."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import uvloop

from hub.errors import NotOwner, StoreAway, StoreError
from hub.store import database, migrate
from hub.store.database import LOCK_KEY, Connection, Database, Writer, open_pool
from tests.postgres import execute, with_database
from tests.store.making import line_to, until, until_true

ONE = Path("/data/one")
TWO = Path("/data/two")


async def owner(dsn: str) -> asyncpg.Record:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchrow("SELECT * FROM hub_owner")
    finally:
        await connection.close()


async def backend(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT pg_backend_pid()"))


async def nothing(connection: Connection) -> None:
    pass


async def opened(dsn: str, folder: Path = ONE) -> Writer:
    writer = Writer(dsn, folder)
    await writer.open(migrate.apply)
    return writer


async def test_the_owner_is_written_down(database_dsn: str) -> None:
    writer = await opened(database_dsn)
    row = await owner(database_dsn)
    assert (row["generation"], row["data_dir"], row["host"]) == (1, "/data/one", socket.gethostname())
    assert (row["pid"], row["backend_pid"]) == (os.getpid(), await writer.run(backend))
    await writer.close()
    assert not writer.connected


@pytest.mark.parametrize(
    ("set_to", "used"), [("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")]
)
async def test_what_is_committed_is_on_the_disk_whatever_the_server_thinks_of_it(
    database_dsn: str, set_to: str, used: str
) -> None:
    """Else a server that crashes forgets reads that the journal has forgotten already."""
    name = urlsplit(database_dsn).path[1:]
    await execute(database_dsn, f"ALTER DATABASE {name} SET synchronous_commit = {set_to}")
    writer = await opened(database_dsn)
    assert await writer.run(lambda connection: connection.fetchval("SHOW synchronous_commit")) == used
    await writer.close()


async def test_a_second_hub_is_refused_and_told_who_has_it(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_WAIT_S", 0.1)
    first = await opened(database_dsn)
    with pytest.raises(NotOwner, match=rf"in use by the hub of /data/one on .* \(process {os.getpid()}\)"):
        await opened(database_dsn, TWO)
    assert (await owner(database_dsn))["generation"] == 1
    assert await first.run(backend)  # and is none the worse for it
    await first.close()


async def test_the_next_hub_waits_for_the_one_that_is_stopping(database_dsn: str) -> None:
    first = await opened(database_dsn)
    waiting = asyncio.create_task(opened(database_dsn, TWO))
    await until_waiting(database_dsn)
    await first.close()
    second = await waiting
    row = await owner(database_dsn)
    assert (row["generation"], row["data_dir"]) == (2, "/data/two")
    await second.close()


async def until_waiting(dsn: str) -> None:
    watcher = await asyncpg.connect(dsn)
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = 'racehub writer' AND datname = current_database()"
    )

    async def two_writers() -> bool:
        return bool(await watcher.fetchval(query) == 2)

    await until_true(two_writers)
    await watcher.close()


async def test_what_is_left_of_a_killed_hub_of_this_data_directory_is_ended(database_dsn: str) -> None:
    killed = await opened(database_dsn)
    held = await killed.run(backend)
    second = await opened(database_dsn)
    row = await owner(database_dsn)
    assert (row["generation"], row["backend_pid"] == held) == (2, False)
    with pytest.raises(NotOwner):  # were it alive after all, it must not write
        for _ in range(2):
            with pytest.raises(StoreAway):
                await killed.run(backend)
    await second.close()


async def test_only_who_holds_the_lock_is_ended(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number in the owner's row may by now be that of somebody else's connection."""
    monkeypatch.setattr(database, "LOCK_WAIT_S", 0.1)
    first = await opened(database_dsn)
    await first.close()
    holder, bystander = await asyncpg.connect(database_dsn), await asyncpg.connect(database_dsn)
    await holder.execute("SELECT pg_advisory_lock($1)", LOCK_KEY)
    await holder.execute("UPDATE hub_owner SET backend_pid = $1", await backend(bystander))
    with pytest.raises(NotOwner):
        await opened(database_dsn)
    assert await bystander.fetchval("SELECT 1") == await holder.fetchval("SELECT 1") == 1
    await holder.close()
    await bystander.close()


async def test_a_lost_connection_is_made_again_under_the_same_generation(database_dsn: str) -> None:
    writer = await opened(database_dsn)
    lost = await writer.run(backend)
    with pytest.raises(StoreAway, match="terminating connection"):
        await writer.run(lambda connection: connection.execute(f"SELECT pg_terminate_backend({lost})"))
    assert await writer.run(backend) != lost
    assert (await owner(database_dsn))["generation"] == 1
    await writer.close()


async def test_another_owner_meanwhile_means_stop(database_dsn: str) -> None:
    writer = await opened(database_dsn)
    writer.drop()
    other = await opened(database_dsn, TWO)
    with pytest.raises(NotOwner, match="taken over by the hub of /data/two"):
        await writer.run(nothing)
    assert not writer.connected
    await other.close()
    with pytest.raises(NotOwner, match="/data/two"):  # even when that one has gone
        await writer.run(nothing)


async def test_a_connection_that_could_not_claim_is_not_used(database_dsn: str) -> None:
    writer = await opened(database_dsn)
    writer.drop()
    await execute(database_dsn, "ALTER TABLE hub_owner RENAME COLUMN host TO elsewhere")
    for _ in range(2):
        with pytest.raises(asyncpg.UndefinedColumnError):
            await writer.run(nothing)
    assert not writer.connected
    await execute(database_dsn, "ALTER TABLE hub_owner RENAME COLUMN elsewhere TO host")
    await writer.run(nothing)
    await writer.close()


async def test_a_failed_open_leaves_no_lock(database_dsn: str) -> None:
    async def fails(connection: Connection) -> None:
        raise StoreError("no")

    writer = Writer(database_dsn, ONE)
    with pytest.raises(StoreError, match="no"):
        await writer.open(fails)
    assert not writer.connected
    second = await opened(database_dsn, TWO)
    await second.close()


async def test_no_server_is_away(database_dsn: str) -> None:
    async with line_to(database_dsn) as (dsn, _):
        pass  # gone again, with its socket
    with pytest.raises(StoreAway, match="does not answer"):
        await Writer(dsn, ONE).open(nothing)
    with pytest.raises(StoreAway, match="does not answer"):
        await open_pool(dsn, size_min=1, size_max=1, statement_timeout_s=1)


async def test_no_database_is_away_and_says_which(postgres_dsn: str) -> None:
    with pytest.raises(StoreAway, match='database "nobodys" does not exist'):
        await Writer(with_database(postgres_dsn, "nobodys"), ONE).open(nothing)


async def test_a_fault_of_the_data_is_not_hidden_and_costs_no_connection(database_dsn: str) -> None:
    writer = await opened(database_dsn)
    before = await writer.run(backend)
    with pytest.raises(asyncpg.DataError):
        await writer.run(lambda connection: connection.fetchval("SELECT $1::bigint", 2**70))
    assert await writer.run(backend) == before
    await writer.close()


async def in_transaction(connection: Connection) -> None:
    async with connection.transaction():
        await connection.execute("SELECT 1")


async def test_a_server_that_hangs_is_away_in_time(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with line_to(database_dsn) as (dsn, line):
        writer = await opened(dsn)
        line.stall()
        monkeypatch.setattr(database, "WRITE_S_MAX", 0.1)
        with pytest.raises(StoreAway, match="no answer within"):
            async with asyncio.timeout(10):
                await writer.run(in_transaction)
        assert not writer.connected
        monkeypatch.undo()
        line.go_on()
        await writer.run(in_transaction)
        await writer.close()


async def test_being_cancelled_does_not_wait_for_a_server_that_hangs(database_dsn: str) -> None:
    async with line_to(database_dsn) as (dsn, line):
        writer = await opened(dsn)
        line.stall()
        task = asyncio.create_task(writer.run(in_transaction))
        await asyncio.sleep(0)
        task.cancel()
        async with asyncio.timeout(10):
            await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        await writer.close()


async def test_insist_goes_on_until_it_answers(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "RETRY_S", 0.01)
    writer = await opened(database_dsn)
    tries = 0

    async def work(connection: Connection) -> int:
        nonlocal tries
        tries += 1
        if tries < 3:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return await backend(connection)

    assert await writer.insist(work)
    assert tries == 3
    with pytest.raises(StoreError, match='relation "nowhere" does not exist'):
        await writer.insist(lambda connection: connection.execute("SELECT FROM nowhere"))
    await writer.close()


async def test_our_own_server_is_started_again(database_dsn: str) -> None:
    revived = 0

    async def revive() -> str:
        nonlocal revived
        revived += 1
        return database_dsn

    async with line_to(database_dsn) as (dsn, _):
        writer = Writer(dsn, ONE, revive=revive)
        await writer.open(migrate.apply)
        assert revived == 0
    await until(lambda: not writer.connected)
    await writer.run(nothing)
    assert revived == 1
    await writer.close()


# the pool


async def pool(dsn: str) -> Database:
    return Database(await open_pool(dsn, size_min=1, size_max=2, statement_timeout_s=5))


async def test_what_is_done_on_a_connection_is_one_transaction(database_dsn: str) -> None:
    opened_pool = await pool(database_dsn)
    await execute(database_dsn, "CREATE TABLE facts (fact int)")
    with pytest.raises(ZeroDivisionError):
        async with opened_pool.connection() as connection:
            await connection.execute("INSERT INTO facts VALUES (1)")
            raise ZeroDivisionError
    async with opened_pool.connection() as connection:
        await connection.execute("INSERT INTO facts VALUES (2)")
    async with opened_pool.connection() as connection:
        assert [row["fact"] for row in await connection.fetch("SELECT fact FROM facts")] == [2]
    await opened_pool.close()


async def test_a_statement_has_its_time(database_dsn: str) -> None:
    opened_pool = Database(await open_pool(database_dsn, size_min=1, size_max=1, statement_timeout_s=0.05))
    with pytest.raises(StoreAway, match="statement timeout"):
        async with opened_pool.connection() as connection:
            await connection.execute("SELECT pg_sleep(60)")
    await opened_pool.close()


async def test_a_pool_comes_back_by_itself(database_dsn: str) -> None:
    async with line_to(database_dsn) as (dsn, line):
        opened_pool = await pool(dsn)
        assert await opened_pool.alive()
        line.cut()
        await until_true(opened_pool.alive)
        await opened_pool.close()


async def test_alive_has_a_time_limit_and_close_too(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with line_to(database_dsn) as (dsn, line):
        opened_pool = await pool(dsn)
        assert await opened_pool.alive()
        line.stall()
        monkeypatch.setattr(database, "ALIVE_S_MAX", 0.1)
        monkeypatch.setattr(database, "CLOSE_S_MAX", 0.1)
        began = time.monotonic()
        assert not await opened_pool.alive()
        assert not await opened_pool.alive()
        await opened_pool.close()
        assert time.monotonic() - began < 5


def test_words_hold_no_dsn() -> None:
    assert database.words(OSError()) == "PostgreSQL does not answer: OSError"
    assert database.words(asyncpg.PostgresError("no room\nDETAIL: x")) == "PostgreSQL says: no room"


def test_a_connection_that_breaks_in_a_copy_is_a_lost_one_on_uvloop_too(database_dsn: str) -> None:
    """Where asyncio takes what is written to it in silence, uvloop raises a RuntimeError."""

    async def break_in_the_middle(connection: Connection) -> None:
        await connection.execute("CREATE TEMP TABLE numbers (n int)")

        async def lines() -> AsyncIterator[bytes]:
            yield b"1\n"
            connection._transport.abort()
            await asyncio.sleep(0.01)  # it hears of that, and goes on with the copy all the same
            yield b"2\n"

        await connection.copy_to_table("numbers", source=lines())

    async def work() -> None:
        writer = await opened(database_dsn)
        with pytest.raises(StoreAway, match="PostgreSQL does not answer"):
            await writer.run(break_in_the_middle)
        assert await writer.run(backend)
        await writer.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())
