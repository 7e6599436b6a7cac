"""Stream passwords in the tables, sealed: with a key that is not there. Knows bytes; refuses to know what they are."""

from typing import NamedTuple

from hub.store.database import Connection, query


class OfSession(NamedTuple):
    session_id: int
    partner_id: int
    stream_key: str
    sealed: bytes


class Sealed(NamedTuple):
    """`partners`: (id, sealed) pairs."""

    sessions: list[OfSession]
    partners: list[tuple[int, bytes]]


async def load(connection: Connection) -> Sealed:
    """All there are, also those of sessions that are not active. `connection`: of the tables' owner."""
    sessions = await connection.fetch(query("stream_passwords"))
    partners = await connection.fetch(
        "SELECT id, stream_password FROM partners WHERE stream_password IS NOT NULL"
    )
    return Sealed([OfSession(*row) for row in sessions], [(row[0], row[1]) for row in partners])


async def put_session(connection: Connection, session_id: int, sealed: bytes) -> str:
    """The session is there. Gives its stream key, which is its user."""
    return str(
        await connection.fetchval(
            "UPDATE timing_sessions SET stream_password = $2 WHERE id = $1 RETURNING stream_key",
            session_id,
            sealed,
        )
    )


async def put_partner(connection: Connection, partner_id: int, sealed: bytes) -> str | None:
    """Gives the partner's name; None: there is none."""
    name: str | None = await connection.fetchval(
        "UPDATE partners SET stream_password = $2 WHERE id = $1 RETURNING name", partner_id, sealed
    )
    return name
