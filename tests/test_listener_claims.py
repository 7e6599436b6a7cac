"""A reader's connection that is asked who it is, on a fake transport: verdicts, and what comes of them."""

import asyncio
import logging

import pytest

from hub.listener_connection import WRONG, ReaderConnection
from hub.protocols import chronotrack
from hub.protocols.chronotrack import UNPROVED
from hub.protocols.chronotrack_proof import PROOFS
from tests.listening import ANSWERS, GREETING, Ingest, Transport, connected, line, listening, new_listener
from tests.running import until

FALSE = b"authorize~alice~00\r\n"
NO = b"err~authorize~wrong user or password\r\n"


def an_ingest() -> Ingest:
    ingest = Ingest()
    ingest.passwords = {"alice": "geheim"}
    return ingest


def asked(ingest: Ingest, auth: str = "required") -> tuple[ReaderConnection, Transport]:
    connection, transport = connected(new_listener(ingest, auth=auth, connections_per_address=9))
    connection.data_received(GREETING)
    return connection, transport


def claim(transport: Transport, user: str = "alice", password: str = "geheim") -> bytes:
    """As that connection's seed asks for it."""
    seed = transport.written.partition(b"authentication-seed=")[2][:32].decode()
    return f"authorize~{user}~{PROOFS['hmac-sha1'](password.encode(), seed)}\r\n".encode()


async def test_who_proves_it_is_a_source_with_that(caplog: pytest.LogCaptureFixture) -> None:
    ingest = an_ingest()
    connection, transport = asked(ingest)
    connection.data_received(claim(transport) + ANSWERS + line(1))
    assert b"ack~authorize\r\ngetconnectionid" in transport.written and transport.reading
    assert [each["proved"] for each in ingest.opened] == ["proved alice"] == [connection.proved]
    assert [each.sequence for each in ingest.observations] == [1]
    assert not ingest.refusals and not caplog.records


async def test_every_connection_has_a_seed_of_its_own() -> None:
    ingest = an_ingest()
    _, first = asked(ingest)
    again, second = asked(ingest)
    assert first.written.startswith(b"RaceHub~1~7\r\n") and first.written != second.written
    again.data_received(claim(first))
    assert second.written.endswith(NO) and second.closing, "a proof that was overheard"


@pytest.mark.parametrize("auth", ["optional", "required"])
async def test_who_is_wrong_hears_why_and_is_hung_up_on(auth: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ingest = an_ingest()
    for _ in range(2):
        connection, transport = asked(ingest, auth)
        connection.data_received(FALSE + line(1))
        assert transport.written.endswith(NO) and transport.closing
        connection.connection_lost(None)
    assert ingest.refusals == [("10.0.0.5", "alice", WRONG)] * 2
    assert not ingest.opened and not ingest.observations
    assert [each.line for each in ingest.rejected] == [line(1).strip()] * 2
    assert caplog.text.count("is refused as user 'al': wrong user or password\n") == 1, (
        "it comes back every second"
    )
    assert "ended after" not in caplog.text


@pytest.mark.parametrize("instead", [line(1), ANSWERS])
async def test_who_does_not_say_who_it_is_is_refused_where_it_has_to(instead: bytes) -> None:
    ingest = an_ingest()
    connection, transport = asked(ingest)
    before = transport.written
    connection.data_received(instead)
    assert transport.closing and transport.written == before, "it would not know what that is"
    connection.connection_lost(None)
    assert ingest.refusals == [("10.0.0.5", "", UNPROVED)]
    assert not ingest.opened and ingest.rejected[0].reason == UNPROVED


async def test_who_does_not_say_who_it_is_goes_on_where_it_may() -> None:
    ingest = an_ingest()
    for said in (ANSWERS, b"authorize~~00\r\n" + ANSWERS):
        connection, _ = asked(ingest, "optional")
        connection.data_received(said + line(1))
    assert [each["proved"] for each in ingest.opened] == [None, None]
    assert len(ingest.observations) == 2 and not ingest.refusals


async def test_silence_is_refused_where_a_proof_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(chronotrack.DEADLINE_S, chronotrack.State.AWAIT_PROOF, 0.01)
    ingest = an_ingest()
    _, transport = asked(ingest)
    await until(lambda: transport.closing)
    _, other = asked(ingest, "optional")
    await until(lambda: other.written.endswith(b"getlocations\r\n"))
    assert ingest.refusals == [("10.0.0.5", "", UNPROVED)]


async def test_a_verdict_may_wait_and_nothing_is_read_meanwhile() -> None:
    ingest = an_ingest()
    ingest.pause_s = 0.02
    connection, transport = asked(ingest)
    before = transport.written
    connection.data_received(claim(transport) + ANSWERS + line(1))
    connection.pause()
    connection.resume()
    assert transport.written == before and not transport.reading and connection.proved is None
    await until(lambda: transport.reading)
    assert b"ack~authorize" in transport.written and len(ingest.observations) == 1
    connection.connection_lost(None)


async def test_who_leaves_before_a_verdict_hears_none() -> None:
    ingest = an_ingest()
    ingest.pause_s = 0.01
    connection, transport = asked(ingest)
    connection.data_received(FALSE + line(1))
    connection.eof_received()
    connection.connection_lost(None)
    await asyncio.sleep(0.03)
    assert NO not in transport.written and not ingest.refusals
    assert [each.line for each in ingest.rejected] == [line(1).strip()]


async def test_those_who_have_proved_it_can_be_hung_up_on() -> None:
    ingest = an_ingest()
    listener = new_listener(ingest, auth="optional", connections_per_address=9)
    ends = []
    for proving in (True, False):
        connection, transport = connected(listener)
        connection.data_received(GREETING)
        connection.data_received(claim(transport) if proving else ANSWERS)
        ends.append(transport)
    listener.hang_up_proved(lambda proved: proved == "proved bob", "x")
    assert not any(each.closing for each in ends)
    listener.hang_up_proved(lambda proved: proved == "proved alice", "another password")
    assert [each.closing for each in ends] == [True, False]


async def test_over_a_socket_the_reason_arrives_before_the_end() -> None:
    async with listening(an_ingest(), auth="required") as (_, address):
        reader, writer = await asyncio.open_connection(*address)
        writer.write(GREETING)
        await reader.readuntil(b"authentication-seed=")
        writer.write(FALSE)
        assert (await reader.read()).endswith(NO)
        writer.close()
