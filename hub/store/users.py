"""Users: listed, invited, changed, removed; and the links with which they choose a password. Knows the tables and the
rules; refuses to know requests.

`connection`: of a transaction, the web's (which has what is the caller's, and no more) or the owner's. `by` is whoever
wants it. Every change has its line in the log.
"""

from datetime import timedelta
from typing import Any, Final

import msgspec

from hub import account_rules
from hub.account_lines import Link, MadeLink, UserLine
from hub.account_rules import UserChange
from hub.accounts import ADMIN, Caller, User, caller_of
from hub.errors import Conflict, NotFound
from hub.model import PartnerRow
from hub.own_settings import OwnSettings, kept
from hub.store.audit import note
from hub.store.database import Connection, query
from hub.store.web_accounts import user_of
from hub.tokens import hash_of, new_link

USERS_MAX: Final = 500
"""Of one partner: a list of them is one page, and an owner who invites more is a program gone wild."""
JOIN: Final = "join"
RESET: Final = "reset"
VALID: Final = {JOIN: timedelta(days=7), RESET: timedelta(hours=24)}
CHANGES_KEY: Final = 0x7261636568756232
"""The advisory lock of changes of users and partners ("racehub2"): they are seldom, and are looked at one by one."""
USED_UP: Final = "This link is used up or too old; ask for a new one."


async def one_at_a_time(connection: Connection) -> None:
    """Until the transaction ends nobody else changes users or partners: what a rule has counted stays so."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", CHANGES_KEY)


async def lines(
    connection: Connection, by: Caller, *, user_id: int | None = None, partner_id: int | None = None
) -> list[UserLine]:
    """All that are the caller's to see, by partner and address; or one, or those of one partner."""
    rows = await connection.fetch(query("users_list"), user_id, partner_id, by.partner_id)
    return [_line(row) for row in rows]


async def line(connection: Connection, by: Caller, user_id: int) -> UserLine:
    """Raises NotFound."""
    found = await lines(connection, by, user_id=user_id)
    if not found:
        raise _no_user(user_id)
    return found[0]


async def invite(
    connection: Connection, by: Caller, email: str, name: str, role: str, partner_id: int | None
) -> tuple[UserLine, MadeLink]:
    """A user who chooses a password with the link. Raises what the rules say, and Conflict."""
    user_id = await add(connection, by, email, name, role, partner_id, None)
    return await line(connection, by, user_id), await _make_link(connection, user_id, JOIN)


async def add(
    connection: Connection,
    by: Caller,
    email: str,
    name: str,
    role: str,
    partner_id: int | None,
    password_hash: str | None,
) -> int:
    """A user; `password_hash` None: who waits for a link. Gives the id. Raises what the rules say, and Conflict."""
    account_rules.check_invitation(by, role, partner_id)
    await one_at_a_time(connection)
    count = "SELECT count(*) FROM users WHERE partner_id IS NOT DISTINCT FROM $1"
    if await connection.fetchval(count, partner_id) >= USERS_MAX:
        raise Conflict(f"There are {USERS_MAX} users already; delete those who have left.")
    user_id = await connection.fetchval(query("user_add"), partner_id, email, name, role, password_hash)
    if user_id is None:
        raise Conflict("There is a user with this e-mail address already.", field="email")
    action = "user.invited" if password_hash is None else "user.added"
    await note(connection, by, action, email, partner_id=partner_id, detail={"role": role})
    return int(user_id)


async def first_admin(connection: Connection, email: str, name: str, password_hash: str) -> User:
    """The first who can sign in at all. Raises NotFound when there is an admin by now, and Conflict."""
    await one_at_a_time(connection)
    if await connection.fetchval("SELECT has_admin()"):
        raise NotFound(USED_UP)
    user_id = await connection.fetchval(query("user_add"), None, email, name, ADMIN, password_hash)
    if user_id is None:
        raise Conflict("There is a user with this e-mail address already.", field="email")
    user = await _whole(connection, user_id)
    await note(connection, caller_of(user), "user.joined", email, partner_id=None, detail={"role": ADMIN})
    return user


async def change(connection: Connection, by: Caller, user_id: int, wanted: UserChange) -> UserLine:
    """Raises NotFound, and what the rules say. What a user was signed in with ends with a change of role or access."""
    await one_at_a_time(connection)
    user = await _find(connection, by, user_id)
    account_rules.check_change(by, user, wanted)
    if account_rules.takes_away(user, wanted):
        await _check_not_last(connection, by, user)
    detail = _differences(user, wanted)
    if detail:
        await connection.execute(query("user_change"), user.id, wanted.name, wanted.role, wanted.disabled)
        if wanted.disabled:
            await _forget_links(connection, user.id)
        await note(connection, by, _action(detail), user.email, partner_id=user.partner_id, detail=detail)
    return await line(connection, by, user.id)


async def delete(connection: Connection, by: Caller, user_id: int) -> None:
    """With all tokens and links. Raises NotFound, and what the rules say."""
    await one_at_a_time(connection)
    user = await _find(connection, by, user_id)
    account_rules.check_removal(by, user)
    if account_rules.counts(user):
        await _check_not_last(connection, by, user)
    await connection.execute("DELETE FROM users WHERE id = $1", user.id)
    await note(
        connection, by, "user.deleted", user.email, partner_id=user.partner_id, detail={"role": user.role}
    )


async def reset(connection: Connection, by: Caller, user_id: int) -> MadeLink:
    """A link to choose another password; the old one, all sign-ins and all tokens end now. Raises NotFound, and what
    the rules say."""
    await one_at_a_time(connection)
    user = await _find(connection, by, user_id)
    account_rules.check_reset(by, user)
    seen = await connection.fetchval("SELECT last_seen_at FROM users WHERE id = $1", user.id)
    kind = JOIN if user.password_hash is None and seen is None else RESET
    await connection.execute("UPDATE users SET password_hash = NULL WHERE id = $1", user.id)
    await connection.execute("DELETE FROM tokens WHERE user_id = $1", user.id)
    await note(connection, by, "user.reset", user.email, partner_id=user.partner_id)
    return await _make_link(connection, user.id, kind)


async def rename(connection: Connection, by: Caller, name: str) -> User:
    """The caller's own name. Raises NotFound when the caller has just been deleted."""
    user = await _find(connection, by, by.user_id)
    if name != user.name:
        await connection.execute("UPDATE users SET name = $2 WHERE id = $1", user.id, name)
        detail = {"name": [user.name, name]}
        await note(connection, by, "user.changed", user.email, partner_id=user.partner_id, detail=detail)
    return await _whole(connection, user.id)


async def settings(connection: Connection, by: Caller) -> OwnSettings:
    """The caller's own. Raises NotFound when the caller has just been deleted."""
    text = await connection.fetchval("SELECT settings::text FROM users WHERE id = $1", by.user_id)
    if text is None:
        raise _no_user(by.user_id)
    return kept(text)


async def save_settings(connection: Connection, by: Caller, wanted: OwnSettings) -> None:
    """The caller's own. Raises NotFound when the caller has just been deleted."""
    text = msgspec.json.encode(wanted).decode()
    command = "UPDATE users SET settings = $2::text::jsonb WHERE id = $1"
    if await connection.execute(command, by.user_id, text) != "UPDATE 1":
        raise _no_user(by.user_id)


async def change_password(connection: Connection, by: Caller, password_hash: str) -> User:
    """The caller's own; all sign-ins under the old one end, with the tokens that stand for one. Raises Conflict when
    the password, the role or the access has changed since the caller was let in."""
    changed = await connection.fetchval(
        "UPDATE users SET password_hash = $2 WHERE id = $1 AND session_generation = $3 AND disabled_at IS NULL"
        " RETURNING true",
        by.user_id,
        password_hash,
        by.generation,
    )
    if not changed:
        raise Conflict("You were changed by somebody else meanwhile; sign in again.")
    await connection.execute("DELETE FROM tokens WHERE user_id = $1 AND expires_at IS NOT NULL", by.user_id)
    await _forget_links(connection, by.user_id)
    await note(connection, by, "user.password_changed", by.name, partner_id=by.partner_id)
    return await _whole(connection, by.user_id)


async def link(connection: Connection, user: User, text: str) -> Link | None:
    """What a link is for that leads to this user; None: it does so no more."""
    row = await connection.fetchrow(query("link_read"), hash_of(text), user.id)
    return Link(row["kind"], user.email, row["partner"]) if row and not user.disabled else None


async def use_link(
    connection: Connection, user: User, text: str, password_hash: str, name: str | None
) -> User | None:
    """Gives the user a password, once for each link; None: it is used up, or too old. `name` None: as it is."""
    kind = await connection.fetchval(
        "DELETE FROM user_links WHERE token_hash = $1 AND user_id = $2 AND expires_at > now() RETURNING kind",
        hash_of(text),
        user.id,
    )
    if kind is None:
        return None
    changed = await connection.fetchval(
        "UPDATE users SET password_hash = $2, name = coalesce($3, name) WHERE id = $1 AND disabled_at IS NULL"
        " RETURNING true",
        user.id,
        password_hash,
        name,
    )
    if not changed:
        return None
    now = await _whole(connection, user.id)
    action = "user.joined" if kind == JOIN else "user.password_chosen"
    await note(connection, caller_of(now), action, now.email, partner_id=now.partner_id)
    return now


async def _make_link(connection: Connection, user_id: int, kind: str) -> MadeLink:
    """The one link of this user: older ones lead nowhere."""
    text = new_link()
    expires = await connection.fetchval(query("link_make"), hash_of(text), user_id, kind, VALID[kind])
    return MadeLink(text, expires)


async def _forget_links(connection: Connection, user_id: int) -> None:
    await connection.execute("DELETE FROM user_links WHERE user_id = $1", user_id)


async def _find(connection: Connection, by: Caller, user_id: int) -> User:
    row = await connection.fetchrow(query("user_find"), user_id, by.partner_id)
    if row is None:
        raise _no_user(user_id)
    return user_of(row)


async def _whole(connection: Connection, user_id: int) -> User:
    return user_of(await connection.fetchrow("SELECT * FROM user_by_id($1)", user_id))


async def _check_not_last(connection: Connection, by: Caller, user: User) -> None:
    others = await connection.fetchval(query("users_others"), user.id, user.role, user.partner_id)
    account_rules.check_not_last(by, user, others)


def _no_user(user_id: int) -> NotFound:
    return NotFound(f"There is no user {user_id}.")


def _differences(user: User, wanted: UserChange) -> dict[str, list[object]]:
    """What changes, each as what it was and what it becomes."""
    pairs = {
        "name": (user.name, wanted.name),
        "role": (user.role, wanted.role),
        "disabled": (user.disabled, wanted.disabled),
    }
    return {field: [was, to] for field, (was, to) in pairs.items() if to is not None and to != was}


def _action(detail: dict[str, list[object]]) -> str:
    if "disabled" in detail:
        return "user.disabled" if detail["disabled"][1] else "user.enabled"
    return "user.changed"


def _line(row: Any) -> UserLine:
    partner = None if row["slug"] is None else PartnerRow(row["partner_id"], row["slug"], row["partner_name"])
    return UserLine(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=row["role"],
        partner=partner,
        disabled=row["disabled"],
        waiting=row["waiting"],
        last_seen_at=row["last_seen_at"],
        created_at=row["created_at"],
    )
