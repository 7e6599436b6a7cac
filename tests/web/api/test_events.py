"""Events and races over the API: what is changed of one reaches its sessions and their screens at once."""

from typing import Any

import pytest

from tests.lifecycle import Office

SHARED = pytest.mark.asyncio(loop_scope="session")
TEN = {"name": "10K", "distance_m": 10_000, "start_location": "START", "finish_location": "FINISH"}
HALF = {"name": "Half", "distance_m": 21_098, "start_location": "START 2", "finish_location": "FINISH"}


@SHARED
async def test_made_listed_changed_and_deleted(shared_office: Office) -> None:
    made = await shared_office.event(name=" City run ", races=[TEN, HALF])
    assert (made["name"], made["date"], made["timezone"]) == ("City run", "2026-05-16", "Europe/Berlin")
    assert [race["name"] for race in made["races"]] == ["10K", "Half"] and made["sessions"] == 0
    assert set(made["races"][0]) == {*TEN, "id"} and made["partner"]["slug"] == "default"
    path = f"events/{made['id']}"
    assert made in (await shared_office.ask("GET", "events"))["events"]
    session = await shared_office.session("Day", event_id=made["id"])
    error = await shared_office.refused("DELETE", path)
    assert (error["code"], "has 1 session:" in error["message"]) == ("conflict", True)
    async with shared_office.hub.watcher(session["id"]) as watcher:
        assert (await watcher.next("hello"))["session"]["event"] == "City run"
        changed = (await shared_office.ask("PATCH", path, {"name": "Town run", "date": "2026-05-17"}))[
            "event"
        ]
        assert (changed["name"], changed["date"], changed["sessions"]) == ("Town run", "2026-05-17", 1)
        assert await watcher.closed() == 4104
    async with shared_office.hub.watcher(session["id"]) as watcher:
        assert (await watcher.next("hello"))["session"]["event"] == "Town run"
    await shared_office.ask("DELETE", f"sessions/{session['id']}", {"name": "Day"})
    await shared_office.ask("DELETE", path, status=204)
    await shared_office.refused("GET", path, status=404)
    await shared_office.refused("PATCH", path, {"name": "x"}, 404)


@SHARED
async def test_races_one_by_one(shared_office: Office) -> None:
    made = await shared_office.event(races=[TEN])
    session = await shared_office.session("Races", event_id=made["id"])
    path = f"events/{made['id']}"

    def known() -> list[str]:
        return [race.name for race in shared_office.memory(session).row.races]

    added = (await shared_office.ask("POST", f"{path}/races", HALF, 201))["event"]["races"]
    assert known() == ["10K", "Half"] and added[0] == made["races"][0]
    half = f"{path}/races/{added[1]['id']}"
    changed = (await shared_office.ask("PATCH", half, {"name": "half", "distance_m": 21_097}))["event"][
        "races"
    ]
    assert (changed[1]["name"], changed[1]["distance_m"]) == ("half", 21_097)
    for body in ({"name": "10k"}, {"name": " 10K "}):
        assert "already" in (await shared_office.refused("PATCH", half, body, 400))["message"]
    assert "already" in (await shared_office.refused("POST", f"{path}/races", TEN, 400))["message"]
    listed = (await shared_office.ask("PATCH", path, {"races": [HALF | {"distance_m": 5}]}))["event"]["races"]
    assert (listed[0]["id"], listed[0]["distance_m"], len(listed)) == (added[1]["id"], 5, 1)
    assert known() == ["Half"]
    assert (await shared_office.ask("DELETE", half))["event"]["races"] == [] and known() == []
    await shared_office.refused("DELETE", half, status=404)
    await shared_office.refused("PATCH", half, {"name": "x"}, 404)
    other = await shared_office.event(races=[TEN])
    foreign = f"{path}/races/{other['races'][0]['id']}"
    await shared_office.refused("DELETE", foreign, status=404)


@SHARED
@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": " "}, "name", "more than blanks"),
        ({"name": "a\0b"}, "name", "control characters"),
        ({"name": ""}, None, "name"),
        ({"date": "16.05.2026"}, "date", "expected a date as 2026-05-16"),
        ({"date": "20260516"}, "date", "expected a date"),
        ({"date": "1900-01-01"}, "date", "from 1970"),
        ({"timezone": "europe/berlin"}, "timezone", "did you mean Europe/Berlin?"),
        ({"timezone": "Berlin"}, "timezone", "did you mean Europe/Berlin?"),
        ({"timezone": "../etc/passwd"}, "timezone", "expected an IANA time zone"),
        ({"races": [TEN | {"distance_m": 0}]}, None, "distance_m"),
        ({"races": [TEN | {"start_location": " "}]}, "start_location", "blanks"),
        ({"races": [TEN, TEN | {"name": "10k"}]}, "races", "two races"),
        ({"partner": "nobody"}, "partner", "no partner"),
        ({"colour": "red"}, None, "colour"),
    ],
)
async def test_what_makes_no_sense(
    shared_office: Office, changes: dict[str, Any], field: str | None, words: str
) -> None:
    wanted = {"name": "x", "date": "2026-05-16", "timezone": "UTC"} | changes
    status = 404 if field == "partner" else 400
    error = await shared_office.refused("POST", "events", wanted, status)
    assert error.get("field") == field and words in error["message"]
