"""Who somebody is, before it is known whose things are asked for. Knows the functions of the database that find one
user by an exact match; refuses to list any.
"""

from collections.abc import Callable
from typing import Any

from hub.accounts import User
from hub.store.pooled import WebDatabase


class WebAccounts:
    """Every method may raise StoreAway. `database`: gives the pool; raises StoreAway while there is none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def by_id(self, user_id: int) -> User | None:
        return await self._one("SELECT * FROM user_by_id($1)", user_id)

    async def by_email(self, email: str) -> User | None:
        return await self._one("SELECT * FROM user_by_email($1)", email)

    async def by_token(self, digest: bytes) -> User | None:
        return await self._one("SELECT * FROM user_by_token($1)", digest)

    async def has_admin(self) -> bool:
        async with self._database().connection() as connection:
            return bool(await connection.fetchval("SELECT has_admin()"))

    async def _one(self, statement: str, key: object) -> User | None:
        async with self._database().of_nobody() as connection:
            row = await connection.fetchrow(statement, key)
            return user_of(row) if row else None


def user_of(row: Any) -> User:
    """A row of `users`."""
    return User(
        id=row["id"],
        partner_id=row["partner_id"],
        email=row["email"],
        name=row["name"],
        role=row["role"],
        password_hash=row["password_hash"],
        generation=row["session_generation"],
        disabled=row["disabled_at"] is not None,
    )
