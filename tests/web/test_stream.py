"""The stream: who it was as soon as that is known, from where it was; and that it does not end."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import pytest

from hub.web import stream
from tests.running import Running, until
from tests.web.old_pages import Streaming
from tests.web.old_venue import PEOPLE, prepared


async def test_stream_says_who_it_was_as_soon_as_that_is_known_and_goes_on_from_where_it_was(
    hub: Running,
) -> None:
    old = await prepared(hub)
    first = Streaming(old.origin, old.code)
    task = asyncio.create_task(first.run())
    await until(lambda: first.open)
    reader = await old.reader().connect()
    reader.add("T1", "U7")
    await until(lambda: first.shown == ["101"])
    await old.import_roster(PEOPLE + "107,U7,Late,Come,10K,Wels\n")
    await until(lambda: first.shown == ["101", "107"])
    await until(lambda: first.keepalives > 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    reader.add("T2")
    await until(lambda: old.durable == 3)
    again = Streaming(old.origin, old.code, after=first.last_id)
    task = asyncio.create_task(again.run())
    await until(lambda: again.shown == ["102"])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await reader.hang_up()


async def test_who_says_nothing_of_themselves_keeps_nobody_out(
    hub: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "NOBODYS_MAX", 2)
    async with AsyncExitStack() as open_:
        for _ in range(2):
            answer = await open_.enter_async_context(hub.anybody.get("/stream"))
            assert answer.status == 200 and (await answer.content.readline()).startswith(b"data: ")
        async with hub.anybody.get("/stream") as answer:
            assert answer.status == 503
        async with hub.anybody.get(f"/stream?display={hub.code}") as answer:
            assert answer.status == 200
        monkeypatch.setattr(stream, "STREAMS_MAX", 2)
        async with hub.anybody.get(f"/stream?display={hub.code}") as answer:
            assert answer.status == 503
    await until(lambda: hub.app._application[stream.STREAMS].total() == 0)


async def test_stream_does_not_end_when_its_display_does(hub: Running) -> None:
    old = await prepared(hub)
    client = Streaming(old.origin, old.code)
    task = asyncio.create_task(client.run())
    await until(lambda: client.open)
    async with old.http.delete(f"/api/displays/{old.code}") as answer:
        assert answer.status in (200, 204)
    before = client.keepalives
    await until(lambda: client.keepalives > before + 1)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_it_says_that_it_lives_while_reads_come_that_it_does_not_show(
    hub: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tags that nobody knows, more often than it would say so otherwise."""
    monkeypatch.setattr(stream, "KEEPALIVE_S", 0.5)
    old = await prepared(hub)
    client = Streaming(old.origin, old.code)
    task = asyncio.create_task(client.run())
    await until(lambda: client.open)
    reader = await old.reader().connect()
    before, durable = client.keepalives, 0
    while client.keepalives < before + 3:
        durable += 1
        assert durable < 5000
        reader.add(f"U{durable}")
        await until(partial(_is, old, durable))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await reader.hang_up()


def _is(hub: Running, durable: int) -> bool:
    return hub.durable == durable
