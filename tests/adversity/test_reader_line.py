"""The line to a reader: cut inside a line at every byte of it, stalled with half a line, a byte at a time, twice."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from hub.protocols.chronotrack_stream import format_line
from tests.adversity.checks import HALF_A_LINE, all_is_well, given
from tests.adversity.proxy import AfterBytes, How, Proxy, Way
from tests.adversity.scene import Scene, playing
from tests.running import Reader, Running, rows, running_hub, settings_for, until

ANSWERED: Final = b"ack~getlocations~FINISH\r\n"
"""After this come reads."""
NO_PAUSE_S: Final = 0.001


@pytest.fixture
async def hub(database_dsn: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running_hub(settings_for(database_dsn, tmp_path)) as running:
        yield running


@pytest.fixture
async def reader_line(hub: Running) -> AsyncIterator[Proxy]:
    """Between readers and the hub."""
    proxy = await Proxy(hub.address()).mend()
    yield proxy
    await proxy.close()


@contextlib.asynccontextmanager
async def coming(*readers: Reader) -> AsyncIterator[None]:
    """Each of them connects again and again."""
    tasks = [asyncio.create_task(each.keep_coming(NO_PAUSE_S)) for each in readers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def last_line(reader: Reader) -> str:
    """As it is on the wire."""
    (finish,) = reader.stream.locations
    return format_line(len(finish.items), finish.name, finish.items[-1])


@pytest.mark.parametrize("how", [How.RST, How.FIN])
async def test_cut_at_every_byte_of_a_line(
    database_dsn: str, hub: Running, reader_line: Proxy, how: How
) -> None:
    reader = Reader(reader_line.address)
    reader.add("00000")
    async with coming(reader):
        await until(lambda: hub.durable == 1)
        size = len(last_line(reader))
        for count in range(size + 2):
            held = len(last_line(reader))  # where it resumes; then comes the line that is cut
            reader_line.arm(AfterBytes(Way.UP, held + count, ANSWERED), how)
            reader_line.cut()
            reader.add(f"{count + 1:05d}")
            await reader_line.sprung.wait()
            await until(lambda: hub.durable == count + 2)  # noqa: B023
    await all_is_well(database_dsn, given([reader]), [], hub.origin)
    halves = await rows(database_dsn, "SELECT line FROM timing_rejects")
    assert {len(each["line"]) for each in halves} > set(range(1, size - 1))


@pytest.mark.parametrize("patient", [True, False])
async def test_half_a_line_and_silence(
    database_dsn: str, hub: Running, reader_line: Proxy, monkeypatch: pytest.MonkeyPatch, patient: bool
) -> None:
    """The others go on. In the end the rest comes, or the line is given up and the reader comes again."""
    if not patient:
        monkeypatch.setattr("hub.listener_connection.PING_S", 0.1)
        monkeypatch.setattr("hub.listener_connection.SILENCE_S_MAX", 0.3)
    half, other = Reader(reader_line.address), hub.reader()
    half.add("torn")
    reader_line.arm(AfterBytes(Way.UP, 20, ANSWERED), lambda: reader_line.stall(Way.UP))
    async with coming(half, other):
        await reader_line.sprung.wait()
        for count in range(1, 50):
            other.add(f"{count}")
            await until(lambda: hub.durable == count)  # noqa: B023
        if not patient:
            await until(lambda: reader_line.taken > 1)
        reader_line.flow()
        await until(lambda: hub.durable == 50)
    await all_is_well(database_dsn, given([half, other]), [], hub.origin)


async def test_a_byte_at_a_time(database_dsn: str, hub: Running, reader_line: Proxy) -> None:
    reader_line.pieces = 1
    async with playing(Scene(reader_line.address, hub.origin, hub.code)) as scene:
        scene.add(100)
        await scene.all_is_well(database_dsn, hub.origin)
    assert await rows(database_dsn, "SELECT * FROM timing_rejects") == []


@pytest.mark.parametrize("size", [0, 20, 10_000])
async def test_what_an_old_connection_still_holds_comes_late(
    database_dsn: str, hub: Running, reader_line: Proxy, size: int
) -> None:
    """A laptop changes its network: the client is back on a new connection before the old one has said its last."""
    old, new = Reader(reader_line.address), hub.reader()
    new.stream = old.stream
    old.add(*map(str, range(400)))
    reader_line.arm(AfterBytes(Way.UP, size, ANSWERED), lambda: reader_line.stall(Way.UP))
    await old.connect()
    await reader_line.sprung.wait()
    async with coming(new):
        new.add(*map(str, range(400, 500)))
        await until(lambda: hub.durable == 500)
        reader_line.flow()
        old.add("last")  # the old one says all it has, too
        await old.sent()
        await until(lambda: hub.durable == 501)
        await old.drop()
    await all_is_well(database_dsn, given([new]), [], hub.origin)


async def test_anything_at_any_time(database_dsn: str, hub: Running, reader_line: Proxy) -> None:
    """Several readers and the screens on one line, which does what it likes."""
    screen_line = await Proxy(hub.addresses.web).mend()
    host, port = screen_line.address
    async with playing(Scene(reader_line.address, f"http://{host}:{port}", hub.code, readers=5)) as scene:
        scene.feed()
        for _ in range(60):
            line = random.choice((reader_line, screen_line))
            how = random.choice(list(How))
            if how is How.STALL:
                line.stall(random.choice(list(Way)))
            elif random.random() < 0.5:
                line.arm(AfterBytes(random.choice(list(Way)), random.randrange(3000)), how)
            else:
                line.cut(how)
            line.pieces = random.choice((0, 0, 7, 100))
            await asyncio.sleep(random.random() * 0.05)
            line.flow()
        await reader_line.mend()
        await screen_line.mend()
        await scene.all_is_well(database_dsn, hub.origin)
        assert all(wall.hellos > 2 for wall in scene.walls)
    await screen_line.close()


async def test_what_is_torn_is_kept_as_it_came(database_dsn: str, hub: Running, reader_line: Proxy) -> None:
    reader = Reader(reader_line.address)
    reader.add("torn")
    reader_line.arm(AfterBytes(Way.UP, 20, ANSWERED), How.FIN)
    async with coming(reader):
        await until(lambda: hub.durable == 1)
    await all_is_well(database_dsn, given([reader]), [], hub.origin)
    (reject,) = await rows(database_dsn, "SELECT line, reason FROM timing_rejects")
    assert reject["line"] == last_line(reader)[:20].encode()
    assert HALF_A_LINE in reject["reason"]
