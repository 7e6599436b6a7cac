"""Messages in the tables."""

from msgspec.structs import replace

from hub.messages import NONE, PINNED, RUNNER, Message
from hub.store import messages
from hub.store.web_queries import WebQueries
from tests.store.making import as_web, migrated, new_session


async def test_what_is_put_there_is_what_a_session_has(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id, other = await new_session(connection), await new_session(connection)
    assert list(await messages.of_session(connection, session_id)) == []
    wanted = Message(0, PINNED, "crew", "Grüße", 1, 1_778_932_800_000_001, 1_778_932_900_000_000)
    number = await messages.add(connection, session_id, wanted)
    of_other = await messages.add(connection, other, Message(0, RUNNER, "public", "Go", 1))
    changed = replace(wanted, id=number, text="x", position=7, ends_us=None)
    await messages.change(connection, session_id, [changed, replace(changed, id=of_other)])
    await messages.choose_anew(connection, session_id)
    await messages.turn_every(connection, session_id, 25)
    held = await messages.of_sessions(connection, [session_id, other, 999])
    assert set(held) == {session_id, other}
    assert (held[session_id].all, held[session_id].version, held[session_id].every_s) == ((changed,), 1, 25)
    assert [each.text for each in held[other]] == ["Go"], "a session changes no message but its own"
    await messages.delete(connection, session_id, of_other)
    await messages.delete(connection, session_id, number)
    web = await as_web(database_dsn)
    queries = WebQueries(lambda: web, "UTC")
    assert [each.text for each in await queries.messages(1, other)] == ["Go"]
    assert list(await queries.messages(1, session_id)) == []
    assert await queries.messages(2, other) is NONE
    await web.close()
    await connection.close()
