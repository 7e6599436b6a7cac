"""What goes on being asked of those who are signed in, as the web's own login may ask it."""

import pytest

from hub.accounts import ADMIN, MACHINE_CALLER, OPERATOR, Caller
from hub.errors import StoreAway
from hub.store import sessions, users
from hub.store.web_accounts import WebAccounts
from hub.store.web_sign_ins import WebSignIns
from tests.store.making import as_web, migrated


async def test_generations_and_hashes(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner_id = await sessions.ensure_default(connection, "x")
    by: Caller = MACHINE_CALLER
    ids = [
        await users.add(connection, by, "ann@race.example", "", OPERATOR, partner_id, "one"),
        await users.add(connection, by, "bob@race.example", "", ADMIN, None, "one"),
        await users.add(connection, by, "off@race.example", "", OPERATOR, partner_id, "one"),
    ]
    web = await as_web(database_dsn)
    held = WebSignIns(lambda: web)
    people = WebAccounts(lambda: web)
    ann, bob = await people.by_id(ids[0]), await people.by_id(ids[1])
    assert ann is not None and bob is not None
    await connection.execute("UPDATE users SET disabled_at = now() WHERE id = $1", ids[2])
    assert await held.generations([*ids, 999]) == {ids[0]: ann.generation, ids[1]: bob.generation}
    for user in (ann, bob):
        generation = await held.rehash(user, "two")
        now = await people.by_id(user.id)
        assert now is not None and now.password_hash == "two"
        assert generation == now.generation > user.generation
        assert await held.rehash(user, "three") is None, "it is another by now"
    assert await held.generations(ids[:1]) == {ids[0]: ann.generation + 1}
    await web.close()
    await connection.close()


async def test_without_postgresql() -> None:
    def away() -> None:
        raise StoreAway("PostgreSQL is not connected yet")

    with pytest.raises(StoreAway):
        await WebSignIns(away).generations([1])  # type: ignore[arg-type]
