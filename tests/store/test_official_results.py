"""Official results in the tables."""

from msgspec.structs import replace

from hub.store import official_results
from hub.sync_words import ResultRow
from tests.store.making import migrated, new_session

ANN = ResultRow("x1", "007", {"finish_time": "0:40:01", "overall_rank": "3"})
BOB = ResultRow("x2", "", {"finish_time": "0:41:01"})
CAT = ResultRow("bib:9", "9", {"finish_time": "0:42:01"})


async def test_results_are_put_changed_and_taken_away(database_dsn: str) -> None:
    connection = await migrated(database_dsn)
    session_id, other = await new_session(connection), await new_session(connection)
    await official_results.put(connection, session_id, [ANN, BOB, CAT])
    await official_results.put(connection, other, [ANN])
    assert await official_results.of_session(connection, session_id) == [CAT, ANN, BOB]
    assert await official_results.page(connection, session_id, "bib:9", 1) == [ANN]
    faster = replace(ANN, fields={"finish_time": "0:39:59"})
    await official_results.put(connection, session_id, [faster, CAT])
    await official_results.remove(connection, session_id, ["x2", "nobody"])
    held = await official_results.of_session(connection, session_id)
    assert held == [CAT, faster]
    assert official_results.by_bib([*held, BOB]) == {"7": {"finish_time": "0:39:59"}, "9": CAT.fields}
    await official_results.remove(connection, session_id)
    assert await official_results.of_session(connection, session_id) == []
    assert await official_results.of_session(connection, other) == [ANN]
    await connection.close()
