"""Displays as the web makes and changes them. Knows the table; refuses to know what a display shows now."""

from collections.abc import Callable
from typing import Final

import asyncpg

from hub.accounts import Caller
from hub.model import DisplayRow
from hub.store.audit import note
from hub.store.database import query
from hub.store.pooled import WebDatabase
from hub.store.sessions import new_code

TRIES_MAX: Final = 5
"""A code that is taken is one of a million million: more than one such hit has another cause."""


class WebDisplays:
    """Every method may raise StoreAway or StoreError. `database`: gives the pool; raises StoreAway while there is
    none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def make(self, by: Caller, partner_id: int, name: str, session_id: int | None) -> DisplayRow:
        async with self._database().change_of(by.whose) as connection:
            for left in reversed(range(TRIES_MAX)):
                row = DisplayRow(new_code(), partner_id, session_id, name)
                try:
                    async with connection.transaction():
                        await connection.execute(
                            query("display_make"), row.code, partner_id, session_id, name
                        )
                except asyncpg.UniqueViolationError:
                    if not left:
                        raise
                else:
                    break
            await note(connection, by, "display.made", name, partner_id=partner_id, detail={"code": row.code})
            return row

    async def change(self, by: Caller, row: DisplayRow) -> bool:
        """Name and session become those of `row`. False: there is none."""
        async with self._database().change_of(by.whose) as connection:
            changed = await connection.fetchval(
                query("display_change"), row.code, row.partner_id, row.session_id, row.name
            )
            if changed:
                detail = {"code": row.code, "session": row.session_id}
                await note(
                    connection, by, "display.changed", row.name, partner_id=row.partner_id, detail=detail
                )
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
                await note(
                    connection,
                    by,
                    "display.deleted",
                    row.name,
                    partner_id=row.partner_id,
                    detail={"code": row.code},
                )
            return bool(deleted)
