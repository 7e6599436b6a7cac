"""Journal and PostgreSQL, put together: what is accepted goes to the disk, then to its screens and into the tables.

Knows the order in which they are opened, recovered and closed; refuses to know sockets.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from hub import recovery
from hub.config import Settings
from hub.errors import StoreAway
from hub.hub import Hub, Sealed
from hub.model import US_PER_S, Read, Whose
from hub.session import Session
from hub.store import migrate, session_changes, sessions, web_login
from hub.store.batch import Renumbered
from hub.store.database import Connection, Database, Writer, open_pool
from hub.store.drain import Drain
from hub.store.embedded import STOP_S_MAX, EmbeddedPostgres
from hub.store.journal import Journal
from hub.store.journal_writer import JournalWriter
from hub.store.pooled import WebDatabase
from hub.store.web_accounts import WebAccounts
from hub.store.web_choices import WebChoices
from hub.store.web_displays import WebDisplays
from hub.store.web_kept import WebKept
from hub.store.web_login import WebLogin
from hub.store.web_participants import WebParticipants
from hub.store.web_partners import WebPartners
from hub.store.web_proofs import WebProofs
from hub.store.web_queries import WebQueries
from hub.store.web_screens import WebScreens
from hub.store.web_sign_ins import WebSignIns
from hub.store.web_sources import WebSources
from hub.store.web_templates import WebTemplates
from hub.store.web_users import WebUsers

log = logging.getLogger(__name__)
T = TypeVar("T")

ROOM_SHARE: Final = 0.9
"""Readers that wait for a full journal go on when it is emptied to this share, not at each group."""
NOT_CONNECTED: Final = "PostgreSQL is not connected yet"
PROBLEM_POLL_S: Final = 0.05
OWN_CONNECTIONS_MAX: Final = 5
"""Of the owner's login, beside the writer's: an import, the demo, an export, a correction of times and a change by
somebody at once."""


class Stores:
    """`room` is called when readers that had to wait may go on; `moved` when a group is on disk, in PostgreSQL, or gone
    from the journal; `start_afresh` when what screens have of a session is another epoch's."""

    def __init__(self, settings: Settings, hub: Hub) -> None:
        # limits
        self._bytes_max = settings.journal.max_mib * 1024 * 1024
        # shared
        self._settings = settings
        self._hub = hub
        self.room: Callable[[], None] = lambda: None
        self.moved: Callable[[], None] = lambda: None
        self.start_afresh: Callable[[Session], None] = lambda _session: None
        self.retract: Callable[[Session, int], None] = lambda _session, _offset: None
        # what was opened
        self._postgres: EmbeddedPostgres | None = None
        self._pool: Database | None = None
        self._web: WebDatabase | None = None
        self._database: Writer | None = None
        self.queries = WebQueries(self.web, settings.zone_name)
        self.people = WebAccounts(self.web)
        self.kept = WebKept(self.web)
        self.users = WebUsers(self.web)
        self.choices = WebChoices(self.web)
        self.partners = WebPartners(self.web)
        self.participants = WebParticipants(self.web)
        self.sign_ins = WebSignIns(self.web)
        self.displays = WebDisplays(self.web)
        self.templates = WebTemplates(self.web)
        self.screens = WebScreens(self.web)
        self.source_log = WebSources(self.web)
        self.proofs = WebProofs(self.web)
        self.partner_id = 0
        self.full = False
        self.set_aside = ""
        """The damaged journal that was found at this start, if there was one."""
        self._journal = Journal(settings.journal_path)
        self.writer: JournalWriter[Sealed] = JournalWriter(
            self._journal, hub.seal, self._written, self._deleted
        )
        self._drain: Drain | None = None
        self._heads: dict[int, int] = {}

    @property
    def drain(self) -> Drain:
        assert self._drain is not None
        return self._drain

    # how it is

    @property
    def pending(self) -> int:
        """Bytes in the journal that are not in PostgreSQL yet."""
        return self._journal.pending_bytes

    @property
    def journal_problem(self) -> str:
        """Why reads are not taken now, in words; empty when they are."""
        mib = self._bytes_max >> 20
        full = f"full (journal.max_mib is {mib}); readers wait until PostgreSQL has taken some of it"
        return self.writer.problem or (full if self.full else "")

    @property
    def database_problem(self) -> str:
        return self._drain.problem if self._drain else "not connected yet"

    def change(self, settings: Settings) -> None:
        """Other settings, while it runs. Readers that wait for a full journal go on when it has more room now."""
        self._settings = settings
        self._bytes_max = settings.journal.max_mib * 1024 * 1024
        self._deleted()

    # start and stop

    async def open(self) -> None:
        """Connects, and becomes the one owner of the database. May be tried again after StoreAway."""
        await self._disconnect()  # what an earlier try has left holds the lock
        settings = self._settings
        dsn = settings.database.dsn
        if not dsn:
            self._postgres = self._postgres or EmbeddedPostgres(settings.data_path)
            dsn = await self._postgres.start()
        revive = self._postgres.start if self._postgres else None
        self._database = Writer(dsn, settings.data_path, revive=revive)
        login = web_login.find(dsn, settings.database.web_dsn, settings.data_path)

        async def prepare(connection: Connection) -> None:
            await migrate.apply(connection)
            await web_login.prepare(connection, login)

        await self._database.open(prepare)
        await self._open_pools(dsn, login)

    async def _open_pools(self, dsn: str, login: WebLogin) -> None:
        """The owner's for what the hub does by itself, and one for all that the web asks."""
        settings = self._settings.database
        timeout_s = settings.statement_timeout_s
        self._pool = Database(
            await open_pool(
                dsn,
                size_min=1,
                size_max=OWN_CONNECTIONS_MAX,
                statement_timeout_s=timeout_s,
                name="racehub hub",
            )
        )
        self._web = WebDatabase(
            await web_login.open_pool(
                login,
                size_min=settings.pool_min,
                size_max=settings.pool_max,
                statement_timeout_s=timeout_s,
                name="racehub web",
            )
        )

    async def recover(self) -> None:
        """Empties the journal into PostgreSQL, then fills the hub's memory from there."""
        assert self._database is not None
        self._drain = Drain(
            self._database,
            self.writer.read,
            done=self._drained,
            next_offset=self._next_offset,
            renumbered=self._renumbered,
            voided=self._voided,
            new_id=self._hub.new_id,
        )
        self._heads = await self.writer.check()
        self.set_aside = self._journal.set_aside
        await self._database.insist(self._note_stored_heads)
        if self._journal.last_id:
            await self._empty_journal()
        await self._database.insist(self._prepare)
        await recovery.load(
            self._database.insist,
            self._hub,
            ports={each.name: each.partner for each in self._settings.listeners},
            timezone=self._settings.zone_name,
            late_us=self._settings.limits.late_s * US_PER_S,
            afresh=bool(self.set_aside),
        )
        if self.set_aside:
            await self.writer.settle()
        self._heads.clear()

    async def flush(self, limit_s: float) -> str:
        """Everything that was accepted, on disk and, if PostgreSQL answers, in there. Gives how much, in words.

        A part that has failed is not waited for: what it has not done is in the journal.
        """
        before = self.drain.stored
        try:
            async with asyncio.timeout(limit_s):
                await self._unless(lambda: self.writer.problem, self.writer.flushed())
                await self._unless(lambda: self.drain.problem, self.drain.drained())
                await self._unless(lambda: self.writer.problem, self.writer.flushed())
        except TimeoutError:
            pass
        stored = f"; the last {self.drain.stored - before} reads went into the database"
        if self.pending:
            return f"{stored}; {self.pending} bytes wait in the journal for the next start"
        return stored

    async def close(self, postgres_s: float = STOP_S_MAX) -> None:
        """In about two seconds, whether PostgreSQL answers or not. The embedded one is stopped, and waited for so
        long."""
        self.writer.close()
        await self._disconnect()
        if self._postgres is not None:
            await self._postgres.stop(postgres_s)

    async def _disconnect(self) -> None:
        opened = (self._web, self._pool, self._database)
        await asyncio.gather(*(each.close() for each in opened if each is not None))
        self._web = self._pool = self._database = None

    async def _unless(self, problem: Callable[[], str], done: Awaitable[None]) -> None:
        """Waits until it is done, or until there is a problem with it."""
        task = asyncio.ensure_future(done)
        try:
            while not task.done() and not problem():
                await asyncio.wait({task}, timeout=PROBLEM_POLL_S)
        finally:
            task.cancel()

    # recovery

    async def _empty_journal(self) -> None:
        drain = self.drain
        log.info("journal: what the last hub left is going into the database")
        drain.spill()
        running = asyncio.create_task(drain.run())
        drained = asyncio.create_task(drain.drained())
        try:
            await asyncio.wait({running, drained}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()  # it runs until cancelled: so this raises what it has failed with
        finally:
            for task in (running, drained):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        log.info("journal: %d reads went into the database", drain.stored)

    async def _note_stored_heads(self, connection: Connection) -> None:
        for session_id, head in (await recovery.stored_heads(connection)).items():
            self._heads[session_id] = max(head, self._heads.get(session_id, 0))

    async def _prepare(self, connection: Connection) -> None:
        settings = self._settings
        today = datetime.now(ZoneInfo(settings.zone_name)).date().isoformat()
        async with connection.transaction():
            begun = await session_changes.begin_due(connection)
            if begun:
                log.info("session: %d began by the schedule while no hub ran", len(begun))
            ended = await sessions.end_old(connection, settings.retention.end_sessions_after_days, today)
            if ended:
                log.info("session: ended %d that had heard nothing for long (retention)", ended)
            self.partner_id = await sessions.ensure_default(connection, today)

    def web(self) -> WebDatabase:
        """What everything goes through that a request asks. Raises StoreAway."""
        if self._web is None:
            raise StoreAway(NOT_CONNECTED)
        return self._web

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection of the tables' owner in a transaction, beside the one that writes reads: for what the hub does
        by itself, and for no request. Raises StoreAway, or StoreError when PostgreSQL refuses."""
        if self._pool is None:
            raise StoreAway(NOT_CONNECTED)
        async with self._pool.change() as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def change_of(self, whose: Whose) -> AsyncIterator[Connection]:
        """A connection in a transaction for what somebody asks to be changed: there is nothing in it but what belongs
        to `whose`. Raises as `transaction`."""
        async with self.web().change_of(whose) as connection:
            yield connection

    async def insist(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """For a start: gives a connection of the tables' owner to a piece of work, and waits for PostgreSQL."""
        assert self._database is not None
        return await self._database.insist(work)

    # the way of a read

    def _written(self, number: int, sealed: Sealed) -> None:
        self._hub.written(sealed)
        self.drain.put(number, sealed.group, sealed.reads)
        if self.pending >= self._bytes_max and not self.full:
            self.full = True
            log.error("journal: %s", self.journal_problem)
        if not self.full and not self._hub.congested:
            self.room()
        self.moved()

    def _drained(self, through: int) -> None:
        self.writer.delete_through(through)
        self.moved()

    def _deleted(self) -> None:
        if self.full and self.pending < ROOM_SHARE * self._bytes_max:
            self.full = False
            log.warning("journal: has room again")
            self.room()
        self.moved()

    def _next_offset(self, session_id: int, held: int) -> int:
        """The next offset after all that were given and all that PostgreSQL holds."""
        session = self._hub.find(session_id)
        if session is not None:
            session.head = max(session.head, held) + 1
            return session.head
        self._heads[session_id] = max(self._heads.get(session_id, 0), held) + 1
        return self._heads[session_id]

    def _voided(self, session_id: int, read: Read) -> None:
        session = self._hub.find(session_id)
        if session is not None:
            session.void(read)
            self.retract(session, read.offset)

    def _renumbered(self, found: Renumbered) -> None:
        session = self._hub.find(found.session_id)
        if session is not None:
            session.renumbered(found.reads, found.epoch)
            self.start_afresh(session)
        log.error(
            "session %d: %d reads have new offsets, up to %d; screens start afresh with epoch %d",
            found.session_id,
            len(found.reads),
            found.reads[-1].offset,
            found.epoch,
        )
