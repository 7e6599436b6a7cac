"""One reader's connection on a fake transport: the dialogue, its timers and budgets."""

import asyncio
import logging
import re

import pytest

from hub import listener_connection as module
from hub.protocols import chronotrack
from tests.listening import ANSWERS, GREETING, Ingest, connected, line, listening, new_listener, streaming
from tests.running import until

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
            "proved": None,
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


# Bad lines


async def test_what_comes_before_the_answers_belongs_to_the_source() -> None:
    ingest = Ingest()
    connection, _ = connected(new_listener(ingest))
    connection.data_received(GREETING + b"junk\r\n")
    assert not ingest.rejected, "it is not known yet whose it is"
    connection.data_received(ANSWERS + line(1))
    assert [each.line for each in ingest.rejected] == [b"junk"] and ingest.homeless == 0
    connection.connection_lost(None)


async def test_what_came_from_nobody_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    ingest = Ingest()
    listener = new_listener(ingest)
    for _ in range(3):
        connection, _ = connected(listener)
        connection.data_received(b"GET / HTTP/1.1\r\n")
        connection.connection_lost(None)
    assert [each.line for each in ingest.rejected] == [b"GET / HTTP/1.1"] * 3 and ingest.homeless == 3
    assert caplog.text.count("sent a line that is no greeting and no read") == 1


async def test_a_flood_without_a_greeting_is_ended(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ingest = Ingest()
    connection, transport = connected(new_listener(ingest))
    connection.data_received(b"x\r\n" * module.EARLY_LINES_MAX)
    assert not transport.closing
    connection.data_received(b"x\r\n")
    assert transport.closing and ingest.homeless == module.EARLY_LINES_MAX + 1
    connection.connection_lost(None)
    assert f"no greeting, and {module.EARLY_LINES_MAX} lines that are no reads" in caplog.text


async def test_a_source_that_comes_back_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    ingest = Ingest()
    listener = new_listener(ingest)
    for _ in range(3):
        connection, _ = streaming(listener)
        connection.data_received(b"junk\r\n" * 5)
        connection.connection_lost(None)
    assert caplog.text.count("sent a line that is no read: neither a read nor an answer") == 1
    assert len(ingest.rejected) == 15


async def test_nothing_but_bad_lines_is_read_slowly_and_kept(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "SLOW_S", 0.01)
    ingest = Ingest()
    connection, transport = streaming(new_listener(ingest))
    connection.data_received(b"junk\r\n" * (module.BAD_LINES_MAX - 1))
    assert transport.reading
    connection.data_received(b"junk\r\n")
    assert not transport.reading
    await until(lambda: transport.reading)
    connection.data_received(b"junk\r\n" * 10)
    assert not transport.reading
    connection.pause()
    assert connection._slow is not None
    await until(lambda: connection._slow is None)
    assert not transport.reading, "the disk is behind"
    connection.resume()
    assert transport.reading
    assert len(ingest.rejected) == module.BAD_LINES_MAX + 10
    assert caplog.text.count("it is read slowly") == 1
    connection.data_received(line(1) + b"junk\r\n")
    assert transport.reading, "a read among them: it is a reader"


async def test_a_slow_peer_that_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOW_S", 0.01)
    ingest = Ingest()
    connection, transport = streaming(new_listener(ingest))
    connection.data_received(b"junk\r\n" * 10 * module.PIECE_BYTES_MAX)
    await until(lambda: not transport.reading)
    connection.connection_lost(None)
    assert len(ingest.rejected) == 10 * module.PIECE_BYTES_MAX and connection._slow is not None
    assert connection._slow.cancelled()


async def test_half_a_line_and_silence(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(module, "PING_S", 0.01)
    monkeypatch.setattr(module, "SILENCE_S_MAX", 0.05)
    ingest = Ingest()
    connection, transport = streaming(new_listener(ingest))
    connection.data_received(b"CT01_33~1~FINISH~25")
    await until(lambda: transport.closing)
    connection.connection_lost(None)
    assert "silent for" in caplog.text and not ingest.rejected, "it comes again, whole"
