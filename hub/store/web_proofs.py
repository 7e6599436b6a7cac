"""What was shown and said of a session's reads, and how long they took, as it is kept. Knows the tables; refuses to
know screens."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from hub.latency import Way, packed, unpacked
from hub.model import Whose
from hub.showings import Counts, ReadShown, Showing, ShowingRow, ShownFilter
from hub.store.database import Connection, query
from hub.store.pooled import WebDatabase
from hub.store.reads import instant
from hub.store.sessions import read_of

READ_FIELDS: Final = 15


class WebProofs:
    """Every method may raise StoreAway, and what keeps something StoreError. What does not belong to `whose` is as
    absent as what does not exist. `database`: gives the pool; raises StoreAway while there is none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def save_showings(self, partner_id: int, rows: Sequence[ShowingRow]) -> None:
        """Those of sessions of this partner; of several of one read and display the longest."""
        async with self._database().change_of(partner_id) as connection:
            await connection.execute(
                query("showings_save"),
                [row.session_id for row in rows],
                [row.offset for row in rows],
                [row.showing.code for row in rows],
                [instant(row.showing.shown_us) for row in rows],
                [row.showing.shown_ms for row in rows],
                [row.showing.layout for row in rows],
            )

    async def add_latencies(self, partner_id: int, session_id: int, way: Way) -> None:
        """What was counted since the last time. A session that is gone has none."""
        async with self._database().change_of(partner_id) as connection:
            there = await connection.fetchval("SELECT true FROM timing_sessions WHERE id = $1", session_id)
            if there:
                total = await _latencies(connection, session_id)
                total.merge(way)
                await connection.execute(
                    query("latencies_save"), session_id, msgspec.json.encode(packed(total)).decode()
                )

    async def latencies(self, whose: Whose, session_id: int) -> Way:
        """What is kept of a session."""
        async with self._database().of(whose) as connection:
            return await _latencies(connection, session_id)

    async def reads(self, whose: Whose, session_id: int, wanted: ShownFilter) -> list[ReadShown]:
        """In the order of offsets."""
        async with self._database().of(whose) as connection:
            rows = await connection.fetch(
                query("reads_shown"),
                session_id,
                wanted.after,
                wanted.testing,
                list(wanted.crew),
                wanted.which,
                wanted.limit,
            )
            return [_shown(list(row)) for row in rows]

    async def counts(self, whose: Whose, session_id: int, wanted: ShownFilter) -> Counts:
        async with self._database().of(whose) as connection:
            row = await connection.fetchrow(
                query("shown_counts"), session_id, wanted.testing, list(wanted.crew)
            )
            return Counts(*row)


async def _latencies(connection: Connection, session_id: int) -> Way:
    kept = await connection.fetchval(
        "SELECT figures FROM session_latencies WHERE session_id = $1", session_id
    )
    return unpacked(msgspec.json.decode(kept)) if kept else Way()


def _shown(fields: list[Any]) -> ReadShown:
    codes, instants, durations, layouts, said_by, said_us, quiet = fields[READ_FIELDS:]
    showings = zip(codes or (), instants or (), durations or (), layouts or (), strict=True)
    return ReadShown(
        read_of(fields[:READ_FIELDS]),
        tuple(Showing(*each) for each in showings),
        said_by or "",
        said_us,
        quiet,
    )
