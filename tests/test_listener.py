"""The timing port: who may connect, and who is read when; over real sockets where that matters."""

import asyncio
from ipaddress import ip_network

import pytest

from hub import listener as listener_module
from hub import listener_connection as module
from tests.listening import ANSWERS, GREETING, Ingest, connected, line, listening, new_listener, streaming
from tests.running import HOST, Reader, until


async def test_connections_of_one_address_are_limited(caplog: pytest.LogCaptureFixture) -> None:
    listener = new_listener(Ingest())
    first, _ = connected(listener)
    connected(listener)
    refused = [connected(listener) for _ in range(3)]
    other, _ = connected(listener, "10.0.0.6")
    assert all(transport.aborted for _, transport in refused)
    assert len(listener.connections) == 3 and other in listener.connections
    assert caplog.text.count("10.0.0.5 refused: more than 2 connections") == 1, "said once"
    for connection, _ in refused:
        connection.connection_lost(None)
    first.connection_lost(None)
    again, transport = connected(listener)
    assert again in listener.connections and not transport.aborted
    _, transport = connected(listener)
    assert transport.aborted and caplog.text.count("10.0.0.5 refused") == 2, "news, as it had been let in"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("10.1.2.3", True),
        ("10.2.0.1", False),
        ("::ffff:10.1.2.3", True),
        ("2001:db8::5", True),
        ("2001:db9::5", False),
        ("?", False),
    ],
)
async def test_allow_list(address: str, allowed: bool) -> None:
    networks = [ip_network("10.1.0.0/16"), ip_network("2001:db8::/32")]
    listener = new_listener(Ingest(), allow=networks)
    connection, transport = connected(listener, address)
    assert transport.aborted is not allowed
    assert (connection in listener.connections) is allowed


async def test_other_limits_while_it_runs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    ingest = Ingest()
    listener = new_listener(ingest)
    _, stays = streaming(listener)
    there, leaves = connected(listener, "10.0.0.6")
    there.data_received(GREETING + ANSWERS + line(1))
    networks = [ip_network("10.0.0.5/32")]
    listener.limit(line_bytes=64, connections_per_address=1, allow=networks)
    assert leaves.closing and not stays.closing
    there.connection_lost(None)
    assert "10.0.0.6 SimpleClient 0.6.0, event 'Spring run' ended" in caplog.text
    assert "not in the listener's allow list" in caplog.text and len(ingest.observations) == 1
    assert connected(listener, "10.0.0.6")[1].aborted and connected(listener, "10.0.0.5")[1].aborted
    for networks in ([], [ip_network("10.0.0.5/32")]):
        listener.limit(line_bytes=64, connections_per_address=2, allow=networks)
        listener.limit(line_bytes=64, connections_per_address=2, allow=networks)
    connected(listener, "10.0.0.6")
    assert caplog.text.count("10.0.0.6 refused") == 2, "news, as the list has changed"


async def test_all_wait_while_the_disk_is_behind_and_go_on_together() -> None:
    ingest = Ingest()
    listener = new_listener(ingest)
    first, first_transport = streaming(listener)
    _, second_transport = streaming(listener)
    listener.resume()
    ingest.congested = True
    first.data_received(line(1))
    assert listener.paused and not first_transport.reading and not second_transport.reading
    late, late_transport = connected(listener, "10.0.0.6")
    assert not late_transport.reading, "who comes meanwhile waits, too"
    late.connection_lost(None)
    second_transport.closing = True
    ingest.congested = False
    listener.resume()
    assert first_transport.reading and not second_transport.reading, "one that is ending is left alone"
    assert not listener.paused


async def test_real_readers_come_and_go(caplog: pytest.LogCaptureFixture) -> None:
    ingest = Ingest()
    async with listening(ingest) as (listener, address):
        readers = [Reader(address), Reader(address)]
        for number, reader in enumerate(readers):
            reader.add(*(f"{number}-{each}" for each in range(500)))
            await reader.connect()
        await until(lambda: len(ingest.observations) == 1000)
        assert len(listener.connections) == 2
        third, writer = await asyncio.open_connection(*address)
        with pytest.raises(ConnectionError):
            assert await third.read() == b""
            raise ConnectionError
        writer.close()
        await readers[0].hang_up()
        await readers[1].drop()
        await until(lambda: not listener.connections)
    assert sorted(ingest.released) == ["source 1", "source 2"]
    assert len({each.tag for each in ingest.observations}) == 1000


async def test_close_ends_all_and_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    ingest = Ingest()
    listener = new_listener(ingest)
    address = await listener.start(HOST, 0)
    readers = [await Reader(address).connect() for _ in range(2)]
    await listener.close()
    assert not listener.connections and len(ingest.released) == 2
    await until(lambda: all(reader.client and reader.client.closed for reader in readers))
    with pytest.raises(OSError):
        await asyncio.open_connection(*address)
    _, transport = connected(listener)
    assert transport.aborted, "one that was accepted just before"


async def test_close_does_not_wait_for_a_peer_that_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "END_S_MAX", 0.05)
    monkeypatch.setattr(module, "WRITE_BYTES_MAX", 1 << 30)
    async with listening(Ingest()) as (listener, address):
        _, writer = await asyncio.open_connection(*address, limit=1)
        writer.write(GREETING + ANSWERS)
        await until(lambda: any(each._source for each in listener.connections))
        (connection,) = listener.connections
        assert connection._transport is not None
        connection._transport.write(b"x" * 10_000_000)
        assert connection._transport.get_write_buffer_size() > 0
        async with asyncio.timeout(2):
            await listener.close()
        writer.transport.abort()


async def test_a_taken_port(caplog: pytest.LogCaptureFixture) -> None:
    async with listening(Ingest()) as (_, address):
        with pytest.raises(OSError):
            await new_listener(Ingest()).start(*address)


async def test_a_listener_that_never_started_closes() -> None:
    await new_listener(Ingest()).close()


async def test_connections_of_a_port_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "CONNECTIONS_MAX", 3)
    listener = new_listener(Ingest())
    taken = [connected(listener, f"10.0.0.{number}") for number in range(5)]
    assert [transport.aborted for _, transport in taken] == [False] * 3 + [True] * 2
    taken[0][0].connection_lost(None)
    assert not connected(listener, "10.0.0.9")[1].aborted


async def test_a_thousand_connections_from_one_address(caplog: pytest.LogCaptureFixture) -> None:
    """All but the few that may be are gone at once, told of once; a reader from elsewhere is not disturbed."""
    ingest = Ingest()
    listener = new_listener(ingest)
    reader, _ = streaming(listener)
    for _ in range(1000):
        connected(listener, "10.0.0.66")
    reader.data_received(line(1))
    assert len(listener.connections) == 3 and len(ingest.observations) == 1
    assert caplog.text.count("10.0.0.66 refused") == 1


async def test_some_sources_are_hung_up_on(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    ingest = Ingest()
    listener = new_listener(ingest, connections_per_address=3)
    made = [streaming(listener), streaming(listener), connected(listener)]
    listener.hang_up(lambda source: source == "source 2", "its session has ended")
    assert [transport.closing for _, transport in made] == [False, True, False]
    made[1][0].connection_lost(None)
    assert ingest.released == ["source 2"] and "its session has ended" in caplog.text
