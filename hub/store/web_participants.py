"""What requests ask of participants, in pages. Knows their table; refuses to know requests, and whose things a caller
may see."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from hub.model import Whose
from hub.participants import Record, Wanted
from hub.store import rosters
from hub.store.database import query
from hub.store.pooled import WebDatabase

_BIB: Final = ("bib = ''", "length(ltrim(bib, '0'))", "ltrim(bib, '0') COLLATE \"C\"")
"""By number, as far as bibs are numbers; who has none comes last."""
ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "bib": _BIB,
    "name": ("last_name = '' AND first_name = ''", "lower(last_name)", "lower(first_name)"),
    "race": ("race_name = ''", "lower(race_name)", *_BIB),
    "city": ("city = ''", "lower(city)", "lower(last_name)"),
    "updated": ("updated_at",),
}
"""By the names that they are asked for by."""


class WebParticipants:
    """Every method may raise StoreAway. What does not belong to `whose` is as absent as what does not exist.
    `database`: gives the pool; raises StoreAway while there is none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def page(self, whose: Whose, session_id: int, wanted: Wanted) -> tuple[list[Record], int]:
        """And how many there are in all."""
        patterns = [f"%{_literal(word.lower())}%" for word in wanted.words] or None
        asked = (
            session_id,
            wanted.gone,
            patterns,
            wanted.race,
            wanted.status,
            wanted.origin,
            wanted.without,
        )
        filtered = query("participants_filtered")
        way = " DESC" if wanted.desc else ""
        order = ", ".join(f"{each}{way}" for each in (*ORDERS[wanted.sort], "id"))
        async with self._database().of(whose) as connection:
            total = await connection.fetchval(f"SELECT count(*) {filtered}", *asked)
            rows = await connection.fetch(
                f"SELECT id {filtered} ORDER BY {order} LIMIT $8 OFFSET $9",
                *asked,
                wanted.limit,
                wanted.after,
            )
            ids = [row["id"] for row in rows]
            found = await rosters.records(connection, session_id, ids)
        return [found[each] for each in ids if each in found], total

    async def counted(self, whose: Whose, session_id: int) -> dict[str, Any]:
        """How many on the roster are what."""
        async with self._database().of(whose) as connection:
            found: dict[str, Any] = msgspec.json.decode(
                await connection.fetchval(query("participants_counted"), session_id)
            )
        return found

    async def record(self, whose: Whose, participant_id: int) -> Record | None:
        async with self._database().of(whose) as connection:
            return await rosters.record(connection, participant_id)

    async def records(self, whose: Whose, session_id: int, ids: Sequence[int]) -> dict[int, Record]:
        """By id, as far as they are there."""
        async with self._database().of(whose) as connection:
            return await rosters.records(connection, session_id, ids)

    async def order(self, whose: Whose, session_id: int) -> list[str]:
        """Of the session's origins."""
        async with self._database().of(whose) as connection:
            facts = await rosters.facts(connection, session_id)
        return facts.order if facts else []


def _literal(word: str) -> str:
    """For LIKE."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
