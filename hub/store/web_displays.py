"""Displays as the web makes and changes them. Knows the table; refuses to know what a display shows now."""

from collections.abc import Callable
from typing import Any, Final

import asyncpg
import msgspec
from msgspec.structs import replace

from hub.accounts import Caller
from hub.model import DisplayRow
from hub.store.audit import note
from hub.store.database import Connection, query
from hub.store.pooled import WebDatabase
from hub.store.reads import instant
from hub.store.sessions import new_code

TRIES_MAX: Final = 5
"""A code that is taken is one of a million million: more than one such hit has another cause."""
CHANGED: Final = "display.changed"


class WebDisplays:
    """Every method may raise StoreAway or StoreError. `database`: gives the pool; raises StoreAway while there is
    none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def make(self, by: Caller, wanted: DisplayRow) -> DisplayRow:
        """One like this, under a code of its own."""
        async with self._database().change_of(by.whose) as connection:
            for left in reversed(range(TRIES_MAX)):
                row = replace(wanted, code=new_code())
                try:
                    async with connection.transaction():
                        await connection.execute(
                            query("display_make"),
                            row.code,
                            row.partner_id,
                            row.session_id,
                            *_words(row),
                        )
                except asyncpg.UniqueViolationError:
                    if not left:
                        raise
                else:
                    break
            await _note(connection, by, "display.made", row)
            return row

    async def change(self, by: Caller, row: DisplayRow, action: str = CHANGED) -> bool:
        """All that can be said of a display becomes as in `row`. `action`: what that is called in the log. False: there
        is none."""
        async with self._database().change_of(by.whose) as connection:
            changed = await connection.fetchval(
                query("display_change"),
                row.code,
                row.partner_id,
                row.session_id,
                *_words(row),
                _instant(row.revoked_us),
                msgspec.json.encode(row.control).decode(),
            )
            if changed:
                await _note(connection, by, action, row, session=row.session_id)
            return bool(changed)

    async def delete(self, by: Caller, row: DisplayRow) -> bool:
        """False: there was none."""
        async with self._database().change_of(by.whose) as connection:
            deleted = await connection.fetchval(
                "DELETE FROM displays WHERE code = $1 AND partner_id = $2 RETURNING true",
                row.code,
                row.partner_id,
            )
            if deleted:
                await _note(connection, by, "display.deleted", row)
            return bool(deleted)


def _words(row: DisplayRow) -> tuple[object, ...]:
    return (
        row.name,
        msgspec.json.encode(row.settings).decode(),
        row.place,
        _instant(row.expires_us),
        row.template_id,
    )


def _instant(us: int | None) -> object:
    return None if us is None else instant(us)


async def _note(connection: Connection, by: Caller, action: str, row: DisplayRow, **more: Any) -> None:
    await note(connection, by, action, row.name, partner_id=row.partner_id, detail={"code": row.code, **more})
