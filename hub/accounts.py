"""Who may do how much: roles, users, and who a caller is. Knows words and their order; refuses to know passwords,
requests and tables.
"""

from typing import Final

import msgspec

from hub.model import EVERYONE, Whose

VIEWER: Final = "viewer"
ANNOUNCER: Final = "announcer"
OPERATOR: Final = "operator"
OWNER: Final = "owner"
ADMIN: Final = "admin"
ROLES: Final = (VIEWER, ANNOUNCER, OPERATOR, OWNER, ADMIN)
"""Each may do what those before it may. The last is of the server; all others are of one partner."""

MACHINE: Final = "this machine's token"
"""What the log of changes calls whoever has `data_dir/admin.token`."""


def at_least(role: str, least: str) -> bool:
    return ROLES.index(role) >= ROLES.index(least)


class User(msgspec.Struct, frozen=True):
    """A row of `users`. `partner_id` None: an admin. `password_hash` None: no password was chosen yet.
    `generation`: the sign-ins of another one have ended."""

    id: int
    partner_id: int | None
    email: str
    name: str
    role: str
    password_hash: str | None
    generation: int
    disabled: bool


class Caller(msgspec.Struct, frozen=True):
    """Who asks. `user_id` 0: nobody but this machine's own token. `generation`: of the sign-in."""

    user_id: int
    partner_id: int | None
    role: str
    name: str
    generation: int = 0

    @property
    def whose(self) -> Whose:
        """Whose things this caller may ask for."""
        return EVERYONE if self.partner_id is None else self.partner_id

    @property
    def is_admin(self) -> bool:
        return self.role == ADMIN

    def sees(self, partner_id: int) -> bool:
        """Whether something of this partner is there for the caller at all."""
        return self.partner_id is None or self.partner_id == partner_id


MACHINE_CALLER: Final = Caller(0, None, ADMIN, MACHINE)


def caller_of(user: User) -> Caller:
    return Caller(user.id, user.partner_id, user.role, user.email, user.generation)
