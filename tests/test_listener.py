"""The timing port: connections on a fake transport, where time and order matter, and over real sockets."""

import asyncio
import logging
import re
from ipaddress import ip_network

import pytest

from hub import listener as module
from hub.protocols import chronotrack
from tests.listening import ANSWERS, GREETING, Ingest, connected, line, listening, new_listener, streaming
from tests.running import HOST, Reader, until

# The dialogue


async def test_shakes_hands_and_accepts() -> None:
    ingest = Ingest()
    connection, transport = connected(new_listener(ingest))
    assert transport.written == b"", "the client speaks first"
    connection.data_received(GREETING)
    assert transport.written.startswith(b"RaceHub~1~6\r\n")
    connection.data_received(ANSWERS)
    assert transport.written.endswith(b"\r\nstart\r\n")
    assert ingest.opened == [
        {
            "listener": "chronotrack",
            "remote": "10.0.0.5",
            "program": "SimpleClient",
            "version": "0.6.0",
            "connection_id": "0123456789abcdef0123456789abcdef01234567",
            "event_name": "Spring run",
        }
    ]
    data = line(1) + b"nonsense\r\n" + line(2)
    for cut in range(0, len(data), 7):
        connection.data_received(data[cut : cut + 7])
    assert [each.sequence for each in ingest.observations] == [1, 2]
    assert [each.line for each in ingest.rejected] == [b"nonsense"]


async def test_resumes_where_the_hub_says() -> None:
    ingest = Ingest()
    ingest.resume = {"finish": 7}
    _, transport = streaming(new_listener(ingest))
    assert b"start~FINISH~7\r\n" in transport.written and b"start~START\r\n" in transport.written


async def test_asks_for_what_is_missing() -> None:
    ingest = Ingest()
    connection, transport = streaming(new_listener(ingest))
    ingest.ask = [("FINISH", 3)]
    connection.data_received(line(9))
    assert transport.written.endswith(b"start~FINISH~3\r\n")


async def test_a_resume_without_an_answer_is_asked_from_the_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chronotrack, "RESUME_S_MAX", 0.01)
    ingest = Ingest()
    ingest.resume, ingest.silent = {"finish": 7}, ["FINISH"]
    listener = new_listener(ingest)
    connection, transport = connected(listener)
    connection.pause()
    connection.data_received(GREETING + ANSWERS)
    await asyncio.sleep(0.05)
    assert b"start~FINISH~1" not in transport.written, "what came lies unread"
    connection.resume()
    await until(lambda: transport.written.endswith(b"start~FINISH~1\r\n"))
    connection.connection_lost(None)


async def test_without_a_session_what_came_is_kept_as_rejects(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ingest = Ingest()
    ingest.has_session = False
    connection, transport = connected(new_listener(ingest))
    connection.data_received(line(1))
    assert transport.closing
    assert [(each.line, each.reason) for each in ingest.rejected] == [
        (line(1).strip(), "there is no active session to feed; that of its stream key may have ended")
    ]
    connection.connection_lost(None)
    assert "there is no active session to feed" in caplog.text and not ingest.released


async def test_half_a_line_at_the_end_is_kept_once() -> None:
    ingest = Ingest()
    connection, _ = streaming(new_listener(ingest))
    connection.data_received(line(1) + b"CT01_33~2~FIN")
    assert connection.eof_received() is False
    connection.connection_lost(None)
    assert [each.line for each in ingest.rejected] == [b"CT01_33~2~FIN"]
    assert ingest.released == ["source 1"]


async def test_half_a_line_when_we_hang_up_comes_again() -> None:
    ingest = Ingest()
    connection, _ = streaming(new_listener(ingest))
    connection.data_received(b"CT01_33~2~FIN")
    connection.end("the hub is stopping")
    connection.connection_lost(None)
    assert not ingest.rejected


# Much at once

MANY = 3 * module.PIECE_BYTES_MAX // len(line(100))


async def test_much_at_once_is_taken_in_pieces_and_in_order() -> None:
    ingest = Ingest()
    connection, transport = streaming(new_listener(ingest))
    connection.data_received(b"".join(line(each) for each in range(1, MANY)))
    assert 0 < len(ingest.observations) < MANY / 2, "others have their turn"
    assert not transport.reading, "nothing overtakes the rest"
    await until(lambda: transport.reading)
    assert [each.sequence for each in ingest.observations] == list(range(1, MANY))


async def test_much_at_once_waits_with_the_others() -> None:
    ingest = Ingest()
    listener = new_listener(ingest)
    connection, transport = streaming(listener)
    ingest.congested = True
    connection.data_received(b"".join(line(each) for each in range(1, MANY)))
    taken = len(ingest.observations)
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(ingest.observations) == taken and not transport.reading
    ingest.congested = False
    listener.resume()
    await until(lambda: transport.reading)
    assert [each.sequence for each in ingest.observations] == list(range(1, MANY))


async def test_of_much_at_once_nothing_is_left_when_the_peer_has_gone() -> None:
    ingest = Ingest()
    connection, _ = streaming(new_listener(ingest))
    connection.data_received(b"".join(line(each) for each in range(1, MANY)))
    connection.connection_lost(ConnectionResetError())
    assert [each.sequence for each in ingest.observations] == list(range(1, MANY))
    await asyncio.sleep(0)
    assert len(ingest.observations) == MANY - 1


# Deadlines


async def test_no_greeting_in_time(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setitem(chronotrack.DEADLINE_S, chronotrack.State.AWAIT_GREETING, 0.01)
    caplog.set_level(logging.INFO)
    ingest = Ingest()
    async with listening(ingest) as (listener, address):
        reader, writer = await asyncio.open_connection(*address)
        assert await reader.read() == b""
        await until(lambda: not listener.connections)
        assert "no greeting" in caplog.text
        writer.close()


async def test_no_answers_in_time_and_on_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(chronotrack.DEADLINE_S, chronotrack.State.AWAIT_ANSWERS, 0.01)
    ingest = Ingest()
    connection, transport = connected(new_listener(ingest))
    connection.data_received(GREETING)
    await until(lambda: transport.written.endswith(b"start\r\n"))
    assert ingest.opened[0]["event_name"] == ""
    connection.connection_lost(None)


async def test_a_deadline_waits_while_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(chronotrack.DEADLINE_S, chronotrack.State.AWAIT_GREETING, 0.01)
    ingest = Ingest()
    ingest.congested = True
    listener = new_listener(ingest)
    connection, transport = connected(listener)
    await asyncio.sleep(0.05)
    assert not transport.closing and not transport.reading
    ingest.congested = False
    listener.resume()
    await until(lambda: transport.closing)
    connection.connection_lost(None)


@pytest.mark.parametrize("greeted", [True, False])
async def test_asks_a_silent_client_for_a_sign_of_life(
    greeted: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(module, "PING_S", 0.02)
    monkeypatch.setattr(module, "SILENCE_S_MAX", 0.1)
    ingest = Ingest()
    connection, transport = connected(new_listener(ingest))
    connection.data_received((GREETING + ANSWERS) if greeted else line(1))
    if not greeted:
        await asyncio.sleep(0.2)
        assert transport.written == b"" and not transport.closing, "it may not know a ping"
    else:
        for _ in range(8):
            pings = transport.written.count(b"\r\nping\r\n")
            await until(lambda before=pings: transport.written.count(b"\r\nping\r\n") > before)  # type: ignore[misc]
            connection.data_received(b"ack~ping\r\n")
        assert not transport.closing, "it lives"
        await until(lambda: transport.closing)
    connection.connection_lost(None)
    assert ("silent for" in caplog.text) is greeted


async def test_silence_does_not_count_while_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PING_S", 0.01)
    monkeypatch.setattr(module, "SILENCE_S_MAX", 0.03)
    ingest = Ingest()
    listener = new_listener(ingest)
    connection, transport = streaming(listener)
    ingest.congested = True
    connection.data_received(line(1))
    await asyncio.sleep(0.1)
    assert not transport.closing and not transport.reading
    connection.connection_lost(None)


# Budgets


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


async def test_a_peer_that_does_not_read_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "END_S_MAX", 0.01)
    connection, transport = streaming(new_listener(Ingest()))
    connection.pause_writing()
    assert transport.closing
    await until(lambda: transport.aborted)


# What the log says


async def ended(
    caplog: pytest.LogCaptureFixture, data: bytes, exc: Exception | None = None
) -> tuple[str, Ingest]:
    """The one line at the end of a connection on which this came."""
    caplog.set_level(logging.INFO)
    ingest = Ingest()
    connection, _ = connected(new_listener(ingest))
    connection.data_received(data)
    caplog.clear()
    connection.connection_lost(exc)
    assert len(caplog.messages) == 1
    return caplog.messages[0], ingest


async def test_the_end_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    data = GREETING + ANSWERS + line(1) + b"junk\r\n" + line(1, "5K") + line(2, "5K")
    said, _ = await ended(caplog, data, ConnectionResetError("reset by peer"))
    pattern = (
        r"chronotrack: 10\.0\.0\.5 SimpleClient 0\.6\.0, event 'Spring run' ended after \d+\.\d s: reset by peer; "
        r"locations: START, FINISH; 3 lines, 1 rejected"
    )
    assert re.fullmatch(pattern, said)


async def test_the_end_of_a_good_visit_is_the_readers(caplog: pytest.LogCaptureFixture) -> None:
    said, ingest = await ended(caplog, GREETING + ANSWERS + line(1))
    assert "closed by the reader" in said and ingest.released == ["source 1"]


async def test_the_test_button_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    said, ingest = await ended(caplog, GREETING + ANSWERS)
    assert "SimpleClient 0.6.0" in said and "connection test" in said and "no fault" in said
    assert not ingest.rejected and ingest.released == ["source 1"]
    assert all(record.levelno <= logging.INFO for record in caplog.records)


async def test_one_that_never_spoke(caplog: pytest.LogCaptureFixture) -> None:
    said, ingest = await ended(caplog, b"")
    assert "ended after" in said and "locations: none; 0 lines, 0 rejected" in said and not ingest.opened


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (GREETING + ANSWERS + b"CS_01~1~junk\r\n", "ChronoTrack Socket Protocol 1 instead of ChuckScore"),
        (b"\x01Z,08:00:55.160\r\n", "ChronoTrack Socket Protocol 1 instead of Lynx"),
        (b"SimpleClient~0.6.0~CTP02\r\n", "protocol CTP02: this server speaks CTP01"),
    ],
)
async def test_a_wrong_protocol_is_told(data: bytes, advice: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    connection, _ = connected(new_listener(Ingest()))
    connection.data_received(data)
    connection.connection_lost(None)
    assert advice in caplog.text


async def test_refusals_and_bad_lines_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    connection, _ = streaming(new_listener(Ingest()))
    connection.data_received(b"err~start~invalid location requested\r\n" + b"junk\r\n" * 50)
    connection.data_received(b"junk\r\n" * 50)
    assert caplog.text.count("err") <= 1 and "invalid location requested" in caplog.text
    assert caplog.text.count("sent a line that is no read") == 1


async def test_what_a_peer_calls_itself_cannot_make_lines_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    connection, _ = connected(new_listener(Ingest()))
    connection.data_received(b"Simple\x1b[2JClient~0\x07~CTP01\r\n" + ANSWERS.replace(b"START", b"STA\x1bRT"))
    connection.data_received(line(1))
    connection.connection_lost(None)
    assert all(message.isprintable() for message in caplog.messages)


# Real sockets


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
