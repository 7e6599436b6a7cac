"""What goes on being asked of those who are signed in. Knows the generations of users; refuses to know what they do."""

from collections.abc import Callable, Collection

from hub.accounts import User, caller_of
from hub.model import EVERYONE
from hub.store.database import query
from hub.store.pooled import WebDatabase


class WebSignIns:
    """Every method may raise StoreAway. `database`: gives the pool; raises StoreAway while there is none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def generations(self, user_ids: Collection[int]) -> dict[int, int]:
        """By id, of those of these users who are there and not disabled."""
        async with self._database().of(EVERYONE) as connection:
            rows = await connection.fetch(query("sign_ins_generations"), list(user_ids))
            return {row["id"]: row["session_generation"] for row in rows}

    async def rehash(self, user: User, password_hash: str) -> int | None:
        """The same password, kept at today's cost. Gives the user's generation from now on: who was signed in before
        signs in again. None: the user is another one meanwhile."""
        async with self._database().change_of(caller_of(user).whose) as connection:
            changed: int | None = await connection.fetchval(
                query("sign_ins_rehash"), user.id, user.generation, password_hash
            )
            return changed
