"""The machine's clock jumps while readers stream: a day, an hour, both ways, and a hub starts with an earlier one than
the last. Readers have clocks of their own, and sequences and contents do not care.
"""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest

from hub.clock import now_us
from hub.config import Listener, Web
from hub.model import US_PER_S
from tests.adversity.checks import all_is_well, given
from tests.adversity.scene import Scene, scene_of
from tests.running import HOST, Reader, Running, rows, running_hub, settings_for, until
from tests.serving import free_port

HOUR_S: Final = 3600
JUMPS_S: Final = (24 * HOUR_S, -24 * HOUR_S, HOUR_S, -HOUR_S, -24 * HOUR_S)
SINGLES: Final = 10
OLD_S: Final = 600.0


class Clock:
    """What the hub takes for the time: the real one, and `ahead_s`."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> int:
        return now_us() + round(self.ahead_s * US_PER_S)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("hub.app.now_us", made)
    monkeypatch.setattr("hub.reader_feed.now_us", made)
    monkeypatch.setattr("hub.web.sockets.TICK_S", 0.05)
    monkeypatch.setattr("hub.clock.WATCH_S", 0.02)
    return made


async def test_it_jumps_in_a_stream(database_dsn: str, tmp_path: Path, clock: Clock) -> None:
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, scene_of(hub) as scene:
        scene.feed()
        for jump_s in JUMPS_S:
            clock.ahead_s += jump_s
            await scene.shown(100)
            scene.join()  # its source gets an id
            await ticked(scene)
        found = await scene.all_is_well(database_dsn, hub.origin)
        ids = [row["id"] for row in await rows(database_dsn, "SELECT id FROM timing_sources")]
        assert len(ids) == len(scene.readers)
        assert [row["feed_offset"] for row in found] == sorted(row["feed_offset"] for row in found)
        assert "late" not in marks(found[:20])


async def ticked(scene: Scene) -> None:
    """Screens go on hearing that the hub lives, and how far it is."""
    for wall in scene.walls:
        wall.ticks.clear()
    await until(lambda: all(len(wall.ticks) > 1 for wall in scene.walls))
    for wall in scene.walls:
        offsets = [tick["offset"] for tick in wall.ticks]
        assert offsets == sorted(offsets)


@pytest.mark.parametrize("jump_s", [24 * HOUR_S, -24 * HOUR_S, HOUR_S, -HOUR_S])
async def test_no_read_is_late_for_it_and_an_old_one_is(
    database_dsn: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, jump_s: int
) -> None:
    """The hub notices that its clock was set, and not its readers'."""
    monkeypatch.setattr(
        "hub.source_clock.CLOCK_APART_US", 0
    )  # reads that are so far apart tell the difference
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        reader = await hub.reader().connect()
        await singly(hub, reader, SINGLES)
        (source,) = hub.app.hub.sources.values()
        assert source.clock.known and abs(source.clock.difference_us) < US_PER_S
        clock.ahead_s += jump_s
        await until(lambda: abs(source.clock.difference_us - jump_s * US_PER_S) < US_PER_S)
        await singly(hub, reader, SINGLES)
        reader.add("old", age_s=OLD_S)
        await until(lambda: hub.durable == 2 * SINGLES + 1)
        found = await all_is_well(database_dsn, given([reader]), [], hub.origin)
    assert "late" not in marks(found[:-1])
    assert "late" in found[-1]["marks"]


async def singly(hub: Running, reader: Reader, count: int) -> None:
    for number in range(hub.durable + 1, hub.durable + count + 1):
        reader.add(f"{number}")
        await until(lambda: hub.durable == number)  # noqa: B023


@pytest.mark.parametrize("jump_s", [24 * HOUR_S, -24 * HOUR_S])
async def test_a_hub_that_starts_at_another_time(
    database_dsn: str, tmp_path: Path, clock: Clock, jump_s: int
) -> None:
    """Its readers come back, new ones come, and ids go on where they were."""
    ports = free_port(), free_port()
    web, listener = Web(host=HOST, port=ports[0]), Listener(host=HOST, port=ports[1])
    settings = settings_for(database_dsn, tmp_path, web=web, listeners=(listener,))
    async with AsyncExitStack() as stack:
        async with running_hub(settings) as hub:
            scene = await stack.enter_async_context(scene_of(hub))
            scene.add(100)
            await scene.all_is_well(database_dsn, hub.origin)
        clock.ahead_s += jump_s
        async with running_hub(settings) as hub:
            scene.join()
            scene.add(100)
            await scene.all_is_well(database_dsn, hub.origin)
            sources = await rows(database_dsn, "SELECT id FROM timing_sources ORDER BY id")
            newest = max(hub.app.hub.sources)
            assert len(sources) == len(scene.readers) and sources[-1]["id"] == newest


def marks(found: list[dict[str, object]]) -> set[str]:
    return {mark for row in found for mark in row["marks"]}  # type: ignore[attr-defined]
