"""Messages of sessions. Knows their table; refuses to know what may be said (`hub.message_words`), and to whom."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.messages import NONE, Message, Messages
from hub.store.database import Connection, query
from hub.store.reads import instant

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def of_session(connection: Connection, session_id: int) -> Messages:
    """None of a session that is not there for this connection."""
    return (await of_sessions(connection, [session_id])).get(session_id, NONE)


async def of_sessions(connection: Connection, session_ids: Sequence[int]) -> dict[int, Messages]:
    found: dict[int, list[Message]] = {}
    facts: dict[int, tuple[int, int]] = {}
    for session_id, every_s, version, *row in await connection.fetch(
        query("messages_list"), list(session_ids)
    ):
        facts[session_id] = (every_s, version)
        held = found.setdefault(session_id, [])
        if row[0] is not None:
            held.append(Message(*row[:5], *map(_us, row[5:])))
    return {
        session_id: Messages(found[session_id], every_s=every_s, version=version)
        for session_id, (every_s, version) in facts.items()
    }


async def add(connection: Connection, session_id: int, message: Message) -> int:
    """Gives its id."""
    return int(await connection.fetchval(query("message_add"), session_id, *_words(message)))


async def change(connection: Connection, session_id: int, messages: Sequence[Message]) -> None:
    """They become as they are here."""
    rows = [(session_id, each.id, *_words(each)) for each in messages]
    await connection.executemany(query("message_change"), rows)


async def delete(connection: Connection, session_id: int, message_id: int) -> None:
    await connection.execute("DELETE FROM messages WHERE session_id = $1 AND id = $2", session_id, message_id)


async def choose_anew(connection: Connection, session_id: int) -> None:
    """Which message a runner gets is another one from now on."""
    statement = "UPDATE timing_sessions SET messages_version = messages_version + 1 WHERE id = $1"
    await connection.execute(statement, session_id)


async def turn_every(connection: Connection, session_id: int, every_s: int) -> None:
    """How long a message that takes turns is up."""
    statement = "UPDATE timing_sessions SET messages_every_s = $2 WHERE id = $1"
    await connection.execute(statement, session_id, every_s)


def _words(message: Message) -> tuple[object, ...]:
    begins_at, ends_at = (None if us is None else instant(us) for us in (message.begins_us, message.ends_us))
    return message.kind, message.audience, message.text, message.position, begins_at, ends_at


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)
