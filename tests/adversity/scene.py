"""What an attack disturbs: readers that stream, and screens that look on, each of which comes back by itself.

Knows how to keep them busy and how to end them; refuses to know what is done to the hub meanwhile.
"""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from hub.protocols.chronotrack_stream import Stream
from tests.adversity.checks import Content, all_is_well, content, given
from tests.adversity.wall import Wall
from tests.running import Reader, Running, until

PAUSE_S: Final = 0.05
"""What SimpleClient waits a second for."""
READ_EVERY_S: Final = 0.02
"""Slow enough that a screen that was away is not more than 2,000 behind: then it would start afresh, and rightly."""
PLACES: Final = ("START", "5K", "FINISH")


class Scene:
    """`address`: of the hub's readers; `web` and `code`: of its screens. All of them are at it from the start to the
    end."""

    def __init__(
        self, address: tuple[str, int], web: str, code: str, *, readers: int = 3, walls: int = 2
    ) -> None:
        self._address = address
        self.readers: list[Reader] = []
        self.walls = [Wall(web, code) for _ in range(walls)]
        self.added = 0
        self._delivered: Counter[Content] = Counter()
        self._feeder: asyncio.Task[None] | None = None
        self._tasks = [asyncio.create_task(each.look()) for each in self.walls]
        for _ in range(readers):
            self.join()

    def join(self) -> None:
        """One more reader; its first read comes with it."""
        reader = Reader(self._address, event=f"Box {len(self.readers)}")
        self.readers.append(reader)
        self._tasks.append(asyncio.create_task(reader.keep_coming(PAUSE_S)))
        self._add(reader)

    def add(self, count: int = 1) -> None:
        """So many reads, of a tag each, at any reader and place."""
        for _ in range(count):
            self._add(random.choice(self.readers))

    def _add(self, reader: Reader) -> None:
        self.added += 1
        reader.add(f"{self.added}", location=random.choice(PLACES))

    def given(self) -> Counter[Content]:
        """All that was ever given."""
        return self._delivered + given(self.readers)

    def forget(self) -> None:
        """Every laptop is replaced by one that has only what no screen has shown yet: what the hub has shown, it has to
        have for good."""
        shown = {read["tag"] for wall in self.walls for read in wall.shown.values()}
        for reader in self.readers:
            fresh = Stream(secrets.token_hex(20), reader.stream.event)
            for location in reader.stream.locations:
                fresh.location(location.name)
                for item in location.items:
                    if item.tag in shown:
                        self._delivered[content(location.name, item)] += 1
                    else:
                        fresh.append(location.name, item)
            reader.change(fresh)

    def feed(self) -> None:
        """From now on runners come by, alone and in groups."""
        if self._feeder is None:
            self._feeder = asyncio.create_task(self._feed())

    def rest(self) -> None:
        """Nobody comes any more; what has been given is still on its way."""
        if self._feeder is not None:
            self._feeder.cancel()
            self._feeder = None

    async def _feed(self) -> None:
        while True:
            self.add(random.choice((1, 1, 2, 20)))
            await asyncio.sleep(READ_EVERY_S * random.random() * 2)

    async def shown(self, more: int) -> None:
        """Until every screen has had so many reads more than now."""
        goals = [(wall, wall.after + more) for wall in self.walls]
        await until(lambda: all(wall.after >= goal for wall, goal in goals))

    async def all_shown(self) -> None:
        """Until every screen has all that was given."""
        total = self.given().total()
        await until(lambda: all(wall.after == total for wall in self.walls))

    async def all_is_well(self, dsn: str, origin: str) -> list[dict[str, Any]]:
        """The attack is over: nobody comes any more, and everything is where it belongs."""
        self.rest()
        return await all_is_well(dsn, self.given(), self.walls, origin)

    async def close(self) -> None:
        self.rest()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def playing(scene: Scene) -> AsyncIterator[Scene]:
    """With the first reads on its screens; ended whatever happens."""
    try:
        await until(lambda: all(wall.hellos for wall in scene.walls))
        scene.add(20)
        await scene.all_shown()
        yield scene
    finally:
        await scene.close()


@asynccontextmanager
async def scene_of(hub: Running, **counts: int) -> AsyncIterator[Scene]:
    """Readers and screens of a hub that runs."""
    async with playing(Scene(hub.address(), hub.origin, hub.code, **counts)) as scene:
        yield scene
