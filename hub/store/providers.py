"""Accounts at registration services, and which of their events sessions have their rosters from. Knows the tables;
refuses to know what an account signs in with: that is bytes here, sealed with a key that is elsewhere.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from hub.errors import NotFound
from hub.store.database import Connection, query
from hub.sync_words import AccountRow, LinkRow


async def accounts(connection: Connection, account_id: int | None = None) -> list[AccountRow]:
    """All, by name, or one."""
    rows = await connection.fetch(query("provider_accounts"), account_id)
    return [AccountRow(*row) for row in rows]


async def account(connection: Connection, account_id: int) -> AccountRow:
    """Raises NotFound."""
    found = await accounts(connection, account_id)
    if not found:
        raise no_account(account_id)
    return found[0]


def no_account(account_id: int, field: str | None = None) -> NotFound:
    return NotFound(f"There is no account {account_id}.", field=field)


async def count(connection: Connection, partner_id: int) -> int:
    statement = "SELECT count(*) FROM provider_accounts WHERE partner_id = $1"
    return int(await connection.fetchval(statement, partner_id))


async def make(
    connection: Connection,
    partner_id: int,
    kind: str,
    name: str,
    sealed: bytes,
    *,
    tested: bool,
    made_by: str,
) -> int:
    """Gives its id. `tested`: the service has accepted it just now."""
    statement = (
        "INSERT INTO provider_accounts (partner_id, kind, name, credentials, tested_at, made_by)"
        " VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN now() END, $6) RETURNING id"
    )
    return int(await connection.fetchval(statement, partner_id, kind, name, sealed, tested, made_by))


async def rename(connection: Connection, account_id: int, name: str) -> None:
    await connection.execute("UPDATE provider_accounts SET name = $2 WHERE id = $1", account_id, name)


async def reseal(connection: Connection, account_id: int, sealed: bytes, *, tested: bool) -> None:
    """It signs in with something else. What was refused may go on."""
    statement = (
        "UPDATE provider_accounts SET credentials = $2, problem = '', tested_at = CASE WHEN $3 THEN now() END"
        " WHERE id = $1"
    )
    await connection.execute(statement, account_id, sealed, tested)


async def tested(connection: Connection, account_id: int, problem: str) -> None:
    """The service was asked just now. `problem`: why it has refused; empty: it has not."""
    statement = "UPDATE provider_accounts SET problem = $2, tested_at = now() WHERE id = $1"
    await connection.execute(statement, account_id, problem)


async def delete(connection: Connection, account_id: int) -> None:
    """With the links of all sessions that were filled by it; who is on their rosters stays there."""
    await connection.execute("DELETE FROM provider_accounts WHERE id = $1", account_id)


async def sealed(connection: Connection, account_id: int) -> bytes | None:
    """`connection`: of the tables' owner: no other may read it. None: there is no such account."""
    found: bytes | None = await connection.fetchval(
        "SELECT credentials FROM provider_accounts WHERE id = $1", account_id
    )
    return found


async def links(connection: Connection, timezone: str, session_id: int | None = None) -> list[LinkRow]:
    """All, or that of one session. `timezone`: of a session without an event."""
    return [_link(row) for row in await connection.fetch(query("provider_links"), session_id, timezone)]


async def link(connection: Connection, timezone: str, session_id: int) -> LinkRow | None:
    return next(iter(await links(connection, timezone, session_id)), None)


async def put_link(connection: Connection, row: LinkRow) -> None:
    """From now on the session's roster comes from there."""
    await connection.execute(
        query("provider_link_put"),
        row.session_id,
        row.account_id,
        row.event_ref,
        row.event_name,
        row.races,
        row.results,
        row.enabled,
    )


async def change_link(connection: Connection, row: LinkRow) -> None:
    """Whether it is asked at all, and for results, becomes as it is here. What was refused is tried again."""
    statement = (
        "UPDATE provider_links SET enabled = $2, results = $3, problem = CASE WHEN enabled THEN problem ELSE '' END"
        " WHERE session_id = $1"
    )
    await connection.execute(statement, row.session_id, row.enabled, row.results)


async def delete_link(connection: Connection, session_id: int) -> None:
    await connection.execute("DELETE FROM provider_links WHERE session_id = $1", session_id)


async def synced(
    connection: Connection, row: LinkRow, cursor: Mapping[str, Any], figures: Mapping[str, int], *, full: bool
) -> None:
    """A refresh has ended well. `full`: all was loaded."""
    text = await asyncio.to_thread(json.dumps, dict(cursor))
    await connection.execute(
        query("provider_link_synced"),
        row.session_id,
        row.account_id,
        row.event_ref,
        text,
        json.dumps(dict(figures)),
        full,
        row.races,
    )


async def cursor(connection: Connection, session_id: int) -> dict[str, Any]:
    """From where its refresh goes on."""
    text = await connection.fetchval(
        "SELECT cursor::text FROM provider_links WHERE session_id = $1", session_id
    )
    found: dict[str, Any] = await asyncio.to_thread(json.loads, text or "{}")
    return found


async def failed(connection: Connection, row: LinkRow, problem: str) -> None:
    """Why nothing comes."""
    statement = (
        "UPDATE provider_links SET problem = $4 WHERE session_id = $1 AND account_id = $2 AND event_ref = $3"
    )
    await connection.execute(statement, row.session_id, row.account_id, row.event_ref, problem)


async def forgive(connection: Connection, account_id: int) -> None:
    """Its sessions' problems are those of what it signed in with before."""
    await connection.execute("UPDATE provider_links SET problem = '' WHERE account_id = $1", account_id)


def _link(row: Any) -> LinkRow:
    session_id, partner_id, account_id, kind, account_name, ref, name, races, results, enabled = row[:10]
    synced_s, full_s, problem, refused, figures, status, begins_s, day_s, ended_s = row[10:]
    return LinkRow(
        session_id,
        partner_id,
        account_id,
        kind,
        account_name,
        ref,
        name,
        list(races),
        results,
        enabled,
        None,
        synced_s or 0,
        full_s or 0,
        problem,
        refused,
        json.loads(figures),
        status,
        begins_s or 0,
        day_s or 0,
        ended_s or 0,
    )
