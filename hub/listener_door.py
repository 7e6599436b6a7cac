"""The door of a timing port with TLS: who comes is counted, and then shakes hands. Knows sockets and the handshake, and
that it may not last for ever; refuses to know what a reader says after it.

The loop's own server would tell of a connection only when it is encrypted: whoever never shakes hands would be counted
nowhere, and could take all files that this process may open.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Coroutine
from typing import Any, Final, Protocol

from hub.listener_connection import Port, ReaderConnection

log = logging.getLogger(__name__)

HANDSHAKE_S_MAX: Final = 10.0
RETRY_S: Final = 1.0
"""After an accept that failed: this process may open no more files, or the peer has left already."""


class Gate(Port, Protocol):
    """What a door needs of its listener."""

    def knock(self, connection: ReaderConnection, address: str) -> str:
        """Counts one that is not encrypted yet, until it is admitted or leaves. Gives why it may not be, or nothing."""

    def leave(self, connection: ReaderConnection) -> None: ...


class Door:
    """`open`, then `close`."""

    def __init__(self, listener: Gate, context: ssl.SSLContext, backlog: int) -> None:
        # shared
        self._listener = listener
        self._context = context
        self._backlog = backlog
        # state
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int) -> tuple[str, int]:
        """Gives the address it got. Raises OSError when the port is taken."""
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, *_, address in dict.fromkeys(found):
            self._sockets.append(_listening(family, address, self._backlog))
            self._run(self._accept(self._sockets[-1]))
        name = self._sockets[0].getsockname()
        return name[0], name[1]

    async def close(self) -> None:
        """Nobody comes in any more, and who has not shaken hands yet never will."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for each in self._sockets:
            each.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                raw, peer = await loop.sock_accept(listening)
            except OSError as problem:
                log.warning("%s: cannot take a connection: %s", self._listener.name, problem)
                await asyncio.sleep(RETRY_S)
                continue
            connection, address = ReaderConnection(self._listener), str(peer[0])
            refusal = self._listener.knock(connection, address)
            if refusal:
                self._listener.refused(address, refusal)
                raw.close()
            else:
                self._run(self._shake(raw, connection, address))

    async def _shake(self, raw: socket.socket, connection: ReaderConnection, address: str) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection, raw, ssl=self._context, ssl_handshake_timeout=HANDSHAKE_S_MAX
            )
        except OSError as problem:  # those of TLS, too
            self._listener.refused(address, f"no TLS: {_words(problem)}")
            raw.close()
        finally:
            self._listener.leave(connection)


def _listening(family: int, address: tuple[object, ...], backlog: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        made.listen(backlog)
    except OSError:
        made.close()
        raise
    return made


def _words(problem: OSError) -> str:
    if isinstance(problem, ssl.SSLError) and problem.reason:
        return problem.reason.replace("_", " ").lower()
    return str(problem) or type(problem).__name__
