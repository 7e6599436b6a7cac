"""`kill -9`, again and again, while three readers stream and a screen looks on: nothing is lost, nothing comes twice,
and no screen was ever shown what the database does not hold under the same offset.
"""

import asyncio
import json
import random
import signal
from collections import Counter
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import WSMsgType

from tests.running import HOST, PATIENCE_S, Reader, rows, stored
from tests.serving import free_port, hub_process, write_config

KILLS: Final = 10
SOURCES: Final = 3
PAUSE_S: Final = 0.05
"""What SimpleClient and screens wait a second for."""
READ_EVERY_S: Final = 0.04
"""Slow enough that a screen is never more than 2,000 behind: then it would start afresh, and rightly."""
PLACES: Final = ("START", "5K", "FINISH")


class Wall:
    """A screen that comes back whenever it is dropped, and remembers what it was shown under which offset."""

    def __init__(self, web: str, code: str) -> None:
        self._address = f"{web}/ws/d/{code}"
        self._place: dict[str, str] = {}
        self.shown: dict[int, dict[str, Any]] = {}
        self.faults: list[str] = []
        self.after = 0
        self.hellos = 0

    async def look(self) -> None:
        """Until cancelled."""
        async with aiohttp.ClientSession() as http:
            while True:
                with suppress(aiohttp.ClientError, OSError):
                    await self._connection(http)
                await asyncio.sleep(PAUSE_S)

    async def _connection(self, http: aiohttp.ClientSession) -> None:
        query = self._place | {"after": str(self.after)} if self._place else {}
        async with http.ws_connect(self._address, params=query, max_msg_size=1 << 26) as ws:
            async for frame in ws:
                if frame.type is WSMsgType.TEXT:
                    for line in frame.data.split("\n"):
                        self._take(json.loads(line))

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "hello":
            self._greet(message)
        elif message["type"] == "read":
            self._show(message)
            if message["offset"] != self.after + 1:
                self.faults.append(f"{message['offset']} came after {self.after}")
            self.after = message["offset"]
        elif message["type"] not in ("tick", "bye"):
            self.faults.append(f"unexpected: {message}")

    def _greet(self, hello: dict[str, Any]) -> None:
        self.hellos += 1
        if self._place and not hello["recovered"]:
            self.faults.append(f"could not go on from {self.after}; the hub is at {hello['offset']}")
        if not hello["recovered"]:
            self.after = hello["offset"]
        self._place = {"session": str(hello["session"]["id"]), "epoch": str(hello["epoch"])}
        for read in hello["recent"]:
            self._show(read)

    def _show(self, read: dict[str, Any]) -> None:
        told = {name: read[name] for name in ("tag", "location", "time", "kind", "lap", "received_at")}
        before = self.shown.setdefault(read["offset"], told)
        if before != told:
            self.faults.append(f"{read['offset']}: was {before}, is {told}")


async def feed(readers: list[Reader], given: Counter[tuple[str, str]]) -> None:
    """Runners come by at every reader, until cancelled. Each is a tag of its own at its place."""
    while True:
        for number, reader in enumerate(readers):
            for _ in range(random.choice((1, 1, 2, 20))):
                place = random.choice(PLACES)
                tag = f"{number}-{given.total()}"
                reader.add(tag, location=place)
                given[place, tag] += 1
        await asyncio.sleep(READ_EVERY_S * random.random() * 2)


async def test_kill_at_any_moment(database_dsn: str, tmp_path: Path) -> None:
    web_port, reader_port = free_port(), free_port()
    write_config(tmp_path, database_dsn, web_port=web_port, reader_port=reader_port)
    readers = [Reader((HOST, reader_port), event=f"Box {number}") for number in range(SOURCES)]
    given: Counter[tuple[str, str]] = Counter()
    async with hub_process("serve", folder=tmp_path) as process:
        await process.ready()
        code = (await process.line()).rpartition("/")[2]
        wall = Wall(f"http://{HOST}:{web_port}", code)
        feeder = asyncio.create_task(feed(readers, given))
        tasks = [feeder, *(asyncio.create_task(each.keep_coming(PAUSE_S)) for each in readers)]
        tasks.append(asyncio.create_task(wall.look()))
        await asyncio.sleep(random.random())
    try:
        await kill_again_and_again(tmp_path)
        async with hub_process("serve", folder=tmp_path) as process:
            await process.ready()
            feeder.cancel()
            found = await stored(database_dsn, given.total())
            async with asyncio.timeout(PATIENCE_S):
                while wall.after < len(found):  # noqa: ASYNC110
                    await asyncio.sleep(PAUSE_S)
            process.signal(signal.SIGTERM)
            assert (await process.end())[0] == 0
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await check(database_dsn, given, wall)


async def kill_again_and_again(folder: Path) -> None:
    """Most while it runs; some while it starts."""
    for number in range(KILLS - 1):
        async with hub_process("serve", folder=folder) as process:
            if number % 3 != 2:
                await process.ready()
            await asyncio.sleep(random.random())


async def check(dsn: str, given: Counter[tuple[str, str]], wall: Wall) -> None:
    found = await rows(dsn, "SELECT * FROM timing_reads ORDER BY feed_offset")
    assert [row["feed_offset"] for row in found] == list(range(1, len(found) + 1))
    assert Counter((row["location_name"], row["tag_code"]) for row in found) == given
    assert {row["kind"] for row in found} == {"read"} and given.total() > 1000
    assert wall.faults == [] and wall.hellos > KILLS / 2
    assert set(wall.shown) == set(range(1, len(found) + 1))
    for row in found:
        told = wall.shown[row["feed_offset"]]
        assert (told["tag"], told["location"], told["lap"]) == (
            row["tag_code"],
            row["location_name"],
            row["lap_count"],
        )
        for name, column in (("time", "read_time"), ("received_at", "received_at")):
            assert abs((datetime.fromisoformat(told[name]) - row[column]).total_seconds()) < 0.001
    rejects = await rows(
        dsn, "SELECT line FROM timing_rejects WHERE reason NOT LIKE '%in the middle of this line'"
    )
    assert rejects == []
