"""The composition root: builds the hub from a configuration, starts it in the one order that is safe, stops it in
the reverse. Knows every part; no part knows it.
"""

import asyncio
import contextlib
import gc
import logging
import secrets
import ssl
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from aiohttp import web

from hub import __version__, files, logs, tls
from hub.addresses import from_here, joined, public_base
from hub.changes import Changes
from hub.clock import now_us, watch
from hub.config import Settings
from hub.config_live import Current
from hub.disk import kept_secret
from hub.errors import HubError, StoreAway, StoreError
from hub.feeding import Feeder
from hub.folder import DataFolder
from hub.hub import Hub
from hub.listener import Listener
from hub.model import NOBODY, US_PER_S, InboxRecord, Proved, Read
from hub.passwords import Hashes
from hub.provider_accounts import Make
from hub.providers import registry
from hub.reader_feed import ReaderFeed
from hub.refused import RefusedReaders
from hub.served import inbox_row
from hub.session import Session, Source
from hub.store.bus import Bus
from hub.stores import Stores
from hub.web import application, connections, sockets, web_sessions
from hub.web.auth import admin_token
from hub.web.expiring import EXPIRING
from hub.web.live import Live
from hub.web.proof import PROOF
from hub.web.screens import FLEET
from hub.web.sign_ins import SIGN_INS
from hub.web.state import FIRST, STARTING, Condition

log = logging.getLogger(__name__)
T = TypeVar("T")

SERVER_NAME: Final = "RaceHub"
RETRY_S: Final = 2.0
STORE_S_MAX: Final = 5.0
"""How long a stop waits for the journal, and for PostgreSQL while that takes what it is given. What it has not
taken by then stays in the journal."""
JOURNAL_S_MAX: Final = 1.0
"""The same for a disk that does not take anything any more: readers keep what they sent, and send it again."""
HTTP_STOP_S_MAX: Final = 0.5
STOP_S_MAX: Final = 9.0
"""A whole stop, as who waits for it does: a PostgreSQL of our own that needs longer ends by itself."""


@dataclass(slots=True)
class Addresses:
    """Where the hub listens: `(host, port)` each."""

    web: tuple[str, int]
    listeners: dict[str, tuple[str, int]]

    def ready_line(self) -> str:
        """The first line on stdout. A wildcard address is said as one that can be opened on this machine."""
        readers = [f"{name}={_said(*address)}" for name, address in self.listeners.items()]
        return " ".join(["racehub ready", f"web=http://{_said(*self.web)}", *readers])


class Stopped(Exception):
    """The hub was told to stop while it was starting."""


class App:
    """One hub. `start`, then `until_stopped`, then `stop`, which is right at any point of a start that failed."""

    def __init__(
        self, settings: Settings, *, hashes: Hashes | None = None, service: Make = registry.make
    ) -> None:
        """`hashes`: how passwords are kept. `service` opens an account at a registration service: tests have their
        own."""
        self._current = Current(settings)
        self.hashes = hashes or Hashes()
        self._service = service
        self.condition = Condition(now_us=now_us, started_us=now_us())
        self.hub = Hub(now_us=now_us, wake=self._wake, publish=self._publish)
        self.hub.new_inbox = self._new_inbox
        self.live = Live(self.hub, now_us, settings.limits.display_queue_kib * 1024)
        self._folder = DataFolder(settings.data_path)
        self._opened: Stores | None = None
        self._bus: Bus | None = None
        self._changes: Changes | None = None
        self._web: web.Application | None = None
        self._runner: connections.Runner | None = None
        self._listeners: list[Listener] = []
        self._tls: list[ssl.SSLContext | None] = []
        self.refused = RefusedReaders(now_us)
        self._tasks: list[asyncio.Task[None]] = []
        self._storing: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    async def start(self) -> Addresses:
        """Everything, in order; gives the addresses. Raises HubError, or Stopped when it was told to stop."""
        return await self.unless_stopped(self._start())

    async def unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """Its result. Raises Stopped when the hub was told to stop before there was one, and what a part of the hub
        has failed with meanwhile."""
        task = asyncio.create_task(work)
        stop = asyncio.create_task(self._stopping.wait())
        try:
            done, _ = await asyncio.wait({task, stop, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
            if task in done:
                return task.result()
            for part in done - {stop}:
                part.result()
            raise Stopped
        finally:
            await _cancel(task, stop)

    async def _start(self) -> Addresses:
        self._tls = self._certificates()
        self._folder.take()
        self._opened = Stores(self.settings, self.hub)
        self._opened.start_afresh = self.live.start_afresh
        self._opened.retract = self.live.retract
        self._changes = Changes(
            self._current,
            self.hub,
            self.live,
            self._opened,
            now_us=now_us,
            hang_up=self._hang_up,
            hang_up_proved=self._hang_up_proved,
            service=self._service,
        )
        web_address = await self._start_web()
        await self._until_database()
        await self.stores.recover()
        await self.changes.streams.load()
        await self.changes.images.sweep()
        await self.changes.roster_files.sweep()
        await self._application[FLEET].load()
        self._storing = [self.run(self.stores.writer.run()), self.run(self.stores.drain.run())]
        addresses = Addresses(web_address, await self._start_listeners())
        self.run(sockets.tick(self._application))
        self.run(self.live.counters.run(self.stores.queries.counted, self.live.codes))
        self.run(self._application[SIGN_INS].watch(self.stores.sign_ins))
        self.run(self._application[EXPIRING].watch())
        self.run(self._application[FLEET].keep())
        self.run(self._application[PROOF].keep())
        self.run(watch(self.hub.clock_jumped, wall_us=now_us))
        for work in self.changes.work():
            self.run(work)
        self.condition.not_ready = ""
        self._folder.note({"web": f"http://{_said(*web_address)}"})
        return addresses

    async def first_user(self) -> str:
        """The secret of the link by which the first admin comes in; empty when there is one, or when PostgreSQL does
        not say."""
        with contextlib.suppress(StoreError):
            return "" if await self.stores.users.has_admin() else self._application[FIRST]
        return ""

    async def until_stopped(self) -> None:
        """Returns when `request_stop` was called. Raises what a part of the hub has failed with."""
        stop = asyncio.create_task(self._stopping.wait())
        done, _ = await asyncio.wait({stop, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        for task in done - {stop}:
            task.result()

    def request_stop(self) -> None:
        self._stopping.set()

    async def stop(self) -> None:
        """Listeners, journal, then database and screens at once, then the web, then the stores. One that fails does
        not keep the others from being stopped."""
        started = time.monotonic()
        self.condition.not_ready = "the hub is stopping"
        async with contextlib.AsyncExitStack() as steps:  # the last one first
            steps.callback(self._folder.give_up)
            if self._opened is not None:
                steps.push_async_callback(self._close_stores, started)
            if self._bus is not None:
                steps.push_async_callback(self._bus.close)
            if self._runner is not None:
                steps.push_async_callback(self._runner.cleanup)
            steps.push_async_callback(self._end_tasks)
            steps.push_async_callback(self._say_goodbye)
            steps.push_async_callback(self._end_listeners)
        if self._opened is not None:  # else there was nothing to stop, and the fault is all there is to say
            log.info("stopped in %.1f s", time.monotonic() - started)

    async def _end_listeners(self) -> None:
        if self._changes is not None:
            await self._changes.jobs.close()
            self._changes.feeder.close()
            self._changes.roster_files.close()
            self._changes.images.close()
        await asyncio.gather(*(listener.close() for listener in self._listeners))

    async def _say_goodbye(self) -> None:
        """Screens hear of the end after the last read that is shown, and need not wait until PostgreSQL has it."""
        running = [not task.done() for task in self._storing]
        if running and running[0]:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(JOURNAL_S_MAX):
                    await self.stores.writer.flushed()
        # Also when the journal has failed: what is on its way into the database is in memory.
        await asyncio.gather(self._end_screens(), *([self._flush_stores()] if any(running) else []))

    async def _flush_stores(self) -> None:
        log.info("stopping%s", await self.stores.flush(STORE_S_MAX))

    async def _end_screens(self) -> None:
        if self._web is not None:
            await sockets.end_all(self._web)

    async def _close_stores(self, started: float) -> None:
        await self.stores.close(max(1.0, STOP_S_MAX - (time.monotonic() - started)))

    async def _end_tasks(self) -> None:
        await _cancel(*self._tasks)

    def change(self, settings: Settings) -> None:
        """Puts other settings in force while the hub runs. They may differ in live keys only."""
        before, self._current.now = self.settings, settings
        limits = settings.limits
        if settings.server.log_level != before.server.log_level:
            logs.set_level(settings.server.log_level)
        self.live.queue_bytes_max = limits.display_queue_kib * 1024
        for session in self.hub.sessions.values():
            session.late_us = limits.late_s * US_PER_S
        self.stores.change(settings)
        for listener, its in zip(self._listeners, settings.listeners, strict=True):
            listener.limit(
                line_bytes=limits.line_bytes,
                connections_per_address=limits.connections_per_address,
                allow=its.allow,
            )
        if self._changes is not None and settings.retention != before.retention:
            self._changes.retention.wake()

    # parts

    @property
    def settings(self) -> Settings:
        """Those in force now."""
        return self._current.now

    @property
    def stores(self) -> Stores:
        """Once it is started."""
        assert self._opened is not None
        return self._opened

    @property
    def changes(self) -> Changes:
        """Once it is started."""
        assert self._changes is not None
        return self._changes

    @property
    def feeder(self) -> Feeder:
        """Once it is started."""
        return self.changes.feeder

    @property
    def _application(self) -> web.Application:
        assert self._web is not None
        return self._web

    def run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Beside everything else, until the hub stops. What it raises ends the hub."""
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task

    def _new_inbox(self, record: InboxRecord) -> Session:
        settings = self.settings
        return Session(inbox_row(record, settings.zone_name), late_us=settings.limits.late_s * US_PER_S)

    def _wake(self) -> None:
        self.stores.writer.wake()

    def _publish(self, session: Session, reads: list[Read]) -> None:
        try:
            self.live.publish(session, reads)
        except Exception:
            # What cannot be shown is kept all the same: the journal goes on.
            log.exception("session %d: its screens cannot be told", session.row.id)
            self.live.start_afresh(session)

    async def _start_web(self) -> tuple[str, int]:
        settings = self.settings
        self.condition.connections = lambda: sum(len(each.connections) for each in self._listeners)
        self.condition.journal_pending = lambda: self.stores.pending
        self.condition.journal_problem = lambda: self.stores.journal_problem
        self.condition.database_problem = lambda: self.stores.database_problem
        self.condition.warning = self._warning
        token = admin_token(settings.data_path)
        self._web = application.build(
            self._current,
            condition=self.condition,
            hub=self.hub,
            live=self.live,
            queries=self.stores.queries,
            people=self.stores.people,
            users=self.stores.users,
            partners=self.stores.partners,
            standing=self.stores.sign_ins,
            displays=self.stores.displays,
            screens=self.stores.screens,
            proofs=self.stores.proofs,
            source_log=self.stores.source_log,
            kept=self.stores.kept,
            changes=self.changes,
            jobs=self.changes.jobs,
            files=self.changes.roster_files,
            refused=self.refused,
            token=token,
            storage=self._storage(token),
            hashes=self.hashes,
            choices=self.stores.choices,
        )
        self._runner = connections.Runner(
            self._web, files_max=files.spare(), shutdown_timeout=HTTP_STOP_S_MAX
        )
        await self._runner.setup()
        self.run(self._runner.sweep())
        site = web.TCPSite(self._runner, settings.web.host, settings.web.port)
        try:
            await site.start()
        except OSError as problem:
            raise _taken("web.port", settings.web.port, problem) from problem
        host, port, *_ = self._runner.addresses[0]
        return host, port

    def _storage(self, token: str) -> web_sessions.Storage:
        """Where sign-ins are kept."""
        settings = self.settings
        secret = settings.web.session_secret
        if settings.redis.url:
            self._bus = Bus(settings.redis.url)
        elif not secret:
            secret = kept_secret(settings.data_path / "session.secret", lambda: secrets.token_urlsafe(32))
        return web_sessions.storage(self._bus, hours=settings.web.session_hours, secret=secret, own=token)

    async def _until_database(self) -> None:
        """Waits for PostgreSQL as long as it takes: the web says why."""
        said = ""
        while True:
            try:
                await self.stores.open()
            except StoreAway as problem:
                self.condition.not_ready = str(problem)
                if said != str(problem):
                    said = str(problem)
                    log.warning("%s; trying again until it does", problem)
                await asyncio.sleep(RETRY_S)
            else:
                self.condition.not_ready = STARTING
                return

    async def _start_listeners(self) -> dict[str, tuple[str, int]]:
        settings = self.settings
        addresses = {}
        self.stores.room = self._resume_listeners
        for index, each in enumerate(settings.listeners):
            partner_id = self._partner(f"listeners[{index}].partner", each.partner)
            listener = Listener(
                each.name,
                ReaderFeed(self.hub, self.refused, partner_id, lambda: self.stores.full),
                server_name=SERVER_NAME,
                version=__version__,
                line_bytes=settings.limits.line_bytes,
                connections_per_address=settings.limits.connections_per_address,
                allow=each.allow,
                auth=each.auth,
                tls=self._tls[index],
            )
            self._listeners.append(listener)
            try:
                addresses[each.name] = await listener.start(each.host, each.port)
            except OSError as problem:
                raise _taken(f"listeners: {each.name}", each.port, problem) from problem
        self.condition.tcp_port = addresses[settings.listeners[0].name][1]
        return addresses

    def _certificates(self) -> list[ssl.SSLContext | None]:
        """Of each listener; None: it is not encrypted. Raises HubError."""
        path_of = self.settings.path_of
        return [
            tls.server_context(path_of(each.tls_cert), path_of(each.tls_key), f"listeners[{index}]")
            if each.tls_cert
            else None
            for index, each in enumerate(self.settings.listeners)
        ]

    def _partner(self, key: str, slug: str) -> int:
        """The partner of this short name. Raises HubError when there is none."""
        if not slug:
            return NOBODY
        found = [each.id for each in self.hub.partners.values() if each.slug == slug]
        if not found:
            known = ", ".join(sorted(each.slug for each in self.hub.partners.values()))
            raise HubError(
                f"{key}: there is no partner {slug!r} (there are: {known}); make it: racehub partner add {slug}"
            )
        return found[0]

    def _hang_up(self, which: Callable[[Source], bool], reason: str) -> None:
        for listener in self._listeners:
            listener.hang_up(which, reason)

    def _hang_up_proved(self, which: Callable[[Proved], bool], reason: str) -> None:
        for listener in self._listeners:
            listener.hang_up_proved(which, reason)

    def _warning(self) -> str:
        """What somebody has to look into, though nothing is lost."""
        drain = self.stores.drain
        if self.stores.set_aside:
            return (
                f"the journal was damaged; it is kept as {self.stores.set_aside}, and what could be read of it "
                "went on. Readers that still have their reads send again what is missing"
            )
        if drain.foreign:
            return (
                f"{drain.foreign} reads found their offset taken by another read and got a new one: "
                "two hubs have written into this database"
            )
        if drain.poisoned:
            return f"{drain.poisoned} reads were set aside: PostgreSQL would not take them (timing_rejects)"
        if lost := self._application[PROOF].lost:
            return f"{lost} showings on screens were not kept: PostgreSQL was away for too long"
        return ""

    def _resume_listeners(self) -> None:
        for listener in self._listeners:
            if not listener.ingest.congested:
                listener.resume()


def freeze_memory() -> None:
    """For a process that is one hub, when it has started. Sessions, rosters and code stay: a collection of garbage that
    looked at all of them again and again would hold up the loop for a tenth of a second each time."""
    gc.collect()
    gc.freeze()


def urls(app: App, addresses: Addresses, *, demo_code: str = "", first: str = "") -> list[str]:
    """The addresses to open, for people, one a line. The demo's display, if there is one, comes first. Where there are
    several partners, each has its own displays on the front page. `first`: of App.first_user."""
    host, port = addresses.web
    base = public_base(app.settings.server.public_url, host, port, None)
    several = len(app.hub.partners) > 1
    there = [each.code for each in app.hub.displays.values() if each.holds(now_us())]
    others = [code for code in there if code != demo_code and not several]
    demo = [f"demo display: {base}/d/{demo_code}"] if demo_code else []
    joining = [f"first user: {base}/join#{first}"] if first else []
    return [*demo, *(f"display: {base}/d/{code}" for code in others), f"front page: {base}/", *joining]


def _said(host: str, port: int) -> str:
    return joined(from_here(host), port)


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _taken(path: str, port: int, problem: OSError) -> HubError:
    return HubError(f"{path}: cannot listen on port {port}: {problem.strerror or problem}")
