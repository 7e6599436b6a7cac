"""Sessions that are in memory for a while; those that imports need are in tests/test_feeding.py."""

import pytest

from hub.errors import Conflict, NotFound
from tests.lifecycle import Office
from tests.running import until

SHARED = pytest.mark.asyncio(loop_scope="session")


@SHARED
async def test_a_guest_stays_as_long_as_somebody_needs_it(shared_office: Office) -> None:
    made = await shared_office.session("Guest", start=False)
    guests, hub = shared_office.hub.app.changes.guests, shared_office.hub.app.hub
    async with guests.hosted(made["id"]) as first:
        async with guests.hosted(made["id"]) as second:
            assert first is second is hub.guests[made["id"]]
        assert made["id"] in hub.guests and guests.in_use(made["id"])
    await until(lambda: made["id"] not in hub.guests)


@SHARED
async def test_one_that_ends_while_somebody_has_it(shared_office: Office) -> None:
    made = await shared_office.session("Ends")
    guests, hub = shared_office.hub.app.changes.guests, shared_office.hub.app.hub
    async with guests.hosted(made["id"]) as session:
        await shared_office.ask("POST", f"sessions/{made['id']}/end")
        assert hub.guests[made["id"]] is session, "what it is given still has a place"
    await until(lambda: made["id"] not in hub.guests)


@SHARED
async def test_what_is_changed_while_it_is_loaded_is_known(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub import recovery

    made = await shared_office.session("Before", start=False)
    load = recovery.load_session

    async def meanwhile(*arguments: object) -> object:
        found = await load(*arguments)  # type: ignore[arg-type]
        await shared_office.ask("PATCH", f"sessions/{made['id']}", {"session_name": "After"})
        return found

    monkeypatch.setattr(recovery, "load_session", meanwhile)
    async with shared_office.hub.app.changes.guests.hosted(made["id"]) as session:
        assert session.row.name == "After"


@SHARED
async def test_one_that_is_to_be_deleted_is_given_to_nobody(shared_office: Office) -> None:
    made = await shared_office.session("Barred")
    guests = shared_office.hub.app.changes.guests
    guests.bar(made["id"])
    with pytest.raises(NotFound):
        async with guests.hosted(made["id"]):
            pass
    with pytest.raises(Conflict, match="being deleted already"):
        guests.bar(made["id"])
    guests.unbar(made["id"])
    async with guests.hosted(made["id"]) as session:
        assert session is shared_office.memory(made), "an active one is no guest"
    assert made["id"] not in shared_office.hub.app.hub.guests
