"""Who somebody is, before it is known whose things are asked for. Knows the functions of the database that find one
user by an exact match; refuses to list any.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from hub.accounts import Caller, User, caller_of
from hub.store.database import query
from hub.store.pooled import WebDatabase

NOTED_S: Final = 60.0
"""What is used with every request is written down once in so long."""
NOTED_MAX: Final = 10_000
"""Users and tokens of which is remembered that it was: more, and each is written down once more."""


class WebAccounts:
    """Every method may raise StoreAway. `database`: gives the pool; raises StoreAway while there is none."""

    def __init__(
        self, database: Callable[[], WebDatabase], clock: Callable[[], float] = time.monotonic
    ) -> None:
        # shared
        self._database = database
        self._clock = clock
        # state
        self._noted: dict[object, float] = {}

    async def by_id(self, user_id: int) -> User | None:
        return await self._one("SELECT * FROM user_by_id($1)", user_id)

    async def by_email(self, email: str) -> User | None:
        return await self._one("SELECT * FROM user_by_email($1)", email)

    async def by_token(self, digest: bytes) -> User | None:
        """Notes that the token was used."""
        user = await self._one("SELECT * FROM user_by_token($1)", digest)
        if user is not None and not user.disabled and self._is_due(digest):
            async with self._database().change_of(caller_of(user).whose) as connection:
                await connection.execute(query("token_used"), digest)
        return user

    async def seen(self, who: Caller) -> None:
        """Notes that this user was here."""
        if who.user_id and self._is_due(who.user_id):
            async with self._database().change_of(who.whose) as connection:
                await connection.execute(query("user_seen"), who.user_id)

    def _is_due(self, key: object) -> bool:
        now = self._clock()
        if now - self._noted.get(key, -NOTED_S) < NOTED_S:
            return False
        if len(self._noted) >= NOTED_MAX:
            self._noted.clear()
        self._noted[key] = now
        return True

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
