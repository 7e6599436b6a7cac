"""What the demo keeps: an event and a display once, a session for each race, and of the old ones a few."""

from datetime import date

import asyncpg

from hub.model import Participant, Race
from hub.store import demo, sessions
from tests.store.making import migrated, new_session

RACES = (Race("5K", 5000, "START 5K", "FINISH"), Race("Half", 21097, "START HM", "FINISH"))
PEOPLE = [Participant(0, "1", ("A1",), "Ann", "Lee", race_name="5K", wave="1")]


async def ensure(connection: asyncpg.Connection, partner_id: int, day: date = date(2026, 5, 9)) -> int:
    return await demo.ensure_event(connection, partner_id, "Harbour Run", day, "Asia/Kathmandu", RACES)


async def race(connection: asyncpg.Connection, partner_id: int) -> tuple[int, str]:
    event_id = await ensure(connection, partner_id)
    async with connection.transaction():
        row, roster = await demo.start_session(connection, partner_id, event_id, "Demo 10:00", "UTC", PEOPLE)
    assert roster.size == 1
    display = await demo.show(connection, partner_id, row.id, "Demo", ["FINISH"])
    return row.id, display.code


async def test_an_event_is_made_once_and_keeps_up_with_the_day(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner_id = await sessions.ensure_default(connection, "x")
    session_id, _ = await race(connection, partner_id)
    assert (await race(connection, partner_id))[0] == session_id + 1
    await ensure(connection, partner_id, date(2026, 5, 10))
    (event,) = await connection.fetch("SELECT * FROM events")
    assert (event["name"], event["timezone"], event["event_date"]) == (
        "Harbour Run",
        "Asia/Kathmandu",
        date(2026, 5, 10),
    )
    assert await connection.fetchval("SELECT count(*) FROM races") == 2
    await connection.close()


async def test_a_session_has_what_its_event_says(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner_id = await sessions.ensure_default(connection, "x")
    session_id, code = await race(connection, partner_id)
    row = next(each for each in await sessions.active(connection, "UTC") if each.id == session_id)
    assert (row.name, row.event_name, row.purpose) == ("Demo 10:00", "Harbour Run", "demo")
    assert (row.timezone, row.day, row.races) == ("Asia/Kathmandu", "2026-05-09", RACES)
    assert len(row.stream_key) == sessions.STREAM_KEY_CHARS
    display = next(each for each in await sessions.displays(connection) if each.code == code)
    assert (display.session_id, display.settings) == (session_id, {"locations": ["FINISH"]})
    await connection.close()


async def test_a_user_with_another_password_each_time_and_locked_out_between(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner_id = await sessions.ensure_default(connection, "x")
    assert not await demo.lock_user_out(connection)
    generations = []
    for password_hash in ("one", "two"):
        await demo.ensure_user(connection, partner_id, password_hash)
        user = await connection.fetchrow("SELECT * FROM user_by_email($1)", demo.USER)
        assert (user["password_hash"], user["role"], user["disabled_at"]) == (password_hash, "owner", None)
        generations.append(user["session_generation"])
        assert await demo.lock_user_out(connection) and not await demo.lock_user_out(connection)
        user = await connection.fetchrow("SELECT * FROM user_by_email($1)", demo.USER)
        assert user["disabled_at"] is not None and user["password_hash"] is None
    assert generations[0] < generations[1]
    assert await connection.fetchval("SELECT count(*) FROM users") == 1
    await connection.close()


async def test_one_display_for_ever_beside_those_of_others(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner_id = await sessions.ensure_default(connection, "x")
    (own,) = await sessions.displays(connection)
    codes = {(await race(connection, partner_id))[1] for _ in range(3)}
    assert len(codes) == 1 and own.code not in codes
    assert own in await sessions.displays(connection)
    template = await connection.fetchval(
        "INSERT INTO templates (partner_id, name) VALUES ($1, 'Arch') RETURNING id", partner_id
    )
    wish = """UPDATE displays SET template_id = $1, settings = settings || '{"duration": 9}', place = 'Arch'
        WHERE code = $2"""
    await connection.execute(wish, template, *codes)
    session_id, _ = await race(connection, partner_id)
    shown = await demo.show(connection, partner_id, session_id, "Demo", ["FINISH"])
    assert (shown.template_id, shown.place, shown.session_id) == (template, "Arch", session_id)
    assert shown.settings == {"locations": ["FINISH"], "duration": 9}
    await connection.close()


async def test_a_demo_is_not_the_active_session_of_anybody(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner_id = await sessions.ensure_default(connection, "x")
    await race(connection, partner_id)
    await connection.execute("DELETE FROM timing_sessions WHERE purpose = 'race'")
    await sessions.ensure_default(connection, "y")
    assert [each.purpose for each in await sessions.active(connection, "UTC")] == ["demo", "race"]
    await connection.close()


async def test_of_old_races_a_few_are_kept_and_of_others_all(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner_id = await sessions.ensure_default(connection, "x")
    other = await new_session(connection, "mine", status="ended")
    raced = []
    for _ in range(demo.SESSIONS_KEPT + 3):
        raced.append((await race(connection, partner_id))[0])
    for session_id in raced[:-1]:
        await demo.end_session(connection, session_id)
    left = {row["id"] for row in await connection.fetch("SELECT id FROM timing_sessions")}
    assert left >= {other, *raced[-1 - demo.SESSIONS_KEPT :]}
    assert not left & set(raced[: -1 - demo.SESSIONS_KEPT])
    assert await connection.fetchval("SELECT count(*) FROM displays") == 2
    await connection.close()
