"""Keep-alive, on a real socket, and where there is none."""

import asyncio
import socket

from hub.listener_keepalive import KEEPALIVE_IDLE_S, keep_alive


class Transport(asyncio.Transport):
    def __init__(self, raw: socket.socket | None) -> None:
        super().__init__({"socket": raw} if raw else {})


def test_the_system_looks_after_a_silent_peer() -> None:
    with socket.socket() as raw:
        keep_alive(Transport(raw))
        assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == KEEPALIVE_IDLE_S


def test_a_peer_that_has_left_is_no_fault() -> None:
    raw = socket.socket()
    raw.close()
    keep_alive(Transport(raw))
    keep_alive(Transport(None))
