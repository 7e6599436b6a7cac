"""A timing port with TLS, over real sockets: readers come in encrypted, and whoever only knocks is counted, too."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from hub import listener_door as module
from hub.listener import Listener
from hub.tls import client_context, server_context
from tests import certificates
from tests.certificates import Certificate
from tests.listening import ANSWERS, GREETING, Ingest, line, listening
from tests.running import until

Address = tuple[str, int]
Scene = Callable[[Ingest, Listener, Address, Certificate], Awaitable[None]]


def context(made: Certificate) -> ssl.SSLContext:
    return server_context(made.certificate, made.key, "listeners[0]")


async def said(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the end."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def comes_in_encrypted(ingest: Ingest, listener: Listener, address: Address, made: Certificate) -> None:
    reader, writer = await asyncio.open_connection(*address, ssl=client_context(made.certificate))
    assert writer.get_extra_info("ssl_object").version() in ("TLSv1.2", "TLSv1.3")
    writer.write(GREETING)
    assert (await reader.readline()) == b"RaceHub~1~6\r\n"
    writer.write(ANSWERS + b"".join(line(number) for number in range(1, 1001)))
    await until(lambda: len(ingest.observations) == 1000)
    writer.close()
    await until(lambda: not listener.connections and not listener._addresses)
    assert ingest.released == ["source 1"]


async def leaves_at_once(ingest: Ingest, listener: Listener, address: Address, made: Certificate) -> None:
    """All that was sent before is kept, however soon it has left."""
    for number in range(1, 6):
        _, writer = await asyncio.open_connection(*address, ssl=client_context(made.certificate))
        writer.write(line(number))
        writer.close()
    await until(lambda: len(ingest.observations) == 5)
    await until(lambda: not listener.connections and not listener._addresses)


async def knocks_only(ingest: Ingest, listener: Listener, address: Address, made: Certificate) -> None:
    first, second = [await asyncio.open_connection(*address) for _ in range(2)]
    await until(lambda: len(listener._at_door) == 2)
    third, writer = await asyncio.open_connection(*address)
    assert await said(third) == b"", "one address has two connections here"
    writer.close()
    for reader, each in (first, second):
        assert await said(reader) == b"", "who does not shake hands is not waited for"
        each.close()
    await until(lambda: not listener._at_door and not listener._addresses)


async def is_not_encrypted(ingest: Ingest, listener: Listener, address: Address, made: Certificate) -> None:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(GREETING + ANSWERS + line(1))
    assert GREETING not in await said(reader)
    writer.close()
    await until(lambda: not listener._at_door)
    assert not ingest.opened and not ingest.observations


async def trusts_others(ingest: Ingest, listener: Listener, address: Address, made: Certificate) -> None:
    other = certificates.make(made.key.parent, "other")
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection(*address, ssl=client_context(other.certificate))
    await until(lambda: not listener._at_door and not listener.connections)


SCENES: list[Scene] = [comes_in_encrypted, leaves_at_once, knocks_only, is_not_encrypted, trusts_others]


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("scene", SCENES)
def test_a_port_with_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loop: Callable[[], Any], scene: Scene
) -> None:
    monkeypatch.setattr(module, "HANDSHAKE_S_MAX", 0.3)
    made, ingest = certificates.make(tmp_path), Ingest()

    async def play() -> None:
        async with listening(ingest, tls=context(made)) as (listener, address):
            await scene(ingest, listener, address, made)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(play())


async def test_who_stands_at_the_door_is_hung_up_on_when_the_hub_stops(tmp_path: Path) -> None:
    async with listening(Ingest(), tls=context(certificates.make(tmp_path))) as (listener, address):
        reader, writer = await asyncio.open_connection(*address)
        await until(lambda: listener._at_door)
        await listener.close()
        assert await said(reader) == b""
        writer.close()
        await until(lambda: not listener._at_door)
