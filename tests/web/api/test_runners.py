"""`/api/sessions/{id}/runners` and the stories of arrivals, in a hub that runs."""

from functools import partial
from typing import Any
from urllib.parse import quote

import pytest

from hub.session import Session
from tests.lifecycle import Office
from tests.running import ZONE, until

SHARED = pytest.mark.asyncio(loop_scope="session")
ROSTER = (
    "bib,tag,first_name,last_name,team,race,birthdate\n"
    "2505,A1;A9,Zoë,Lee-Quinn,Owls,,1990-05-16\n7,B1,Bob,Ray,Owls,,\n8,C1,Cat,Fox,,,\n"
)


READS = (("A1", "START", 100), ("B1", "START", 100), ("A9", "5K", 50), ("X9", "FINISH", 0))


def _is_durable(session: Session, count: int) -> bool:
    return session.durable >= count


async def raced(office: Office) -> tuple[Any, str]:
    event = await office.event(date="2026-05-16", timezone=ZONE.key)
    race = {"name": "10K", "distance_m": 10_000, "start_location": "START", "finish_location": "FINISH"}
    await office.ask("POST", f"events/{event['id']}/races", race, 201)
    made = await office.session("Told", event_id=event["id"])
    await office.hub.import_roster(ROSTER, made["id"])
    reader = office.reader(made)
    memory = office.memory(made)
    await reader.connect()
    for count, (tag, location, age_s) in enumerate(READS):
        reader.add(tag, location=location, age_s=age_s)
        await until(partial(_is_durable, memory, count + 1))
    return made, f"sessions/{made['id']}"


@SHARED
async def test_what_is_told_of_a_runner(shared_office: Office) -> None:
    made, path = await raced(shared_office)
    await shared_office.ask("PUT", f"{path}/marks/bib:2505", {"note": "Say it Zo-ee", "starred": True})
    await shared_office.ask("PUT", f"{path}/calls/3")
    for who in ("bib:2505", "tag:a1", "tag:A9"):
        found = await shared_office.ask("GET", f"{path}/runners/{who}")
        assert (found["who"], found["runner"]["last_name"], found["complete"]) == (
            "bib:2505",
            "Lee-Quinn",
            True,
        )
    assert [(each["offset"], each["location"], each["called"]) for each in found["reads"]] == [
        (1, "START", False),
        (3, "5K", True),
    ]
    (split,) = found["splits"]
    assert (split["from"]["location"], split["to"]["offset"], split["distance_m"]) == ("START", 3, 5000)
    assert split["seconds"] == pytest.approx(50, abs=1) and split["seconds_per_km"] == pytest.approx(
        10, abs=0.3
    )
    assert (found["expected"]["location"], found["expected"]["basis"]) == ("FINISH", "own pace")
    assert found["mark"]["note"] == "Say it Zo-ee"
    story = await shared_office.ask("GET", f"{path}/arrivals/3/story")
    assert story["facts"][0] == {"kind": "note", "words": "Say it Zo-ee", "weight": 100}
    assert {each["kind"] for each in story["facts"]} >= {"birthday", "team", "split", "expected", "time"}
    assert story["call"]["offset"] == 3 and story["expected"] == found["expected"]
    first = await shared_office.ask("GET", f"{path}/arrivals/1/story")
    assert first["together"] == [
        {"kind": "team", "name": "Owls", "runners": [{"bib": "7", "name": "Bob Ray"}]}
    ]
    stranger = await shared_office.ask("GET", f"{path}/arrivals/4/story")
    assert (stranger["who"], stranger["runner"], stranger["location"]) == ("tag:x9", None, "FINISH")
    await shared_office.reads(made, 4)
    await shared_office.ask("POST", f"{path}/end")
    ended = await shared_office.ask("GET", f"{path}/arrivals/3/story")
    assert ended["runner"] == story["runner"] and ended["splits"] == story["splits"]


@SHARED
async def test_who_is_found(shared_office: Office) -> None:
    _, path = await raced(shared_office)
    await shared_office.ask("PUT", f"{path}/marks/bib:7", {"starred": True})
    for text, wanted in {
        "zoe lee": ["bib:2505"],
        "a9": ["bib:2505"],
        "7": ["bib:7"],
        "x9": ["tag:x9"],
        "nobody": [],
    }.items():
        found = (await shared_office.ask("GET", f"{path}/runners?find={quote(text)}"))["runners"]
        assert [each["who"] for each in found] == wanted, text
    (bob,) = (await shared_office.ask("GET", f"{path}/runners?find=bob"))["runners"]
    assert (bob["name"], bob["bib"], bob["starred"], bob["last"]["location"]) == (
        "Bob Ray",
        "7",
        True,
        "START",
    )
    (cat,) = (await shared_office.ask("GET", f"{path}/runners?find=cat"))["runners"]
    assert cat["last"] is None
    for query in ("", "?find=", "?find=" + "x" * 101, "?find=%00"):
        assert (await shared_office.refused("GET", f"{path}/runners{query}", status=400))["field"] == "find"
    for missing, status in {
        "runners/bib:99": 404,
        "runners/99": 404,
        "arrivals/9/story": 404,
        "arrivals/x/story": 400,
    }.items():
        await shared_office.refused("GET", f"{path}/{missing}", status=status)
