"""What is said of sessions is the same in the tables and in memory, whatever fails."""

import pytest

from hub.accounts import MACHINE_CALLER
from hub.errors import StoreError
from tests.lifecycle import Office
from tests.running import rows

SHARED = pytest.mark.asyncio(loop_scope="session")


@SHARED
async def test_a_change_that_fails_has_never_been(shared_office: Office) -> None:
    event = await shared_office.event(timezone="UTC")
    made = await shared_office.session("Stays", event_id=event["id"])
    before = shared_office.memory(made).row
    facts = shared_office.hub.app.changes.lifecycle._facts
    with pytest.raises(StoreError):
        async with facts.of_event(MACHINE_CALLER, event["id"]) as connection:
            await connection.execute("UPDATE events SET timezone = 'Asia/Tokyo'")
            await connection.execute("SELECT 1/0")
    assert shared_office.memory(made).row == before
    held = await rows(shared_office.dsn, "SELECT times_by FROM timing_sessions WHERE id = $1", made["id"])
    assert held == [{"times_by": None}] and "retiming" not in await shared_office.ask(
        "GET", f"sessions/{made['id']}"
    )


@SHARED
async def test_another_name_corrects_no_times_and_leaves_other_sessions_alone(shared_office: Office) -> None:
    event = await shared_office.event()
    made, other = await shared_office.session("One", event_id=event["id"]), await shared_office.session("Two")
    async with shared_office.hub.watcher(other["id"]) as watcher:
        await watcher.next("hello")
        changed = await shared_office.ask("PATCH", f"events/{event['id']}", {"name": "Another"})
        assert "retiming" not in changed["event"]
        assert shared_office.memory(made).row.event_name == "Another"
        await shared_office.fed(other, "A1")
        assert (await watcher.next("read"))["tag"] == "A1", "it was not sent away"


@SHARED
async def test_the_keys_of_a_session_stay_by_its_first_date(shared_office: Office) -> None:
    event = await shared_office.event()
    made = await shared_office.session("Keys", event_id=event["id"])
    for day in ("2026-05-17", "2026-05-18"):
        await shared_office.ask("PATCH", f"events/{event['id']}", {"date": day})
        row = shared_office.memory(made).row
        assert (row.day, row.keys_day) == (day, "2026-05-16")
