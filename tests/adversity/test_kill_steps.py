"""`kill -9` at exact moments: at every step of a journal group, and of a batch on its way into PostgreSQL."""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.adversity.lives import Lives
from tests.adversity.proxy import Proxy, Way
from tests.adversity.wire import COMMAND_COMPLETE, COPY_DATA, COPY_DONE, Moment
from tests.running import PATIENCE_S
from tests.serving import Process

DYING_HUB: Final = "tests.adversity.dying_hub"

STEPS: Final = (
    ("before", "BEGIN"),
    ("after", "BEGIN"),
    ("after", "INSERT"),  # in the middle of a group
    ("before", "COMMIT"),
    ("after", "COMMIT"),  # durable, and nobody has seen it
    ("before", "DELETE"),  # in PostgreSQL, and in the journal too
    ("after", "DELETE"),
)
BATCH_STEPS: Final[dict[str, Callable[[], Moment]]] = {
    "before the data of a copy": lambda: Moment(Way.UP, COPY_DATA),
    "in the middle of its data": lambda: Moment(Way.UP, COPY_DATA, nth=2, after=True),
    "before its end": lambda: Moment(Way.UP, COPY_DONE),
    "after its end": lambda: Moment(Way.UP, COPY_DONE, after=True),
    "before its answer": lambda: Moment(Way.DOWN, COMMAND_COMPLETE, b"COPY"),
    "before the answer to its commit": lambda: Moment(Way.DOWN, COMMAND_COMPLETE, b"COMMIT"),
}


async def test_at_every_step_of_the_journal(database_dsn: str, tmp_path: Path) -> None:
    lives = Lives(tmp_path, database_dsn)
    async with lives.first() as (first, scene):
        scene.feed()
        await first.kill()
        for when, word in STEPS:
            nth = str(random.randrange(3, 30))
            async with lives.another(DYING_HUB, when, word, nth) as process:
                code, _, said = await process.end()
                assert code == -signal.SIGKILL, said
            scene.forget()
        await lives.last(scene, database_dsn)


async def test_at_every_step_of_a_batch(
    database_dsn: str, tmp_path: Path, postgres_line: Proxy, line_dsn: str
) -> None:
    lives = Lives(tmp_path, line_dsn)

    async def killed(process: Process) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await postgres_line.sprung.wait()
        assert (await process.end())[0] == -signal.SIGKILL

    async with lives.first() as (first, scene):
        scene.feed()
        await first.kill()
        for moment in BATCH_STEPS.values():
            async with lives.another() as process:
                await process.ready()
                postgres_line.arm(moment(), killer(process))
                postgres_line.cut()  # a trap is for connections that begin
                scene.join()  # a new source goes in with its reads, in a transaction
                await killed(process)
            scene.forget()
        async with lives.life() as process:
            # What the last one left is on its way into the database. It has not so much as loaded its modules yet.
            postgres_line.arm(Moment(Way.DOWN, COMMAND_COMPLETE, b"INSERT"), killer(process))
            await killed(process)
        scene.forget()
        await lives.last(scene, database_dsn)


def killer(process: Process) -> Callable[[], None]:
    return lambda: os.kill(process.pid, signal.SIGKILL)
