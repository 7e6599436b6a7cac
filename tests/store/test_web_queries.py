"""What requests ask, on a real pool."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from hub.errors import StoreAway
from hub.model import EVERYONE, Participant, ReadFilter
from hub.store import reads, rosters, web_queries
from hub.store.database import query
from hub.store.pooled import WebDatabase
from hub.store.web_queries import WebQueries
from tests.partners import contents, furnish
from tests.store.making import as_web, line_to, migrated, new_session, read


def nowhere() -> WebDatabase:
    raise StoreAway("not connected yet")


@asynccontextmanager
async def asking(dsn: str) -> AsyncIterator[tuple[WebQueries, asyncpg.Connection]]:
    """The queries, and a connection to put something there to be asked for."""
    connection = await migrated(dsn)
    database = await as_web(dsn, size_max=2)
    try:
        yield WebQueries(lambda: database, "Europe/Vienna"), connection
    finally:
        await database.close()
        await connection.close()


async def test_before_there_is_a_database() -> None:
    queries = WebQueries(nowhere, "UTC")
    assert not await queries.alive()
    with pytest.raises(StoreAway, match="not connected yet"):
        await queries.sessions(EVERYONE)


async def test_all_who_ask_how_it_is_share_one_connection(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(database_dsn) as (queries, _):
        asked, real = [], WebDatabase.alive

        async def alive(database: WebDatabase) -> bool:
            asked.append(database)
            return await real(database)

        monkeypatch.setattr(WebDatabase, "alive", alive)
        assert all(await asyncio.gather(*(queries.alive() for _ in range(50))))
        assert len(asked) == 1
        leaving = asyncio.create_task(queries.alive())
        staying = asyncio.create_task(queries.alive())
        await asyncio.sleep(0)
        leaving.cancel()
        assert await staying, "whoever of them leaves"
        assert await queries.alive() and len(asked) == 3


async def test_when_the_database_is_away(database_dsn: str) -> None:
    await (await migrated(database_dsn)).close()
    async with line_to(database_dsn) as (dsn, _):
        database = await as_web(dsn)
        queries = WebQueries(lambda: database, "UTC")
        assert await queries.alive()
    assert not await queries.alive()
    with pytest.raises(StoreAway):
        await queries.sessions(EVERYONE)
    await database.close()


async def test_sessions_with_their_figures_newest_first(database_dsn: str) -> None:
    async with asking(database_dsn) as (queries, connection):
        old = await new_session(
            connection, "old", created_at=datetime(2020, 1, 1, tzinfo=UTC), status="ended"
        )
        new = await new_session(connection, "new")
        # A clock that was never set, at a place where the year 9999 ends later than here.
        odd = [read(1, read_us=253_402_300_800_000_000), read(2, read_us=-62_135_596_900_000_000)]
        await reads.copy(connection, [(new, 1, each) for each in [*odd, read(3, tag=odd[0].tag)]])
        first, second = await queries.sessions(EVERYONE)
        assert ([first["id"], second["id"]], first["total_reads"], first["unique_tags"]) == ([new, old], 3, 2)
        assert (first["first_read"].year, first["last_read"].year) == (1, 9999)
        assert (second["total_reads"], second["first_read"], second["last_read"]) == (0, None, None)
        assert set(first) == {
            *("id", "partner_id", "session_name", "event_id", "status", "purpose", "testing", "stream_key"),
            *("scheduled_for", "started_at", "created_at", "updated_at", "ended_at"),
            *("total_reads", "unique_tags", "total_locations", "first_read", "last_read"),
            *("mode", "minors_under", "minors_privacy", "roster_order"),
        }


async def test_inboxes_are_in_no_list_and_nobodys_are_an_admins(database_dsn: str) -> None:
    async with asking(database_dsn) as (queries, connection):
        ids = [await new_session(connection, "inbox", purpose="inbox") for _ in range(2)]
        own = await connection.fetchval(
            "UPDATE timing_sessions SET partner_id = NULL WHERE id = $1 RETURNING (SELECT min(id) FROM partners)",
            ids[1],
        )
        await reads.copy(connection, [(each, 1, read(1)) for each in ids])
        everything = ReadFilter(after=0, limit=10)
        for whose, there in ((own, ids[:1]), (EVERYONE, ids)):
            assert await queries.sessions(whose) == []
            for session_id in ids:
                count = int(session_id in there)
                assert len(await queries.sessions(whose, session_id)) == count
                assert (await queries.session(whose, session_id) is not None) == bool(count)
                assert len(await queries.reads(whose, session_id, everything)) == count


async def test_figures_leave_out_the_crew_and_tests_that_are_over(database_dsn: str) -> None:
    async with asking(database_dsn) as (queries, connection):
        session_id = await new_session(connection, testing=True)
        tags = ("0A1", "099995", "x", "A2")
        made = [read(number, tag=tag, marks=("test",) * (tag == "A2")) for number, tag in enumerate(tags, 1)]
        await reads.copy(connection, [(session_id, 1, each) for each in made])

        async def figures() -> tuple[int, int]:
            (session,) = await queries.sessions(EVERYONE, session_id)
            return session["total_reads"], session["unique_tags"]

        assert await figures() == (4, 4)
        await connection.execute("UPDATE partners SET crew_tags = '{99995, 0X}'")
        assert await figures() == (2, 2)
        await connection.execute("UPDATE timing_sessions SET testing = false")
        assert await figures() == (1, 1)


async def test_one_session_ended_or_not(database_dsn: str) -> None:
    async with asking(database_dsn) as (queries, connection):
        session_id = await new_session(connection, "over", status="ended")
        row = await queries.session(EVERYONE, session_id)
        assert row is not None
        assert (row.id, row.name, row.status, row.timezone) == (session_id, "over", "ended", "Europe/Vienna")
        assert await queries.session(EVERYONE, session_id + 1) is None


@pytest.mark.parametrize(
    ("wanted", "offsets"),
    [
        ({}, [1, 2, 3, 4, 6]),
        ({"after": 2}, [3, 4, 6]),
        ({"limit": 2}, [1, 2]),
        ({"after": 6}, []),
        ({"locations": ["finish"]}, [2, 3, 4, 6]),
        ({"locations": ["start", "FINISH"]}, [1, 2, 3, 4, 6]),
        ({"locations": []}, []),
        ({"but_tags": ["7", "ab1"]}, [1, 4]),
        ({"tags": ["7"], "but_tags": ["7"]}, []),
        ({"tags": ["7"]}, [2, 3]),
        ({"tags": ["7", "0"], "locations": ["FINISH"], "after": 2}, [3, 4]),
        ({"tags": []}, []),
        ({"tags": ["ab1"]}, [6]),
    ],
)
async def test_pages_of_reads(database_dsn: str, wanted: dict[str, Any], offsets: list[int]) -> None:
    async with asking(database_dsn) as (queries, connection):
        session_id, other = await new_session(connection), await new_session(connection)
        made = [
            read(1, location="START", kind="gun", tag="GUNTIME"),
            read(2, tag="7", marks=("late",)),
            read(3, tag=" 007 "),
            read(4, tag="000"),
            read(6, tag="aB1", location="Finish"),
        ]
        await reads.copy(connection, [(session_id, 1, each) for each in made])
        await reads.copy(connection, [(other, 1, read(1, tag="7"))])
        await connection.execute(query("fill_holes"), session_id, 7)
        found = await queries.reads(EVERYONE, session_id, ReadFilter(**({"after": 0, "limit": 100} | wanted)))
        assert [each for _, each in found] == [each for each in made if each.offset in offsets]
        ids = "SELECT id FROM timing_reads WHERE session_id = $1 AND feed_offset = ANY($2::bigint[]) ORDER BY id"
        assert [number for number, _ in found] == [
            row["id"] for row in await connection.fetch(ids, session_id, offsets)
        ]


async def test_a_roster_is_found(database_dsn: str) -> None:
    async with asking(database_dsn) as (queries, connection):
        session_id = await new_session(connection)
        assert (await queries.roster(EVERYONE, session_id)).size == 0
        await rosters.replace(connection, session_id, [Participant(0, "12", ("A1",)), Participant(0, "13")])
        roster = await queries.roster(EVERYONE, session_id)
        found = roster.find("a1")
        assert found is not None
        assert (found.bib, roster.size) == ("12", 2)


async def test_what_is_anothers_is_not_there(database_dsn: str) -> None:
    async with asking(database_dsn) as (queries, connection):
        own, other = [await furnish(connection, mark) for mark in ("ALPHAX", "BRAVEX")]
        theirs, everything = other.ids["active"], ReadFilter(after=0, limit=10)
        before = await contents(connection, other)
        for whose, there in ((own.partner_id, 0), (other.partner_id, 1), (EVERYONE, 1)):
            assert len(await queries.sessions(whose, theirs)) == there
            assert (await queries.session(whose, theirs) is not None) == bool(there)
            assert len(await queries.reads(whose, theirs, everything)) == there
            assert len(await queries.rejects(whose, theirs, 0, 10)) == there
            assert (await queries.roster(whose, theirs)).size == there
        assert {each["partner_id"] for each in await queries.sessions(own.partner_id)} == {own.partner_id}
        assert await contents(connection, other) == before


async def test_what_is_counted_in_pieces(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_queries, "COUNTED_AT_ONCE", 3)
    async with asking(database_dsn) as (queries, connection):
        session_id = await new_session(connection)
        made = [
            read(1, tag="A1", location="5K", marks=("late",)),
            read(2, kind="gun"),
            read(3, tag="A1", marks=("repeat", "test")),
            read(4, kind="void"),
            read(5, tag="A5"),
        ]
        await reads.copy(connection, [(session_id, 1, each) for each in made])
        found = await queries.counted(EVERYONE, session_id, 0, 4)
        assert [(each.offset, each.counts, each.test, each.key is not None) for each in found] == [
            (1, True, False, False),
            (2, False, False, False),
            (3, True, True, True),
        ]
        assert (found[0].location, found[0].tag, found[2].key) == ("5K", "A1", made[2].key)
        (last,) = await queries.counted(EVERYONE, session_id, 3, 4)
        assert (last.offset, last.counts) == (4, False)
        assert await queries.counted(9999, session_id, 0, 4) == []
        passed = await queries.passed(EVERYONE, session_id, 0, 4)
        assert [(each.offset, each.counts, list(each.marks)) for each in passed] == [
            (1, True, ["late"]),
            (2, False, []),
            (3, True, ["repeat", "test"]),
        ]
        assert (passed[0].location, passed[0].tag, passed[0].at_us) == ("5K", "A1", made[0].read_us)
        assert await queries.passed(9999, session_id, 0, 4) == []
