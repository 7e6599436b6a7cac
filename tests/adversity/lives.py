"""A hub that is started again and again in one place, as a process of its own. Knows ports, folders and signals."""

import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.adversity.scene import Scene, playing
from tests.running import HOST
from tests.serving import HUB, Process, Spare, free_port, hub_process, write_config


class Lives:
    """`more`: further lines of its configuration. `program`: what runs its first life."""

    def __init__(self, folder: Path, dsn: str, more: str = "", program: tuple[str, ...] = HUB) -> None:
        self.folder = folder
        self._more = more
        self._program = program
        self._spare = Spare(folder)
        self.web_port, self.reader_port = free_port(), free_port()
        self.web = f"http://{HOST}:{self.web_port}"
        folder.mkdir(exist_ok=True)
        self.use(dsn)

    def use(self, dsn: str) -> None:
        """The way to the database, from its next life on."""
        web, reader = self.web_port, self.reader_port
        write_config(self.folder, dsn, more=self._more, web_port=web, reader_port=reader)

    @asynccontextmanager
    async def life(self) -> AsyncIterator[Process]:
        """From its first module on. Killed at the end of it, if it has not ended before."""
        async with hub_process("serve", folder=self.folder, program=self._program) as process:
            yield process

    @asynccontextmanager
    async def another(self, module: str = "hub.cli", *arguments: str) -> AsyncIterator[Process]:
        """The next one after the first, which has loaded its modules meanwhile."""
        process = await self._spare.take(module, *arguments, "serve")
        try:
            yield process
        finally:
            await process.kill()

    @asynccontextmanager
    async def first(self) -> AsyncIterator[tuple[Process, Scene]]:
        """The first one, with readers and screens; they go on after it."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._spare.close)
            process = await stack.enter_async_context(self.life())
            await process.ready()
            await self._spare.prepare()
            code = (await process.line()).rpartition("/")[2]
            scene = Scene((HOST, self.reader_port), self.web, code)
            yield process, await stack.enter_async_context(playing(scene))

    async def last(self, scene: Scene, dsn: str) -> list[dict[str, Any]]:
        """Nothing happens in it, so that all can be checked. Gives the rows."""
        async with self.another() as process:
            await process.ready()
            found = await scene.all_is_well(dsn, self.web)
            process.signal(signal.SIGTERM)
            assert (await process.end())[0] == 0
            return found
