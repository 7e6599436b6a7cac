"""A soak: sessions one after the other, each full of faults and then looked at in peace. Knows the order of things."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg

from tests.adversity.checks import ask, same_picture
from tests.soak.book import Glass, Page, account
from tests.soak.clients import Clients
from tests.soak.faults import KILLS, KINDS, POSTGRES_STOPS, Fault, Faults
from tests.soak.figures import Report, Sample
from tests.soak.reads import POISON, Controller
from tests.soak.site import Site, site

SCREENS: Final = 3
READS_PER_S: Final = 1000
SESSION_S: Final = 200.0
"""A hub learns every read of its session at its start, and a client whose reads came from another first begins again at
its first line: with half a million reads a life of ten seconds would bring nothing new."""
FLOOD_READS: Final = 120_000
"""More than wait for PostgreSQL in the hub's memory: then its queues are as full as they get."""
PEACE_S_MAX: Final = 120.0
"""In peace everything is in its place by then, or never."""
SETTLED_S: Final = 1.0
"""After which a hub that has started takes the memory that it takes."""
SAMPLE_S: Final = 0.5
SAY_EVERY_S: Final = 10.0
POLL_S: Final = 0.05
AWAY: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True)
class Pace:
    """per_s: reads of all controllers together. session_s: how long a session lasts. flood: reads that come at once at
    the beginning."""

    per_s: float = READS_PER_S
    session_s: float = SESSION_S
    flood: int = FLOOD_READS
    kinds: tuple[Fault, ...] = KINDS


class Soak:
    """`say` is told how it goes, a line at a time."""

    def __init__(self, place: Site, report: Report, say: Callable[[str], None], pace: Pace) -> None:
        self._site = place
        self._report = report
        self._say = say
        self._pace = pace
        self._rng = random.Random(report.seed)
        self._began = time.monotonic()
        self._screens: list[Glass] = []
        self._looking: list[asyncio.Task[None]] = []
        self._stored = 0
        self._warm = False
        self._given = 0

    async def run(self, minutes: float) -> None:
        await self._first_start()
        self._began = time.monotonic()
        until = self._began + 60 * minutes
        watching = asyncio.create_task(self._watch())
        try:
            while time.monotonic() < until and not self._report.faults:
                await self._session(min(self._pace.session_s, until - time.monotonic()))
        finally:
            for task in (watching, *self._looking):
                task.cancel()
            await asyncio.gather(watching, *self._looking, return_exceptions=True)
            self._report.seconds = time.monotonic() - self._began
            self._report.lives = self._site.hub.lives

    async def _first_start(self) -> None:
        await self._site.hub.start()
        await self._site.hub.ready.wait()
        await self._execute(
            f"ALTER TABLE timing_reads ADD CONSTRAINT not_this_one CHECK (tag_code <> '{POISON}')"
        )
        code = await self._value("SELECT code FROM displays")
        host, port = self._site.screen_line.address
        self._screens = [Glass(f"http://{host}:{port}", str(code)) for _ in range(SCREENS)]
        self._looking = [asyncio.create_task(each.look()) for each in self._screens]

    # a session

    async def _session(self, seconds: float) -> None:
        report, place = self._report, self._site
        session_id = int(await self._value("SELECT max(id) FROM timing_sessions"))
        clients = Clients(place.reader_line.address, f"Soak {session_id}", wall_now_us(), self._rng)
        faults = Faults(place, clients, self._rng, self._shown)
        try:
            await self._quiet(clients, session_id)
            files = place.hub.open_files()
            if not report.pages:
                await self._fill_queues(session_id, clients)
            clients.run(self._pace.per_s)
            faults.begin(self._pace.kinds)
            await self._attack(seconds, session_id, clients, faults)
            await faults.end()
            clients.rest()
            page = await self._look(session_id, clients)
            report.files.append((files, place.hub.open_files()))
        finally:
            await clients.close()
            with contextlib.suppress(Exception):
                await faults.end()
        report.pages.append(page)
        report.lines_sent += clients.lines_sent
        report.done += faults.done
        await self._next_session(session_id)

    async def _fill_queues(self, session_id: int, clients: Clients) -> None:
        """So that it shows what the hub takes with all of them full: more reads at once than it keeps for PostgreSQL,
        while that is away; then all of them go in."""
        self._say(f"{self._passed()} {self._pace.flood:,} reads at once while PostgreSQL is away")
        self._warm = True
        self._site.postgres_line.break_off()
        clients.flood(self._pace.flood)
        self._given = clients.given
        while (await ask(self._site.origin, "/status"))[1]["total_reads"] < self._given:  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)
        await self._site.postgres_line.mend()
        await self._quiet(clients, session_id)
        self._warm = False

    async def _attack(self, seconds: float, session_id: int, clients: Clients, faults: Faults) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(SAY_EVERY_S, left))
            faults.check()
            await self._tell(session_id, clients, faults)

    async def _look(self, session_id: int, clients: Clients) -> Page:
        """In peace: everything comes to its place, and all of it is compared."""
        try:
            async with asyncio.timeout(PEACE_S_MAX):
                await self._quiet(clients, session_id)
        except TimeoutError:
            self._report.faults.append(f"after {PEACE_S_MAX:.0f} s in peace not all was in its place")
        connection = await asyncpg.connect(self._site.dsn)
        try:
            page = await account(connection, session_id, clients.controllers, self._screens)
        finally:
            await connection.close()
        self._say(
            f"{self._passed()} session {session_id}: {page.stored:,} of {page.given:,} reads, "
            f"{page.lost} lost, {page.doubled} doubled"
        )
        await self._compare_screens()
        return page

    async def _quiet(self, clients: Clients, session_id: int) -> None:
        """Until the hub is well, nothing waits, and every screen is where the database is."""
        await self._site.hub.ready.wait()
        while True:
            with contextlib.suppress(*AWAY, TimeoutError):
                async with asyncio.timeout(5):
                    _, health = await ask(self._site.origin, "/health")
                    _, status = await ask(self._site.origin, "/status")
                    head = await self._head(session_id)
                    if (
                        _is_well(health)
                        and not status["journal_pending"]
                        and status["connections"] >= clients.connections
                        and head == clients.given
                        and all((each.session, each.after) == (session_id, head) for each in self._screens)
                    ):
                        return
            await asyncio.sleep(POLL_S)

    async def _compare_screens(self) -> None:
        faults = self._report.faults
        for number, screen in enumerate(self._screens):
            faults += [f"screen {number}: {fault}" for fault in screen.faults]
            screen.faults.clear()
            try:
                same_picture(screen, await screen.another().glance())
            except AssertionError:
                faults.append(f"screen {number} does not show what a fresh one shows")
            if screen.epoch != 1:
                faults.append(f"the epoch is {screen.epoch}")

    async def _next_session(self, session_id: int) -> None:
        """The hub is stopped in order, and finds at its next start that there is no session."""
        code, seconds = await self._site.hub.stop()
        self._report.stops_s.append(seconds)
        if code:
            self._report.faults.append(f"told to stop, the hub ended with {code}")
        for screen in self._screens:
            self._report.afresh += screen.afresh
            screen.afresh = 0
            screen.next_session()
        await self._execute(
            "UPDATE timing_sessions SET status = 'ended', ended_at = now() WHERE status = 'active'"
        )
        await self._site.hub.start()
        await self._site.hub.ready.wait()

    def _shown(self, controller: Controller) -> int:
        return max(each.latest(controller) for each in self._screens)

    # beside it

    async def _watch(self) -> None:
        """How much memory and how many files the hub takes."""
        hub, report = self._site.hub, self._report
        life = 0
        while True:
            await asyncio.sleep(SAMPLE_S)
            report.files_most = max(report.files_most, hub.open_files())
            report.faults += [f"the hub ended by itself: {words}" for words in hub.ended_itself]
            hub.ended_itself.clear()
            since_s = time.monotonic() - hub.ready_at
            if hub.ready.is_set() and since_s >= SETTLED_S and (size := hub.memory_bytes()):
                held = max((each.after for each in self._screens), default=0)
                report.samples.append(Sample(since_s, self._given if self._warm else held, size, self._warm))
            if hub.ready.is_set() and hub.lives != life:
                life = hub.lives
                report.starts_s.append(hub.ready_at - hub.began_at)

    async def _tell(self, session_id: int, clients: Clients, faults: Faults) -> None:
        with contextlib.suppress(*AWAY, TimeoutError):
            async with asyncio.timeout(2):
                self._stored = await self._head(session_id)
        done = self._report.done + faults.done
        cuts = sum(count for name, count in done.items() if "cuts" in name)
        stalls = sum(count for name, count in done.items() if "stalls" in name or "frozen" in name)
        report = self._report
        self._say(
            f"{self._passed()} sent {report.total('given') + clients.given:,}"
            f"  stored {report.total('stored') + self._stored:,}"
            f"  kills {done[KILLS]}  PostgreSQL stops {done[POSTGRES_STOPS]}  cuts {cuts}  stalls {stalls}"
            f"  memory {self._site.hub.memory_bytes() / 1e6:.0f} MB  files {self._site.hub.open_files()}"
        )

    def _passed(self) -> str:
        return f"{time.monotonic() - self._began:5.0f} s"

    # the database, past the line

    async def _head(self, session_id: int) -> int:
        query = "SELECT max(feed_offset) FROM timing_reads WHERE session_id = $1"
        return int(await self._value(query, session_id) or 0)

    async def _value(self, query: str, *values: object) -> Any:
        connection = await asyncpg.connect(self._site.dsn, timeout=2)
        try:
            return await connection.fetchval(query, *values, timeout=2)
        finally:
            connection.terminate()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self._site.dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def _is_well(health: dict[str, Any]) -> bool:
    """Or says only that reads were set aside, as they were to be."""
    return health["status"] == "healthy" or "were set aside" in health.get("reason", "")


def wall_now_us() -> int:
    """What a reader's clock shows in the zone of the soak's hub, to the hundredth."""
    return time.time_ns() // 10_000_000 * 10_000


async def soak(folder: Path, *, minutes: float, seed: int, say: Callable[[str], None], pace: Pace) -> Report:
    """Runs one. `folder`: an empty one, for the hub's data and log."""
    report = Report(seed)
    async with site(folder, say) as place:
        await Soak(place, report, say, pace).run(minutes)
    return report
