"""Two hubs and one database: another one takes it over while the line is cut; a killed one's connection lives on."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.adversity.checks import all_is_well, becomes, given
from tests.adversity.lives import Lives
from tests.adversity.proxy import Proxy, Way
from tests.adversity.wire import COPY_DONE, Moment
from tests.running import HOST, PATIENCE_S, Reader, rows

START_S_MAX = 10.0
"""Far less than the time that a new hub would wait for the lock of another."""


@pytest.mark.parametrize("accepted", [0, 40])
async def test_taken_over_while_the_line_is_cut(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path, accepted: int
) -> None:
    """It ends, with its journal as it was. What both have accepted meanwhile is in the end in the database."""
    lives = Lives(tmp_path / "one", line_dsn)
    async with lives.first() as (process, scene):
        scene.feed()
        postgres_line.break_off()
        await becomes(lives.web, "degraded", "PostgreSQL does not answer")
        await scene.shown(50)
        other = await another_hub_takes(tmp_path / "two", database_dsn, accepted)
        await postgres_line.mend()
        code, _, said = await process.end()
        assert code == 1
        assert said.splitlines()[-1].startswith(
            "racehub: while the database was out of reach it was taken over by"
        )
        assert str(tmp_path / "two") in said.splitlines()[-1]
        scene.rest()
        async with lives.another() as again:
            await again.ready()
            warning = "two hubs have written into this database" if accepted else ""
            await all_is_well(database_dsn, scene.given() + given([other]), scene.walls, lives.web, warning)
        (session,) = await rows(database_dsn, "SELECT epoch FROM timing_sessions")
        assert session["epoch"] == (2 if accepted else 1)


async def another_hub_takes(folder: Path, dsn: str, count: int) -> Reader:
    """It runs, gets so many reads, and ends. Gives the reader."""
    lives = Lives(folder, dsn)
    reader = Reader((HOST, lives.reader_port))
    reader.add(*(f"other-{number}" for number in range(count)))
    async with lives.life() as process:
        await process.ready()
        if count:
            await reader.connect()
            await reader.sent()
            await reader.hang_up()
        process.signal(signal.SIGTERM)
        assert (await process.end())[0] == 0
    return reader


@pytest.mark.parametrize("late", [False, True])
async def test_the_connection_of_a_killed_hub_lives_on(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path, late: bool
) -> None:
    """PostgreSQL has not noticed, and still holds the lock; the end of a COPY may even be on its way."""
    lives = Lives(tmp_path, line_dsn)
    async with lives.first() as (process, scene):
        scene.feed()
        pid = process.pid

        def die() -> None:
            postgres_line.keep_far = True
            postgres_line.stall(Way.UP)
            os.kill(pid, signal.SIGKILL)

        postgres_line.arm(Moment(Way.UP, COPY_DONE), die)
        postgres_line.cut()
        async with asyncio.timeout(PATIENCE_S):
            await postgres_line.sprung.wait()
        assert (await process.end())[0] == -signal.SIGKILL
        lives.use(database_dsn)
        async with lives.another() as again:
            if late:
                postgres_line.flow()
            async with asyncio.timeout(START_S_MAX):
                await again.ready()
            postgres_line.flow()
            await scene.shown(50)
            await scene.all_is_well(database_dsn, lives.web)
            again.signal(signal.SIGTERM)
            code, _, said = await again.end()
        assert code == 0
        if not late:
            assert "database: in use by" in said
