"""Inboxes on a hub that runs: hidden, readable, nobody's to change; and what ends with a session waits in one."""

from typing import Any

import aiohttp
import pytest

from tests.lifecycle import Office
from tests.postgres import execute
from tests.running import ROSTER, Reader, tags, until

SHARED = pytest.mark.asyncio(loop_scope="session")


async def strayed(office: Office, *sent: str) -> tuple[Reader, int]:
    """A reader that leads nowhere, for there are two sessions, and has sent this; and its inbox."""
    for name in ("One of two", "Two of two"):
        await office.session(name)
    reader = office.hub.reader(event="of no session")
    reader.add(*sent)
    await reader.connect()
    inbox = office.hub.source(reader).session
    await until(lambda: inbox.durable == len(sent))
    await office.hub.app.stores.drain.drained()
    return reader, inbox.row.id


async def source_of(office: Office, reader: Reader) -> Any:
    number = office.hub.source(reader).id
    found = [each for each in (await office.ask("GET", "sources"))["sources"] if each["id"] == number]
    return found[0]


async def still(office: Office) -> None:
    """Until nothing moves."""
    await until(lambda: not office.hub.app.changes.moving._progress)
    await office.hub.app.stores.drain.drained()


@SHARED
async def test_it_is_in_no_list_and_can_be_read(shared_office: Office) -> None:
    reader, inbox = await strayed(shared_office, "A1", "A2")
    listed = (await shared_office.ask("GET", "sessions"))["sessions"]
    assert listed and inbox not in {each["id"] for each in listed}
    shown = (await shared_office.hub.get("/front/state"))["sessions"]
    assert inbox not in {each["id"] for each in shown}
    (partner,) = (await shared_office.ask("GET", "partners"))["partners"]
    assert partner["sessions"] == len(listed)
    one = await shared_office.ask("GET", f"sessions/{inbox}")
    assert (one["purpose"], one["total_reads"], one["partner"]["slug"]) == ("inbox", 2, "default")
    reads = (await shared_office.ask("GET", f"sessions/{inbox}/reads"))["reads"]
    assert [each["tag"] for each in reads] == ["A1", "A2"]
    source = await source_of(shared_office, reader)
    assert source["inbox"] and source["session"]["id"] == inbox
    await reader.hang_up()


@SHARED
async def test_there_is_nothing_that_people_do_with_it(shared_office: Office) -> None:
    reader, inbox = await strayed(shared_office, "A1")
    path = f"sessions/{inbox}"
    code = await shared_office.displayed(None)
    for method, where, body in (
        ("PATCH", path, {"session_name": "x"}),
        ("PATCH", path, {"purpose": "race"}),
        ("DELETE", path, {"name": "SimpleClient at 127.0.0.1"}),
        ("POST", f"{path}/start", None),
        ("POST", f"{path}/end", None),
        ("POST", f"{path}/reopen", None),
        ("POST", f"{path}/key", None),
        ("POST", "displays", {"name": "x", "session_id": inbox}),
        ("PATCH", f"displays/{code}", {"session_id": inbox}),
    ):
        error = await shared_office.refused(method, where, body)
        assert "the inbox of a reader" in error["message"], (method, where)
    form = aiohttp.FormData()
    form.add_field("session", str(inbox))
    form.add_field("file", ROSTER.encode(), filename="roster.csv", content_type="text/csv")
    async with shared_office.hub.http.post("/api/rosters/import", data=form) as response:
        assert response.status == 409
    form = aiohttp.FormData()
    form.add_field("file", b"x", filename="a.csv", content_type="text/csv")
    async with shared_office.hub.http.post(f"/api/{path}/import", data=form) as response:
        assert response.status == 409
    source = (await source_of(shared_office, reader))["id"]
    await shared_office.refused("POST", f"sources/{source}/assign", {"session_id": inbox}, 404)
    reader.add("A2")
    await until(lambda: shared_office.hub.app.hub.inboxes[inbox].durable == 2)
    await reader.hang_up()


@SHARED
async def test_it_does_not_end_while_the_hub_runs(shared_office: Office) -> None:
    reader, inbox = await strayed(shared_office, "A1")
    await reader.hang_up()
    for change in (
        f"UPDATE timing_reads SET received_at = received_at - interval '30 days' WHERE session_id = {inbox}",
        f"UPDATE timing_sessions SET created_at = created_at - interval '30 days' WHERE id = {inbox}",
    ):
        await execute(shared_office.dsn, change)
    await shared_office.hub.app.changes.retention.end_old()
    assert (await shared_office.ask("GET", f"sessions/{inbox}"))["status"] == "active"
    reader.add("A2")
    await reader.connect()
    await until(lambda: shared_office.hub.app.hub.inboxes[inbox].durable == 2)
    await reader.hang_up()


@SHARED
async def test_who_has_sent_nothing_yet_may_be_assigned_and_taken_out(shared_office: Office) -> None:
    made = await shared_office.session("Before the start")
    reader, inbox = await strayed(shared_office)
    source = (await source_of(shared_office, reader))["id"]
    await shared_office.ask("POST", f"sources/{source}/assign", {"session_id": made["id"]})
    await still(shared_office)
    reader.add("A1")
    assert tags(await shared_office.reads(made, 1)) == ["A1"]
    assert inbox not in shared_office.hub.app.hub.inboxes, "nothing has come to it"
    quiet = shared_office.hub.reader(event=made["stream_key"])
    await quiet.connect()
    source = (await source_of(shared_office, quiet))["id"]
    await shared_office.ask("POST", f"sources/{source}/release")
    await still(shared_office)
    quiet.add("B1")
    place = shared_office.hub.source(quiet).session
    await until(lambda: place.durable == 1)
    assert place.row.purpose == "inbox" and place.row.source_id == source
    assert tags(await shared_office.reads(made, 1)) == ["A1"]
    for each in (reader, quiet):
        await each.hang_up()


@SHARED
async def test_what_comes_for_a_session_that_has_ended_waits_for_it(shared_office: Office) -> None:
    made = await shared_office.session("Ends too early")
    reader, _ = await strayed(shared_office, "A1")
    source = (await source_of(shared_office, reader))["id"]
    await shared_office.ask("POST", f"sources/{source}/assign", {"session_id": made["id"]})
    await still(shared_office)
    await shared_office.ask("POST", f"sessions/{made['id']}/end")
    await until(lambda: reader.client is not None and reader.client.closed)
    await reader.hang_up()
    reader.add("A2")
    assert await shared_office.hub.led_nowhere(reader), "it is for no other session"
    now = await source_of(shared_office, reader)
    assert now["id"] == source and now["inbox"] and "is not active" in now["amber"]
    await shared_office.ask("POST", f"sessions/{made['id']}/reopen")
    await still(shared_office)
    assert tags(await shared_office.reads(made, 2)) == ["A1", "A2"]
    now = await source_of(shared_office, reader)
    assert (now["session"]["id"], now["amber"], now["assigned"]) == (made["id"], "", True)


@SHARED
async def test_a_session_that_is_deleted_on_the_way_stops_no_other_move(
    shared_office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gone, made = await shared_office.session("Gone soon"), await shared_office.session("Stays")
    reader, inbox = await strayed(shared_office, "A1")
    source = (await source_of(shared_office, reader))["id"]
    guests = shared_office.hub.app.changes.guests
    drained = guests.until_drained

    async def deleted_first() -> None:
        monkeypatch.setattr(guests, "until_drained", drained)
        await shared_office.ask("DELETE", f"sessions/{gone['id']}", {"name": "Gone soon"})
        await drained()

    monkeypatch.setattr(guests, "until_drained", deleted_first)
    await shared_office.ask("POST", f"sources/{source}/assign", {"session_id": gone["id"]})
    await still(shared_office)
    assert f"its move is given up: There is no session {gone['id']}" in caplog.text
    assert shared_office.hub.source(reader).session.row.id == inbox
    await shared_office.ask("POST", f"sources/{source}/assign", {"session_id": made["id"]})
    assert tags(await shared_office.reads(made, 1)) == ["A1"]
    await reader.hang_up()
