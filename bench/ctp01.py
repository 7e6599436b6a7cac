"""The client's side of a CTP01 handshake, on a plain socket. Knows just enough to be let in."""

import socket
import time

from bench.made import LOCATION


def new_id() -> str:
    """A connection id that nobody had before."""
    return f"{time.time_ns():040X}"


def connect(port: int, connection_id: str, event: str = "BENCH") -> tuple[socket.socket, bytes]:
    """Shakes hands as SimpleClient does. Gives the socket, and what the hub has asked for: `start`, or from where
    to resume."""
    line = socket.create_connection(("127.0.0.1", port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.sendall(b"SimpleClient~0.6.0~CTP01\r\n")
    _until(line, b"getlocations\r\n")
    answers = (
        f"ack~getconnectionid~{connection_id}",
        f"ack~geteventinfo~{event}~0~{event}",
        f"ack~getlocations~{LOCATION}",
        "",
    )
    line.sendall("\r\n".join(answers).encode())
    return line, _until(line, b"start")


def leave(line: socket.socket) -> None:
    """Hangs up when the hub has taken everything: a socket closed with something unread in it would be reset."""
    line.shutdown(socket.SHUT_WR)
    while line.recv(4096):
        pass
    line.close()


def _until(line: socket.socket, wanted: bytes) -> bytes:
    """Whole lines, up to one with this in it."""
    got = b""
    while wanted not in got or not got.endswith(b"\r\n"):
        data = line.recv(4096)
        if not data:
            raise ConnectionError(f"hung up during the handshake: {got!r}")
        got += data
    return got
