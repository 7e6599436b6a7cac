"""A bare relay: what reads and screens cost without a hub between them.

`python -m bench.relay BYTES` prints a hub's ready line. It takes the same reader and the same screens on the same
loop, makes of each line a message of BYTES bytes with the line's tag, and writes what one arrival brought to every
screen as one frame. It knows no runners, keeps nothing on disk and nothing in a database.
"""

import asyncio
import base64
import hashlib
import struct
import sys
from typing import Final, cast

import uvloop

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HEAD: Final = b'{"type":"read","tag":"%b","more":"'


class Reader(asyncio.Protocol):
    """Shakes hands with a CTP01 client, and passes on what it sends."""

    def __init__(self, relay: "Relay") -> None:
        self._relay = relay
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's does not inherit from it
        self._transport.write(b"Relay~1~0\r\ngetlocations\r\n")

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\r\n")
        if b"ack~getlocations" in data and self._transport is not None:
            self._transport.write(b"start\r\n")
        reads = [line for line in lines if line.startswith(b"CT01_")]
        if reads:
            self._relay.show(reads)


class Screen(asyncio.Protocol):
    """Answers a WebSocket's request; what a screen says is passed over."""

    def __init__(self, relay: "Relay") -> None:
        self._relay = relay
        self._request = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._transport is None or self._request.endswith(b"\r\n\r\n"):
            return
        self._request += data
        if self._request.endswith(b"\r\n\r\n"):
            key = self._request.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
            accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
            self._transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: %b\r\n\r\n%b" % (accept, framed(b'{"type":"hello"}'))
            )
            self._relay.screens.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._relay.screens.discard(self._transport)


class Relay:
    def __init__(self, message_bytes: int) -> None:
        self.screens: set[asyncio.Transport] = set()
        self._message_bytes = message_bytes

    def show(self, lines: list[bytes]) -> None:
        frame = framed(b"\n".join(map(self._message, lines)))
        for screen in self.screens:
            screen.write(frame)

    def _message(self, line: bytes) -> bytes:
        head = _HEAD % line.split(b"~")[3]
        return head.ljust(self._message_bytes - 2, b"x") + b'"}'


def framed(payload: bytes) -> bytes:
    """As one text frame of a server."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    return (
        struct.pack("!BBH" if size < 1 << 16 else "!BBQ", 0x81, 126 if size < 1 << 16 else 127, size)
        + payload
    )


async def run(message_bytes: int) -> None:
    loop = asyncio.get_running_loop()
    relay = Relay(message_bytes)
    web = await loop.create_server(lambda: Screen(relay), "127.0.0.1", 0)
    readers = await loop.create_server(lambda: Reader(relay), "127.0.0.1", 0)
    web_port, port = (server.sockets[0].getsockname()[1] for server in (web, readers))
    sys.stdout.write(f"racehub ready web=http://127.0.0.1:{web_port} chronotrack=127.0.0.1:{port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(int(sys.argv[1])))
