"""Migrations: each once, by one process at a time, unchanged; and the whole of what they make."""

import asyncio
import dataclasses

import asyncpg
import pytest

from hub.errors import StoreError
from hub.store import migrate
from hub.store.database import Writer
from hub.store.migrate import Migration
from tests.store.dump_schema import SCHEMA_FILE, dumped
from tests.store.making import migrated, new_session

FIRST = Migration(1, "0001_first.sql", "CREATE TABLE first (id bigint);")
SECOND = Migration(2, "0002_second.sql", "CREATE TABLE second (id bigint); INSERT INTO first VALUES (2);")


async def test_the_whole_schema_is_what_the_migrations_make(empty_dsn: str) -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == await dumped(empty_dsn), "run `make schema`"


def test_files_are_numbered_without_a_gap() -> None:
    files = migrate.migrations()
    assert [each.number for each in files] == list(range(1, len(files) + 1))
    assert files[0].name == "0001_spine.sql"


async def test_each_file_is_applied_once_and_noted(empty_dsn: str) -> None:
    connection = await asyncpg.connect(empty_dsn)
    assert await migrate.apply(connection, [FIRST]) == ["0001_first.sql"]
    assert await migrate.apply(connection, [FIRST, SECOND]) == ["0002_second.sql"]
    assert await migrate.apply(connection, [FIRST, SECOND]) == []
    rows = await connection.fetch("SELECT number, name, checksum FROM schema_migrations ORDER BY number")
    assert [tuple(row) for row in rows] == [
        (each.number, each.name, each.checksum) for each in (FIRST, SECOND)
    ]
    assert await connection.fetchval("SELECT count(*) FROM first") == 1
    await connection.close()


async def test_a_changed_file_is_refused(empty_dsn: str) -> None:
    connection = await asyncpg.connect(empty_dsn)
    await migrate.apply(connection, [FIRST])
    changed = dataclasses.replace(FIRST, sql=FIRST.sql + " ")
    with pytest.raises(StoreError, match=r"schema/0001_first\.sql is not the file"):
        await migrate.apply(connection, [changed, SECOND])
    assert await connection.fetchval("SELECT to_regclass('second')") is None
    await connection.close()


async def test_a_newer_database_is_refused(empty_dsn: str) -> None:
    connection = await asyncpg.connect(empty_dsn)
    await migrate.apply(connection, [FIRST, SECOND])
    with pytest.raises(StoreError, match=r"made by a newer hub: it has 0002_second\.sql"):
        await migrate.apply(connection, [FIRST])
    await connection.close()


async def test_all_or_nothing(empty_dsn: str) -> None:
    connection = await asyncpg.connect(empty_dsn)
    with pytest.raises(asyncpg.PostgresSyntaxError):
        await migrate.apply(connection, [FIRST, Migration(2, "0002_broken.sql", "CREATE TABEL x;")])
    assert await connection.fetchval("SELECT to_regclass('first')") is None
    assert await connection.fetchval("SELECT to_regclass('schema_migrations')") is None
    await connection.close()


async def test_two_processes_at_once(empty_dsn: str) -> None:
    connections = [await asyncpg.connect(empty_dsn) for _ in range(4)]
    applied = await asyncio.gather(*(migrate.apply(each) for each in connections))
    names = [each.name for each in migrate.migrations()]
    assert sorted(applied) == [[], [], [], names]
    for each in connections:
        await each.close()


async def test_a_hub_that_meets_a_refused_file_says_so(
    empty_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "migrations", lambda: [Migration(1, "0001_x.sql", "CREATE TABEL x;")])
    with pytest.raises(StoreError, match="syntax error"):
        await Writer(empty_dsn, SCHEMA_FILE.parent).open(migrate.apply)


# What other tools read

COLUMNS = {
    "timing_sessions": "id bigint, partner_id bigint, session_name text, event_id bigint, user_session_id text, "
    "stream_key text, status text, epoch integer, created_at timestamptz, updated_at timestamptz, "
    "ended_at timestamptz, purpose text, scheduled_for timestamptz, started_at timestamptz, times_by text, "
    "keys_day date, old_stream_keys text[], source_id bigint, testing boolean, stream_password bytea, "
    "messages_version integer, messages_every_s integer, mode text, minors_under integer, minors_privacy text, "
    "roster_order text[]",
    "timing_locations": "id bigint, session_id bigint, location_name text, reader_id text, description text, "
    "created_at timestamptz, shown_name text, merged_into bigint, position integer, hidden boolean",
    "timing_reads": "session_id bigint, feed_offset bigint, id bigint, location_id bigint, source_id bigint, "
    "sequence_number bigint, location_name text, tag_code text, read_time timestamptz, read_time_raw text, "
    "lap_count bigint, reader_id text, gator_number bigint, kind text, marks text[], read_key uuid, "
    "raw_data text, received_at timestamptz, created_at timestamptz",
    "timing_rejects": "id bigint, source_id bigint, session_id bigint, received_at timestamptz, reason text, "
    "line bytea",
    "timing_session_stats": "id bigint, session_name text, event_id bigint, user_session_id text, status text, "
    "created_at timestamptz, total_reads bigint, unique_tags bigint, total_locations bigint, "
    "first_read timestamptz, last_read timestamptz",
}
COLUMNS["timing_reads_compat"] = (
    COLUMNS["timing_reads"] + ", read_timestamp timestamptz, processed_at timestamptz"
)


@pytest.mark.parametrize("table", COLUMNS)
async def test_tables_and_views_have_the_columns_that_were_agreed(database_dsn: str, table: str) -> None:
    connection = await migrated(database_dsn)
    rows = await connection.fetch(
        "SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute"
        " WHERE attrelid = $1::text::regclass AND attnum > 0 ORDER BY attnum",
        table,
    )
    found = ", ".join(f"{row['attname']} {row['type']}" for row in rows)
    assert found.replace("timestamp with time zone", "timestamptz") == COLUMNS[table]
    await connection.close()


async def test_reads_have_one_index_and_one_reference(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    indexes = await connection.fetch("SELECT indexdef FROM pg_indexes WHERE tablename = 'timing_reads'")
    assert [row["indexdef"].split("USING ")[1] for row in indexes] == ["btree (session_id, feed_offset)"]
    references = await connection.fetch(
        "SELECT pg_get_constraintdef(oid) AS words FROM pg_constraint"
        " WHERE conrelid = 'timing_reads'::regclass AND contype = 'f'"
    )
    assert [row["words"] for row in references] == [
        "FOREIGN KEY (session_id) REFERENCES timing_sessions(id) ON DELETE CASCADE"
    ]
    await connection.close()


READ = (
    "INSERT INTO timing_reads (session_id, feed_offset, location_name, tag_code, read_time, read_time_raw,"
    " reader_id, kind, raw_data, received_at) VALUES ($1, $2, $3, $4, $5::text::timestamptz, '', '', $6, '',"
    " now() - make_interval(days => $7))"
)


async def test_figures_are_not_multiplied_by_locations(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    empty_id = await new_session(connection, "Empty")
    for name in ("START", "5K", "FINISH"):
        await connection.execute(
            "INSERT INTO timing_locations (session_id, location_name) VALUES ($1, $2)", session_id, name
        )
    for offset, tag, kind in ((1, "GUNTIME", "gun"), (2, "7", "read"), (3, "7", "read"), (4, "", "void")):
        time = f"2026-05-01 10:00:0{offset}Z"
        await connection.execute(READ, session_id, offset, "FINISH", tag, time, kind, 0)
    stats = {row["id"]: row for row in await connection.fetch("SELECT * FROM timing_session_stats")}
    assert (stats[session_id]["total_reads"], stats[session_id]["unique_tags"]) == (2, 1)
    assert stats[session_id]["total_locations"] == 3
    assert stats[session_id]["first_read"].isoformat() == "2026-05-01T10:00:02+00:00"
    assert stats[session_id]["last_read"].isoformat() == "2026-05-01T10:00:03+00:00"
    assert (stats[empty_id]["total_reads"], stats[empty_id]["total_locations"]) == (0, 0)
    compat = await connection.fetch("SELECT * FROM timing_reads_compat ORDER BY feed_offset")
    assert [row["feed_offset"] for row in compat] == [1, 2, 3]
    assert compat[0]["read_timestamp"] == compat[0]["read_time"]
    assert compat[0]["processed_at"] == compat[0]["created_at"]
    await connection.close()


async def test_old_sessions_are_ended_and_nothing_is_deleted(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    made: dict[str, int] = {}
    for name, made_days, read_days in (
        ("silent for long", 30, 8),
        ("heard of lately", 30, 6),
        ("old and empty", 8, None),
        ("new and empty", 1, None),
    ):
        made[name] = await new_session(connection, name)
        await connection.execute(
            "UPDATE timing_sessions SET created_at = now() - make_interval(days => $2) WHERE id = $1",
            made[name],
            made_days,
        )
        if read_days is not None:
            await connection.execute(READ, made[name], 1, "FINISH", "7", None, "read", read_days)
    scheduled = await new_session(connection, "to come", status="scheduled")
    assert await connection.fetchval("SELECT cleanup_old_sessions()") == 2
    assert await connection.fetchval("SELECT cleanup_old_sessions(7)") == 0
    rows = await connection.fetch("SELECT id, session_name, status, ended_at FROM timing_sessions")
    ended = {row["session_name"] for row in rows if row["status"] == "ended" and row["ended_at"]}
    assert ended == {"silent for long", "old and empty"}
    assert len(rows) == 5
    assert (
        await connection.fetchval("SELECT status FROM timing_sessions WHERE id = $1", scheduled)
        == "scheduled"
    )
    assert await connection.fetchval("SELECT count(*) FROM timing_reads") == 2
    await connection.close()


async def test_updated_at_is_kept(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    await connection.execute(
        "INSERT INTO displays (code, partner_id, name) SELECT 'ABCDEFGH', id, 'Finish' FROM partners"
    )
    await connection.execute("INSERT INTO participants (session_id, bib) VALUES ($1, '7')", session_id)
    for table, column in (("timing_sessions", "session_name"), ("displays", "name"), ("participants", "bib")):
        grown = await connection.fetchval(
            f"WITH before AS (SELECT updated_at AS old FROM {table})"
            f" UPDATE {table} SET {column} = 'new' FROM before RETURNING {table}.updated_at > old"
        )
        assert grown, table
    await connection.close()


async def test_deleting_a_session_takes_what_is_its_own(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    gone, stays = await new_session(connection), await new_session(connection)
    for session_id in (gone, stays):
        await connection.execute(READ, session_id, 1, "FINISH", "7", None, "read", 0)
        await connection.execute(
            "INSERT INTO timing_locations (session_id, location_name) VALUES ($1, 'FINISH')", session_id
        )
    await connection.execute("DELETE FROM timing_sessions WHERE id = $1", gone)
    for table in ("timing_reads", "timing_locations"):
        assert [row[0] for row in await connection.fetch(f"SELECT session_id FROM {table}")] == [stays]
    await connection.close()


async def test_location_names_are_unique_without_case(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id, other_id = await new_session(connection), await new_session(connection)
    insert = "INSERT INTO timing_locations (session_id, location_name) VALUES ($1, $2)"
    await connection.execute(insert, session_id, "Finish")
    await connection.execute(insert, other_id, "FINISH")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(insert, session_id, "FINISH")
    await connection.close()


async def test_two_reads_cannot_have_one_offset(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    await connection.execute(READ, session_id, 1, "FINISH", "7", None, "read", 0)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(READ, session_id, 1, "FINISH", "8", None, "read", 0)
    await connection.close()


async def test_events_of_others_do_not_keep_the_schema_from_being_brought_up_to_date(
    empty_dsn: str,
) -> None:
    connection = await asyncpg.connect(empty_dsn)
    first, *rest = migrate.migrations()
    await migrate.apply(connection, [first])
    await connection.execute(
        "INSERT INTO timing_sessions (partner_id, session_name, stream_key, event_id) VALUES (1, 'old', 'k', 4711)"
    )
    assert await migrate.apply(connection, [first, *rest]) == [each.name for each in rest]
    await connection.execute("UPDATE timing_sessions SET session_name = 'older'")
    assert await connection.fetchval("SELECT event_id FROM timing_sessions") == 4711
    await connection.close()
