"""Users, links, tokens and the log of changes, as the web asks for them. Knows whose walls each question stays behind;
refuses to know what a change does.
"""

from collections.abc import Callable

from hub.account_lines import ChangeLine, Link, MadeLink, MadeToken, TokenLine, UserLine
from hub.account_rules import UserChange
from hub.accounts import Caller, User, caller_of
from hub.model import EVERYONE
from hub.own_settings import OwnSettings
from hub.store import audit, user_tokens, users
from hub.store.pooled import WebDatabase
from hub.store.web_accounts import user_of
from hub.tokens import hash_of


class WebUsers:
    """Every method may raise StoreAway; what changes something also StoreError, and what `hub.store.users` and
    `hub.store.user_tokens` say. `database`: gives the pool; raises StoreAway while there is none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def lines(self, by: Caller, partner_id: int | None = None) -> list[UserLine]:
        async with self._database().of(by.whose) as connection:
            return await users.lines(connection, by, partner_id=partner_id)

    async def line(self, by: Caller, user_id: int) -> UserLine:
        async with self._database().of(by.whose) as connection:
            return await users.line(connection, by, user_id)

    async def invite(
        self, by: Caller, email: str, name: str, role: str, partner_id: int | None
    ) -> tuple[UserLine, MadeLink]:
        async with self._database().change_of(by.whose) as connection:
            return await users.invite(connection, by, email, name, role, partner_id)

    async def change(self, by: Caller, user_id: int, wanted: UserChange) -> UserLine:
        async with self._database().change_of(by.whose) as connection:
            return await users.change(connection, by, user_id, wanted)

    async def delete(self, by: Caller, user_id: int) -> None:
        async with self._database().change_of(by.whose) as connection:
            await users.delete(connection, by, user_id)

    async def reset(self, by: Caller, user_id: int) -> MadeLink:
        async with self._database().change_of(by.whose) as connection:
            return await users.reset(connection, by, user_id)

    # what a user does alone

    async def has_admin(self) -> bool:
        """Whether there is an admin who can sign in."""
        async with self._database().of_nobody() as connection:
            return bool(await connection.fetchval("SELECT has_admin()"))

    async def first_admin(self, email: str, name: str, password_hash: str) -> User:
        async with self._database().change_of(EVERYONE) as connection:
            return await users.first_admin(connection, email, name, password_hash)

    async def link(self, text: str) -> Link | None:
        """What a link is for; None: for nothing, or not any more."""
        user = await self._linked(text)
        if user is None:
            return None
        async with self._database().of(caller_of(user).whose) as connection:
            return await users.link(connection, user, text)

    async def use_link(self, text: str, password_hash: str, name: str | None) -> User | None:
        """The user whose password this is now; None: the link is good for nothing, or not any more."""
        user = await self._linked(text)
        if user is None:
            return None
        async with self._database().change_of(caller_of(user).whose) as connection:
            return await users.use_link(connection, user, text, password_hash, name)

    async def rename(self, by: Caller, name: str) -> User:
        async with self._database().change_of(by.whose) as connection:
            return await users.rename(connection, by, name)

    async def settings(self, by: Caller) -> OwnSettings:
        async with self._database().of(by.whose) as connection:
            return await users.settings(connection, by)

    async def save_settings(self, by: Caller, wanted: OwnSettings) -> None:
        async with self._database().change_of(by.whose) as connection:
            await users.save_settings(connection, by, wanted)

    async def change_password(self, by: Caller, password_hash: str) -> User:
        async with self._database().change_of(by.whose) as connection:
            return await users.change_password(connection, by, password_hash)

    async def tokens(self, by: Caller) -> list[TokenLine]:
        async with self._database().of(by.whose) as connection:
            return await user_tokens.lines(connection, by)

    async def make_token(self, by: Caller, name: str, hours: int | None = None) -> MadeToken:
        async with self._database().change_of(by.whose) as connection:
            return await user_tokens.make(connection, by, name, hours)

    async def delete_token(self, by: Caller, token_id: int) -> None:
        async with self._database().change_of(by.whose) as connection:
            await user_tokens.delete(connection, by, token_id)

    # the log of changes

    async def note(
        self,
        by: Caller,
        action: str,
        what: str,
        *,
        partner_id: int | None,
        detail: dict[str, object] | None = None,
    ) -> None:
        """For what changes no table, such as a sign-in."""
        async with self._database().change_of(by.whose) as connection:
            await audit.note(connection, by, action, what, partner_id=partner_id, detail=detail)

    async def changes(
        self, by: Caller, *, before: int | None, limit: int, partner_id: int | None = None
    ) -> list[ChangeLine]:
        async with self._database().of(by.whose) as connection:
            return await audit.page(connection, by, before=before, limit=limit, partner_id=partner_id)

    async def _linked(self, text: str) -> User | None:
        async with self._database().of_nobody() as connection:
            row = await connection.fetchrow("SELECT * FROM user_by_link($1)", hash_of(text))
            return user_of(row) if row else None
