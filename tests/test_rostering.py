"""Rosters of a hub that runs: what is said of participants goes into the tables, into memory and onto the screens."""

from typing import Any

import pytest

from hub.accounts import MACHINE_CALLER
from hub.roster_words import FILE, Entry, Layer
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
