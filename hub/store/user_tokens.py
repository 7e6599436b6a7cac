"""Personal tokens: each of one user, who names it and may have done with it. Knows the table; refuses to know what a
token opens, which is whatever its user may do.
"""

from typing import Final

from hub.account_lines import MadeToken, TokenLine
from hub.accounts import Caller
from hub.errors import Conflict, Forbidden, NotFound
from hub.store.audit import note
from hub.store.database import Connection, query
from hub.tokens import hash_of, new_token

TOKENS_MAX: Final = 50
"""Of one user, and for good: a list that somebody can still look through for the one that is not known any more."""
SIGN_INS_MAX: Final = 20
"""Of one user, of tokens that end by themselves: a program that signs in for every question has its oldest end earlier,
and is not locked out."""


async def lines(connection: Connection, by: Caller) -> list[TokenLine]:
    """The caller's own, the newest first."""
    return [TokenLine(*row) for row in await connection.fetch(query("tokens_list"), by.user_id)]


async def make(connection: Connection, by: Caller, name: str, hours: int | None = None) -> MadeToken:
    """A token of the caller's; `hours` None: for good. Raises Forbidden for the machine's token, which is of no user,
    and Conflict when there are too many."""
    if not by.user_id:
        raise Forbidden("This machine's token belongs to no user; sign in to make tokens of your own.")
    if hours is None:
        count = "SELECT count(*) FROM tokens WHERE user_id = $1 AND expires_at IS NULL"
        if await connection.fetchval(count, by.user_id) >= TOKENS_MAX:
            raise Conflict(f"You have {TOKENS_MAX} tokens already; delete those that are not used any more.")
    else:
        await connection.execute(query("tokens_make_room"), by.user_id, SIGN_INS_MAX)
    token = new_token()
    made = await connection.fetchrow(query("token_make"), by.user_id, name, hash_of(token), hours)
    detail = {"hours": hours} if hours else {}
    await note(connection, by, "token.made", name, partner_id=by.partner_id, detail=detail)
    return MadeToken(made["id"], name, token, made["expires_at"])


async def delete(connection: Connection, by: Caller, token_id: int) -> None:
    """Raises NotFound, also for another's."""
    name = await connection.fetchval(
        "DELETE FROM tokens WHERE id = $1 AND user_id = $2 RETURNING name", token_id, by.user_id
    )
    if name is None:
        raise NotFound(f"There is no token {token_id}.")
    await note(connection, by, "token.deleted", name, partner_id=by.partner_id)
