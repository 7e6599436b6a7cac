"""WebSocket frames made by hand, for screens that do what no library lets them do."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.running import PATIENCE_S, Running

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(opcode: int, payload: bytes, *, fin: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    """A frame as a client sends it. Its mask is zero, so that the payload stands in it as it is."""
    size = len(payload)
    kind = size if size < 126 else 126 if size < 1 << 16 else 127
    length = b"" if kind < 126 else size.to_bytes(2 if kind == 126 else 8, "big")
    head = bytes([fin << 7 | reserved << 4 | opcode, masked << 7 | kind])
    return head + length + (bytes(4) if masked else b"") + payload


def whole_frames(sent: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Opcode and payload of each whole frame that a server has sent, and what is left."""
    found = []
    while len(sent) >= 2:
        assert sent[0] & 0xF0 == 0x80 and sent[1] & 0x80 == 0, "a server sends whole messages, and no masks"
        size, start = sent[1], 2
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(sent[2:start], "big")
        if len(sent) < start + size:
            break
        found.append((sent[0] & 15, sent[start : start + size]))
        sent = sent[start + size :]
    return found, sent


def upgrade(code: str) -> bytes:
    """What a screen sends to become one."""
    return (
        f"GET /ws/d/{code} HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


class RawScreen:
    """A screen's socket without a WebSocket library. A raw one: asyncio's streams give nothing any more of what came
    before a reset."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._rest = b""

    async def send(self, data: bytes) -> None:
        """Raises ConnectionError when the hub has hung up."""
        await asyncio.get_running_loop().sock_sendall(self._wire, data)

    async def next(self) -> list[tuple[int, bytes]]:
        """The next frames; none when the hub has hung up."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                data = await self.receive()
                found, self._rest = whole_frames(self._rest + data)
                if found or not data:
                    return found

    async def close_code(self) -> int | None:
        """How the hub ends it; None: without a word."""
        code = None
        while found := await self.next():
            codes = [int.from_bytes(payload[:2], "big") for opcode, payload in found if opcode == CLOSE]
            code = code or next(iter(codes), None)
        return code

    async def receive(self) -> bytes:
        try:
            return await asyncio.get_running_loop().sock_recv(self._wire, 1 << 16)
        except ConnectionError:
            return b""


@asynccontextmanager
async def raw_screen(hub: Running, receive_bytes: int | None = None) -> AsyncIterator[RawScreen]:
    """One that has had its hello. `receive_bytes`: what the system may hold for it."""
    with socket.socket() as wire:
        if receive_bytes is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        wire.setblocking(False)
        await asyncio.get_running_loop().sock_connect(wire, hub.addresses.web)
        screen = RawScreen(wire)
        await screen.send(upgrade(hub.code))
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += await screen.receive()
        head, _, screen._rest = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        hello, screen._rest = whole_frames(screen._rest)
        assert b'"hello"' in (hello or await screen.next())[0][1]
        yield screen
