"""Which tags are nobody's, and what a desk is told of what it scans."""

from typing import Any

import pytest

from tests.lifecycle import Office

SHARED = pytest.mark.asyncio(loop_scope="session")
ROSTER = (
    "bib,tag,first_name,last_name,status\n"
    "1,A1,Ann,Lee,\n2,A2,Bob,Ray,DNS\n3,A3,Cy,Orr,\n4,,Dee,Fox,\n5,A3,Eve,Orr,\n"
)


@SHARED
async def test_a_tag_of_nobody_is_found_and_becomes_somebodys(shared_office: Office) -> None:
    made = await shared_office.session("Desk")
    await shared_office.hub.import_roster(ROSTER, made["id"])
    await shared_office.fed(made, "A1", "X9", "a3", "X9")
    path = f"sessions/{made['id']}/unknown-tags"
    found = await shared_office.ask("GET", path)
    assert [(each["tag"], each["count"], each["why"]) for each in found["tags"]] == [
        ("X9", 2, "nobody"),
        ("a3", 1, "two"),
    ]
    assert found["tags"][0]["last"]["location"] == "FINISH" and found["tags"][0]["last"]["offset"] == 4
    assert [each["name"] for each in found["tags"][1]["candidates"]] == ["Cy Orr", "Eve Orr"]
    assert (found["total"], found["complete"]) == (2, True)
    dee = (await lookup(shared_office, made, "Dee"))["participant"]
    await shared_office.ask("POST", f"participants/{dee['id']}/tags", {"tag": "X9"})
    assert [each["tag"] for each in (await shared_office.ask("GET", path))["tags"]] == ["a3"]
    found = await lookup(shared_office, made, "x9")
    assert (found["as"], found["participant"]["bib"], found["reads"], found["problems"]) == (
        "tag",
        "4",
        2,
        [],
    )


@SHARED
async def test_what_a_desk_is_told(shared_office: Office) -> None:
    made = await shared_office.session("Told")
    await shared_office.hub.import_roster(ROSTER, made["id"])
    twin = {"session": made["id"], "bib": "2", "tags": ["B2"], "anyway": True}
    await shared_office.ask("POST", "participants", twin, 201)
    for code, kind, bib, problems in (
        ("A1", "tag", "1", []),
        ("001", "bib", "1", []),
        ("a2", "tag", "2", ["withdrawn", "bib_of_two"]),
        ("2", "bib", None, ["bib_of_two"]),
        ("A3", "tag", None, ["tag_of_two"]),
        ("4", "bib", "4", ["no_tag"]),
        ("Orr", "name", None, []),
        ("fox", "name", "4", ["no_tag"]),
        ("zzz", None, None, ["unknown"]),
    ):
        found = await lookup(shared_office, made, code)
        who = found["participant"]["bib"] if found["participant"] else None
        kinds = [each["kind"] for each in found["problems"]]
        assert (found["as"], who, kinds) == (kind, bib, problems), code
    assert (await shared_office.refused("GET", f"sessions/{made['id']}/lookup", status=400))[
        "field"
    ] == "code"


async def lookup(office: Office, made: Any, code: str) -> dict[str, Any]:
    found: dict[str, Any] = await office.ask("GET", f"sessions/{made['id']}/lookup?code={code}")
    return found
