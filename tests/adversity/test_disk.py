"""A disk that is full, and a journal that may not grow: readers wait, screens show nothing that is not kept, /health
says why; and it goes on by itself.
"""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.adversity import disk
from tests.adversity.checks import ask, becomes
from tests.adversity.disk import Disk
from tests.adversity.lives import Lives
from tests.adversity.proxy import Proxy
from tests.adversity.scene import Scene
from tests.running import PATIENCE_S, rows

LITTLE_BYTES = 1 << 20


async def test_somebody_else_fills_the_disk(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path
) -> None:
    """While PostgreSQL is away, so that what the journal holds cannot be given up."""
    full = Disk(tmp_path / "disk")
    lives = Lives(tmp_path, line_dsn, f'[journal]\ndir = "{full.place}/journal"\n', full.program)
    async with lives.first() as (process, scene):
        full.pid = process.pid
        scene.feed()
        postgres_line.break_off()
        await becomes(lives.web, "degraded")
        full.fill()
        await becomes(lives.web, "unhealthy", full.words)
        shown = max(wall.after for wall in scene.walls)
        assert (await ask(lives.web, "/status"))[1]["total_reads"] == shown
        await becomes(lives.web, "unhealthy", full.words)
        assert (await ask(lives.web, "/status"))[1]["total_reads"] == shown
        full.clear()
        await becomes(lives.web, "degraded", "PostgreSQL does not answer")
        await scene.shown(50)
        await postgres_line.mend()
        await scene.all_is_well(database_dsn, lives.web)
        process.signal(signal.SIGTERM)
        code, _, said = await process.end()
    assert code == 0
    assert f"cannot be written: {full.words}. Readers wait." in said
    assert "can be written again" in said


async def give_until_it_is_full(scene: Scene, web: str) -> None:
    async with asyncio.timeout(2 * PATIENCE_S):
        while (await ask(web, "/health"))[0] == 200:
            scene.add(500)
            await asyncio.sleep(0.01)


async def test_the_journal_itself_fills_the_disk(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path
) -> None:
    """Nobody makes room for it; what PostgreSQL takes makes room enough, though to delete it takes room first."""
    full = Disk(tmp_path / "disk")
    lives = Lives(tmp_path, line_dsn, f'[journal]\ndir = "{full.place}/journal"\n', full.program)
    async with lives.first() as (process, scene):
        full.pid = process.pid
        postgres_line.break_off()
        await becomes(lives.web, "degraded")
        full.fill(leave_bytes=LITTLE_BYTES)
        await give_until_it_is_full(scene, lives.web)
        await becomes(lives.web, "unhealthy", full.words)
        await postgres_line.mend()
        if not full.real:
            full.clear()
        await becomes(lives.web, "healthy")
        scene.add(500)
        await scene.all_is_well(database_dsn, lives.web)


async def test_killed_while_the_disk_takes_nothing(database_dsn: str, tmp_path: Path) -> None:
    lives = Lives(tmp_path, database_dsn)
    async with lives.first() as (process, scene):
        scene.feed()
        await scene.shown(50)
        disk.limit_files(process.pid, 0)
        await becomes(lives.web, "unhealthy")
        await process.kill()
        scene.forget()
        await lives.last(scene, database_dsn)


@pytest.mark.parametrize("killed", [False, True])
async def test_a_journal_that_may_not_grow(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, tmp_path: Path, killed: bool
) -> None:
    lives = Lives(tmp_path, line_dsn, "[journal]\nmax_mib = 1\n")
    async with lives.first() as (process, scene):
        postgres_line.break_off()
        await becomes(lives.web, "degraded")
        await give_until_it_is_full(scene, lives.web)
        await becomes(lives.web, "unhealthy", "full (journal.max_mib")
        scene.add(1000)
        status, body = await ask(lives.web, "/status")
        assert status == 200 and body["journal_pending"] >= 1 << 20
        assert (await rows(database_dsn, "SELECT count(*) AS n FROM timing_reads"))[0]["n"] < scene.added
        if killed:
            await process.kill()
            scene.forget()
            await postgres_line.mend()
            await lives.last(scene, database_dsn)
        else:
            await postgres_line.mend()
            await scene.all_is_well(database_dsn, lives.web)
