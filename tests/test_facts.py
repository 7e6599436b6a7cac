"""What is said of sessions is the same in the tables and in memory, whatever fails."""

from typing import Any

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
async def test_the_keys_of_a_session_stay_by_the_date_of_its_first_read(shared_office: Office) -> None:
    event = await shared_office.event(date="2026-05-15")
    made = await shared_office.session("Keys", event_id=event["id"])

    async def moved_to(day: str) -> tuple[str, str]:
        await shared_office.ask("PATCH", f"events/{event['id']}", {"date": day})
        row = shared_office.memory(made).row
        return row.day, row.keys_day

    assert await moved_to("2026-05-16") == ("2026-05-16", ""), "there were no keys yet"
    await (await shared_office.fed(made, "A1")).hang_up()
    assert await moved_to("2026-05-17") == ("2026-05-17", "2026-05-16")
    assert await moved_to("2026-05-18") == ("2026-05-18", "2026-05-16")
    await shared_office.corrected(made)


@SHARED
async def test_the_first_reads_may_come_while_the_date_is_changed(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await shared_office.event(date="2026-05-15")
    made = await shared_office.session("Just now", event_id=event["id"])
    facts = shared_office.hub.app.changes.lifecycle._facts
    put_in_force = facts._put_in_force

    async def meanwhile(changed: list[Any]) -> None:
        await (await shared_office.fed(made, "A1")).hang_up()
        await put_in_force(changed)

    monkeypatch.setattr(facts, "_put_in_force", meanwhile)
    await shared_office.ask("PATCH", f"events/{event['id']}", {"date": "2026-05-16"})
    assert shared_office.memory(made).row.keys_day == "2026-05-15"
    await shared_office.corrected(made)
    (held,) = await rows(shared_office.dsn, "SELECT keys_day FROM timing_sessions WHERE id = $1", made["id"])
    assert held["keys_day"].isoformat() == "2026-05-15"
