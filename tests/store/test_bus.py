"""Redis, and a Redis that is away."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from hub.errors import StoreAway, StoreError
from hub.store.bus import Bus
from tests.redis_server import RedisServer, running_redis
from tests.running import PATIENCE_S


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with running_redis() as running:
        yield running


@pytest.fixture
async def bus(server: RedisServer) -> AsyncIterator[Bus]:
    bus = Bus(server.url)
    yield bus
    await bus.close()


async def test_what_is_put_is_there_for_so_long(bus: Bus, server: RedisServer) -> None:
    assert await bus.get("a") is None
    await bus.put("a", b"\x00\xff", seconds=60)
    assert await bus.get("a") == b"\x00\xff"
    with server.client() as client:
        assert 50 < client.ttl("a") <= 60
    await bus.delete("a")
    await bus.delete("a")
    assert await bus.get("a") is None


async def test_it_connects_when_it_is_asked(server: RedisServer) -> None:
    server.stop()
    bus = Bus(server.url)
    assert not await bus.alive()
    server.start()
    assert await bus.alive()
    await bus.close()


async def test_one_that_has_gone_and_come_back(
    bus: Bus, server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "hub")
    await asyncio.gather(*(bus.put(f"k{each}", b"1", seconds=60) for each in range(40)))
    server.stop()
    for ask in (bus.get("a"), bus.put("a", b"1", seconds=1), bus.delete("a")):
        with pytest.raises(StoreAway, match="Redis does not answer"):
            await ask
    assert not await bus.alive()
    server.start()
    async with asyncio.timeout(PATIENCE_S):
        while not await bus.alive():
            pass
    assert [await bus.get("k1") for _ in range(20)] == [None] * 20, "no connection of before is used"
    said = [each.getMessage() for each in caplog.records if each.name == "hub.store.bus"]
    assert len(said) == 2 and "nobody can sign in" in said[0] and said[1] == "redis: answers again"


async def test_one_that_hangs_is_not_waited_for(bus: Bus, server: RedisServer) -> None:
    assert await bus.alive()
    server.hold()
    began = time.monotonic()
    asked = [bus.get("a") for _ in range(20)]
    assert all(isinstance(each, StoreAway) for each in await asyncio.gather(*asked, return_exceptions=True))
    assert time.monotonic() - began < 5
    server.let_go()
    async with asyncio.timeout(PATIENCE_S):
        while not await bus.alive():
            pass


async def test_a_password_is_never_said() -> None:
    with running_redis(password="hunter2") as server:
        bus = Bus(server.url)
        assert await bus.alive()
        for url in (server.url.replace("hunter2", "hunter3"), server.url.replace(":hunter2@", "")):
            other = Bus(url)
            with pytest.raises(StoreAway) as away:
                await other.get("a")
            assert "hunter" not in str(away.value) and "password of redis.url" in str(away.value)
            await other.close()
        server.stop()
        with pytest.raises(StoreAway) as away:
            await bus.get("a")
        assert "hunter" not in str(away.value)
        await bus.close()


def test_what_is_no_address_of_a_redis() -> None:
    with pytest.raises(StoreError, match=r"redis\.url: expected a URL") as refused:
        Bus("http://u:hunter2@h")
    assert "hunter2" not in str(refused.value)
