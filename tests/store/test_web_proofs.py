"""What was shown, said and counted, in the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from hub.latency import JOURNAL, WHOLE, Way
from hub.model import EVERYONE
from hub.showings import ALL, MISSED, SHOWN, UNCALLED, UNSHOWN, Counts, Showing, ShowingRow, ShownFilter
from hub.store import reads
from hub.store.web_proofs import WebProofs
from tests.partners import contents, furnish
from tests.store.making import START_US, as_web, migrated, new_session, read

CODE = "AAAA2222"


@asynccontextmanager
async def proofs_on(dsn: str) -> AsyncIterator[tuple[WebProofs, asyncpg.Connection]]:
    connection = await migrated(dsn)
    database = await as_web(dsn, size_max=2)
    try:
        yield WebProofs(lambda: database), connection
    finally:
        await database.close()
        await connection.close()


def wanted(which: str = ALL, **more: Any) -> ShownFilter:
    return ShownFilter(after=0, limit=100, which=which, testing=False, crew=())._replace(**more)


def row(session_id: int, offset: int, shown_us: int, shown_ms: int = 0, code: str = CODE) -> ShowingRow:
    return ShowingRow(session_id, offset, Showing(code, shown_us, shown_ms, "card"))


async def test_what_was_shown_longest_is_kept_and_asked_for(database_dsn: str) -> None:
    async with proofs_on(database_dsn) as (store, connection):
        session_id = await new_session(connection)
        marked = {4: ("repeat",), 5: ("test",), 6: ("late",)}
        held = [read(offset, marks=marked.get(offset, ())) for offset in range(1, 8)]
        await reads.copy(connection, [(session_id, 1, each) for each in [*held, read(8, kind="gun")]])
        t = START_US
        gone = 999_999
        await store.save_showings(1, [row(session_id, 1, t), row(session_id, 2, t), row(gone, 1, t)])
        await store.save_showings(1, [row(session_id, 1, t + 9, 800), row(session_id, 1, t, code="BBBB2222")])
        await store.save_showings(1, [row(session_id, 1, t + 99, 300), row(session_id, 2, t + 99)])
        await connection.execute("INSERT INTO calls VALUES ($1, 1, 'Ann'), ($1, 3, 'Ann')", session_id)
        found = await store.reads(1, session_id, wanted())
        assert [each.read for each in found] == [held[0], held[1], held[2], held[5], held[6]]
        first, second, third = found[:3]
        assert first.showings == (Showing(CODE, t, 800, "card"), Showing("BBBB2222", t, 0, "card"))
        assert second.showings == (Showing(CODE, t, 0, "card"),)
        assert (first.said_by, third.said_by, second.said_us) == ("Ann", "Ann", None) and first.said_us
        assert not third.quiet, "a display has shown something at that time"
        for which, offsets in {
            SHOWN: [1, 2],
            UNSHOWN: [3, 6, 7],
            UNCALLED: [2, 6, 7],
            MISSED: [2, 3, 6, 7],
        }.items():
            some = await store.reads(1, session_id, wanted(which))
            assert [each.read.offset for each in some] == offsets, which
        some = await store.reads(1, session_id, wanted(testing=True, crew=("2", "3"), after=1, limit=2))
        assert [each.read.offset for each in some] == [5, 6]
        assert await store.counts(1, session_id, wanted()) == Counts(reads=5, shown=2, called=2)
        assert await store.counts(1, session_id, wanted(testing=True, crew=("1",))) == Counts(5, 1, 1)


async def test_a_quiet_time_is_known_by_what_lies_around_it(database_dsn: str) -> None:
    async with proofs_on(database_dsn) as (store, connection):
        session_id = await new_session(connection)
        times = (0, 20, 100)
        made = [read(offset + 1, received_us=START_US + times[offset] * 1_000_000) for offset in range(3)]
        await reads.copy(connection, [(session_id, 1, each) for each in made])
        await store.save_showings(1, [row(session_id, 1, START_US)])
        assert [each.quiet for each in await store.reads(1, session_id, wanted())] == [False, False, True]


async def test_histograms_add_up(database_dsn: str) -> None:
    async with proofs_on(database_dsn) as (store, connection):
        session_id = await new_session(connection)
        for times in (3, 4):
            way = Way()
            way.parts[WHOLE].add(20_000, times)
            way.parts[JOURNAL].add(500 * times)
            await store.add_latencies(1, session_id, way)
        kept = await store.latencies(1, session_id)
        assert (kept.parts[WHOLE].count, kept.parts[JOURNAL].count) == (7, 2)
        assert not await store.latencies(1, 999_999)
        await store.add_latencies(1, 999_999, kept)  # a session that has gone meanwhile


async def test_of_another_partner_nothing_is_there_or_reached(database_dsn: str) -> None:
    async with proofs_on(database_dsn) as (store, connection):
        own, other = await furnish(connection, "ALPHAX"), await furnish(connection, "BRAVEX")
        theirs, before = other.ids["active"], await contents(connection, other)
        assert await store.reads(own.partner_id, theirs, wanted()) == []
        assert await store.counts(own.partner_id, theirs, wanted()) == Counts(0, 0, 0)
        await store.save_showings(own.partner_id, [row(theirs, 1, START_US, 90_000, other.secrets["code"])])
        way = Way()
        way.parts[WHOLE].add(1)
        await store.add_latencies(own.partner_id, theirs, way)
        assert await contents(connection, other) == before
        assert not await store.latencies(own.partner_id, theirs)
        (mine,) = await store.reads(own.partner_id, own.ids["active"], wanted())
        assert mine.showings[0].code == own.secrets["code"] and mine.said_by == "ALPHAX announcer"
        assert len(await store.reads(EVERYONE, theirs, wanted())) == 1
