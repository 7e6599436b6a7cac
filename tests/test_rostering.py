"""Rosters of a hub that runs: what is said of participants goes into the tables, into memory and onto the screens."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.accounts import MACHINE_CALLER
from hub.errors import NotFound
from hub.roster_words import FILE, PROVIDER, TAGS, Entry, Layer
from hub.rostering import KEEP, REMOVE, Outcome, Rostering
from tests.lifecycle import Office

SHARED = pytest.mark.asyncio(loop_scope="session")


def entry(bib: str, first: str = "", *tags: str, line: int = 0, external: str = "", **fields: str) -> Entry:
    said = {"bib": bib, "first_name": first} | fields
    return Entry(Layer(said, list(tags) or None), external, line)


async def apply(office: Office, made: Any, origin: str, *entries: Entry, **how: Any) -> Outcome:
    return await rosters(office).apply(MACHINE_CALLER, made["id"], origin, [entries], **how)


def rosters(office: Office) -> Rostering:
    return office.hub.app.changes.rosters


def who(office: Office, made: Any, tag: str) -> str:
    found = office.memory(made).roster.find(tag)
    return found.first_name if found else ""


@SHARED
async def test_a_file_becomes_a_roster_and_another_corrects_it(shared_office: Office) -> None:
    made = await shared_office.session("Files")
    first = (
        entry("1", "Ann", "A1"),
        entry("2", "Bob", "A2"),
        entry("3", "Cy", birth_date="1990-02-30", line=4),
    )
    dry = await apply(shared_office, made, FILE, *first, dry=True)
    assert (dry.added, dry.participants, shared_office.memory(made).roster.size) == (2, 2, 0)
    done = await apply(shared_office, made, FILE, *first)
    assert (done.added, done.changed, done.gone, done.participants) == (2, 0, 0, 2)
    assert [(each.line, each.reason) for each in done.problems] == [
        (4, "birth date '1990-02-30': expected a day, like 1989-04-23")
    ]
    assert (who(shared_office, made, "A1"), who(shared_office, made, "2")) == ("Ann", "Bob")
    again = await apply(shared_office, made, FILE, *first, gone=REMOVE)
    assert (again.added, again.changed, again.gone, again.same) == (0, 0, 0, 2)
    other = await apply(shared_office, made, FILE, entry("01", "Anna", "A9"), entry("4", "Dee"), gone=REMOVE)
    assert (other.added, other.changed, other.gone, other.participants) == (1, 1, 1, 2)
    assert other.samples.changed[0].fields == {
        "bib": ["1", "01"],
        "first_name": ["Ann", "Anna"],
        "tags": ["A1", "A9"],
    }
    assert [each.name for each in other.samples.gone] == ["Bob"]
    assert [who(shared_office, made, tag) for tag in ("A1", "A9", "2", "4")] == ["", "Anna", "", "Dee"]
    back = await apply(shared_office, made, FILE, entry("2", "Bob", "A2"), gone=KEEP)
    assert (back.added, back.participants) == (1, 3) and who(shared_office, made, "A2") == "Bob"


@SHARED
async def test_services_tags_and_hands_in_any_order_of_theirs(shared_office: Office) -> None:
    made = await shared_office.session("Orders")
    await apply(shared_office, made, PROVIDER, entry("7", "Ann", external="E1", city="Wien"))
    await apply(shared_office, made, FILE, entry("7", "Anna", "A1", city="Graz"))
    done = await apply(shared_office, made, TAGS, entry("7", "", "T1"), entry("8", "", "T2"))
    assert (done.added, done.changed, done.participants) == (1, 1, 2)
    assert (who(shared_office, made, "T1"), who(shared_office, made, "A1")) == ("Ann", "")
    path = f"sessions/{made['id']}"
    changed = await shared_office.ask("PATCH", path, {"roster_order": ["file", "hand", "provider"]})
    assert changed["roster_order"] == ["file", "hand", "provider"] and "job" not in changed
    assert who(shared_office, made, "T1") == "Anna"
    refused = await shared_office.refused("PATCH", path, {"roster_order": ["file"]}, 400)
    assert refused["field"] == "roster_order"
    gone = await apply(shared_office, made, PROVIDER, gone=["E1"])
    assert (gone.gone, gone.changed) == (0, 0), "the file names them, too"
    gone = await apply(shared_office, made, FILE, gone=REMOVE)
    assert gone.gone == 1 and who(shared_office, made, "T1") == ""
    with pytest.raises(NotFound):
        await rosters(shared_office).apply(MACHINE_CALLER, made["id"] + 1000, FILE, [])


@SHARED
async def test_a_session_before_its_race_is_a_test_and_minors_are_as_the_rule_says(
    shared_office: Office,
) -> None:
    made = await shared_office.session("Mode")
    path = f"sessions/{made['id']}"
    assert (made["mode"], made["minors"], made["roster_order"]) == (
        "race",
        None,
        ["hand", "provider", "file"],
    )
    before = await shared_office.ask("PATCH", path, {"mode": "pre_race", "minors": {"under": 16}})
    assert (before["testing"], before["minors"]) == (True, {"under": 16, "privacy": "bib"})
    assert shared_office.memory(made).row.mode == "pre_race"
    race = await shared_office.ask("PATCH", path, {"mode": "results", "minors": None})
    assert (race["testing"], race["minors"], race["mode"]) == (False, None, "results")
    refused = await shared_office.refused("PATCH", path, {"minors": {"under": 40}}, 400)
    assert "minors" in refused["message"]


@SHARED
async def test_what_fails_on_its_way_changes_nothing(shared_office: Office) -> None:
    made = await shared_office.session("Fails")

    async def pieces() -> AsyncIterator[list[Entry]]:
        yield [entry("1", "Ann")]
        raise NotFound("The service is away.")

    with pytest.raises(NotFound, match="away"):
        await rosters(shared_office).apply(MACHINE_CALLER, made["id"], PROVIDER, pieces())
    assert shared_office.memory(made).roster.size == 0
    seen: list[tuple[int, int | None]] = []
    many = [[entry(str(number), "Ann") for number in range(1, 2600)]]
    done = await rosters(shared_office).apply(
        MACHINE_CALLER, made["id"], FILE, many, progress=lambda so_far, total: seen.append((so_far, total))
    )
    assert done.added == shared_office.memory(made).roster.size == 2599
    assert seen[0] == (0, None) and seen[-1] == (2599, 2599)
