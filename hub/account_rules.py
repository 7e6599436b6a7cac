"""Who may invite and change whom. Knows roles and callers; refuses to know where users are kept.

Every rule raises what the caller is told. Whether a user is the caller's to see at all is decided before: what is
another partner's is not there.
"""

from typing import Final

import msgspec

from hub.accounts import ADMIN, ANNOUNCER, OPERATOR, OWNER, ROLES, VIEWER, Caller, User
from hub.errors import Conflict, Forbidden, Invalid

GIVES: Final[dict[str, tuple[str, ...]]] = {
    VIEWER: (),
    ANNOUNCER: (),
    OPERATOR: (),
    OWNER: (VIEWER, ANNOUNCER, OPERATOR, OWNER),
    ADMIN: (VIEWER, ANNOUNCER, OPERATOR, OWNER, ADMIN),
}
"""The roles that each role may give and take, and so whose holders it may change."""


class UserChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to become of a user; None: that stays."""

    name: str | None = None
    role: str | None = None
    disabled: bool | None = None


def role(text: str) -> str:
    """Raises Invalid."""
    if text not in ROLES:
        raise Invalid(f"role: expected one of {', '.join(ROLES)}", field="role")
    return text


def check_invitation(by: Caller, wanted: str, partner_id: int | None) -> None:
    """`partner_id`: the partner that was named, else the caller's own; None: no partner."""
    _check_gives(by, role(wanted), "invite")
    if wanted == ADMIN and partner_id is not None:
        raise Invalid("partner: an admin belongs to the server, and to no partner", field="partner")
    if wanted != ADMIN and partner_id is None:
        raise Invalid(f"partner: expected the slug of the partner whose {wanted} this is", field="partner")


def check_change(by: Caller, user: User, change: UserChange) -> None:
    _check_gives(by, user.role, "change")
    if change.role is not None and change.role != user.role:
        _check_role(by, user, role(change.role))
    if change.disabled and user.id == by.user_id:
        raise Conflict("You cannot disable yourself; another owner or an admin can.", field="disabled")


def _check_role(by: Caller, user: User, wanted: str) -> None:
    _check_gives(by, wanted, "make somebody")
    if ADMIN in (user.role, wanted):
        raise Invalid(
            "role: an admin belongs to the server and all others to a partner; delete the user and invite again",
            field="role",
        )
    if user.id == by.user_id:
        raise Conflict("You cannot change your own role; another owner or an admin can.", field="role")


def check_removal(by: Caller, user: User) -> None:
    _check_gives(by, user.role, "delete")
    if user.id == by.user_id:
        raise Conflict("You cannot delete yourself; another owner or an admin can.")


def check_reset(by: Caller, user: User) -> None:
    _check_gives(by, user.role, "reset the password of")
    if user.id == by.user_id:
        raise Conflict("You cannot reset yourself: change your password instead.")
    if user.disabled:
        raise Conflict("The user is disabled; enable the user first.")


def counts(user: User) -> bool:
    """Whether this one can sign in, and so keeps a partner or the server from being without anybody."""
    return not user.disabled and user.password_hash is not None


def takes_away(user: User, change: UserChange) -> bool:
    """Whether after the change there is one fewer of the user's role who can sign in."""
    return counts(user) and (bool(change.disabled) or change.role not in (None, user.role))


def check_not_last(by: Caller, user: User, others: int) -> None:
    """`others`: how many others of this role, at the same place, can sign in. An admin may leave a partner without an
    owner, for an admin can invite one."""
    if others:
        return
    if user.role == ADMIN:
        raise Conflict("This is the last admin who can sign in; invite another one first.")
    if user.role == OWNER and not by.is_admin:
        raise Conflict("This is the partner's last owner who can sign in; invite another one first.")


def _check_gives(by: Caller, wanted: str, verb: str) -> None:
    if wanted not in GIVES[by.role]:
        raise Forbidden(f"Your role is {by.role}: you cannot {verb} {_a(wanted)}.")


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
