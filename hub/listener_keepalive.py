"""TCP's own look whether a peer is still there. Knows sockets; refuses to know what goes over them."""

import asyncio
import contextlib
import socket
from typing import Final

KEEPALIVE_IDLE_S: Final = 30
KEEPALIVE_EVERY_S: Final = 10
KEEPALIVE_PROBES: Final = 3


def keep_alive(transport: asyncio.Transport) -> None:
    """TCP's own keep-alive, too: it finds out about a peer that is gone while the hub does not read."""
    raw = transport.get_extra_info("socket")
    if raw is None:
        return
    options = [
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", KEEPALIVE_IDLE_S),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", KEEPALIVE_EVERY_S),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", KEEPALIVE_PROBES),
    ]
    for level, name, value in options:
        if hasattr(socket, name):  # macOS and Windows know some of them by other names
            with contextlib.suppress(OSError):  # the peer has left already
                raw.setsockopt(level, getattr(socket, name), value)
