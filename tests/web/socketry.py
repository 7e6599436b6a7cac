"""What the tests of a screen's socket do with a hub: fill it, fall silent, and look at what became of whom."""

import asyncio
import os
import socket
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from hub.web import sockets
from tests.running import PATIENCE_S, Running, until


async def fill(hub: Running, count: int) -> None:
    """So many reads, on disk."""
    reader = hub.reader()
    reader.add(*(f"T{each}" for each in range(1, count + 1)))
    await reader.connect()
    await until(lambda: hub.durable == count)
    await reader.hang_up()


def screens_of(hub: Running) -> sockets.Screens:
    return hub.app._application[sockets.SCREENS]


def ended(hub: Running) -> Counter[str]:
    """How many screens have ended, by why."""
    return screens_of(hub).ended


def unread(hub: Running) -> int:
    """What the hub holds of frames for its screens, in bytes."""
    return sum(each._subscriber.queued_bytes for each in screens_of(hub).all if each._subscriber is not None)


async def rest_of(raw: socket.socket) -> bytes:
    """What was still on its way when the hub let go."""
    loop = asyncio.get_running_loop()
    found = b""
    with suppress(ConnectionResetError):
        async with asyncio.timeout(PATIENCE_S):
            while data := await loop.sock_recv(raw, 1 << 16):
                found += data
    return found


@asynccontextmanager
async def silent_client(hub: Running) -> AsyncIterator[socket.socket]:
    """A screen that has connected, and never reads again."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, hub.addresses.web)
    key = b64encode(os.urandom(16)).decode()
    request = (
        f"GET /ws/d/{hub.code} HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await loop.sock_sendall(raw, request.encode())
    before = hub.app.live.screens
    await until(lambda: hub.app.live.screens > before)
    try:
        yield raw
    finally:
        raw.close()
