"""Partners with their users in a database, asked for as the web asks: through its own login."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from hub.accounts import ADMIN, MACHINE_CALLER, Caller, User, caller_of
from hub.model import PartnerRow
from hub.store.pooled import WebDatabase
from hub.store.web_accounts import WebAccounts, user_of
from hub.store.web_partners import WebPartners
from hub.store.web_users import WebUsers
from tests.store.making import as_web, migrated

_numbers = itertools.count(1)


class Teams:
    def __init__(self, web: WebDatabase, owner: asyncpg.Connection) -> None:
        self.web = web
        self.owner = owner
        self.users = WebUsers(lambda: web)
        self.partners = WebPartners(lambda: web)
        self.accounts = WebAccounts(lambda: web)

    async def partner(self) -> PartnerRow:
        """One more, with nothing."""
        return await self.partners.make(MACHINE_CALLER, f"Club {next(_numbers)}", None)

    async def user(self, role: str, partner: PartnerRow | None = None, *, password: str | None = "x") -> User:
        """One more, who has been in for as long as anybody can tell."""
        number = next(_numbers)
        row = await self.owner.fetchrow(
            "INSERT INTO users (partner_id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5) RETURNING *",
            None if role == ADMIN else (partner or await self.partner()).id,
            f"{role}{number}@example.org",
            f"User {number}",
            role,
            password,
        )
        return user_of(row)

    async def caller(self, role: str, partner: PartnerRow | None = None) -> Caller:
        return caller_of(await self.user(role, partner))

    async def now(self, user_id: int) -> User | None:
        return await self.accounts.by_id(user_id)

    async def noted(self, what: str) -> list[tuple[str, str]]:
        """Who did what to this one."""
        rows = await self.owner.fetch("SELECT who, action FROM audit_log WHERE what = $1 ORDER BY id", what)
        return [tuple(row) for row in rows]

    async def values(self, statement: str, *arguments: object) -> list[Any]:
        """The first column, as the owner sees it."""
        return [row[0] for row in await self.owner.fetch(statement, *arguments)]


@asynccontextmanager
async def teams_in(dsn: str) -> AsyncIterator[Teams]:
    owner = await migrated(dsn)
    web = await as_web(dsn, size_max=4)
    try:
        yield Teams(web, owner)
    finally:
        await web.close()
        await owner.close()
