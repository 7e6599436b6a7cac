"""What a partner says for all its sessions, in the tables."""

from hub.store import partner_words
from tests.store.making import migrated


async def test_what_is_said_is_there_at_the_next_start(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    ((partner_id, tags, line),) = await partner_words.all_said(connection)
    assert (tags, line) == ([], "")
    name = await connection.fetchval("SELECT name FROM partners")
    assert await partner_words.say_crew_tags(connection, partner_id, ["099995", "X"]) == name
    assert await partner_words.say_emergency(connection, partner_id, "Storm") == name
    (said,) = await partner_words.all_said(connection)
    assert (said.crew_tags, said.emergency) == (["099995", "X"], "Storm")
    assert await partner_words.say_crew_tags(connection, partner_id + 1, []) is None
    assert await partner_words.say_emergency(connection, partner_id + 1, "") is None
    await connection.close()
