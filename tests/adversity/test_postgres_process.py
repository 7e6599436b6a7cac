"""PostgreSQL itself: stopped in every way, frozen and thawed, frozen for good while the hub is told to stop."""

import re
import signal
import time
from pathlib import Path

import pytest

from tests.adversity.checks import becomes
from tests.adversity.cluster import WAYS, cluster
from tests.adversity.lives import Lives
from tests.adversity.scene import scene_of
from tests.postgres import fresh_database
from tests.running import running_hub, settings_for

STOP_S_MAX = 10.0


@pytest.mark.usefixtures("impatient")
async def test_it_ends_and_comes_back(tmp_path: Path) -> None:
    """Stopped, quitting at once, killed; the last time not gone for long enough to be missed."""
    async with (
        cluster() as postgres,
        fresh_database(postgres.dsn) as dsn,
        running_hub(settings_for(dsn, tmp_path)) as hub,
        scene_of(hub) as scene,
    ):
        scene.feed()
        for way in WAYS:
            await postgres.stop(way)
            await becomes(hub.origin, "degraded", "PostgreSQL")
            await scene.shown(50)
            await postgres.start()
            await becomes(hub.origin, "healthy")
        await postgres.stop("immediate")
        await postgres.start()
        await scene.all_is_well(dsn, hub.origin)


async def test_it_freezes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And goes on: first before the hub has lost its patience, then after."""
    monkeypatch.setattr("hub.store.database.ALIVE_S_MAX", 0.3)
    async with (
        cluster() as postgres,
        fresh_database(postgres.dsn) as dsn,
        running_hub(settings_for(dsn, tmp_path)) as hub,
        scene_of(hub) as scene,
    ):
        scene.feed()
        for patience_s in (5, 0.3):
            monkeypatch.setattr("hub.store.database.WRITE_S_MAX", patience_s)
            monkeypatch.setattr("hub.store.database.CONNECT_S_MAX", patience_s)
            postgres.freeze()
            await becomes(hub.origin, "degraded", "PostgreSQL does not answer")
            await scene.shown(50)
            postgres.thaw()
            await becomes(hub.origin, "healthy")
        await scene.all_is_well(dsn, hub.origin)


async def test_the_hub_is_told_to_stop_while_it_is_frozen(tmp_path: Path) -> None:
    async with cluster() as postgres, fresh_database(postgres.dsn) as dsn:
        lives = Lives(tmp_path, dsn)
        async with lives.first() as (process, scene):
            scene.feed()
            await scene.shown(50)
            postgres.freeze()
            await scene.shown(50)
            began = time.monotonic()
            process.signal(signal.SIGTERM)
            code, _, said = await process.end()
            assert time.monotonic() - began < STOP_S_MAX
            assert code == 0
            assert all(4101 in wall.byes for wall in scene.walls)
            stopping = r"stopping; the last \d+ reads went into the database; \d+ bytes wait in the journal"
            assert re.search(stopping, said), said
            postgres.thaw()
            await lives.last(scene, dsn)
