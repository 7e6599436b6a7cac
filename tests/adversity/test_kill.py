"""`kill -9`, again and again at any moment, while several readers stream and screens look on."""

import asyncio
import random
from pathlib import Path
from typing import Final

from tests.adversity.lives import Lives

KILLS: Final = 21
LIFE_S_MAX: Final = 0.4


async def test_at_any_moment(database_dsn: str, tmp_path: Path) -> None:
    """Most while it runs; some while it starts."""
    lives = Lives(tmp_path, database_dsn)
    async with lives.first() as (first, scene):
        scene.feed()
        await first.kill()
        for number in range(KILLS - 1):
            async with lives.another() as process:
                if number % 3 != 2:
                    await process.ready()
                await asyncio.sleep(random.random() * LIFE_S_MAX)
            scene.forget()
        await lives.last(scene, database_dsn)
        assert scene.added > 1000
        assert all(wall.hellos > KILLS / 2 for wall in scene.walls)
