"""What a source had sent before it was given another place, on its way there: rows of `source_moves`, and the reads
they speak of. Knows the tables; refuses to know when a step is done.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from hub.model import Read
from hub.store.database import Connection, query
from hub.store.sessions import read_of

READS_AT_ONCE: Final = 1000
"""Reads of one piece: a group of the journal takes as many."""


class Move(NamedTuple):
    """`through`: the last offset of the old session that goes along; 0: the source still feeds that one. `copied`: the
    new session holds all up to this offset of the old one."""

    id: int
    source_id: int
    before: int
    after: int
    through: int
    copied: int


class Left(NamedTuple):
    """What was under an offset until now."""

    offset: int
    location: str
    key: bytes
    received_us: int


async def begin(connection: Connection, source_id: int, before: int, after: int) -> Move:
    """The move of a source from the session `before` to the session `after`."""
    number = await connection.fetchval(query("move_begin"), source_id, before, after)
    return Move(int(number), source_id, before, after, 0, 0)


async def unfinished(connection: Connection) -> list[Move]:
    """Those that have begun, in their order."""
    return [Move(*row) for row in await connection.fetch(query("moves_unfinished"))]


async def note(connection: Connection, move: Move) -> None:
    """How far it is."""
    await connection.execute(query("move_note"), move.id, move.through or None, move.copied)


async def finish(connection: Connection, move: Move) -> None:
    await connection.execute("UPDATE source_moves SET done_at = now() WHERE id = $1", move.id)


async def sent(connection: Connection, move: Move) -> list[Read]:
    """The next reads of the source in its old session, in the order of their offsets, as far as PostgreSQL has them."""
    rows = await connection.fetch(
        query("move_reads"), move.before, move.source_id, move.copied, READS_AT_ONCE
    )
    return [read_of(row) for row in rows]


async def void(connection: Connection, move: Move) -> Sequence[Left]:
    """Takes the next reads of the source, up to `through`, out of its old session: nothing is left but their offsets.
    Gives what they were; none: all are out."""
    rows = await connection.fetch(
        query("move_void"), move.before, move.source_id, move.through, READS_AT_ONCE
    )
    return [Left(row[0], row[1], row[2].bytes if row[2] else b"", row[3]) for row in rows]
