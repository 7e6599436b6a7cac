"""What is written into an export, as PostgreSQL gives it; and the list of exports."""

from unittest.mock import patch

from hub.store import exports, reads
from tests.store.making import migrated, new_session, read, source


async def test_rows_come_in_pieces_and_as_text(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    made = await new_session(connection)
    await reads.copy(connection, [(made, 1, read(offset)) for offset in range(1, 26)])
    with patch.object(exports, "ROWS_AT_ONCE", 10):
        async with connection.transaction():
            await exports.in_utc(connection)
            statement = exports.tables()["reads.csv"]
            pieces = [cells async for cells in exports.pieces(connection, statement, made)]
            for other in exports.tables().values():
                assert [len(cells) async for cells in exports.pieces(connection, other, made + 1)] == [1]
    assert [len(cells) for cells in pieces] == [1, 10, 10, 5]
    names, first = pieces[0][0], pieces[1][0]
    assert (names[0], first[0], names[6]) == ("feed_offset", "1", "read_time") and all(
        each is None or isinstance(each, str) for each in first
    )
    assert first[6] == "2025-10-09 08:53:20.01+00"
    columns = await connection.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'timing_reads'"
    )
    assert {row["column_name"] for row in columns} - set(names) == {"session_id"}
    await connection.close()


async def test_a_session_goes_with_all_it_has(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    made, other = await new_session(connection, "Gone"), await new_session(connection, "Stays")
    for each in (made, other):
        await reads.copy(connection, [(each, 1, read(1)), (each, 1, read(2))])
    await connection.execute(
        "INSERT INTO displays (code, partner_id, session_id, name) VALUES ('AAAA2222', 1, $1, 'x')", made
    )
    columns = (
        "id, partner_id, session_id, listener, protocol, remote_address, program, version, connection_id"
    )
    for number, each in enumerate((made, other), 1):
        facts = source(each, number)
        await connection.execute(
            f"INSERT INTO timing_sources ({columns}, event_name, last_seen)"
            " VALUES ($1, 1, $2, '', '', '', '', '', '', '', now())",
            facts.id,
            facts.session_id,
        )
    row = await exports.add(connection, 1, made, "Gone", "gone.zip", 99)
    assert (row.reads, row.bytes, row.file_name) == (2, 99, "gone.zip")
    async with connection.transaction():
        await exports.delete_session(connection, made)
    for table in ("timing_sessions", "timing_reads", "timing_sources"):
        column = "id" if table == "timing_sessions" else "session_id"
        held = {each["s"] for each in await connection.fetch(f"SELECT {column} AS s FROM {table}")}
        assert held == {other}
    assert await connection.fetchval("SELECT session_id FROM displays") is None
    assert await exports.find(connection, row.id) == row
    await exports.delete(connection, row.id)
    assert await exports.find(connection, row.id) is None
    await connection.close()


async def test_those_that_ended_long_ago(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    ids = {}
    for name, status, purpose, days in (
        ("old", "ended", "race", 9),
        ("older", "ended", "rehearsal", 19),
        ("young", "ended", "race", 5),
        ("demo", "ended", "demo", 99),
        ("active", "active", "race", None),
        ("inbox", "ended", "inbox", 29),
        ("nobody's inbox", "ended", "inbox", 39),
    ):
        ids[name] = await new_session(connection, name, status=status, purpose=purpose)
        if name == "nobody's inbox":
            await connection.execute("UPDATE timing_sessions SET partner_id = NULL WHERE id = $1", ids[name])
        if days is not None:
            await connection.execute(
                "UPDATE timing_sessions SET ended_at = now() - make_interval(days => $2) WHERE id = $1",
                ids[name],
                days,
            )
    assert await exports.ended_long_ago(connection, 7) == [ids["inbox"], ids["older"], ids["old"]]
    await connection.close()
