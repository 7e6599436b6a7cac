"""Screens as they are kept: one row each. Knows the table; refuses to know which of them are there now."""

from collections.abc import Callable, Sequence

from hub.accounts import Caller
from hub.model import EVERYONE, ScreenRow
from hub.store.audit import note
from hub.store.database import query
from hub.store.pooled import WebDatabase
from hub.store.reads import instant


class WebScreens:
    """Every method may raise StoreAway, and what changes something StoreError. `database`: gives the pool; raises
    StoreAway while there is none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def all(self) -> list[ScreenRow]:
        """Of all partners, the oldest first."""
        async with self._database().of(EVERYONE) as connection:
            return [ScreenRow(**row) for row in await connection.fetch(query("screens_all"))]

    async def save(self, partner_id: int, rows: Sequence[ScreenRow], gone: Sequence[str]) -> None:
        """How these of a partner's are, but not what somebody wished of them; and those that are to be forgotten."""
        async with self._database().change_of(partner_id) as connection:
            if gone:
                await connection.execute("DELETE FROM screens WHERE id = ANY ($1)", list(gone))
            if rows:
                await connection.execute(
                    query("screens_save"),
                    partner_id,
                    [row.id for row in rows],
                    [row.code for row in rows],
                    [row.width for row in rows],
                    [row.height for row in rows],
                    [row.version for row in rows],
                    [instant(row.first_us) for row in rows],
                    [instant(row.last_us) for row in rows],
                )

    async def change(self, by: Caller, row: ScreenRow, action: str) -> bool:
        """All of it; `action`: what that is called in the log. False: its code leads to no display of this partner."""
        async with self._database().change_of(by.whose) as connection:
            changed = await connection.fetchval(
                query("screen_change"),
                row.id,
                row.partner_id,
                row.code,
                row.name,
                row.blank,
                row.width,
                row.height,
                row.version,
                instant(row.first_us),
                instant(row.last_us),
            )
            if changed:
                await note(
                    connection,
                    by,
                    action,
                    row.name or row.id,
                    partner_id=row.partner_id,
                    detail={"id": row.id, "code": row.code},
                )
            return bool(changed)

    async def delete(self, by: Caller, row: ScreenRow) -> None:
        async with self._database().change_of(by.whose) as connection:
            await connection.execute(
                "DELETE FROM screens WHERE id = $1 AND partner_id = $2", row.id, row.partner_id
            )
            await note(
                connection,
                by,
                "screen.deleted",
                row.name or row.id,
                partner_id=row.partner_id,
                detail={"id": row.id, "code": row.code},
            )
