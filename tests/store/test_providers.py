"""Accounts at registration services and where sessions have their rosters from, in the tables."""

import asyncpg
import pytest
from msgspec.structs import replace

from hub.accounts import MACHINE_CALLER
from hub.errors import NotFound
from hub.model import EVERYONE
from hub.store import partners, providers
from hub.store.database import Connection
from hub.sync_words import LinkRow
from tests.store.making import as_web, migrated, new_session


async def made(connection: Connection, name: str = "Ours") -> int:
    return await providers.make(
        connection, 1, "runsignup", name, b"sealed", tested=False, made_by="owner@x.example"
    )


async def test_an_account_is_there_without_what_it_signs_in_with(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    account_id = await made(connection)
    row = await providers.account(connection, account_id)
    assert (row.partner_id, row.kind, row.name, row.problem, row.sessions) == (1, "runsignup", "Ours", "", [])
    assert (row.tested_at, row.made_by) == (None, "owner@x.example")
    await providers.rename(connection, account_id, "Theirs")
    await providers.tested(connection, account_id, "no")
    row = await providers.account(connection, account_id)
    assert (row.name, row.problem, row.tested_at is None) == ("Theirs", "no", False)
    await providers.reseal(connection, account_id, b"other", tested=True)
    assert (await providers.account(connection, account_id)).problem == ""
    assert await providers.sealed(connection, account_id) == b"other"
    assert await providers.count(connection, 1) == 1
    await providers.delete(connection, account_id)
    assert await providers.sealed(connection, account_id) is None
    with pytest.raises(NotFound):
        await providers.account(connection, account_id)
    await connection.close()


async def test_the_web_may_put_what_it_may_not_read(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    web = await as_web(database_dsn)
    async with web.change_of(1) as of_web:
        account_id = await made(of_web)
        await providers.reseal(of_web, account_id, b"other", tested=False)
        assert [each.id for each in await providers.accounts(of_web)] == [account_id]
    for whose in (1, EVERYONE):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with web.of(whose) as of_web:
                await providers.sealed(of_web, account_id)
    async with web.of(2) as of_web:
        assert await providers.accounts(of_web) == []
    await web.close()
    await connection.close()


async def test_they_go_with_their_partner(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    partner = await partners.make(connection, MACHINE_CALLER, "Other")
    await providers.make(connection, partner.id, "runsignup", "Theirs", b"x", tested=True, made_by="")
    await made(connection)
    await partners.delete(connection, MACHINE_CALLER, partner.id)
    assert [each.name for each in await providers.accounts(connection)] == ["Ours"]
    await connection.close()


async def test_a_link_and_how_it_goes(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    account_id, other_id = await made(connection), await made(connection, "Other")
    row = LinkRow(session_id, 1, account_id, "runsignup", "Ours", "4321", "Run", ["71"], True)
    await providers.put_link(connection, row)
    held = await providers.link(connection, "Asia/Kathmandu", session_id)
    assert held is not None and held.day_s and (held.day_s + 5.75 * 3600) % 86400 == 0
    assert replace(held, day_s=0) == row
    await providers.synced(connection, row, {"at": 7}, {"participants": 3}, full=True)
    await providers.synced(connection, row, {"at": 8}, {"participants": 4}, full=False)
    await providers.synced(connection, replace(row, races=[]), {"at": 9}, {}, full=False)
    held = await providers.link(connection, "UTC", session_id)
    assert held is not None and held.figures == {"participants": 4} and held.cursor is None
    assert await providers.cursor(connection, session_id) == {"at": 8}
    assert held.synced_s >= held.full_s > 0
    await providers.failed(connection, row, "no")
    await providers.change_link(connection, replace(row, results=False))
    held = await providers.link(connection, "UTC", session_id)
    assert held is not None and (held.problem, held.results, held.enabled) == ("no", False, True)
    await providers.change_link(connection, replace(row, enabled=False))
    await providers.change_link(connection, row)
    held = await providers.link(connection, "UTC", session_id)
    assert held is not None and held.problem == "", "who switches it on again wants it tried"
    await providers.failed(connection, row, "no")
    await providers.forgive(connection, account_id)
    await providers.put_link(connection, replace(row, account_id=other_id))
    (held,) = await providers.links(connection, "UTC")
    assert (held.account_id, held.full_s, held.figures) == (other_id, 0, {})
    assert await providers.cursor(connection, session_id) == {}
    assert (await providers.account(connection, other_id)).sessions == [session_id]
    await providers.delete(connection, other_id)
    assert await providers.links(connection, "UTC") == []
    await providers.put_link(connection, row)
    await providers.delete_link(connection, session_id)
    assert await providers.link(connection, "UTC", session_id) is None
    await connection.close()
