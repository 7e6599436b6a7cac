"""Plays a plan of controller files to a hub as one SimpleClient: opens sockets, keeps time.

Knows when an item is due and how to come back after a drop; refuses to know the protocol (`chronotrack_client`)
and files (`replay_plan`). Nothing here prints: who wants to watch gives `on_progress`.
"""

import asyncio
import os
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

import msgspec

from hub.errors import HubError
from hub.model import US_PER_S
from hub.protocols.chronotrack_client import Client
from hub.protocols.chronotrack_stream import Item, Stream
from hub.replay_plan import ReplayPlan

RECONNECT_S: Final = 1.0
"""Seconds SimpleClient 0.6.0 waits after a drop (seen on the wire); it never gives up."""
ANSWER_S_MAX: Final = 5.0
"""Seconds it waits for the next line of greeting and settings (seen on the wire)."""
CONNECT_S_MAX: Final = 10.0
SETTLE_S: Final = 0.3
"""Seconds of silence after the last read before we go: a hub may ask for a gap once more."""
LINGER_S_MAX: Final = 60.0
"""Seconds the hub has to close its side after all bytes have left this process: it may be slow, and we do not
know what still lies in the system's buffers."""
READ_BYTES: Final = 1 << 16
_US_PER_HUNDREDTH: Final = US_PER_S // 100
_WALL_EPOCH: Final = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Sender:
    """As whom the player connects: what it says when the hub asks who it is, and how it encrypts; None: not at all."""

    user: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None


UNNAMED: Final = Sender()


@dataclass(frozen=True, slots=True)
class Progress:
    """lines: read lines given to the socket so far, repeated ones included; total: items there are to send."""

    lines: int
    total: int
    reconnects: int
    state: str


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """delivered: the hub closed its side after the last line; else the system may still be sending."""

    lines: int
    reconnects: int
    seconds: float
    delivered: bool


def wall_now_us(zone: tzinfo | None = None) -> int:
    """The wall clock of a zone, without one that of this machine, as `hub.model` counts wall times."""
    return (datetime.now(zone).replace(tzinfo=None) - _WALL_EPOCH) // timedelta(microseconds=1)


def _unwatched(progress: Progress) -> None:
    pass


async def replay(
    plan: ReplayPlan,
    host: str,
    port: int,
    *,
    speed: float = 1.0,
    sender: Sender = UNNAMED,
    on_progress: Callable[[Progress], None] = _unwatched,
) -> ReplayResult:
    """Plays the plan at `speed` times real time; 0: everything at once, guns first, as SimpleClient plays a past.

    With `plan.now` every read is of the moment it becomes due: the race is compressed as it is played faster. At
    speed 0 all times move by one constant, so that the last one is now. Ends when the hub has asked for everything
    and has it.
    HubError: nobody listens there, or who does is no CTP01 server this client can serve.
    """
    if speed < 0:
        raise HubError(f"the speed is 0 or more, not {speed}")
    player = _Player(plan, host, port, speed, sender, on_progress)
    return await player.run()


class _Player:
    """One replay: a feeder that lets items become due, and one connection after the other that serves them."""

    def __init__(
        self,
        plan: ReplayPlan,
        host: str,
        port: int,
        speed: float,
        sender: Sender,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._peer = f"{host}:{port}"
        self._host = host
        self._port = port
        self._speed = speed
        self._sender = sender
        self._on_progress = on_progress

        self._timeline = plan.timeline
        due_us = plan.due_us()
        self._start_us = due_us[0] if due_us else 0
        self._total = len(due_us)
        self._now = plan.now
        self._began_us = 0  # of the wall clock, when the first item became due
        self._shift_us = 0
        self._stream = Stream(plan.connection_id, plan.event, first_sequence=plan.from_sequence)
        for name in plan.locations:
            self._stream.location(name)

        self._changed = asyncio.Event()
        self._fed = False
        self._greeted = False
        self._delivered = False
        self._lines = 0
        self._reconnects = 0

    async def run(self) -> ReplayResult:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        feeder: asyncio.Task[None] | None = None
        try:
            connection = await self._connect()
            feeder = loop.create_task(self._feed())
            while connection is None or not await self._serve(*connection):
                await asyncio.sleep(RECONNECT_S)
                self._reconnects += 1
                connection = await self._connect()
            await feeder
        finally:
            if feeder is not None:
                feeder.cancel()
        return ReplayResult(self._lines, self._reconnects, loop.time() - began_s, self._delivered)

    # Time

    def _set_clock(self) -> None:
        self._began_us = wall_now_us()
        if self._timeline:
            self._shift_us = self._began_us - max(item.wall_us for _, _, item in self._timeline)

    async def _feed(self) -> None:
        """Appends what is due, and sleeps until the next is."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        self._set_clock()
        fed = 0
        try:
            while (fed := self._append_due(fed, loop.time() - began_s)) < len(self._timeline):
                self._changed.set()
                due_s = (self._timeline[fed][0] - self._start_us) / US_PER_S / self._speed
                await asyncio.sleep(max(0.0, began_s + due_s - loop.time()))
        finally:
            self._fed = True
            self._changed.set()

    def _append_due(self, fed: int, played_s: float) -> int:
        timeline = self._timeline
        until_us = self._start_us + played_s * self._speed * US_PER_S
        while fed < len(timeline) and (not self._speed or timeline[fed][0] <= until_us):
            _, name, item = timeline[fed]
            self._stream.append(name, self._moved(item))
            fed += 1
        if not self._speed:
            self._stream.guns_first()
        return fed

    def _moved(self, item: Item) -> Item:
        if not self._now:
            return item
        if self._speed:
            wall_us = self._began_us + int((item.wall_us - self._start_us) / self._speed)
        else:
            wall_us = item.wall_us + self._shift_us
        # Whole hundredths, so that none is lost on the wire.
        return msgspec.structs.replace(item, wall_us=wall_us // _US_PER_HUNDREDTH * _US_PER_HUNDREDTH)

    # Connections

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """None: nobody there just now. Before the first handshake that is an error, later a reason to wait."""
        try:
            async with asyncio.timeout(CONNECT_S_MAX):
                return await asyncio.open_connection(self._host, self._port, ssl=self._sender.tls)
        except ssl.SSLCertVerificationError as error:
            raise HubError(f"{self._peer}: its certificate is not trusted: {error.verify_message}") from error
        except OSError as error:
            if not self._greeted:
                raise HubError(f"cannot connect to {self._peer}: {_reason(error)}") from error
            self._tell(f"waiting for {self._peer}: {_reason(error)}")
            return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One connection to its end. True: the hub has everything."""
        client = Client(self._stream, user=self._sender.user, password=self._sender.password)
        receiving = asyncio.create_task(self._receive(reader, client))
        sending = asyncio.create_task(self._send(writer, client))
        try:
            await asyncio.wait({receiving, sending}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and sending.exception() is None and sending.result():
                return await self._linger(receiving)
            self._dropped(client, receiving, sending)
            return False
        finally:
            await _end(writer, receiving, sending)

    async def _receive(self, reader: asyncio.StreamReader, client: Client) -> None:
        """Until the server leaves or the client hangs up. HubError: it would hang up the next time, too."""
        while not client.closed:
            handshaking = client.handshaking
            try:
                async with asyncio.timeout(ANSWER_S_MAX if handshaking else None):
                    data = await reader.read(READ_BYTES)
            except TimeoutError:
                if not handshaking:
                    raise  # the system's own: the peer does not answer on the wire
                client.connection_lost(f"no greeting and settings within {ANSWER_S_MAX:.0f} s")
                return
            if not data:
                client.connection_lost("the server closed the connection")
                return
            client.receive_data(data)
            if client.closed and handshaking:
                raise HubError(f"{self._peer}: {client.close_reason}")
            self._greeted = self._greeted or not client.handshaking
            self._changed.set()

    async def _send(self, writer: asyncio.StreamWriter, client: Client) -> bool:
        """True: everything is out, it has been silent for a while, and our side is closed."""
        while not client.closed:
            self._changed.clear()
            lines = client.lines_sent
            if data := client.data_to_send():
                writer.write(data)
                self._lines += client.lines_sent - lines
                self._tell("sending")
                await writer.drain()
                await asyncio.sleep(0)  # drain does not let others run while the socket takes everything
            elif not (self._fed and client.done):
                await self._changed.wait()
            elif await self._settled():
                await self._flush(writer)
                if not client.closed:
                    if writer.can_write_eof():
                        writer.write_eof()
                    else:  # TLS: it closes both sides, when the hub has
                        writer.close()
                    return True
        return False

    async def _settled(self) -> bool:
        try:
            async with asyncio.timeout(SETTLE_S):
                await self._changed.wait()
        except TimeoutError:
            return True
        return False

    async def _flush(self, writer: asyncio.StreamWriter) -> None:
        """Until the system has every byte."""
        self._tell("finishing")
        # TLS waits at the limit itself: with 0 it would do so for ever.
        writer.transport.set_write_buffer_limits(high=1 if self._sender.tls else 0, low=0)
        await writer.drain()

    async def _linger(self, receiving: asyncio.Task[None]) -> bool:
        """Waits for the hub to close its side after ours. CTP01 has no receipt, and to close while something it
        sent lies unread here would reset the line under our last reads."""
        await asyncio.wait({receiving}, timeout=LINGER_S_MAX)
        self._delivered = receiving.done() and receiving.exception() is None
        return self._delivered or not receiving.done()

    def _dropped(self, client: Client, *tasks: asyncio.Task[Any]) -> None:
        """Why the connection ended: told, or raised where coming back would change nothing."""
        for task in tasks:
            error = task.exception() if task.done() else None
            if isinstance(error, OSError):
                client.connection_lost(_reason(error))
            elif error is not None:
                raise error
        if not self._greeted:
            raise HubError(f"{self._peer}: {client.close_reason}")
        self._tell(f"coming back in {RECONNECT_S:.0f} s: {client.close_reason}")

    def _tell(self, state: str) -> None:
        self._on_progress(Progress(self._lines, self._total, self._reconnects, state))


def _reason(error: OSError) -> str:
    """In the system's words: those of asyncio name the call, not what is wrong."""
    if isinstance(error, TimeoutError):
        return "no answer"
    number = error.errno or 0
    return os.strerror(number) if number > 0 else error.strerror or str(error)


async def _end(writer: asyncio.StreamWriter, *tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if not writer.is_closing() and writer.transport.get_write_buffer_size():
        writer.transport.abort()  # nobody reads there any more
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
