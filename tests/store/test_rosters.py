"""Rosters go in and come out as they were."""

import asyncpg
import pytest

from hub.model import Participant
from hub.store import rosters
from tests.store.making import migrated, new_session

EVERYTHING = Participant(
    0,
    "0042",
    ("T1", 't"2,{}'),
    "Ann",
    "O'Hara-Ñandú 終",
    "39",
    "F",
    "Graz",
    "ST",
    "AT",
    "F35",
    "10K",
    "2",
    "Runners",
    (("Shirt", "M"), ("a \\ b", "{}")),
)


async def load(connection: asyncpg.Connection, session_id: int) -> list[Participant]:
    async with connection.transaction():
        found = await rosters.load(connection, session_id)
    for each in found:
        assert each.id
        each.id = 0
    return found


async def test_what_went_in_comes_out(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    one, two = await new_session(connection), await new_session(connection)
    await rosters.replace(connection, one, [EVERYTHING, Participant(0, "", ("T9",))])
    await rosters.replace(connection, two, [Participant(0, "1")])
    found, plain = await load(connection, one)
    assert dict(found.custom) == dict(EVERYTHING.custom)
    found.custom = EVERYTHING.custom
    assert (found, plain) == (EVERYTHING, Participant(0, "", ("T9",)))
    assert await load(connection, two) == [Participant(0, "1")]
    await connection.close()


async def test_a_new_roster_takes_the_place_of_the_old(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rosters, "ROWS_AT_ONCE", 3)
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    for size in (10, 4, 0):
        made = [Participant(0, str(number)) for number in range(size)]
        await rosters.replace(connection, session_id, made)
        assert await load(connection, session_id) == made
    await connection.close()


async def test_whether_a_session_exists(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    assert await rosters.session_exists(connection, session_id)
    assert not await rosters.session_exists(connection, session_id + 1)
    await connection.close()
