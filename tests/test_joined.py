"""Clients and hub joined in memory, journal and PostgreSQL real: whatever happens on the way, every content of the
files is stored exactly as often as its file holds it, under the offsets 1 to N.

No sockets: a loop moves bytes between the machines, and does with the hub what `hub.listener` does.
"""

import asyncio
import contextlib
import itertools
import random
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from hub.config import Database, Retention, Server, Settings
from hub.hub import Hub
from hub.model import US_PER_S
from hub.protocols.chronotrack import HandshakeDone, ServerConnection
from hub.protocols.chronotrack_client import Client
from hub.protocols.chronotrack_stream import Item, Stream, gun_item
from hub.session import Source
from hub.stores import Stores

READS: Final = 100_000
START_US: Final = 1_620_460_800 * US_PER_S
PIECES_MAX: Final = 6
HUB_RESTARTS: Final = 4
STEPS_MAX: Final = 10_000

File = dict[str, list[Item]]
"""location -> what a controller has seen there, in the order of its stream"""
Content = tuple[str, str, int, str, int]
"""(casefolded location, tag, wall time in microseconds, reader id, gator)"""

_seconds = itertools.count()


def controller_file(rng: random.Random, controller: str, sizes: dict[str, int]) -> File:
    """Reads nearly in order of time, a gun that fell late, and pairs of lines equal in all but their sequence."""
    file: File = {}
    for number, (name, size) in enumerate(sizes.items()):
        items = []
        for _ in range(size):
            wall_us = START_US + next(_seconds) * 250_000 - rng.randrange(0, 6_000_000, 10_000)
            items.append(
                Item(f"{rng.randrange(3000)}", wall_us, 1, f"{controller}{number}", 1 << rng.randrange(4))
            )
        items[26] = gun_item(START_US, controller)
        for place in range(100, size - 100, 997):
            items[place + rng.randrange(5, 90)] = items[place]
        file[name] = items
    return file


def contents(file: File) -> Counter[Content]:
    return Counter(
        (name.casefold(), item.tag, item.wall_us, item.reader_id, item.gator)
        for name, items in file.items()
        for item in items
    )


class Link:
    """A client that streams a file as it grows, and its connection to the hub, if there is one."""

    def __init__(self, rng: random.Random, file: File) -> None:
        self.rng = rng
        self.file = file
        self.stream = Stream(self.new_id(), "21ROTM")
        self.full: File = {name: [] for name in file}  # without a filter, as far as read
        for name in file:
            self.stream.location(name)
        self.client: Client | None = None
        self.server = ServerConnection("RaceHub", "1.0")
        self.source: Source | None = None
        self.to_hub = b""

    def new_id(self) -> str:
        return f"{self.rng.getrandbits(160):040X}"

    # what the timer does

    def grow(self, reads: int) -> None:
        """The controller sees more; some of it a filter may keep from the stream."""
        for name, items in self.file.items():
            start = len(self.full[name])
            self.full[name] += items[start : start + reads]
            self.stream.location(name).items += items[start : start + reads]

    @property
    def grown(self) -> bool:
        return all(len(self.full[name]) == len(items) for name, items in self.file.items())

    def rewind(self, hidden: float) -> None:
        """Everything again under the same id, through a filter that hides a share of it; and play."""
        for name, items in self.full.items():
            self.stream.location(name).items = [item for item in items if self.rng.random() >= hidden]
        self.stream.rewind()
        if self.client is not None:
            self.client.receive_data(b"start\r\n")

    def restart(self) -> None:
        """A new id, and guns before all reads: sequences shift."""
        for name, items in self.full.items():
            items.sort(key=lambda item: not item.gun)
            self.stream.location(name).items = list(items)
        self.stream.restart(self.new_id())

    @property
    def quiet(self) -> bool:
        return self.client is not None and self.client.done and not self.to_hub


class Race:
    """One data directory and database, the hub on them, and the links to it."""

    def __init__(self, rng: random.Random, settings: Settings, files: list[File]) -> None:
        self.rng = rng
        self.settings = settings
        self.links = [Link(rng, file) for file in files]
        self.now_us = START_US
        self.durable: list[int] = []  # offsets as they were published
        self.renumbered = 0

    # the hub

    async def start(self) -> None:
        self.hub = Hub(
            now_us=lambda: self.now_us,
            wake=self.wake,
            publish=lambda session, reads: self.durable.extend(read.offset for read in reads),
        )
        self.stores = Stores(self.settings, self.hub)
        await self.stores.open()
        await self.stores.recover()
        parts = (self.stores.writer.run(), self.stores.drain.run())
        self.tasks = [asyncio.create_task(part) for part in parts]

    def wake(self) -> None:
        self.stores.writer.wake()

    async def kill(self) -> None:
        """As it stands: what is not in the journal is gone, what is in flight to PostgreSQL hangs in the air."""
        for task in self.tasks:
            task.cancel()
        for result in await asyncio.gather(*self.tasks, return_exceptions=True):
            assert isinstance(result, asyncio.CancelledError), result
        for link in self.links:
            self.drop(link)
        self.renumbered += self.stores.drain.foreign
        await self.stores.close()

    async def room(self) -> None:
        """The journal and PostgreSQL get their turn; readers wait while they must."""
        await asyncio.sleep(0)
        while self.hub.congested or self.stores.full:
            await self.stores.writer.flushed()

    # the listener

    def connect(self, link: Link) -> None:
        link.client = Client(link.stream)
        link.server = ServerConnection("RaceHub", "1.0")
        link.source = None
        link.to_hub = b""

    def drop(self, link: Link) -> None:
        if link.client is not None:
            link.client.connection_lost()
            link.server.receive_eof()
            self.take(link)
            if link.source is not None:
                self.hub.release(link.source)
        link.client = link.source = None

    def receive(self, link: Link, data: bytes) -> None:
        for event in link.server.receive_data(data):
            if isinstance(event, HandshakeDone):
                link.source = self.hub.open_source(
                    partner_id=self.stores.partner_id,
                    listener="main",
                    protocol="chronotrack",
                    remote="192.0.2.7",
                    program=event.program,
                    version=event.version,
                    connection_id=event.connection_id,
                    event_name=event.event_name,
                )
                assert link.source is not None
                link.server.start(link.source.connected(self.now_us))
        self.take(link)

    def take(self, link: Link) -> None:
        observations, rejected = link.server.take()
        if link.source is None:
            self.hub.reject(0, rejected, self.now_us)
        elif observations or rejected:
            for location, sequence in self.hub.accept(link.source, observations, rejected, self.now_us):
                link.server.request_from(location, sequence)

    def ask_the_silent(self, link: Link) -> bool:
        silent = link.source.silent_resumes() if link.source else []
        for location in silent:
            link.server.request_from(location, 1)
        return bool(silent)

    # the wire

    def move(self, link: Link) -> None:
        """Some bytes each way, cut anywhere."""
        client = link.client
        if client is None or client.closed:
            self.drop(link)
            self.connect(link)
            return
        self.now_us += self.rng.randrange(1, 200_000)
        client.receive_data(link.server.data_to_send())
        link.to_hub += client.data_to_send(self.rng.randrange(1, 600))
        for _ in range(self.rng.randrange(1, PIECES_MAX)):
            cut = self.rng.randrange(0, min(len(link.to_hub), 30_000) + 1)
            data, link.to_hub = link.to_hub[:cut], link.to_hub[cut:]
            self.receive(link, data)

    # the race

    async def run(self) -> None:
        """Until all is read, in however many tries, and the hub has died often enough."""
        kills = sorted(self.rng.sample(range(1, 10), HUB_RESTARTS))
        while kills or not all(link.grown for link in self.links):
            link = self.rng.choice(self.links)
            self.disturb(link)
            self.move(link)
            await self.room()
            if (
                kills
                and sum(len(items) for each in self.links for items in each.full.values())
                > kills[0] * READS // 10
            ):
                del kills[0]
                await self.kill()
                await self.start()

    def disturb(self, link: Link) -> None:
        chance = self.rng.random()
        if chance < 0.02:
            self.drop(link)
        elif chance < 0.022:
            link.rewind(0)
        elif chance < 0.025:
            link.rewind(0.02)
        elif chance < 0.028:
            self.drop(link)
            link.rewind(0.02)
        elif chance < 0.031:
            link.restart()
        elif chance < 0.4:
            link.grow(self.rng.randrange(1, 400))
        elif chance < 0.45:
            self.ask_the_silent(link)

    async def finish(self) -> None:
        """No more filters, and nothing else goes wrong."""
        for link in self.links:
            link.rewind(0)
            self.drop(link)
        for _ in range(STEPS_MAX):
            for link in self.links:
                self.move(link)
            await self.room()
            if all(link.quiet for link in self.links) and not any(map(self.ask_the_silent, self.links)):
                break
        else:
            pytest.fail("it does not come to an end")
        assert "wait" not in await self.stores.flush(30)
        await self.kill()


@pytest.fixture
def seed() -> int:
    number = random.SystemRandom().getrandbits(32)
    print(f"seed: {number}")  # shown with a failure
    return number


async def test_every_content_is_stored_as_often_as_its_file_holds_it(
    database_dsn: str, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    points = controller_file(rng, "1200A", {"START": 15_000, "5K": 15_000, "FINISH": 15_000})
    lap = controller_file(rng, "1200B", {"LAP": 25_000})
    backup = controller_file(rng, "1200C", {"Finish": 30_000})
    settings = Settings(
        server=Server(data_dir=str(tmp_path), timezone="America/Chicago"),
        database=Database(dsn=database_dsn),
        retention=Retention(end_sessions_after_days=0),  # the clock of this race stands in 2021
    )
    race = Race(rng, settings, [points, lap, lap, backup])  # two laptops stream the laps
    await race.start()
    try:
        await race.run()
        await race.finish()
    finally:
        with contextlib.suppress(Exception):
            await race.kill()

    expected = contents(points) + contents(lap) + contents(backup)
    assert expected.total() == READS
    assert max(expected.values()) > 1
    connection = await asyncpg.connect(database_dsn)
    try:
        rows = await connection.fetch(
            "SELECT lower(location_name), tag_code, read_time_raw, reader_id, gator_number, session_id, feed_offset "
            "FROM timing_reads ORDER BY feed_offset"
        )
        epoch = await connection.fetchval("SELECT epoch FROM timing_sessions")
    finally:
        await connection.close()
    stored = Counter((row[0], row[1], wall_us(row[2]), row[3], row[4]) for row in rows)
    assert len({row["session_id"] for row in rows}) == 1
    assert (expected - stored, stored - expected) == (Counter(), Counter())
    assert [row["feed_offset"] for row in rows] == list(range(1, READS + 1))
    assert race.durable == sorted(set(race.durable))  # no screen was shown an offset twice
    assert (race.renumbered, epoch) == (0, 1)


@cache
def wall_second(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp()) * US_PER_S


def wall_us(time_text: str) -> int:
    second, hundredths = time_text.split(".")
    return wall_second(second) + int(hundredths) * 10_000
