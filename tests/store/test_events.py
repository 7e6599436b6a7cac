"""Events and races in the database."""

from datetime import date

from msgspec.structs import replace

from hub.store import events
from tests.store.making import migrated, new_session


async def test_events_and_their_races(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    made = await events.make(connection, 1, "Run", date(2026, 5, 16), "UTC")
    ten, half = ("10K", 10_000, "START", "FINISH"), ("Half", 21_098, "START", "FINISH")
    await events.put_races(connection, made, [ten, half])
    ids = [row["id"] for row in await connection.fetch("SELECT id FROM races ORDER BY id")]
    assert [await events.find_race(connection, made, each) for each in ids] == [ten, half]
    assert await events.find_race(connection, made + 1, ids[0]) is None
    await events.put_races(connection, made, [("half", 5, "A", "B"), ("5K", 5000, "A", "B")])
    assert await events.find_race(connection, made, ids[0]) is None
    assert await events.find_race(connection, made, ids[1]) == ("half", 5, "A", "B"), "it stays the same one"
    assert await events.other_names(connection, made) == {"half", "5k"}
    assert await events.other_names(connection, made, ids[1]) == {"5k"}
    row = await events.find(connection, made)
    assert row is not None
    await events.change(connection, replace(row, name="Walk"))
    assert await events.find(connection, made) == replace(row, name="Walk")
    await new_session(connection, event_id=made)
    assert await events.session_count(connection, made) == 1
    await connection.execute("DELETE FROM timing_sessions")
    await events.delete(connection, made)
    assert await events.find(connection, made) is None
    await connection.close()
