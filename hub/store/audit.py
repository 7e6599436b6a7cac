"""Who changed what: a row beside each change, in the same transaction. Knows the table; refuses to know what
changes.
"""

import json
from collections.abc import Mapping
from typing import Any

from hub.account_lines import ChangeLine
from hub.accounts import Caller
from hub.model import PartnerRow
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


async def page(
    connection: Connection, by: Caller, *, before: int | None, limit: int, partner_id: int | None = None
) -> list[ChangeLine]:
    """At most `limit` lines that the caller may read, the newest first, older than the line `before`."""
    rows = await connection.fetch(query("audit_page"), before, partner_id, by.partner_id, limit)
    return [_line(row) for row in rows]


def _line(row: Any) -> ChangeLine:
    partner = None if row["slug"] is None else PartnerRow(row["partner_id"], row["slug"], row["partner_name"])
    return ChangeLine(
        row["id"], row["at"], row["who"], row["action"], row["what"], json.loads(row["detail"]), partner
    )
