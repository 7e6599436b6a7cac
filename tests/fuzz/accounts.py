"""Users and partners behind the fuzzed web: nobody is there, and what is wanted is noted."""

from datetime import UTC, datetime
from typing import Final

from hub.account_lines import ChangeLine, Link, MadeLink, MadeToken, PartnerLine, TokenLine, UserLine
from hub.account_rules import UserChange
from hub.accounts import Caller, User
from hub.errors import Conflict, NotFound
from hub.model import PartnerRow
from hub.own_settings import OwnSettings

THEN: Final = datetime(2026, 5, 9, tzinfo=UTC)


class NoUsers:
    """There are none; those that are made are forgotten."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def lines(self, by: Caller, partner_id: int | None = None) -> list[UserLine]:
        return []

    async def line(self, by: Caller, user_id: int) -> UserLine:
        raise NotFound(f"There is no user {user_id}.")

    async def invite(
        self, by: Caller, email: str, name: str, role: str, partner_id: int | None
    ) -> tuple[UserLine, MadeLink]:
        self.changed.append(f"user {email} {name} {role}".encode().decode())
        partner = None if partner_id is None else PartnerRow(partner_id, "p", "P")
        user = UserLine(1, email, name, role, partner, False, True, None, THEN)
        return user, MadeLink("rh_x", THEN)

    async def change(self, by: Caller, user_id: int, wanted: UserChange) -> UserLine:
        return await self.line(by, user_id)

    async def delete(self, by: Caller, user_id: int) -> None:
        await self.line(by, user_id)

    async def reset(self, by: Caller, user_id: int) -> MadeLink:
        raise NotFound(f"There is no user {user_id}.")

    async def has_admin(self) -> bool:
        return True

    async def first_admin(self, email: str, name: str, password_hash: str) -> User:
        raise NotFound("no")

    async def link(self, text: str) -> Link | None:
        return None

    async def use_link(self, text: str, password_hash: str, name: str | None) -> User | None:
        return None

    async def rename(self, by: Caller, name: str) -> User:
        raise Conflict("no")

    async def settings(self, by: Caller) -> OwnSettings:
        return OwnSettings()

    async def save_settings(self, by: Caller, wanted: OwnSettings) -> None:
        pass

    async def change_password(self, by: Caller, password_hash: str) -> User:
        raise Conflict("no")

    async def tokens(self, by: Caller) -> list[TokenLine]:
        return []

    async def make_token(self, by: Caller, name: str, hours: int | None = None) -> MadeToken:
        self.changed.append(f"token {name}".encode().decode())
        return MadeToken(1, name, "rht_x", None)

    async def delete_token(self, by: Caller, token_id: int) -> None:
        raise NotFound(f"There is no token {token_id}.")

    async def note(
        self,
        by: Caller,
        action: str,
        what: str,
        *,
        partner_id: int | None,
        detail: dict[str, object] | None = None,
    ) -> None:
        pass

    async def changes(
        self, by: Caller, *, before: int | None, limit: int, partner_id: int | None = None
    ) -> list[ChangeLine]:
        return []


class Choices:
    """Nobody has chosen a session."""

    async def of(self, by: Caller) -> int | None:
        return None

    async def choose(self, by: Caller, session_id: int | None) -> None:
        pass


class NoPartners:
    """There is one, which cannot be changed; those that are made are forgotten."""

    def __init__(self, changed: list[str]) -> None:
        self.changed = changed

    async def lines(self, by: Caller) -> list[PartnerLine]:
        return []

    async def line(self, by: Caller, partner_id: int) -> PartnerLine:
        return PartnerLine(partner_id, "p", "P", 0, 0, 0, THEN)

    async def make(self, by: Caller, name: str, slug: str | None) -> PartnerRow:
        self.changed.append(f"partner {name} {slug}".encode().decode())
        return PartnerRow(1, "default", "Default")

    async def change(self, by: Caller, partner_id: int, name: str | None, slug: str | None) -> PartnerRow:
        raise NotFound(f"There is no partner {partner_id}.")

    async def delete(self, by: Caller, partner_id: int) -> None:
        raise NotFound(f"There is no partner {partner_id}.")
