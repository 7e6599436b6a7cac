"""Screens that mean harm, over real TCP: each is ended with a code that says why, and nobody else notices."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from hub import fanout
from hub.web import sockets
from tests.frames import BINARY, CLOSE, PING, PONG, TEXT, frame, raw_screen
from tests.running import Running, Screen, running_hub, settings_for, until

SHOWN: Final = b'{"type":"shown","offset":1,"ms":2}'
NOT_UNDERSTOOD: Final = fanout.NOT_UNDERSTOOD.code
PROTOCOL_ERROR, NOT_UTF8, TOO_LONG = 1002, 1007, 1009
LONGEST: Final = sockets.MESSAGE_BYTES_MAX

HOSTILE: Final = {
    "binary": (frame(BINARY, SHOWN), NOT_UNDERSTOOD),
    "binary in fragments": (frame(BINARY, b"x", fin=False) + frame(0, b"y"), NOT_UNDERSTOOD),
    "nothing": (frame(TEXT, b""), NOT_UNDERSTOOD),
    "nested": (frame(TEXT, b'{"type":"pong","more":' + b"[" * 4000), NOT_UNDERSTOOD),
    "nested in fragments": (
        frame(TEXT, b'{"type":"pong","x":', fin=False) + frame(0, b"[" * 4000),
        NOT_UNDERSTOOD,
    ),
    "a huge number": (frame(TEXT, b'{"type":"shown","ms":1,"offset":' + b"9" * 4000 + b"}"), NOT_UNDERSTOOD),
    "no number": (frame(TEXT, b'{"type":"shown","offset":1,"ms":NaN}'), NOT_UNDERSTOOD),
    "half a character, escaped": (frame(TEXT, b'{"type":"pong","at":"\\ud800"}'), NOT_UNDERSTOOD),
    "half a character": (frame(TEXT, b'{"type":"pong","at":"\xed\xa0\x80"}'), NOT_UTF8),
    "no UTF-8": (frame(TEXT, b"\xff\xfe"), NOT_UTF8),
    "too long": (frame(TEXT, b" " * (LONGEST + 1)), TOO_LONG),
    "too long in fragments": (frame(TEXT, b" " * LONGEST, fin=False) + frame(0, b" "), TOO_LONG),
    "said to be enormous": (b"\x81\xff" + (1 << 40).to_bytes(8, "big") + bytes(4) + b"x" * 100, TOO_LONG),
    "a reserved bit": (frame(TEXT, SHOWN, reserved=4), PROTOCOL_ERROR),
    "an unknown kind": (frame(3, SHOWN), PROTOCOL_ERROR),
    "a rest without a beginning": (frame(0, SHOWN), PROTOCOL_ERROR),
    "a message in a message": (frame(TEXT, SHOWN, fin=False) + frame(TEXT, SHOWN), PROTOCOL_ERROR),
    "a ping too long": (frame(PING, b"x" * 126), PROTOCOL_ERROR),
    "a ping in fragments": (frame(PING, b"x", fin=False), PROTOCOL_ERROR),
    "half a close": (frame(CLOSE, b"\x03"), PROTOCOL_ERROR),
    "a close that is none": (frame(CLOSE, (999).to_bytes(2, "big")), PROTOCOL_ERROR),
}


@asynccontextmanager
async def undisturbed(hub: Running, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """While this lasts, and after it, another screen is served and the hub is well."""
    caplog.set_level(logging.INFO)
    reader = await hub.reader().connect()
    async with hub.screen() as other:
        await other.next("hello")
        listening = asyncio.create_task(_next_read(other))
        yield
        reader.add("A1")
        assert (await listening)["tag"] == "A1"
        await until(lambda: hub.app.live.screens == 1)
    assert (await hub.get("/health"))["status"] == "healthy"
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == []
    await reader.hang_up()


async def _next_read(screen: Screen) -> dict[str, Any]:
    """However long it takes: what is done to the hub meanwhile may be much."""
    while True:
        with suppress(TimeoutError):
            return await screen.next("read", "bye")


async def test_each_is_ended_with_a_code_that_says_why(
    hub: Running, caplog: pytest.LogCaptureFixture
) -> None:
    async with undisturbed(hub, caplog):
        for name, (sent, code) in HOSTILE.items():
            async with raw_screen(hub) as screen:
                await screen.send(sent)
                assert await screen.close_code() == code, name


async def test_all_of_them_at_once(hub: Running, caplog: pytest.LogCaptureFixture) -> None:
    async def attack(sent: bytes) -> None:
        async with raw_screen(hub) as screen:
            with suppress(ConnectionError):  # most have gone too far before the end
                for byte in sent[:200]:
                    await screen.send(bytes([byte]))
                    await asyncio.sleep(0)
                await screen.send(sent[200:])
            assert await screen.close_code()

    async with undisturbed(hub, caplog):
        await asyncio.gather(*(attack(sent) for sent, _ in HOSTILE.values()))


async def test_a_message_may_come_in_fragments_with_pings_between(
    hub: Running, caplog: pytest.LogCaptureFixture
) -> None:
    async with undisturbed(hub, caplog), raw_screen(hub) as screen:
        for byte in SHOWN:
            await screen.send(
                frame(TEXT if byte == SHOWN[0] else 0, bytes([byte]), fin=False) + frame(PING, b"?")
            )
        await screen.send(frame(0, b""))
        pongs = 0
        while pongs < len(SHOWN):
            for opcode, payload in await screen.next():
                assert (opcode, payload) == (PONG, b"?")
                pongs += 1


async def test_a_flood_of_pings_is_answered(hub: Running, caplog: pytest.LogCaptureFixture) -> None:
    async with undisturbed(hub, caplog), raw_screen(hub) as screen:
        sending = asyncio.create_task(screen.send(frame(PING, b"x" * 125) * 5000))
        pongs = 0
        while pongs < 5000:
            pongs += sum(opcode == PONG for opcode, _ in await screen.next())
        await sending


async def test_who_pings_and_does_not_read_the_answers_is_ended(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # What it answers to the hub's own pings is stuck behind its flood, which waits for it to read.
    monkeypatch.setattr(sockets, "HEARTBEAT_S", 1.0)
    async with (
        running_hub(settings_for(database_dsn, tmp_path)) as hub,
        undisturbed(hub, caplog),
        raw_screen(hub, receive_bytes=4096) as screen,
    ):
        with suppress(ConnectionError):
            while True:
                await screen.send(frame(PING, b"x" * 125) * 100)
                await asyncio.sleep(0)
