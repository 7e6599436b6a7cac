"""The timing port: who may connect, how many, and who is read now. Knows addresses and limits; what one connection
says is in `listener_connection`.
"""

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from hub.listener_connection import Ingest, ReaderConnection
from hub.listener_door import Door

log = logging.getLogger(__name__)

CONNECTIONS_MAX: Final = 1000
"""Of one port, from everywhere. A race has dozens; each may take half a megabyte while it shakes hands."""
BACKLOG: Final = 512
NOT_ALLOWED: Final = "not in the listener's allow list"
REFUSED_SAID_MAX: Final = 10_000
"""Refused addresses that are remembered, so that each is told of once."""


class Listener:
    """One timing port. `allow`: networks that may connect; empty: all. `auth`: whether readers prove who they are:
    "none", "optional" or "required". `tls`: None: the port is not encrypted."""

    def __init__(
        self,
        name: str,
        ingest: Ingest,
        *,
        server_name: str,
        version: str,
        line_bytes: int,
        connections_per_address: int,
        allow: Sequence[IPv4Network | IPv6Network] = (),
        auth: str = "none",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        # limits
        self.line_bytes = line_bytes
        self._per_address_max = connections_per_address
        self._allow = tuple(allow)
        # shared
        self.name = name
        self.ingest = ingest
        self.server_name = server_name
        self.version = version
        self.auth = auth
        # state
        self.connections: set[ReaderConnection] = set()
        self._at_door: dict[ReaderConnection, str] = {}
        """Connections that are not encrypted yet, and from where they come."""
        self.paused = False
        self._closing = False
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._addresses: Counter[str] = Counter()
        self._server: asyncio.Server | None = None
        self._door = Door(self, tls, BACKLOG) if tls else None
        self._refused_said: set[str] = set()
        self._bad_said: set[str] = set()

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listens; gives the address it got. Raises OSError when the port is taken."""
        if self._door is not None:
            return await self._door.open(host, port)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: ReaderConnection(self), host, port, backlog=BACKLOG)
        address = self._server.sockets[0].getsockname()
        return address[0], address[1]

    async def close(self) -> None:
        """Ends every connection. What has arrived has been accepted already; the rest the client keeps."""
        self._closing = True
        if self._server is not None:
            self._server.close()
        if self._door is not None:
            await self._door.close()
        for connection in list(self.connections):
            connection.end("the hub is stopping")
        await self._nobody.wait()  # each ends in END_S_MAX

    def pause(self) -> None:
        """Nobody is read until `resume`: what is waiting for the disk is too much."""
        self.paused = True
        for connection in self.connections:
            connection.pause()

    def resume(self) -> None:
        if self.paused:
            self.paused = False
            for connection in self.connections:
                connection.resume()

    def limit(
        self, *, line_bytes: int, connections_per_address: int, allow: Sequence[IPv4Network | IPv6Network]
    ) -> None:
        """Other limits, while it runs. They hold for who connects from now on; who is connected and is not in the
        allow list any more is ended: what it has sent is kept, and it keeps the rest."""
        self.line_bytes = line_bytes
        self._per_address_max = connections_per_address
        if self._allow != tuple(allow):
            self._allow = tuple(allow)
            self._refused_said.clear()  # who is refused by another list is told of again
        for connection in [each for each in self.connections if not self._allowed(each._address)]:
            connection.end(NOT_ALLOWED)

    def hang_up(self, which: Callable[[Any], bool], reason: str) -> None:
        """Ends the connections of the sources of which `which` says so. What they have sent until now is taken."""
        for connection in [each for each in self.connections if each.feeds(which)]:
            connection.end(reason)

    def hang_up_proved(self, which: Callable[[Any], bool], reason: str) -> None:
        """The same for those who have proved to be somebody of whom `which` says so, be they a source or not."""
        for connection in [
            each for each in self.connections if each.proved is not None and which(each.proved)
        ]:
            connection.end(reason)

    def admit(self, connection: ReaderConnection, address: str) -> str:
        """Counts a new connection. Gives why it may not be, or nothing."""
        self.leave(connection)
        refusal = self._refusal(address)
        if not refusal:
            self._addresses[address] += 1
            self.connections.add(connection)
            self._nobody.clear()
            self._refused_said.discard(address)
        return refusal

    def _refusal(self, address: str) -> str:
        if self._closing:
            return "the hub is stopping"
        if not self._allowed(address):
            return NOT_ALLOWED
        if len(self.connections) + len(self._at_door) >= CONNECTIONS_MAX:
            return f"more than {CONNECTIONS_MAX} connections to this port"
        if self._addresses[address] >= self._per_address_max:
            return f"more than {self._per_address_max} connections (limits.connections_per_address)"
        return ""

    def knock(self, connection: ReaderConnection, address: str) -> str:
        """The same for one that is not encrypted yet, which counts until it is admitted or leaves."""
        refusal = self._refusal(address)
        if not refusal:
            self._addresses[address] += 1
            self._at_door[connection] = address
        return refusal

    def leave(self, connection: ReaderConnection) -> None:
        """It is encrypted now, or never will be."""
        address = self._at_door.pop(connection, None)
        if address is not None:
            self._count_out(address)

    def dismiss(self, connection: ReaderConnection, address: str) -> None:
        if connection in self.connections:
            self.connections.discard(connection)
            self._count_out(address)
            if not self.connections:
                self._nobody.set()

    def _count_out(self, address: str) -> None:
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]

    def refused(self, address: str, reason: str) -> None:
        """Says so once for an address: who is refused comes back every second."""
        if address not in self._refused_said and len(self._refused_said) < REFUSED_SAID_MAX:
            self._refused_said.add(address)
            log.warning("%s: %s refused: %s", self.name, address, reason)

    def is_first_bad(self, address: str) -> bool:
        """Whether nobody there has sent, before it was known who it is, what is no greeting."""
        first = address not in self._bad_said
        if first and len(self._bad_said) < REFUSED_SAID_MAX:
            self._bad_said.add(address)
        return first

    def _allowed(self, address: str) -> bool:
        if not self._allow:
            return True
        try:
            peer: IPv4Address | IPv6Address = ip_address(address)
        except ValueError:
            return False
        if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
            peer = peer.ipv4_mapped
        return any(peer in network for network in self._allow)
