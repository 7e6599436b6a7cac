"""Which session a user has chosen for old screens and scripts. Knows the table of users and what it has read there;
refuses to know what is shown of it."""

from collections.abc import Callable
from typing import Final

from hub.accounts import Caller
from hub.store.database import query
from hub.store.pooled import WebDatabase

REMEMBERED_MAX: Final = 10_000
"""Users of whom is remembered what they have chosen: old screens ask every second."""


class WebChoices:
    """Every method may raise StoreAway. `database`: gives the pool; raises StoreAway while there is none. The machine's
    own token belongs to no user: what it has chosen is remembered until the hub stops."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database
        self._chosen: dict[int, int | None] = {}

    async def of(self, by: Caller) -> int | None:
        if by.user_id not in self._chosen:
            self._remember(by.user_id, await self._read(by) if by.user_id else None)
        return self._chosen[by.user_id]

    async def choose(self, by: Caller, session_id: int | None) -> None:
        """Also raises StoreError."""
        if by.user_id:
            async with self._database().change_of(by.whose) as connection:
                await connection.execute(query("session_choose"), by.user_id, session_id)
        self._remember(by.user_id, session_id)

    async def _read(self, by: Caller) -> int | None:
        async with self._database().of(by.whose) as connection:
            found: int | None = await connection.fetchval(
                "SELECT chosen_session_id FROM users WHERE id = $1", by.user_id
            )
            return found

    def _remember(self, user_id: int, session_id: int | None) -> None:
        if len(self._chosen) >= REMEMBERED_MAX:
            self._chosen.clear()
        self._chosen[user_id] = session_id
