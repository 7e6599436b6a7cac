"""Locations called otherwise, merged, split, hidden and put in order, in a hub that runs: what screens and answers say
of reads that have come, and of those that come.
"""

from typing import Any

import pytest

from tests.lifecycle import Office
from tests.running import rows

SHARED = pytest.mark.asyncio(loop_scope="session")


async def fed(office: Office, name: str) -> tuple[dict[str, Any], dict[str, int]]:
    """A session with reads of A1 at FINISH and of A2 at finish1; its locations by name."""
    made = await office.session(name)
    reader = office.reader(made)
    reader.add("A2", location="finish1")
    await office.fed(made, "A1", reader=reader)
    await office.reads(made, 2)
    return made, {each["name"]: each["id"] for each in await locations(office, made)}


async def locations(office: Office, made: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await office.ask("GET", f"sessions/{made['id']}/locations"))["locations"]
    return found


async def say(office: Office, made: Any, location: int, **words: object) -> None:
    await office.ask("PATCH", f"sessions/{made['id']}/locations/{location}", words)


async def shown(office: Office, made: Any, query: str = "") -> list[tuple[str, str, str, list[str]]]:
    answer = await office.ask("GET", f"sessions/{made['id']}/reads{query}")
    return sorted(
        (each["tag"], each["location"], each["location_raw"], each["marks"]) for each in answer["reads"]
    )


@SHARED
async def test_screens_hear_at_once_how_a_location_is_called(shared_office: Office) -> None:
    made, ids = await fed(shared_office, "Called")
    async with shared_office.screen(await shared_office.displayed(made["id"])) as screen:
        assert (await screen.next())["type"] == "hello"
        await say(shared_office, made, ids["FINISH"], shown_name="Ziel")
        assert await screen.closed() == 4104
    async with shared_office.screen(await shared_office.displayed(made["id"])) as screen:
        recent = {each["tag"]: each["location"] for each in (await screen.next("hello"))["recent"]}
        assert recent == {"A1": "Ziel", "A2": "finish1"}
        await shared_office.fed(made, "A3")
        assert (await screen.next("read"))["location"] == "Ziel"
    await shared_office.reads(made, 3)
    held = await rows(shared_office.dsn, "SELECT location_name FROM timing_reads WHERE tag_code = 'A3'")
    assert held[-1]["location_name"] == "FINISH", "a read keeps the name that it came with"


@SHARED
async def test_merged_and_split_again(shared_office: Office) -> None:
    made, ids = await fed(shared_office, "Merged")
    path = f"sessions/{made['id']}/locations/{ids['finish1']}"
    merged = await shared_office.ask("POST", f"{path}/merge", {"into": ids["FINISH"]})
    (whole, part) = merged["locations"]
    assert (whole["name"], part["name"]) == ("FINISH", "finish1")
    assert (part["merged_into"], part["shown_name"], part["reads"]) == (ids["FINISH"], "FINISH", 1)
    assert (await shared_office.ask("GET", f"sessions/{made['id']}"))["total_locations"] == 1
    both: list[tuple[str, str, str, list[str]]] = [
        ("A1", "FINISH", "FINISH", []),
        ("A2", "FINISH", "finish1", []),
    ]
    assert await shown(shared_office, made, "?location=finish") == both
    assert await shown(shared_office, made, "?location=finish1") == both[1:]
    await shared_office.ask("POST", f"{path}/split")
    assert await shown(shared_office, made, "?location=finish") == both[:1]
    assert await shown(shared_office, made) == [both[0], ("A2", "finish1", "finish1", [])]


@SHARED
async def test_at_a_hidden_location_nobody_gets_a_card(shared_office: Office) -> None:
    """A mistyped name, whose reads come again under the right one: those count then."""
    made, ids = await fed(shared_office, "Hidden")
    await say(shared_office, made, ids["finish1"], hidden=True)
    assert await shown(shared_office, made, "?tag=A2") == [("A2", "finish1", "finish1", ["hidden"])]
    hidden = {each["name"]: (each["hidden"], each["reads"]) for each in await locations(shared_office, made)}
    assert hidden == {"FINISH": (False, 1), "finish1": (True, 1)}
    async with shared_office.hub.watcher(made["id"]) as screen:
        recent = {each["tag"]: each["marks"] for each in (await screen.next("hello"))["recent"]}
        assert recent == {"A1": [], "A2": ["hidden"]}


@SHARED
async def test_an_order_holds_for_ended_sessions_too_and_is_noted(shared_office: Office) -> None:
    made, ids = await fed(shared_office, "Ordered")
    await shared_office.ask("POST", f"sessions/{made['id']}/end")
    last = max(ids.values())
    await say(shared_office, made, last, position=1)
    found = await locations(shared_office, made)
    assert [(each["id"], each["position"]) for each in found] == [(last, 1), (min(ids.values()), 2)]
    await say(shared_office, made, ids["FINISH"], shown_name="Ziel")
    await say(shared_office, made, ids["FINISH"], shown_name="Ziel")
    assert (await shown(shared_office, made))[0][1] == "Ziel"
    noted = await rows(
        shared_office.dsn,
        "SELECT action, what FROM audit_log WHERE action LIKE 'location.%'"
        " AND detail @> jsonb_build_object('session', $1::bigint) ORDER BY id",
        made["id"],
    )
    assert len(noted) == 2, "what changes nothing is not noted"
    assert noted[1] == {"action": "location.changed", "what": "FINISH: Ordered"}


@SHARED
async def test_a_session_that_goes_on_knows_what_was_said(shared_office: Office) -> None:
    made, ids = await fed(shared_office, "On")
    await say(shared_office, made, ids["FINISH"], shown_name="Ziel")
    await shared_office.ask("POST", f"sessions/{made['id']}/end")
    await shared_office.ask("POST", f"sessions/{made['id']}/reopen")
    assert shared_office.memory(made).places.shown("finish") == "Ziel"


@SHARED
async def test_a_test_leaves_offsets_and_nothing_else(shared_office: Office) -> None:
    made = await shared_office.session("Test")
    path = f"sessions/{made['id']}"
    begun = await shared_office.ask("POST", f"{path}/testing", {"on": True})
    assert begun["testing"] is True
    reader = shared_office.reader(made)
    reader.gun()
    await shared_office.fed(made, "A1", reader=reader)
    await shared_office.reads(made, 2)
    async with shared_office.hub.watcher(made["id"]) as screen:
        hello = await screen.next("hello")
        assert hello["session"]["test"] is True and len(hello["starts"]) == 1
        assert [each["marks"] for each in hello["recent"]] == [["test"], ["test"]]
    assert (await shared_office.ask("GET", path))["total_reads"] == 1
    over = await shared_office.ask("POST", f"{path}/testing", {"on": False})
    assert (over["testing"], over["total_reads"], over["unique_tags"]) == (False, 0, 0)
    async with shared_office.hub.watcher(made["id"]) as screen:
        hello = await screen.next("hello")
        assert (hello["session"]["test"], hello["starts"], hello["offset"]) == (False, [], 2)
        assert {each["type"] for each in hello["recent"]} == {"retract"}
        await shared_office.fed(made, "A2", reader=await reader.connect())
        message = await screen.next("read")
        assert (message["offset"], message["marks"]) == (3, [])
    assert [each[3] for each in await shown(shared_office, made, "?tag=A1")] == [["test"]], "it is kept"
