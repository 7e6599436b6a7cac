"""What a partner says for all its sessions at once: the crew's tags, and the line on all its screens. Knows the
columns; refuses to know screens."""

from typing import NamedTuple

from hub.store.database import Connection, query


class Said(NamedTuple):
    """`emergency` empty: there is no line."""

    partner_id: int
    crew_tags: list[str]
    emergency: str


async def all_said(connection: Connection) -> list[Said]:
    return [Said(*row) for row in await connection.fetch(query("partners_words"))]


async def say_crew_tags(connection: Connection, partner_id: int, tags: list[str]) -> str | None:
    """Gives the partner's name; None: there is no such partner."""
    statement = "UPDATE partners SET crew_tags = $2 WHERE id = $1 RETURNING name"
    name: str | None = await connection.fetchval(statement, partner_id, tags)
    return name


async def say_emergency(connection: Connection, partner_id: int, text: str) -> str | None:
    """Gives the partner's name; None: there is no such partner."""
    statement = "UPDATE partners SET emergency = $2 WHERE id = $1 RETURNING name"
    name: str | None = await connection.fetchval(statement, partner_id, text)
    return name
