"""The machine's clock jumps while readers stream: a day, an hour, both ways, and a hub starts with an earlier one than
the last. Readers have clocks of their own, and sequences and contents do not care.
"""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest

from hub import app
from hub.config import Listener, Web
from hub.model import US_PER_S
from tests.adversity.checks import all_is_well
from tests.adversity.scene import Scene, scene_of
from tests.running import HOST, rows, running_hub, settings_for, until
from tests.serving import free_port

HOUR_S: Final = 3600
JUMPS_S: Final = (24 * HOUR_S, -24 * HOUR_S, HOUR_S, -HOUR_S, -24 * HOUR_S)
SINGLE_S: Final = 0.6
"""Reads that are so far apart tell how far a reader's clock is behind."""
SINGLES: Final = 25
"""Enough of them to make the hub forget what it knew of that."""


class Clock:
    """What the hub takes for the time: the real one, and `ahead_s`."""

    def __init__(self) -> None:
        self.ahead_s = 0.0
        self._real = app.now_us

    def __call__(self) -> int:
        return self._real() + round(self.ahead_s * US_PER_S)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("hub.app.now_us", made)
    monkeypatch.setattr("hub.web.sockets.TICK_S", 0.05)
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
async def test_reads_are_late_until_the_difference_is_known(
    database_dsn: str, tmp_path: Path, clock: Clock, jump_s: int
) -> None:
    """After that none is, and one that is really old is."""
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub:
        reader = await hub.reader().connect()
        count = 0

        async def singly(reads: int) -> None:
            nonlocal count
            for _ in range(reads):
                clock.ahead_s += SINGLE_S
                reader.add(f"{count}", age_s=-clock.ahead_s + jumped_s)  # its own clock did not jump
                count += 1
                await until(lambda: hub.durable == count)  # noqa: B023

        jumped_s = 0
        await singly(SINGLES)
        clock.ahead_s += jump_s
        jumped_s = jump_s
        await singly(SINGLES)
        reader.add("old", age_s=-clock.ahead_s + jumped_s + 600)
        count += 1
        await until(lambda: hub.durable == count)
        found = await all_is_well(database_dsn, [reader], [], hub.origin)
    before, after, old = found[:SINGLES], found[SINGLES:-1], found[-1]
    assert "late" not in marks(before)
    assert ("late" in marks(after[:5])) == (jump_s > 0)  # a clock that is set back makes nothing late
    assert "late" not in marks(after[-5:])
    assert old["marks"] == ["late"]


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
