"""Events and exports as the web is given them: those of one partner, or all."""

from datetime import date

import pytest

from hub.accounts import MACHINE_CALLER
from hub.event_words import EventWords, RaceWords
from hub.model import EVERYONE
from tests.lifecycle import Office
from tests.running import rows

SHARED = pytest.mark.asyncio(loop_scope="session")


@SHARED
async def test_whose_they_are(shared_office: Office) -> None:
    kept = shared_office.hub.app.stores.kept
    partner = (
        await rows(
            shared_office.dsn, "INSERT INTO partners (slug, name) VALUES ('kept', 'Kept') RETURNING id"
        )
    )[0]["id"]
    words = EventWords("Theirs", "2026-05-16", "UTC", [RaceWords("10K", 1, "A", "B")])
    made = await shared_office.hub.app.changes.events.make(MACHINE_CALLER, partner, words)
    await rows(
        shared_office.dsn,
        "INSERT INTO exports (partner_id, session_id, session_name, file_name, bytes, reads)"
        " VALUES ($1, 7, 'Theirs', 'theirs.zip', 1, 2) RETURNING id",
        partner,
    )
    (event,) = await kept.events(partner)
    assert (event["id"], event["date"], event["session_ids"]) == (made, date(2026, 5, 16), [])
    assert [race["name"] for race in event["races"]] == ["10K"]
    (export,) = await kept.exports(partner)
    assert (export.session_name, export.reads) == ("Theirs", 2)
    assert await kept.events(1, made) == [] and await kept.exports(1, export.id) == []
    assert event in await kept.events(EVERYONE) and await kept.exports(EVERYONE, export.id) == [export]
    for table in ("events", "exports", "audit_log"):
        await rows(shared_office.dsn, f"DELETE FROM {table} WHERE partner_id = $1 RETURNING 1", partner)
    await rows(shared_office.dsn, "DELETE FROM partners WHERE id = $1 RETURNING id", partner)
