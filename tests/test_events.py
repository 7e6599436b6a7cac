"""Events as they are kept; what is asked over the API is in tests/web/api/test_events.py."""

import pytest

from hub import event_words
from hub.accounts import MACHINE_CALLER
from hub.errors import Conflict, Invalid, NotFound
from hub.event_words import EventChange, EventWords, RaceWords
from tests.lifecycle import Office
from tests.running import rows

SHARED = pytest.mark.asyncio(loop_scope="session")
RACE = RaceWords("10K", 10_000, "START", "FINISH")


@SHARED
async def test_there_is_room_for_so_many_races(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = shared_office.hub.app.changes.events
    monkeypatch.setattr(event_words, "RACES_MAX", 1)
    made = await events.make(MACHINE_CALLER, 1, EventWords("x", "2026-05-16", "UTC", [RACE]))
    with pytest.raises(Conflict, match="no room for more"):
        await events.add_race(MACHINE_CALLER, made, RaceWords("Half", 1, "a", "b"))


@SHARED
async def test_one_that_somebody_else_has_deleted(shared_office: Office) -> None:
    events = shared_office.hub.app.changes.events
    made = await events.make(MACHINE_CALLER, 1, EventWords("x", "2026-05-16", "UTC"))
    await events.delete(MACHINE_CALLER, made)
    for work in (
        events.delete(MACHINE_CALLER, made),
        events.change(MACHINE_CALLER, made, EventChange(name="y")),
        events.add_race(MACHINE_CALLER, made, RACE),
        events.delete_race(MACHINE_CALLER, made, 1),
    ):
        with pytest.raises(NotFound, match=f"There is no event {made}"):
            await work
    with pytest.raises(Invalid):
        await events.make(MACHINE_CALLER, 1, EventWords("x", "2026-02-30", "UTC"))


@SHARED
async def test_a_change_is_noted_with_what_was_before(shared_office: Office) -> None:
    events = shared_office.hub.app.changes.events
    made = await events.make(MACHINE_CALLER, 1, EventWords("Noted", "2026-05-16", "UTC", [RACE]))
    words = EventChange(name="Of the log", date="2026-05-17", timezone="Europe/Berlin", races=[RACE])
    await events.change(MACHINE_CALLER, made, words)
    (noted,) = await rows(
        shared_office.dsn,
        "SELECT detail->>'timezone_before' AS zone, detail->>'date_before' AS day, detail->>'name_before' AS name"
        " FROM audit_log WHERE what = 'Of the log'",
    )
    assert noted == {"zone": "UTC", "day": "2026-05-16", "name": "Noted"}
