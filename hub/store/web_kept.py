"""Events and exports, as the web asks for them. Knows their tables; refuses to know who changes them."""

from collections.abc import Callable
from typing import Any

import msgspec

from hub.model import ExportRow, Whose
from hub.store.database import query
from hub.store.pooled import WebDatabase


class WebKept:
    """Every method may raise StoreAway. What does not belong to `whose` is as absent as what does not exist.
    `database`: gives the pool; raises StoreAway while there is none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def events(self, whose: Whose, event_id: int | None = None) -> list[dict[str, Any]]:
        async with self._database().of(whose) as connection:
            rows = [dict(row) for row in await connection.fetch(query("events_list"), event_id)]
        for row in rows:
            row["races"] = msgspec.json.decode(row["races"])
        return rows

    async def exports(self, whose: Whose, export_id: int | None = None) -> list[ExportRow]:
        async with self._database().of(whose) as connection:
            return [ExportRow(*row) for row in await connection.fetch(query("exports_list"), export_id)]
