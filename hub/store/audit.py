"""Who changed what: a row beside each change, in the same transaction. Knows the table; refuses to know what
changes.
"""

import json
from collections.abc import Mapping

from hub.accounts import Caller
from hub.store.database import Connection, query


async def note(
    connection: Connection,
    by: Caller,
    action: str,
    what: str,
    *,
    partner_id: int | None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """`action`: `thing.done`, such as `display.made`. `what`: which one, for people. `partner_id`: whose owners may
    read of it; None: admins only. Never a secret."""
    await connection.execute(
        query("audit_note"),
        partner_id,
        by.user_id or None,
        by.name,
        action,
        what,
        json.dumps(dict(detail or {})),
    )
