"""Read times in the database that are read again."""

from hub.store import reads, retimes, sessions
from hub.store.retimes import Retimed
from tests.store.making import START_US, migrated, new_session, read


async def test_what_was_sent_and_what_is_made_of_it(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    made, other = await new_session(connection), await new_session(connection)
    held = [read(1), read(2, marks=("late", "suspect_time")), read(3)]
    await reads.copy(connection, [(made, 1, each) for each in held])
    await reads.copy(connection, [(other, 1, read(1))])
    await reads.insert(connection, [(made, None, reads.voided(read(4)))])
    found = await retimes.sent(connection, made, 0)
    assert [each.offset for each in found] == [1, 2, 3] and await retimes.count(connection, made) == 3
    assert (await retimes.head(connection, made), await retimes.head(connection, 99)) == (4, 0)
    assert found[1] == (2, held[1].time_text, held[1].read_us, held[1].marks, held[1].received_us)
    await retimes.put(connection, made, [Retimed(2, START_US, ("late",)), Retimed(3, START_US + 1, ())])
    await retimes.put(connection, made, [])
    found = await retimes.sent(connection, made, 1)
    assert [(each.read_us, each.marks) for each in found] == [(START_US, ("late",)), (START_US + 1, ())]
    assert (await retimes.sent(connection, other, 0))[0].read_us == held[0].read_us
    await connection.close()


async def test_which_are_not_done(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    made = await new_session(connection)
    assert await retimes.unfinished(connection) == set()
    row = await sessions.find(connection, made, "Asia/Tokyo")
    assert row is not None
    await retimes.begin(connection, row)
    await connection.execute("UPDATE timing_sessions SET created_at = created_at - interval '3 days'")
    later = await sessions.find(connection, made, "UTC")
    assert later is not None and (later.keys_day, later.day != row.day) == (row.day, True)
    await retimes.begin(connection, later)
    held = await connection.fetchval("SELECT times_by FROM timing_sessions")
    assert held == f"Asia/Tokyo {row.day}", "by which they stand until all are done"
    assert await retimes.unfinished(connection) == {made}
    await retimes.finish(connection, made)
    assert await retimes.unfinished(connection) == set()
    after = await sessions.find(connection, made, "UTC")
    assert after is not None and after.keys_day == row.day, "keys stay for good"
    await connection.close()
