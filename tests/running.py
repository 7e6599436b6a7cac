"""A hub that runs, for tests: with its addresses, an HTTP client, readers and screens. Used by many tests.

Everything goes over real sockets; nothing here knows the hub's inside but `App`.
"""

import asyncio
import json
import secrets
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import aiohttp
import asyncpg
from aiohttp import WSMsgType

from hub.app import Addresses, App
from hub.config import Database, Limits, Listener, Redis, Server, Settings, Web
from hub.model import PURPOSE_INBOX
from hub.passwords import Hashes
from hub.protocols.chronotrack_client import Client
from hub.protocols.chronotrack_stream import Item, Stream, gun_item
from hub.provider_accounts import Make
from hub.providers import registry
from hub.session import Source
from tests.redis_server import shared_url

HOST: Final = "127.0.0.1"
ZONE: Final = ZoneInfo("Asia/Kathmandu")
"""At +05:45: no machine's own zone passes for it."""
PATIENCE_S: Final = 15.0
"""A condition that does not hold by then is not going to."""
POLL_S: Final = 0.003
ROSTER: Final = "bib,tag,first_name,last_name\n2505,A1;A9,Ann,Lee\n7,,Bob,Ray\n"
CHEAP: Final = Hashes(memory_kib=8, passes=1, lanes=1)
"""Passwords hashed in no time. A hash tells at what cost it was made, so these pass everywhere."""
_EPOCH: Final = datetime(1970, 1, 1)


async def until(condition: Callable[[], object]) -> None:
    """Waits until it is true."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  whatever it is, it tells nobody
            await asyncio.sleep(POLL_S)


def wall_us(age_s: float = 0.0) -> int:
    """What a reader's clock showed so many seconds ago."""
    moment = datetime.now(ZONE).replace(tzinfo=None) - timedelta(seconds=age_s)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def settings_for(
    dsn: str,
    data_dir: Path,
    *,
    web: Web | None = None,
    listeners: tuple[Listener, ...] | None = None,
    limits: Limits | None = None,
    redis_url: str = "",
) -> Settings:
    """On ports of the system's choice, on this machine only."""
    return Settings(
        server=Server(data_dir=str(data_dir), timezone=ZONE.key),
        web=web or Web(host=HOST, port=0),
        database=Database(dsn=dsn),
        listeners=listeners or (Listener(host=HOST, port=0),),
        limits=limits or Limits(),
        redis=Redis(url=redis_url or shared_url()),
    )


class Running:
    """A hub that is ready. `http` carries the admin's token; `anybody` carries none."""

    def __init__(self, app: App, addresses: Addresses, data_dir: Path) -> None:
        self.app = app
        self.addresses = addresses
        self.origin = f"http://{addresses.web[0]}:{addresses.web[1]}"
        self.token = (data_dir / "admin.token").read_text().strip()
        self.http = aiohttp.ClientSession(self.origin, headers={"Authorization": f"Bearer {self.token}"})
        self.anybody = aiohttp.ClientSession(self.origin)

    @property
    def code(self) -> str:
        return next(iter(self.app.hub.displays))

    @property
    def session_id(self) -> int:
        return next(iter(self.app.hub.sessions))

    @property
    def durable(self) -> int:
        return self.app.hub.sessions[self.session_id].durable

    def address(self, listener: str = "chronotrack") -> tuple[str, int]:
        return self.addresses.listeners[listener]

    def reader(self, listener: str = "chronotrack", **facts: Any) -> "Reader":
        return Reader(self.address(listener), **facts)

    def source(self, reader: "Reader") -> Source:
        """What the hub knows of a reader that has shaken hands, the last time it did."""
        wanted = reader.stream.connection_id.casefold()
        known = self.app.hub.sources.values()
        return [each for each in known if each.record.connection_id.casefold() == wanted][-1]

    async def led_nowhere(self, reader: "Reader") -> bool:
        """Whether all that a reader has goes into its inbox, and nothing into any session. Hangs it up."""
        heads = {number: each.head for number, each in self.app.hub.sessions.items()}
        await reader.connect()
        place = self.source(reader).session
        sent = sum(len(location.items) for location in reader.stream.locations)
        await until(lambda: place.durable >= sent)
        await reader.hang_up()
        assert {number: each.head for number, each in self.app.hub.sessions.items()} == heads
        return place.row.purpose == PURPOSE_INBOX and place.row.id in self.app.hub.inboxes

    def screen(self, code: str = "", **query: object) -> "Screen":
        return Screen(self.anybody, f"/ws/d/{code or self.code}", {k: str(v) for k, v in query.items()})

    def watcher(self, session_id: int, **query: object) -> "Screen":
        return Screen(self.http, f"/ws/sessions/{session_id}", {k: str(v) for k, v in query.items()})

    async def get(self, path: str) -> Any:
        """The JSON of an answer that is none but 200."""
        async with self.http.get(path) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def import_roster(self, csv: str, session_id: int | None = None) -> Any:
        form = aiohttp.FormData()
        form.add_field("session", str(session_id or self.session_id))
        form.add_field("file", csv.encode(), filename="roster.csv", content_type="text/csv")
        async with self.http.post("/api/rosters/import", data=form) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def close(self) -> None:
        await self.http.close()
        await self.anybody.close()


@asynccontextmanager
async def running_hub(settings: Settings, *, service: Make = registry.make) -> AsyncIterator[Running]:
    """`service`: what opens accounts at registration services."""
    app = App(settings, hashes=CHEAP, service=service)
    try:
        running = Running(app, await app.start(), settings.data_path)
        try:
            yield running
        finally:
            await running.close()
    finally:
        await app.stop()


class Reader:
    """ChronoTrack's SimpleClient with a reader behind it. What it was given outlives its connections."""

    def __init__(
        self,
        address: tuple[str, int],
        *,
        event: str = "Spring run",
        user: str = "",
        password: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`user`, `password`: what it says when it is asked who it is. `tls`: how it encrypts; None: not at all."""
        self.address = address
        self.user, self.password, self._tls = user, password, tls
        self.stream = Stream(secrets.token_hex(20), event)
        self.client: Client | None = None
        self.said: list[bytes] = []
        """What the hub sent on this connection."""
        self._lines_before = 0
        self._added = asyncio.Event()
        self._connection: asyncio.Task[None] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def add(self, *tags: str, location: str = "FINISH", age_s: float = 0.0) -> None:
        """One read each."""
        for tag in tags:
            self.give(location, Item(tag, wall_us(age_s), 1, "12000C", 1))

    def gun(self, location: str = "START") -> None:
        self.give(location, gun_item(wall_us(), "I11A9D"))

    def give(self, location: str, item: Item) -> None:
        self.stream.append(location, item)
        self.more()

    def more(self) -> None:
        """There is more in its stream."""
        self._added.set()

    def change(self, stream: Stream) -> None:
        """As when the program is started again: what it streams from its next connection on."""
        self.stream = stream
        if self._transport is not None:
            self._transport.abort()

    @property
    def lines_sent(self) -> int:
        """Reads handed to all its connections, each as often as it was."""
        return self._lines_before + (self.client.lines_sent if self.client else 0)

    async def connect(self) -> "Reader":
        """Until the handshake is done; then it streams by itself, until it hangs up or is hung up on."""
        reader, writer = await asyncio.open_connection(*self.address, ssl=self._tls)
        self.said = []
        self._lines_before = self.lines_sent
        self.client = client = Client(self.stream, user=self.user, password=self.password, announce_live=True)
        self._transport = writer.transport
        self._connection = asyncio.create_task(self._serve(client, reader, writer))
        await until(lambda: client.closed or b"start" in b"".join(self.said))
        return self

    async def keep_coming(self, pause_s: float) -> None:
        """Connects again and again, as SimpleClient does, until cancelled."""
        while True:
            with suppress(OSError):
                await self.connect()
                assert self._connection is not None
                await self._connection
            await asyncio.sleep(pause_s)

    async def sent(self) -> None:
        """Until the hub has asked for all there is, and it has left this process."""
        client = self.client
        assert client is not None
        await until(lambda: client.done or client.closed)
        assert client.done, client.close_reason

    async def hang_up(self) -> None:
        """As a program does that ends: nothing that was sent is lost."""
        assert self._transport is not None and self._connection is not None
        if not self._transport.can_write_eof():
            self._transport.close()
        elif not self._transport.is_closing():
            self._transport.write_eof()
        await self._connection

    async def drop(self) -> None:
        """As a laptop does whose lid is closed on it."""
        assert self._transport is not None and self._connection is not None
        self._transport.abort()
        await self._connection

    async def _serve(
        self, client: Client, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        sending = asyncio.create_task(self._send(client, writer))
        try:
            with suppress(OSError):
                while not client.closed and (data := await reader.read(1 << 16)):
                    self.said.append(data)
                    client.receive_data(data)
                    self._added.set()
            client.connection_lost()
        finally:
            sending.cancel()
            writer.close()

    async def _send(self, client: Client, writer: asyncio.StreamWriter) -> None:
        while not client.closed:
            self._added.clear()
            while data := client.data_to_send():
                writer.write(data)
                with suppress(OSError):
                    await writer.drain()
            await self._added.wait()


class Screen:
    """A screen's socket. Messages are kept as they come, one by one, whatever frames they came in."""

    def __init__(self, http: aiohttp.ClientSession, path: str, query: dict[str, str]) -> None:
        self._http = http
        self._path = path
        self._query = query
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._waiting: deque[dict[str, Any]] = deque()
        self._close_code: int | None = None
        self.frames = 0

    async def __aenter__(self) -> "Screen":
        self._ws = await self._http.ws_connect(self._path, params=self._query, max_msg_size=1 << 26)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.ws.close()

    @property
    def ws(self) -> aiohttp.ClientWebSocketResponse:
        assert self._ws is not None
        return self._ws

    async def next(self, *kinds: str) -> dict[str, Any]:
        """The next message, of one of these types when there are any."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                while self._waiting:
                    message = self._waiting.popleft()
                    if not kinds or message["type"] in kinds:
                        return message
                await self._frame()

    async def offsets(self, count: int) -> list[int]:
        """The offsets of the next reads and retracts."""
        return [(await self.next("read", "retract"))["offset"] for _ in range(count)]

    async def closed(self) -> int | None:
        """Reads to the end; gives the close code."""
        with suppress(ConnectionError):
            while True:
                await self.next("nothing")
        return self._close_code or self.ws.close_code

    async def _frame(self) -> None:
        frame = await self.ws.receive()
        if frame.type is WSMsgType.CLOSE:  # the hub may have hung up before the client has answered it
            self._close_code = frame.data
        if frame.type is not WSMsgType.TEXT:
            raise ConnectionError(frame.type.name)
        self.frames += 1
        self._waiting.extend(json.loads(line) for line in frame.data.split("\n"))


async def raw(hub: Running, request: bytes) -> bytes:
    """All that is answered to these bytes, until the hub closes."""
    reader, writer = await asyncio.open_connection(*hub.addresses.web)
    writer.write(request)
    async with asyncio.timeout(PATIENCE_S):
        answer = await reader.read()
    writer.close()
    return answer


async def rows(dsn: str, query: str, *values: object) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(dsn)
    try:
        return [dict(row) for row in await connection.fetch(query, *values)]
    finally:
        await connection.close()


async def stored(dsn: str, count: int) -> list[dict[str, Any]]:
    """All reads in the database, in the order of offsets, as soon as there are so many."""
    query = "SELECT * FROM timing_reads ORDER BY session_id, feed_offset"
    async with asyncio.timeout(PATIENCE_S):
        while len(found := await rows(dsn, query)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found


def tags(found: Iterable[dict[str, Any]]) -> list[str]:
    return [row["tag_code"] for row in found]


class Line:
    """The line to PostgreSQL's socket, which can be cut and mended. `dsn` leads through it, into `folder`."""

    def __init__(self, dsn: str, folder: Path) -> None:
        query = parse_qs(urlsplit(dsn).query)
        name = f".s.PGSQL.{query['port'][0]}"
        self.dsn = dsn.replace(query["host"][0], str(folder))
        self._there = str(Path(query["host"][0]) / name)
        self._here = folder / name
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.WriteTransport] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self._here)

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
            self._here.unlink(missing_ok=True)
        for transport in list(self._open):
            transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reader_there, writer_there = await asyncio.open_unix_connection(self._there)
        ends = {writer.transport, writer_there.transport}
        self._open |= ends
        if self._server is None:  # it was cut just when this one came
            await self.cut()
        try:
            await asyncio.gather(_pump(reader, writer_there), _pump(reader_there, writer))
        finally:
            self._open -= ends


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()
