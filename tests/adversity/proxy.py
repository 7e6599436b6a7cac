"""A line that can be cut, stalled, slowed and mended, at will or at an exact byte: between a reader and the hub, a
screen and the hub, the hub and PostgreSQL. Knows bytes and two ways; refuses to know what they say.

It listens on TCP, on one port for all of its life, and leads to a TCP port or to a unix socket.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import parse_qs, urlsplit

HOST: Final = "127.0.0.1"
PIECE_BYTES: Final = 1 << 16
BROKEN: Final = (OSError, RuntimeError)
"""What is raised by a line that is gone; the second by uvloop."""
RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER for a close that the peer hears as a reset."""


class Way(Enum):
    """Whose bytes: UP are those of the one who has connected, DOWN the answers."""

    UP = "up"
    DOWN = "down"


class How(Enum):
    """What happens to a connection. RST and FIN end it; STALL takes nothing and hands on nothing from here on."""

    RST = "RST"
    FIN = "FIN"
    STALL = "stall"


class Watch(Protocol):
    """Looks at what passes on one connection."""

    def see(self, way: Way, data: bytes) -> int | None:
        """How many of these bytes still pass before it springs; None: it does not."""


class Trap(Protocol):
    """Waits for one moment on all connections of a line. `watch` is asked for at each connection's start."""

    def watch(self) -> Watch: ...


class AfterBytes:
    """Springs when so many bytes have passed on one connection, one way, after `begin` has."""

    def __init__(self, way: Way, count: int, begin: bytes = b"") -> None:
        self._way = way
        self._count = count
        self._begin = begin

    def watch(self) -> Watch:
        return _Counted(self._way, self._count, self._begin)


class _Counted:
    def __init__(self, way: Way, count: int, begin: bytes) -> None:
        self._way = way
        self._left = count
        self._begin = begin
        self._tail = b""

    def see(self, way: Way, data: bytes) -> int | None:
        if way is not self._way:
            return None
        start = 0
        if self._begin:
            held = self._tail + data
            place = held.find(self._begin)
            if place < 0:
                self._tail = held[-len(self._begin) :]
                return None
            start = place + len(self._begin) - len(self._tail)
            self._begin = b""
        if start + self._left <= len(data):
            return start + self._left
        self._left -= len(data) - start
        return None


class Proxy:
    """`target`: (host, port), or the path of a unix socket.

    pieces: bytes handed on at once, 0: as they come. pause_s: before each piece. keep_far: whose client has gone
    keeps its other end, as when a machine dies without a word.
    """

    def __init__(self, target: tuple[str, int] | Path) -> None:
        self.target = target
        self.pieces = 0
        self.pause_s = 0.0
        self.keep_far = False
        # state
        self._port = 0
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = {way: _set_event() for way in Way}
        self._trap: Trap | None = None
        self._then: Callable[[_Connection], None] = lambda _connection: None
        self.sprung = asyncio.Event()
        # counters
        self.taken = 0

    @property
    def address(self) -> tuple[str, int]:
        return HOST, self._port

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    async def mend(self) -> "Proxy":
        """Takes connections, and lets everything flow."""
        self.flow()
        self.disarm()
        self.pieces, self.pause_s = 0, 0.0
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, HOST, self._port)
            self._port = self._server.sockets[0].getsockname()[1]
        return self

    def cut(self, how: How = How.RST) -> int:
        """Ends what is connected now; who comes again is taken. Gives how many there were."""
        ended = [each for each in self._connections if each.end(how)]
        return len(ended)

    def break_off(self, how: How = How.RST) -> None:
        """The same, and nobody is taken until it is mended."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut(how)

    def stall(self, *ways: Way) -> None:
        """Takes connections and hands on nothing, of these ways or of both, as a machine does that hangs."""
        for way in ways or Way:
            self._flows[way].clear()

    def flow(self) -> None:
        for event in self._flows.values():
            event.set()

    def arm(self, trap: Trap, how: How | Callable[[], None]) -> None:
        """Once, at the moment that the trap waits for, something happens: to that connection, or whatever it is.
        Holds for connections that begin from now on."""
        self._trap = trap
        self.sprung.clear()
        self._then = (lambda one: _happen(one, how)) if isinstance(how, How) else (lambda _one: how())

    def disarm(self) -> None:
        self._trap = None

    async def close(self) -> None:
        self.break_off()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def passes(self, way: Way) -> None:
        await self._flows[way].wait()

    def spring(self, connection: "_Connection") -> None:
        self._trap = None
        self.sprung.set()
        self._then(connection)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.taken += 1
        connection = _Connection(self, self._trap, reader, writer)
        self._connections.add(connection)
        try:
            await connection.run()
        except asyncio.CancelledError:
            pass  # by `close`; the streams' own callback would complain of it
        finally:
            self._connections.discard(connection)
            self._tasks.discard(task)


class _Connection:
    """Both ends of one connection, and what is on its way between them."""

    def __init__(
        self, proxy: Proxy, trap: Trap | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._proxy = proxy
        self._trap = trap
        self._watch = trap.watch() if trap else None
        self._near = (reader, writer)
        self._writers = [writer]
        self._ended = asyncio.Event()
        self.stalled = False

    async def run(self) -> None:
        try:
            far = await self._connect()
        except OSError:
            self.end(How.RST)
            return
        self._writers.append(far[1])
        pumps = [
            asyncio.create_task(self._pump(Way.UP, self._near[0], far[1])),
            asyncio.create_task(self._pump(Way.DOWN, far[0], self._near[1])),
        ]
        ended = asyncio.create_task(self._ended.wait())
        try:
            left = set(pumps)
            while (
                left and not self._ended.is_set()
            ):  # when one side has hung up, the other is still to hear its last
                done, _ = await asyncio.wait({ended, *left}, return_when=asyncio.FIRST_COMPLETED)
                left -= done
        finally:
            for task in (ended, *pumps):
                task.cancel()
            for writer in self._writers:
                writer.close()

    def end(self, how: How) -> bool:
        """Whether there was anything to end."""
        if self._ended.is_set():
            return False
        self._ended.set()
        for writer in self._writers:
            if how is How.RST:
                _reset(writer)
            else:
                writer.close()
        return True

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        target = self._proxy.target
        if isinstance(target, Path):
            return await asyncio.open_unix_connection(target)
        return await asyncio.open_connection(*target)

    async def _pump(self, way: Way, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        proxy = self._proxy
        with contextlib.suppress(*BROKEN):
            while data := await source.read(PIECE_BYTES):
                await self._hand_on(way, data, target)
        if not (proxy.keep_far and way is Way.UP):
            await proxy.passes(way)
            with contextlib.suppress(*BROKEN):
                target.write_eof()
        else:
            await self._ended.wait()

    async def _hand_on(self, way: Way, data: bytes, target: asyncio.StreamWriter) -> None:
        proxy = self._proxy
        for piece in _cut(data, proxy.pieces):
            if proxy.pause_s:
                await asyncio.sleep(proxy.pause_s)
            await proxy.passes(way)
            passing = self._passing(way, piece)
            target.write(piece if passing is None else piece[:passing])
            await target.drain()
            if passing is not None:
                proxy.spring(self)
                if self.stalled or self._ended.is_set():
                    await self._ended.wait()
                await proxy.passes(way)
                target.write(piece[passing:])
            if self.stalled:
                await self._ended.wait()

    def _passing(self, way: Way, data: bytes) -> int | None:
        if self._watch is None or self._proxy._trap is not self._trap:
            return None
        return self._watch.see(way, data)


def _happen(connection: _Connection, how: How) -> None:
    if how is How.STALL:
        connection.stalled = True
    else:
        connection.end(how)


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[place : place + size] for place in range(0, len(data), size)] if size else [data]


def _set_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.family != socket.AF_UNIX:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


def socket_of(dsn: str) -> Path:
    """Where the server of this DSN, which has no TCP, listens."""
    query = parse_qs(urlsplit(dsn).query)
    return Path(query["host"][0]) / f".s.PGSQL.{query['port'][0]}"


def through(dsn: str, proxy: Proxy) -> str:
    """The same database over the proxy. Without TLS, which no unix socket has: so no question for it, either."""
    parts = urlsplit(dsn)
    login = parts.netloc.rpartition("@")[0]
    host, port = proxy.address
    return parts._replace(netloc=f"{login}@{host}:{port}", query="sslmode=disable").geturl()
