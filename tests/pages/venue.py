"""A race hub that runs, with a reader connected to its timing port. Knows how to start and stop both; the screens
are the tests' own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import aiohttp
from msgspec import structs
from playwright.async_api import BrowserContext

from hub.app import App
from hub.config import Database, Listener, Server, Settings, Web
from hub.protocols.chronotrack_client import Client
from hub.protocols.chronotrack_stream import Item, Stream, gun_item
from hub.providers import registry
from hub.providers.words import Credentials, Provider
from hub.web.state import FIRST
from tests.postgres import fresh_database
from tests.providers.loading import QUICK
from tests.running import CHEAP

ZONE: Final = ZoneInfo("Asia/Kathmandu")
"""At +05:45, so that no machine's own zone passes for it."""
HOST: Final = "127.0.0.1"
CONNECTION_ID: Final = "0123456789abcdef" * 2 + "01234567"
RETRY_S: Final = 0.05
_EPOCH: Final = datetime(1970, 1, 1)


def wall_us(age_s: float = 0.0) -> int:
    """What a reader's clock showed so many seconds ago."""
    moment = datetime.now(ZONE).replace(tzinfo=None) - timedelta(seconds=age_s)
    return (moment - _EPOCH) // timedelta(microseconds=1)


class Reader:
    """A reader as SimpleClient streams it; connects again by itself, and keeps what it has not sent."""

    def __init__(self) -> None:
        self._stream = Stream(CONNECTION_ID, "Spring run")
        self._wanted = asyncio.Event()
        for name in ("Start", "Finish"):
            self._stream.location(name)

    def read(self, tag: str, *, location: str = "Finish", age_s: float = 0.0) -> Item:
        """One read, seen so long ago."""
        return self.send(Item(tag, wall_us(age_s), 1, "CT01", 1), location)

    def gun(self) -> Item:
        return self.send(gun_item(wall_us(), "CT01"), "Start")

    def send(self, item: Item, location: str) -> Item:
        self._stream.append(location, item)
        self._wanted.set()
        return item

    async def run(self, port: int) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(OSError):
                await self._connect(port)
            await asyncio.sleep(RETRY_S)

    async def _connect(self, port: int) -> None:
        incoming, outgoing = await asyncio.open_connection(HOST, port)
        client = Client(self._stream)
        listening = asyncio.create_task(self._listen(incoming, client))
        try:
            while not client.closed:
                self._wanted.clear()
                while data := client.data_to_send():
                    outgoing.write(data)
                await self._wanted.wait()
        finally:
            listening.cancel()
            outgoing.close()

    async def _listen(self, incoming: asyncio.StreamReader, client: Client) -> None:
        try:
            while data := await incoming.read(4096):
                client.receive_data(data)
                self._wanted.set()
        finally:
            client.connection_lost()
            self._wanted.set()


class Venue:
    """A hub on ports that stay the same when it is stopped and started, and its reader."""

    def __init__(self, dsn: str, data_dir: Path) -> None:
        self.reader = Reader()
        self.services: dict[str, str] = {}
        """By kind, where a registration service is instead: a test's own."""
        self._dsn = dsn
        self._data_dir = data_dir
        self._web_port = 0
        self._reader_port = 0
        self._app: App | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def app(self) -> App:
        assert self._app is not None
        return self._app

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self._web_port}"

    @property
    def code(self) -> str:
        """The code of the display that every hub has."""
        return next(iter(self.app.hub.displays))

    @property
    def session_id(self) -> int:
        return next(iter(self.app.hub.sessions))

    @property
    def token(self) -> str:
        """The admin's."""
        return (self._data_dir / "admin.token").read_text().strip()

    async def start(self) -> None:
        self._app = App(self._settings(), hashes=CHEAP, service=self._service)
        addresses = await self._app.start()
        self._web_port = addresses.web[1]
        self._reader_port = addresses.listeners["chronotrack"][1]
        self._let_cards_stay()
        self._reading = self._reading or asyncio.create_task(self.reader.run(self._reader_port))

    def _let_cards_stay(self) -> None:
        """For ten minutes, so that a test can look at them for as long as it takes."""
        row = self.app.hub.displays[self.code]
        self.app.hub.displays[self.code] = structs.replace(row, settings={**row.settings, "duration": 600})

    async def stop(self) -> None:
        """The hub alone: the reader tries to come back."""
        if self._app is not None:
            app, self._app = self._app, None
            await app.stop()

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self.stop()

    async def sign_in(self, context: BrowserContext) -> None:
        """As the hub's admin, who is made when there is none."""
        given = {"email": "admin@riverside.example", "password": "mats and cables"}
        answer = await context.request.post(f"{self.origin}/api/auth/login", data=given)
        if answer.status == 401:
            first = {"token": first_link(self.app), "name": "Ada", **given}
            answer = await context.request.post(f"{self.origin}/api/auth/join", data=first)
        assert answer.ok, await answer.text()

    async def import_roster(self, csv: str) -> dict[str, Any]:
        """Through the hub's own door."""
        form = aiohttp.FormData()
        form.add_field("session", str(self.session_id))
        form.add_field("file", csv.encode(), filename="roster.csv", content_type="text/csv")
        headers = {"Authorization": f"Bearer {self.token}"}
        async with aiohttp.ClientSession(self.origin, headers=headers) as client:
            answer = await client.post("/api/rosters/import", data=form)
            assert answer.status == 200, await answer.text()
            result: dict[str, Any] = await answer.json()
            return result

    async def wish(self, action: str) -> None:
        """An operator's, of the display."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with aiohttp.ClientSession(self.origin, headers=headers) as client:
            answer = await client.post(f"/api/displays/{self.code}/control", json={"action": action})
            assert answer.status == 200, await answer.text()

    def _service(self, kind: str, credentials: Credentials) -> Provider:
        return registry.make(kind, credentials, self.services, patience=QUICK)

    def _settings(self) -> Settings:
        return Settings(
            server=Server(name="Riverside timing", data_dir=str(self._data_dir), timezone=ZONE.key),
            web=Web(host=HOST, port=self._web_port),
            database=Database(dsn=self._dsn),
            listeners=(Listener(host=HOST, port=self._reader_port),),
        )


@contextlib.asynccontextmanager
async def own_venue(server_dsn: str, folder: Path) -> AsyncIterator[Venue]:
    """A hub with a database of its own, started."""
    async with fresh_database(server_dsn) as dsn:
        made = Venue(dsn, folder)
        try:
            await made.start()
            yield made
        finally:
            await made.close()


def first_link(app: App) -> str:
    """What the link of the hub's first user has behind its number sign."""
    return app._application[FIRST]


def clock_of(moment: datetime) -> str:
    """The time of day in the venue's zone."""
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(ZONE).strftime("%H:%M:%S")
