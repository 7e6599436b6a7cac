"""Sessions, sources and displays, from the tables into the hub's words."""

from datetime import UTC, datetime

import pytest

from hub.model import NOBODY, DisplayRow
from hub.store import reads, sessions
from hub.store.database import query
from tests.store.making import SOURCE_ID, START_US, key, migrated, new_session, put_source, read, source


async def test_the_least_that_is_needed_is_made_once(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner_id = await sessions.ensure_default(connection, "2026-05-01")
    assert await sessions.ensure_default(connection, "2026-05-02") == partner_id
    (session,) = await sessions.active(connection, "UTC")
    assert (session.name, session.partner_id, session.status, session.epoch) == (
        "2026-05-01",
        partner_id,
        "active",
        1,
    )
    (display,) = await sessions.displays(connection)
    assert display == DisplayRow(display.code, partner_id, None, "Finish")
    assert len(display.code) == sessions.CODE_CHARS
    assert set(display.code) <= set(sessions.CODE_ALPHABET)
    stream_key = await connection.fetchval("SELECT stream_key FROM timing_sessions")
    assert len(stream_key) == sessions.STREAM_KEY_CHARS
    assert stream_key.isalnum()
    await connection.close()


async def test_the_default_partner_may_be_renamed_and_may_go(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    first = await sessions.ensure_default(connection, "one")
    await connection.execute("INSERT INTO partners (slug, name) VALUES ('club', 'Club')")
    await connection.execute("UPDATE partners SET slug = 'renamed' WHERE id = $1", first)
    assert await sessions.ensure_default(connection, "two") == first
    await connection.execute("DELETE FROM displays")
    await connection.execute("DELETE FROM timing_sessions")
    await connection.execute("DELETE FROM partners WHERE id = $1", first)
    second = await sessions.ensure_default(connection, "three")
    assert [row.partner_id for row in await sessions.active(connection, "UTC")] == [second]
    await connection.close()


async def test_a_new_session_follows_one_that_has_ended(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    await sessions.ensure_default(connection, "first")
    await connection.execute("UPDATE timing_sessions SET created_at = now() - interval '9 days'")
    assert await sessions.end_old(connection, 0, "second") == 0
    assert await sessions.end_old(connection, 7, "second") == 1
    await sessions.ensure_default(connection, "third")
    assert [row.name for row in await sessions.active(connection, "UTC")] == ["second"]
    assert len(await sessions.displays(connection)) == 1
    await connection.close()


async def test_whoever_has_ended_the_last_session_gets_no_other(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    await sessions.ensure_default(connection, "first")
    await connection.execute("UPDATE timing_sessions SET status = 'ended', ended_at = now()")
    await sessions.ensure_default(connection, "second")
    assert await sessions.end_old(connection, 7, "third") == 0
    assert await sessions.active(connection, "UTC") == []
    await connection.close()


async def test_old_is_what_the_function_ends(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    kinds = {
        # name: age in days of the session, of its event (None: no event), of its last read (None: no reads)
        "new": (1, None, None),
        "never used": (9, None, None),
        "event to come": (9, -1, None),
        "event over": (30, 9, None),
        "made after its event": (1, 9, None),
        "read lately": (30, 9, 1),
        "read long ago": (30, -1, 9),
        "reopened": (30, -1, 9),
    }
    expected = {}
    for name, (age, event, read_age) in kinds.items():
        session_id = await new_session(connection, name)
        await connection.execute(
            "UPDATE timing_sessions SET created_at = now() - make_interval(days => $2) WHERE id = $1",
            session_id,
            age,
        )
        if event is not None:
            await connection.execute(EVENT, session_id, event)
        if read_age is not None:
            await reads.copy(connection, [(session_id, 1, read(1)), (session_id, 1, read(2))])
            await connection.execute(
                "UPDATE timing_reads SET received_at = now() - make_interval(days => $2) WHERE session_id = $1"
                " AND feed_offset = 2",
                session_id,
                read_age,
            )
        if name == "reopened":
            await connection.execute(
                "UPDATE timing_sessions SET started_at = now() WHERE id = $1", session_id
            )
        if name in ("never used", "event over", "read long ago"):
            expected[session_id] = 2 if read_age else 0
    await new_session(connection, "ended", status="ended")
    assert await sessions.old(connection, 7) == expected
    before = [row.id for row in await sessions.active(connection, "UTC")]
    assert await sessions.end_old(connection, 7, "another") == len(expected)
    left = [row.id for row in await sessions.active(connection, "UTC")]
    assert set(before) - set(left) == set(expected)
    await connection.close()


EVENT = """
WITH made AS (
    INSERT INTO events (partner_id, name, event_date, timezone)
    SELECT id, 'Run', current_date - $2::int, 'UTC' FROM partners RETURNING id
)
UPDATE timing_sessions SET event_id = (SELECT id FROM made) WHERE id = $1
"""


async def test_ended_and_another_that_is_empty(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner_id = await sessions.ensure_default(connection, "first")
    (first,) = await sessions.active(connection, "UTC")
    assert await sessions.ensure_empty(connection, partner_id, "x", "UTC", []) == first
    second = await sessions.ensure_empty(connection, partner_id, "second", "UTC", [first.id])
    assert (second.name, second.id > first.id) == ("second", True)
    await reads.copy(connection, [(second.id, 1, read(1))])
    third = await sessions.ensure_empty(connection, partner_id, "third", "UTC", [first.id])
    assert third.name == "third", "one with reads is not taken for a new one"
    await sessions.end(connection, [second.id, third.id])
    assert await sessions.active(connection, "UTC") == [first]
    await connection.close()


async def test_an_inbox_stands_for_no_session(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner_id = await connection.fetchval("SELECT id FROM partners")
    ids = [await new_session(connection, "inbox", purpose="inbox") for _ in range(2)]
    await connection.execute("UPDATE timing_sessions SET partner_id = NULL WHERE id = $1", ids[1])
    await connection.execute("UPDATE timing_sessions SET created_at = now() - interval '30 days'")
    assert [row.partner_id for row in await sessions.active(connection, "UTC")] == [partner_id, NOBODY]
    assert await sessions.old(connection, 7) == {}, "while the hub runs it goes on"
    made = await sessions.ensure_empty(connection, partner_id, "a real one", "UTC", [])
    assert made.id not in ids
    await connection.execute("DELETE FROM timing_sessions WHERE id = $1", made.id)
    await sessions.ensure_default(connection, "the first")
    (first,) = [row for row in await sessions.active(connection, "UTC") if row.id not in ids]
    assert first.name == "the first", "there has been none before"
    assert await sessions.end_old(connection, 7, "x") == 2, (
        "at a start those go that nobody has given a place"
    )
    assert await sessions.active(connection, "UTC") == [first]
    assert await sessions.old_keys(connection) == [], "no reader could give theirs"
    await connection.close()


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC", "2026-05-01"), ("Asia/Tokyo", "2026-05-02"), ("America/New_York", "2026-05-01")]
)
async def test_a_session_has_the_day_of_its_zone(database_dsn: str, zone: str, day: str) -> None:
    connection = await migrated(database_dsn)
    made = datetime(2026, 5, 1, 23, 30, 0, 123457, UTC)
    await new_session(connection, created_at=made)
    await new_session(connection, "over", status="ended")
    (row,) = await sessions.active(connection, zone)
    assert (row.day, row.timezone) == (day, zone)
    assert row.created_us == 1_777_678_200_123_457
    await connection.close()


async def test_sources_come_oldest_first(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    one, two = await new_session(connection), await new_session(connection)
    made = [
        source(one, 12, clock_us=-1_500_000, seen_us=START_US + 1),
        source(two, 10, connection_id="", program="P", assigned=two, proved=True),
        source(one, 11),
    ]
    for each in made:
        await put_source(connection, each)
    assert await sessions.sources(connection, [one, two]) == [made[1], made[2], made[0]]
    assert await sessions.sources(connection, [two]) == [made[1]]
    assert await sessions.sources(connection, []) == []
    await connection.close()


async def test_known_reads_come_in_pieces(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "KEYS_AT_ONCE", 2)
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    rows = [(session_id, 1, read(offset)) for offset in (1, 2, 3)]
    await reads.copy(connection, rows)
    await connection.execute(query("fill_holes"), session_id, 4)
    first = await sessions.known_reads(connection, session_id, 0)
    assert first == [(offset, SOURCE_ID, "FINISH", offset, key(offset)) for offset in (1, 2)]
    assert await sessions.known_reads(connection, session_id, 2) == [
        (3, SOURCE_ID, "FINISH", 3, key(3)),
        (4, 0, "", 0, b""),
    ]
    assert await sessions.known_reads(connection, session_id, 4) == []
    await connection.close()


async def test_the_tail_is_the_end_in_order(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "TAIL_READS_MAX", 2)
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    made = [read(1), read(2, marks=("late",)), read(3, kind="gun")]
    await reads.copy(connection, [(session_id, 1, each) for each in made])
    assert await sessions.tail(connection, session_id) == made[1:]
    await connection.close()
