"""Peers that connect and say nothing, ask byte by byte, never take their answer, or are too many: each costs little, is
ended with its reason in the log, and disturbs nobody.
"""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final

import pytest
import pytest_asyncio

from hub.web import connections
from hub.web.connections import Server
from tests.postgres import fresh_database
from tests.running import PATIENCE_S, Running, running_hub, settings_for, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG_S: Final = 1000.0
ASKING: Final = b"GET /static/base.css HTTP/1.1\r\nHost: hub\r\n\r\n"
LARGEST: Final = "/static/fonts/hanken-grotesk-latin-ext.768af292.woff2"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hub(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "SWEEP_S", 0.02)
        async with (
            fresh_database(postgres_dsn) as dsn,
            running_hub(settings_for(dsn, tmp_path_factory.mktemp("connections"))) as running,
        ):
            yield running


@pytest.fixture(autouse=True)
def limits(hub: Running, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No limit but the one that a test lowers; nothing has been said in the log yet."""
    for name in ("HEAD_S_MAX", "IDLE_S_MAX", "ANSWER_S_MAX"):
        monkeypatch.setattr(connections, name, LONG_S)
    server(hub).seldom._said.clear()
    return monkeypatch


@pytest.fixture(autouse=True)
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def server(hub: Running) -> Server:
    runner = hub.app._runner
    assert runner is not None and isinstance(runner.server, Server)
    return runner.server


class Peer:
    """A socket of somebody else's."""

    def __init__(self, hub: Running) -> None:
        self.raw = socket.socket()
        self.raw.setblocking(False)
        self._address = hub.addresses.web

    async def __aenter__(self) -> "Peer":
        await asyncio.get_running_loop().sock_connect(self.raw, self._address)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.raw.close()

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.raw, data)

    async def trickle(self, data: bytes) -> None:
        """A byte now and then, for ever."""
        with suppress(OSError):
            for each in data + b"a" * 100_000:
                await self.send(bytes([each]))
                await asyncio.sleep(0.01)

    async def rest(self) -> bytes:
        """All that comes until the hub hangs up."""
        loop, found = asyncio.get_running_loop(), b""
        async with asyncio.timeout(PATIENCE_S):
            with suppress(ConnectionError):
                while data := await loop.sock_recv(self.raw, 1 << 16):
                    found += data
        return found

    async def answer(self) -> bytes:
        """The next one, as far as it comes at once."""
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.get_running_loop().sock_recv(self.raw, 1 << 16)


async def trickled(peer: Peer, data: bytes) -> bytes:
    sending = asyncio.create_task(peer.trickle(data))
    try:
        return await peer.rest()
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


def check_408(answer: bytes) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\n") and b"\r\nConnection: close" in head
    assert b"\r\nContent-Length: %d" % len(body) in head and b"\r\nX-Content-Type-Options: nosniff" in head
    assert json.loads(body)["error"]["code"] == "too_slow"


# Before there is a request


async def test_who_says_nothing_is_hung_up_on(
    hub: Running, limits: pytest.MonkeyPatch, said: pytest.LogCaptureFixture
) -> None:
    limits.setattr(connections, "HEAD_S_MAX", 0.1)
    async with Peer(hub) as peer:
        assert await peer.rest() == b""
    assert said.messages == ["web: 127.0.0.1: said nothing"]


@pytest.mark.parametrize("before", [b"", ASKING])
async def test_a_head_that_comes_byte_by_byte(
    hub: Running, limits: pytest.MonkeyPatch, said: pytest.LogCaptureFixture, before: bytes
) -> None:
    async with Peer(hub) as peer:
        if before:
            await peer.send(before)
            assert (await peer.answer()).startswith(b"HTTP/1.1 200 ")
        limits.setattr(connections, "HEAD_S_MAX", 0.2)
        check_408(await trickled(peer, b"GET /health HTTP/1.1\r\nX: "))
    assert said.messages == [f"web: 127.0.0.1: {connections.HEAD_SLOW}"]


async def test_half_a_head_and_then_nothing(hub: Running, limits: pytest.MonkeyPatch) -> None:
    limits.setattr(connections, "HEAD_S_MAX", 0.1)
    async with Peer(hub) as peer:
        await peer.send(ASKING[:-2])
        check_408(await peer.rest())


async def test_many_of_them_cost_one_line_in_the_log(
    hub: Running, limits: pytest.MonkeyPatch, said: pytest.LogCaptureFixture
) -> None:
    limits.setattr(connections, "HEAD_S_MAX", 0.1)
    peers = [Peer(hub) for _ in range(100)]
    for peer in peers:
        await peer.__aenter__()
    assert [await peer.rest() for peer in peers] == [b""] * 100
    for peer in peers:
        peer.raw.close()
    assert said.messages == ["web: 127.0.0.1: said nothing"]
    assert server(hub).watched == 0


async def test_who_takes_its_time_within_the_limit_is_answered(
    hub: Running, limits: pytest.MonkeyPatch
) -> None:
    limits.setattr(connections, "HEAD_S_MAX", PATIENCE_S)
    async with Peer(hub) as peer:
        for each in (ASKING[:10], ASKING[10:30], ASKING[30:]):
            await peer.send(each)
            await asyncio.sleep(0.05)  # some sweeps
        assert (await peer.answer()).startswith(b"HTTP/1.1 200 ")


async def test_between_requests_there_is_more_time(
    hub: Running, limits: pytest.MonkeyPatch, said: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.get_running_loop()
    limits.setattr(connections, "HEAD_S_MAX", 0.1)
    limits.setattr(connections, "IDLE_S_MAX", 0.4)
    async with Peer(hub) as peer:
        for _ in range(2):
            await peer.send(ASKING)
            assert (await peer.answer()).startswith(b"HTTP/1.1 200 ")
        answered = loop.time()
        assert await peer.rest() == b""
        assert loop.time() - answered >= 0.3
    assert said.messages == []


async def test_who_asks_again_and_again_is_not_idle(hub: Running, limits: pytest.MonkeyPatch) -> None:
    limits.setattr(connections, "IDLE_S_MAX", 0.5)
    async with Peer(hub) as peer:
        for _ in range(15):
            await peer.send(ASKING)
            assert (await peer.answer()).startswith(b"HTTP/1.1 200 ")
            await asyncio.sleep(0.05)


async def test_one_that_is_worked_on_is_not_idle(hub: Running, limits: pytest.MonkeyPatch) -> None:
    """Its body has its own limits."""
    limits.setattr(connections, "HEAD_S_MAX", 0.1)
    limits.setattr(connections, "IDLE_S_MAX", 0.1)
    async with Peer(hub) as peer:
        await peer.send(_change_head(hub, 18))
        await asyncio.sleep(0.3)  # many sweeps
        await peer.send(b'{"purpose":"race"}')
        assert (await peer.answer()).startswith(b"HTTP/1.1 200 ")


def _change_head(hub: Running, size: int) -> bytes:
    return (
        f"PATCH /api/sessions/{hub.session_id} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {hub.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
    ).encode()


# After there is an answer


async def ask_without_reading(peer: Peer) -> None:
    """Asks until nothing more goes in: answers wait on both sides."""
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(0.2):
            while True:
                await peer.send(f"GET {LARGEST} HTTP/1.1\r\nHost: hub\r\n\r\n".encode() * 8)


def narrow(hub: Running) -> Peer:
    peer = Peer(hub)
    peer.raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return peer


async def test_who_never_takes_its_answer_is_hung_up_on(
    hub: Running, limits: pytest.MonkeyPatch, said: pytest.LogCaptureFixture
) -> None:
    limits.setattr(connections, "ANSWER_S_MAX", 0.3)
    async with narrow(hub) as peer:
        await ask_without_reading(peer)
        await until(lambda: server(hub).watched == 0)
    assert said.messages == [f"web: 127.0.0.1: {connections.ANSWER_SLOW}"]


async def test_who_takes_a_little_now_and_then_is_hung_up_on_too(
    hub: Running, limits: pytest.MonkeyPatch, said: pytest.LogCaptureFixture
) -> None:
    """It is never without progress, and never makes enough of it."""
    limits.setattr(connections, "ANSWER_S_MAX", 0.5)
    limits.setattr(connections, "ANSWER_BYTES_MIN", 1 << 30)
    loop = asyncio.get_running_loop()
    async with narrow(hub) as peer:
        await ask_without_reading(peer)
        with suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE_S):
                while connections.ANSWER_SLOW not in said.text:
                    await loop.sock_recv(peer.raw, 512)
                    await asyncio.sleep(0.01)
    assert connections.ANSWER_SLOW in said.text


async def test_who_takes_it_slowly_gets_all_of_it(hub: Running, limits: pytest.MonkeyPatch) -> None:
    limits.setattr(connections, "ANSWER_S_MAX", 0.4)
    limits.setattr(connections, "ANSWER_BYTES_MIN", 1024)
    loop, found = asyncio.get_running_loop(), b""
    async with narrow(hub) as peer:
        for _ in range(4):
            await peer.send(f"GET {LARGEST} HTTP/1.1\r\nHost: hub\r\n\r\n".encode())
        await peer.send(b"GET /status HTTP/1.1\r\nConnection: close\r\nHost: hub\r\n\r\n")
        started = loop.time()
        while data := await loop.sock_recv(peer.raw, 2048):
            found += data
            await asyncio.sleep(0.01)
        assert found.count(b"HTTP/1.1 200 OK\r\n") == 5 and found.endswith(b"}")
        assert loop.time() - started > 0.4


# Screens


async def test_a_screen_is_none_of_it(hub: Running, limits: pytest.MonkeyPatch) -> None:
    async with hub.screen() as screen:
        await screen.next("hello")
        await until(lambda: not server(hub).watched)
        for name in ("HEAD_S_MAX", "IDLE_S_MAX", "ANSWER_S_MAX"):
            limits.setattr(connections, name, 0.0)
        async with Peer(hub) as peer:
            assert await peer.rest() == b"", "the sweep has looked at all there is"
        await screen.ws.send_str('{"type":"pong"}')
        reader = await hub.reader().connect()
        reader.add(f"S{hub.durable}")
        await screen.next("read")
        await reader.hang_up()


# Too many


async def test_the_oldest_idle_ones_make_room(
    hub: Running, limits: pytest.MonkeyPatch, said: pytest.LogCaptureFixture
) -> None:
    limits.setattr(connections, "CONNECTIONS_MAX", 20)
    async with Peer(hub) as busy, hub.screen() as screen:
        await busy.send(_change_head(hub, 18))
        await until(lambda: any(each.in_hand for each in server(hub)._watched))
        idle = [Peer(hub) for _ in range(60)]
        for peer in idle:
            await peer.__aenter__()
            await asyncio.sleep(0)
        await until(lambda: "too many connections" in said.text)
        assert await idle[0].rest() == b"", "the one that has waited longest"
        assert server(hub).watched <= 20
        await idle[-1].send(ASKING)
        assert (await idle[-1].answer()).startswith(b"HTTP/1.1 200 ")
        async with Peer(hub) as late:
            await late.send(ASKING)
            assert (await late.answer()).startswith(b"HTTP/1.1 200 "), "who comes is served"
        await busy.send(b'{"purpose":"race"}')
        assert (await busy.answer()).startswith(b"HTTP/1.1 200 "), "what is worked on is not cut"
        await screen.next("hello")
        for peer in idle:
            peer.raw.close()
    assert said.messages.count(f"web: 127.0.0.1: {connections.CROWDED}") == 1


async def test_when_all_are_worked_on_who_comes_is_refused(
    hub: Running, limits: pytest.MonkeyPatch, said: pytest.LogCaptureFixture
) -> None:
    limits.setattr(connections, "CONNECTIONS_MAX", 3)
    busy = [Peer(hub) for _ in range(3)]
    for peer in busy:
        await peer.__aenter__()
        await peer.send(_change_head(hub, 18))
    await until(lambda: sum(each.in_hand for each in server(hub)._watched) == 3)
    async with Peer(hub) as late:
        assert await late.rest() == b""
    assert said.messages == [f"web: 127.0.0.1: {connections.REFUSED}"]
    for peer in busy:
        await peer.send(b'{"purpose":"race"}')
        assert (await peer.answer()).startswith(b"HTTP/1.1 200 ")
        peer.raw.close()


async def test_files_are_kept_for_the_readers(
    hub: Running, limits: pytest.MonkeyPatch, said: pytest.LogCaptureFixture
) -> None:
    await until(lambda: not server(hub).connections)
    limits.setattr(server(hub), "_files_max", 1)
    async with hub.screen() as screen:
        await screen.next("hello")
        async with Peer(hub) as late:
            assert await late.rest() == b""
        assert said.messages[-1] == f"web: 127.0.0.1: {connections.NO_FILES}"
        reader = await hub.reader().connect()
        reader.add(f"F{hub.durable}")
        await screen.next("read")
        await reader.hang_up()


# Answers to what cannot be read


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"SimpleClient~0.6.0~CTP01\r\n\r\n", 400, connections.NO_HTTP),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 431, connections.LONG_LINE),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431, connections.LONG_LINE),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 129 + b"\r\n", 400, connections.BROKEN),
    ],
)
async def test_what_cannot_be_read(
    hub: Running, said: pytest.LogCaptureFixture, data: bytes, status: int, words: str
) -> None:
    async with Peer(hub) as peer:
        await peer.send(data)
        head, _, body = (await peer.rest()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 %d " % status) and b"\r\nServer: RaceHub" in head
    error: dict[str, Any] = json.loads(body)["error"]
    assert set(error) == {"code", "message"}
    assert said.messages == [f"web: 127.0.0.1: {words}"]


async def test_a_body_that_breaks_when_it_is_answered_already(
    hub: Running, limits: pytest.MonkeyPatch, said: pytest.LogCaptureFixture
) -> None:
    """aiohttp's parser in C is silent about it, the one in Python is not."""
    limits.setattr(connections, "LINGER_S", 0.2)
    async with Peer(hub) as peer:
        await peer.send(b"POST /health HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        assert (await peer.answer()).startswith(b"HTTP/1.1 405 ")
        await peer.send(b"zz\r\n")
        assert await peer.rest() == b""
    assert set(said.messages) <= {f"web: 127.0.0.1: {connections.BROKEN}"}
    assert not any(each.exc_info for each in said.records)


async def test_the_limits_are_those_that_are_documented() -> None:
    assert "10 s" in connections.HEAD_SLOW
