"""What people say of locations, in the tables."""

from msgspec.structs import replace

from hub.model import EVERYONE, PlaceRow
from hub.store import locations, sessions
from hub.store.web_queries import WebQueries
from tests.store.making import as_web, migrated, new_session


async def test_what_is_said_is_what_a_session_knows(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id = await new_session(connection)
    for name in ("START", "FINISH", "finish1", "TENT", "5K"):
        await connection.execute(
            "INSERT INTO timing_locations (session_id, location_name) VALUES ($1, $2)", session_id, name
        )
    start, finish, part, tent, _ = await locations.lines(connection, session_id)
    row = await sessions.find(connection, session_id, "UTC")
    assert row is not None and row.places == ()
    await locations.put(
        connection,
        [
            replace(start, position=2),
            replace(finish, shown_name="Ziel", position=1, hidden=True),
            replace(part, shown_name="x", merged_into=finish.id),
            replace(tent, hidden=True),
        ],
    )
    row = await sessions.find(connection, session_id, "UTC")
    assert row is not None and row.places == (
        PlaceRow("START", "START", position=2),
        PlaceRow("FINISH", "Ziel", hidden=True, position=1),
        PlaceRow("finish1", "Ziel", hidden=True, merged=True, position=1),
        PlaceRow("TENT", "TENT", hidden=True),
    )
    web = await as_web(database_dsn)
    found = await WebQueries(lambda: web, "UTC").locations(EVERYONE, session_id)
    assert [each["name"] for each in found] == ["FINISH", "finish1", "START", "TENT", "5K"]
    assert [each["shown_name"] for each in found] == ["Ziel", "Ziel", "START", "TENT", "5K"]
    assert {(each["reads"], each["last_read_at"]) for each in found} == {(0, None)}
    await web.close()
    await connection.execute("DELETE FROM timing_locations WHERE id = $1", finish.id)
    assert {line.merged_into for line in await locations.lines(connection, session_id)} == {None}
    await connection.close()
