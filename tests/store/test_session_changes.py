"""Sessions in the database, made, begun, ended and called otherwise."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from hub.store import session_changes, sessions
from tests.store.making import migrated

NOW = datetime.now(UTC)


async def test_from_its_making_to_its_end(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    made = await session_changes.make(
        connection, 1, "Run", purpose="race", event_id=None, status="scheduled", scheduled_for=NOW
    )
    state = await session_changes.state(connection, made)
    assert state is not None and (state.status, state.scheduled_for) == ("scheduled", NOW)
    await session_changes.change(connection, replace(state, name="Walk", purpose="rehearsal"))
    assert await session_changes.state(connection, made) == replace(state, name="Walk", purpose="rehearsal")
    await session_changes.begin(connection, made)
    await session_changes.end(connection, made)
    first = await connection.fetchval("SELECT ended_at FROM timing_sessions")
    await session_changes.end(connection, made)
    assert await connection.fetchval("SELECT ended_at FROM timing_sessions") == first, "it ends once"
    await session_changes.begin(connection, made)
    row = await connection.fetchrow("SELECT status, ended_at, scheduled_for, started_at FROM timing_sessions")
    assert (row["status"], row["ended_at"], row["scheduled_for"]) == ("active", None, None) and row[
        "started_at"
    ]
    assert await session_changes.state(connection, made + 1) is None
    await connection.close()


async def test_keys_that_were_given_up(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    made = await sessions.create(connection, 1, "Run")
    keys = []
    for _ in range(2):
        keys.append(await connection.fetchval("SELECT stream_key FROM timing_sessions"))
        await session_changes.renew_key(connection, made)
    assert sorted(await sessions.old_keys(connection)) == sorted((key, 1) for key in keys)
    await session_changes.end(connection, made)
    assert len(await sessions.old_keys(connection)) == 3
    await connection.close()


async def test_the_schedule(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    assert await session_changes.next_time(connection) is None
    made = []
    for hours in (2, -1, -2, None):
        then = None if hours is None else NOW + timedelta(hours=hours)
        made.append(
            await session_changes.make(
                connection, 1, "Run", purpose="race", event_id=None, status="scheduled", scheduled_for=then
            )
        )
    assert await session_changes.due(connection, NOW) == [made[2], made[1]]
    assert await session_changes.next_time(connection) == NOW - timedelta(hours=2)
    assert sorted(await session_changes.begin_due(connection)) == made[1:3]
    assert await session_changes.due(connection, NOW) == []
    assert await session_changes.next_time(connection) == NOW + timedelta(hours=2)
    await connection.close()


async def test_whose_event_it_is(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    event = await connection.fetchval(
        "INSERT INTO events (partner_id, name, event_date, timezone) VALUES (1, 'x', now(), 'UTC') RETURNING id"
    )
    assert await session_changes.event_is_of(connection, event, 1)
    assert not await session_changes.event_is_of(connection, event, 2)
    assert not await session_changes.event_is_of(connection, event + 1, 1)
    await connection.close()
