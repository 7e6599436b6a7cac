"""Participants over HTTP: who is there, from where each word is, and what is said by hand."""

from typing import Any

import pytest

from tests.lifecycle import Office

SHARED = pytest.mark.asyncio(loop_scope="session")
ROSTER = (
    "bib,tag,first_name,last_name,city,race,birth date\n"
    "1,A1,Ann,Lee,Graz,10K,1990-05-01\n2,A2,Bob,Ray,Linz,5K,\n10,,Cy,Orr,Wels,10K,2012-01-01\n"
)


async def with_roster(office: Office, name: str) -> Any:
    made = await office.session(name)
    await office.hub.import_roster(ROSTER, made["id"])
    return made


async def page(office: Office, made: Any, **query: object) -> dict[str, Any]:
    asked = "&".join(f"{key}={value}" for key, value in ({"session": made["id"]} | query).items())
    found: dict[str, Any] = await office.ask("GET", f"participants?{asked}")
    return found


def bibs(found: dict[str, Any]) -> list[str]:
    return [each["bib"] for each in found["participants"]]


@SHARED
async def test_who_is_there_in_pages(shared_office: Office) -> None:
    made = await with_roster(shared_office, "Pages")
    first = await page(shared_office, made, limit=2, facets=1)
    assert (bibs(first), first["total"], first["next"]) == (["1", "2"], 3, 2)
    assert first["facets"]["race"] == [["10K", 2], ["5K", 1]] and first["facets"]["without"]["tag"] == 1
    rest = await page(shared_office, made, limit=2, after=2)
    assert (bibs(rest), rest["next"]) == (["10"], None)
    for query, wanted in (
        ({"find": "LEE ann"}, ["1"]),
        ({"find": "a2"}, ["2"]),
        ({"find": "100%"}, []),
        ({"race": "10K"}, ["1", "10"]),
        ({"without": "tag"}, ["10"]),
        ({"without": "birth_date"}, ["2"]),
        ({"origin": "file"}, ["1", "2", "10"]),
        ({"origin": "hand"}, []),
        ({"sort": "name", "desc": 1}, ["2", "10", "1"]),
        ({"sort": "city"}, ["1", "2", "10"]),
        ({"gone": 1}, []),
    ):
        assert bibs(await page(shared_office, made, **query)) == wanted, query
    refused = await shared_office.refused("GET", f"participants?session={made['id']}&sort=shoe", status=400)
    assert refused["field"] == "sort"


@SHARED
async def test_what_is_said_by_hand_holds(shared_office: Office) -> None:
    made = await with_roster(shared_office, "Hand")
    ann = (await page(shared_office, made, find="Ann"))["participants"][0]
    assert ann["origins"]["city"] == "file" and ann["locked"] == [] and ann["shown"] == "public"
    path = f"participants/{ann['id']}"
    async with shared_office.hub.watcher(made["id"]) as watcher:
        assert (await watcher.next("hello"))["roster"] == {"size": 3}
        changed = (await shared_office.ask("PATCH", path, {"city": "Wien", "phonetic": "Li"}))["participant"]
        told = await watcher.next("roster")
        assert (told["by"], told["changed"], told["size"]) == ("hand", 1, 3)
    assert (changed["city"], changed["origins"]["city"], changed["locked"]) == (
        "Wien",
        "hand",
        ["city", "phonetic"],
    )
    await shared_office.hub.import_roster(ROSTER.replace("Lee", "Leigh"), made["id"])
    again = (await shared_office.ask("GET", path))["participant"]
    assert (again["city"], again["last_name"], again["phonetic"]) == ("Wien", "Leigh", "Li")
    given = (await shared_office.ask("PATCH", path, {"city": "", "unlock": ["city"]}))["participant"]
    assert (given["city"], given["origins"]["city"], given["locked"]) == ("Graz", "file", ["phonetic"])
    for body, field in (
        ({"birth_date": "1.5.1990"}, "birth_date"),
        ({"privacy": "none"}, "privacy"),
        ({"unlock": ["shoe"]}, "unlock"),
        ({"city": "x" * 501}, "city"),
    ):
        assert (await shared_office.refused("PATCH", path, body, 400))["field"] == field
    taken = await shared_office.refused("PATCH", path, {"bib": "002"})
    assert taken["field"] == "bib" and "Bob Ray, bib 2" in taken["message"]
    both = await shared_office.ask("PATCH", path, {"bib": "002", "anyway": True})
    assert both["participant"]["bib"] == "002"


@SHARED
async def test_a_tag_that_another_wears_is_given_to_nobody_by_the_way(shared_office: Office) -> None:
    made = await with_roster(shared_office, "Tags of two")
    ann = (await page(shared_office, made, find="Ann"))["participants"][0]
    path, new = f"participants/{ann['id']}", {"session": made["id"], "bib": "88", "tags": ["a2"]}
    for method, place, body in (
        ("POST", "participants", new),
        ("PATCH", path, {"tags": [*ann["tags"], "A2"]}),
    ):
        refused = await shared_office.refused(method, place, body)
        assert refused["field"] == "tags" and "Bob Ray, bib 2" in refused["message"]
    found = shared_office.memory(made).roster.find("A2")
    assert found is not None and found.bib == "2"
    same = await shared_office.ask("PATCH", path, {"tags": ann["tags"], "city": "Ulm"})
    assert (same["participant"]["tags"], same["participant"]["city"]) == (ann["tags"], "Ulm")
    await shared_office.ask("POST", "participants", new | {"anyway": True}, 201)
    assert shared_office.memory(made).roster.find("A2") is None


@SHARED
async def test_off_the_roster_and_back(shared_office: Office) -> None:
    made = await with_roster(shared_office, "Off")
    bob = (await page(shared_office, made, find="Bob"))["participants"][0]
    roster = shared_office.memory(made)
    assert (await shared_office.ask("DELETE", f"participants/{bob['id']}"))["participant"]["gone"] == "hand"
    assert roster.roster.find("A2") is None
    await shared_office.hub.import_roster(ROSTER, made["id"])
    assert roster.roster.find("A2") is None and bibs(await page(shared_office, made, gone=1)) == ["2"]
    back = await shared_office.ask("POST", f"participants/{bob['id']}/restore")
    assert back["participant"]["gone"] == "" and roster.roster.find("A2") is not None
    new = await shared_office.ask(
        "POST", "participants", {"session": made["id"], "bib": "77", "first_name": "Zoe", "tags": ["B1"]}, 201
    )
    assert new["participant"]["origins"] == {"bib": "hand", "first_name": "hand", "tags": "hand"}
    await shared_office.hub.import_roster(ROSTER, made["id"])
    zoe = roster.roster.find("b1")
    assert zoe is not None and zoe.first_name == "Zoe", "no file takes off whom it has not brought"
    nobody = await shared_office.refused("POST", "participants", {"session": made["id"], "city": "x"}, 400)
    assert nobody["field"] == "bib"


@SHARED
async def test_a_tag_becomes_somebodys(shared_office: Office) -> None:
    made = await with_roster(shared_office, "Tags")
    found = {each["bib"]: each for each in (await page(shared_office, made))["participants"]}
    roster = shared_office.memory(made)
    given = await shared_office.ask("POST", f"participants/{found['10']['id']}/tags", {"tag": "A9"})
    assert given["participant"]["tags"] == ["A9"] and roster.roster.find("A9") is not None
    taken = await shared_office.refused("POST", f"participants/{found['10']['id']}/tags", {"tag": "0A1"})
    assert "Ann Lee, bib 1" in taken["message"] and taken["field"] == "tag"
    moved = await shared_office.ask(
        "POST", f"participants/{found['10']['id']}/tags", {"tag": "A1", "take": True}
    )
    assert moved["participant"]["tags"] == ["A9", "A1"]
    await shared_office.hub.import_roster(ROSTER, made["id"])
    who = roster.roster.find("A1")
    assert who is not None and who.first_name == "Cy", "a file does not undo it"
    less = await shared_office.ask("DELETE", f"participants/{found['10']['id']}/tags/a1")
    assert less["participant"]["tags"] == ["A9"] and roster.roster.find("A1") is None
    await shared_office.refused("DELETE", f"participants/{found['10']['id']}/tags/a1", status=404)
