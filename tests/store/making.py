"""What store tests are made of: reads, groups, a migrated database, a line to it that can be cut and stalled."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
from msgspec.structs import replace

from hub.model import Group, Read, RejectRecord, SessionReads, SourceRecord
from hub.store import migrate, reads, web_login
from hub.store.batch import Renumbered
from hub.store.database import Writer, query
from hub.store.drain import Drain
from hub.store.pooled import WebDatabase
from tests.postgres import folder_for_postgres

PATIENCE_S = 20.0
"""A condition that has not come by then does not come."""

SOURCE_ID = 7001
START_US = 1_760_000_000_000_000


async def until(condition: Callable[[], object], what: str = "") -> None:
    """Waits for a condition."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  what is waited for is no event of ours
            await asyncio.sleep(0.005)


async def until_true(condition: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def key(number: int, salt: int = 0) -> bytes:
    return ((salt + 1) << 64 | number).to_bytes(16, "big")


def read(offset: int, **changes: Any) -> Read:
    """A plain read; its key says its offset, unless told otherwise."""
    made = Read(
        offset=offset,
        source_id=SOURCE_ID,
        sequence=offset,
        location="FINISH",
        tag=f"{offset:06d}",
        read_us=START_US + offset * 10_000,
        time_text="10:00:00.00",
        lap=1,
        reader_id="R1",
        gator=1,
        kind="read",
        marks=(),
        key=key(offset),
        raw=f"CT01_33~{offset}~FINISH",
        received_us=START_US + offset * 10_000 + 5,
    )
    return replace(made, **changes)


def source(session_id: int, number: int = SOURCE_ID, **changes: Any) -> SourceRecord:
    made = SourceRecord(
        number,
        1,
        session_id,
        "chronotrack",
        "chronotrack",
        "10.0.0.9",
        "Simple",
        "1",
        "c-1",
        "Run",
        None,
        START_US,
    )
    return replace(made, **changes)


def group(
    session_id: int,
    reads: Sequence[Read],
    *,
    sources: Iterable[SourceRecord] | None = None,
    rejects: Iterable[RejectRecord] = (),
) -> Group:
    held = [SessionReads(session_id, reads[0].offset, list(reads))] if reads else []
    return Group([source(session_id)] if sources is None else list(sources), held, list(rejects))


async def put_source(connection: asyncpg.Connection, made: SourceRecord) -> None:
    """As the drain writes it."""
    facts = [getattr(made, name) for name in made.__struct_fields__[:11]]
    rest = (reads.instant(made.seen_us), made.assigned or None, made.proved)
    await connection.execute(query("source_upsert"), *facts, *rest)


async def migrated(dsn: str) -> asyncpg.Connection:
    connection = await asyncpg.connect(dsn)
    await migrate.apply(connection)
    return connection


async def as_web(dsn: str, *, size_max: int = 1) -> WebDatabase:
    """What the web has of a database whose schema is there: a pool of its own login, made as the hub makes it."""
    login = web_login.find(dsn, "", Path())
    owner = await asyncpg.connect(dsn)
    try:
        await web_login.prepare(owner, login)
    finally:
        await owner.close()
    limits = {"size_min": 1, "size_max": size_max, "statement_timeout_s": 10}
    return WebDatabase(await web_login.open_pool(login, **limits))


_keys = itertools.count(1)


async def new_session(connection: asyncpg.Connection, name: str = "Race", **columns: Any) -> int:
    partner_id = await connection.fetchval("SELECT id FROM partners WHERE slug = 'default'")
    values = {
        "partner_id": partner_id,
        "session_name": name,
        "stream_key": f"key{next(_keys):07d}",
    } | columns
    names = ", ".join(values)
    marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    return int(
        await connection.fetchval(
            f"INSERT INTO timing_sessions ({names}) VALUES ({marks}) RETURNING id", *values.values()
        )
    )


class FakeJournal:
    """Groups by number, read back as from the disk."""

    def __init__(self) -> None:
        self.groups: dict[int, tuple[Group, int]] = {}
        self.asked: list[int] = []
        self.done: list[int] = []

    async def read(self, after: int, reads_max: int) -> list[tuple[int, Group]]:
        self.asked.append(after)
        await asyncio.sleep(0)
        found: list[tuple[int, Group]] = []
        total = 0
        for number, (held, count) in sorted(self.groups.items()):
            if number > after:
                total += count
                if found and total > reads_max:
                    break
                found.append((number, held))
        return found


class Filling:
    """A drain at work on a database, and what it says."""

    def __init__(self, dsn: str, folder: Path = Path("/data/one")) -> None:
        self.journal = FakeJournal()
        self.writer = Writer(dsn, folder)
        self.heads: dict[int, int] = {}
        self.renumbered: list[Renumbered] = []
        self.voided: list[tuple[int, int]] = []
        self._ids = itertools.count(900_001)
        self.drain = Drain(
            self.writer,
            self.journal.read,
            done=self.journal.done.append,
            next_offset=self._next_offset,
            renumbered=self.renumbered.append,
            voided=lambda session_id, read: self.voided.append((session_id, read.offset)),
            new_id=lambda: next(self._ids),
        )
        self.task: asyncio.Task[None] | None = None

    def _next_offset(self, session_id: int, held: int) -> int:
        self.heads[session_id] = max(self.heads.get(session_id, 0), held) + 1
        return self.heads[session_id]

    def put(self, made: Group) -> None:
        """As when the group has been written."""
        number = len(self.journal.groups) + 1
        count = sum(len(each.reads) for each in made.sessions)
        self.journal.groups[number] = (made, count)
        for each in made.sessions:
            last = each.reads[-1].offset
            self.heads[each.session_id] = max(self.heads.get(each.session_id, 0), last)
        self.drain.put(number, made, count)

    def start(self) -> None:
        self.task = asyncio.create_task(self.drain.run())

    async def drained(self) -> None:
        """Waits until everything is in; raises what the drain has failed with."""
        if self.task is None:
            self.start()
        assert self.task is not None
        waiting = asyncio.create_task(self.drain.drained())
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait({waiting, self.task}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self.task.done():
            self.task.result()

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await self.writer.close()


@asynccontextmanager
async def filling(dsn: str, folder: Path = Path("/data/one")) -> AsyncIterator[Filling]:
    """A drain that owns the database, which is migrated first."""
    made = Filling(dsn, folder)
    await made.writer.open(migrate.apply)
    try:
        yield made
    finally:
        await made.stop()


class Line:
    """Between the hub and PostgreSQL: hands on what comes, until it is told to be silent or to break."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.taken = 0

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(self._target)
            self._writers |= {writer, far_writer}
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._flows.wait()
                target.write(data)
                await target.drain()
        finally:
            target.close()

    def stall(self) -> None:
        """Connections are taken and nothing comes through, as from a machine that hangs."""
        self._flows.clear()

    def go_on(self) -> None:
        self._flows.set()

    def cut(self) -> None:
        """Every connection breaks."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def close(self) -> None:
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def line_to(dsn: str) -> AsyncIterator[tuple[str, Line]]:
    """A DSN that leads to the same database over a line of ours."""
    parts = urlsplit(dsn)
    wanted = parse_qs(parts.query)
    name = f".s.PGSQL.{wanted['port'][0]}"
    line = Line(f"{wanted['host'][0]}/{name}")
    with folder_for_postgres() as folder:
        server = await asyncio.start_unix_server(line.connected, folder / name)
        try:
            yield parts._replace(query=f"host={folder}&port={wanted['port'][0]}").geturl(), line
        finally:
            server.close()
            await line.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await server.wait_closed()


async def stored(dsn: str, session_id: int) -> list[asyncpg.Record]:
    """A session's rows in the order of their offsets."""
    connection = await asyncpg.connect(dsn)
    try:
        return list(
            await connection.fetch(
                "SELECT * FROM timing_reads WHERE session_id = $1 ORDER BY feed_offset", session_id
            )
        )
    finally:
        await connection.close()


async def session_in(dsn: str, name: str = "Race") -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return await new_session(connection, name)
    finally:
        await connection.close()


async def rows(dsn: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()
