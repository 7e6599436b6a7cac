"""Screens that fall silent, stop reading or stand still: what they cost, how they end, and that nobody else notices."""

import asyncio
import logging
import socket
import struct
from pathlib import Path

import pytest

from hub import fanout
from hub.config import Limits
from hub.web import sockets, turns
from tests.running import Running, running_hub, settings_for, stored, until
from tests.web.socketry import ended, fill, rest_of, screens_of, silent_client, unread


async def test_one_that_does_not_answer_a_ping_is_ended(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(sockets, "HEARTBEAT_S", 0.2)
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, silent_client(hub) as raw:
        await until(lambda: ended(hub) == {sockets.SILENT: 1})
        await rest_of(raw)
    assert "not understood" not in caplog.text
    assert "127.0.0.1: screen ended: no sign of life" in caplog.text


async def test_one_that_is_silent_keeps_nobody_else_waiting(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No reads: what the hub has to say fits into the line of a screen that takes nothing for as long as you like."""
    monkeypatch.setattr(sockets, "HEARTBEAT_S", 0.2)
    monkeypatch.setattr(sockets, "TICK_S", 0.05)
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, hub.screen() as screen:
        async with silent_client(hub), silent_client(hub):
            while ended(hub).total() < 2:
                await screen.next("tick")
        assert ended(hub) == {sockets.SILENT: 2}
        await screen.next("tick")


# Slow ones


async def test_one_that_never_reads_is_ended_and_others_go_on(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(sockets, "BYE_S_MAX", 0.1)
    monkeypatch.setattr(turns, "WOKEN_MAX", 1)
    settings = settings_for(database_dsn, tmp_path, limits=Limits(display_queue_kib=64))
    async with running_hub(settings) as hub, hub.screen() as first, hub.screen() as second:
        async with silent_client(hub) as raw:
            reader = await hub.reader().connect()
            seen: list[int] = []
            most = 0
            while not ended(hub):
                reader.add(*(f"{len(seen)}-{each}" for each in range(20)))
                now, again = await asyncio.gather(first.offsets(20), second.offsets(20))
                assert now == again
                seen += now
                most = max(most, unread(hub))
                assert len(seen) < 100_000
            assert b"too slow" not in await rest_of(raw), "it has not even read what came before"
        assert seen == list(range(1, len(seen) + 1))
        assert 32 * 1024 < most <= 64 * 1024
        assert ended(hub) == {fanout.TOO_SLOW.text: 1} and unread(hub) == 0
        assert "127.0.0.1: screen ended: too slow: resume from your offset" in caplog.text
        await reader.hang_up()


async def test_one_whose_queue_is_full_is_gone_soon_and_those_who_read_are_told(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stuck in a send, and hears nothing; the other one hears why."""
    monkeypatch.setattr(sockets, "BYE_S_MAX", 0.2)
    loop = asyncio.get_running_loop()
    async with running_hub(settings_for(database_dsn, tmp_path)) as hub, silent_client(hub):
        await fill(hub, 700)  # more than its line takes, and less than its queue
        screens = screens_of(hub).all
        await until(lambda: [each._sending for each in screens] == [True])
        async with hub.screen() as screen:
            await screen.next("hello")
            started = loop.time()
            hub.app.live.cut_all(fanout.TOO_SLOW)
            bye = await screen.next("bye")
            assert (bye["code"], bye["again"], await screen.closed()) == (4102, True, 4102)
            await until(lambda: not screens)
            assert loop.time() - started < 3
        assert ended(hub) == {fanout.TOO_SLOW.text: 2}


async def test_the_kernel_lets_go_too(hub: Running) -> None:
    """Of a socket that the hub has ended, and nobody reads from."""
    async with hub.screen() as screen:
        await screen.next("hello")
        (its,) = screens_of(hub).all
        assert its._request.transport is not None
        raw = its._request.transport.get_extra_info("socket")
        for name, value in (
            ("TCP_NOTSENT_LOWAT", sockets.UNSENT_BYTES_MAX),
            ("TCP_USER_TIMEOUT", sockets.UNANSWERED_MS_MAX),
        ):
            option = getattr(socket, name, None)  # not every system has such a limit
            assert option is None or raw.getsockopt(socket.IPPROTO_TCP, option) == value
    assert 1.5 * sockets.HEARTBEAT_S < sockets.UNANSWERED_MS_MAX / 1000 <= 40


async def test_every_end_has_a_name(hub: Running) -> None:
    async with hub.screen() as screen:
        await screen.next("hello")
    await until(lambda: ended(hub) == {sockets.LEFT: 1})
    async with silent_client(hub) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # so that it is reset
    await until(lambda: ended(hub)[sockets.LINE_LOST] == 1)
    async with silent_client(hub) as raw:
        await asyncio.get_running_loop().sock_sendall(raw, b"\xff" * 14)
        await until(lambda: ended(hub)[sockets.NO_WEBSOCKET] == 1)
    async with hub.screen() as screen:
        await screen.next("hello")
        await screen.ws.send_str("junk")
        await screen.closed()
    async with hub.screen("AAAA2222") as screen:
        await screen.closed()
    await until(lambda: ended(hub).total() == 5)
    assert ended(hub)[fanout.NOT_UNDERSTOOD.text] == ended(hub)[fanout.UNKNOWN_CODE.text] == 1


async def test_a_send_that_is_stuck_ends_the_screen(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(sockets, "TICK_S", 0.05)
    settings = settings_for(database_dsn, tmp_path, limits=Limits(display_queue_kib=64 * 1024))
    async with running_hub(settings) as hub, silent_client(hub):
        await fill(hub, 10_000)
        await until(lambda: ended(hub) == {sockets.STUCK: 1})
    assert "ended: it took nothing for 10 s" in caplog.text


async def test_a_stopping_hub_tells_all_and_waits_for_nobody(database_dsn: str, tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with (
        running_hub(settings_for(database_dsn, tmp_path)) as hub,
        silent_client(hub),
        silent_client(hub),
    ):
        screens = [hub.screen() for _ in range(5)]
        for screen in screens:
            await screen.__aenter__()
            await screen.next("hello")
        reader = await hub.reader().connect()
        reader.add(*(f"T{each}" for each in range(5000)))
        await until(lambda: hub.durable == 5000)
        started = loop.time()
        stopping = asyncio.create_task(hub.app.stop())
        for screen in screens:
            assert await screen.offsets(5000) == list(range(1, 5001)), "the last reads come before the end"
            bye = await screen.next("bye")
            assert bye == {"type": "bye", "code": 4101, "reason": "hub stopping", "again": True}
            assert await screen.closed() == 4101
        await stopping
        assert loop.time() - started < 3
    assert len(await stored(database_dsn, 5000)) == 5000
