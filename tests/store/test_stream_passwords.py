"""Stream passwords in the tables: what is put in is what is found, by the tables' owner alone."""

import asyncpg
import pytest

from hub.store import stream_passwords
from hub.store.stream_passwords import OfSession
from tests.store.making import as_web, migrated


async def test_what_is_put_in_is_found(database_dsn: str) -> None:
    database = await migrated(database_dsn)
    session_id, key = await database.fetchrow(
        "INSERT INTO timing_sessions (partner_id, session_name, stream_key, status)"
        " VALUES (1, 'S', 'Ab3dEf7hJk', 'ended') RETURNING id, stream_key"
    )
    assert await stream_passwords.load(database) == ([], [])
    assert await stream_passwords.put_session(database, session_id, b"one") == key
    assert await stream_passwords.put_partner(database, 1, b"two") == "Default"
    assert await stream_passwords.put_partner(database, 99, b"three") is None
    held = await stream_passwords.load(database)
    assert held == ([OfSession(session_id, 1, key, b"one")], [(1, b"two")])
    await database.close()


async def test_the_web_puts_them_in_and_never_sees_them(database_dsn: str) -> None:
    database = await migrated(database_dsn)
    web = await as_web(database_dsn)
    async with web.change_of(1) as connection:
        await connection.execute("UPDATE timing_sessions SET stream_password = 'x' WHERE partner_id = 1")
    for table in ("timing_sessions", "partners"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with web.of(1) as connection:
                await connection.fetch(f"SELECT stream_password FROM {table}")
    await web.close()
    await database.close()
