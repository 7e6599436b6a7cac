"""What announcers say, in the tables."""

import asyncio

import pytest

from hub.accounts import Caller
from hub.errors import Conflict
from hub.marks import MarkChange
from hub.store import marks, sessions
from tests.store.making import migrated, new_session

ANN, BOB = (Caller(0, 1, "announcer", f"{name}@x.example") for name in ("ann", "bob"))


async def test_what_is_said_is_loaded_as_it_was(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = await migrated(database_dsn)
    session_id, other_id = await new_session(connection), await new_session(connection)
    row = await sessions.find(connection, session_id, "UTC")
    assert row is not None
    first = await marks.put(connection, ANN, row, "bib:17", MarkChange(starred=True))
    second = await marks.put(connection, BOB, row, "bib:17", MarkChange(note="Twin"))
    assert (first.starred, first.note, first.changed_by) == (True, "", "ann@x.example")
    assert (second.starred, second.note, second.changed_by) == (True, "Twin", "bob@x.example")
    assert second.updated_us >= first.updated_us > 1_700_000_000_000_000
    monkeypatch.setattr("hub.marks.STARS_MAX", 1)
    with pytest.raises(Conflict):
        await marks.put(connection, ANN, row, "tag:a1", MarkChange(starred=True))
    noted = await marks.put(connection, ANN, row, "tag:a1", MarkChange(note="x"))
    calls = [await marks.say(connection, by, session_id, 3) for by in (ANN, BOB)]
    assert calls[0] == calls[1] and calls[0].said_by == "ann@x.example"
    await marks.say(connection, BOB, session_id, 4)
    await marks.unsay(connection, session_id, 4)
    await marks.unsay(connection, session_id, 9)
    said = await marks.load(connection, session_id)
    assert said.marks == [second, noted] and said.calls(0) == calls[:1]
    nothing = await marks.put(connection, ANN, row, "tag:a1", MarkChange(note=""))
    assert not nothing and await marks.marks(connection, session_id) == [second]
    assert await marks.marks(connection, other_id) == []
    log = await connection.fetch(
        "SELECT who, what, detail FROM audit_log WHERE action = 'runner.marked' ORDER BY id"
    )
    assert [(line["who"], line["what"]) for line in log] == [
        ("ann@x.example", "bib:17"),
        ("bob@x.example", "bib:17"),
        ("ann@x.example", "tag:a1"),
        ("ann@x.example", "tag:a1"),
    ]
    await connection.close()


async def test_two_say_the_same_at_once(database_dsn: str) -> None:
    one, two = await migrated(database_dsn), await migrated(database_dsn)
    session_id = await new_session(one)
    found = await asyncio.gather(marks.say(one, ANN, session_id, 1), marks.say(two, BOB, session_id, 1))
    assert found[0] == found[1]
    assert not await marks.is_read(one, session_id, 1)
    await asyncio.gather(one.close(), two.close())
