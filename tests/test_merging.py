"""What one origin says goes into the tables in pieces, and comes out as if it had been one."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import merging
from hub.merging import KEEP, REMOVE, Gone, Merge, merge_anew
from hub.model import EVERYONE
from hub.participants import by_hand
from hub.roster_outcome import Outcome
from hub.roster_words import FILE, ORDERED, PROVIDER, Entry, Layer
from hub.spool import Spool
from hub.store import rosters
from tests.store import conftest
from tests.store.making import new_session
from tests.store.teams import Teams

teams = conftest.teams
SHARED = pytest.mark.asyncio(loop_scope="session")


def entry(bib: str, *tags: str, external: str = "", line: int = 0, **fields: str) -> Entry:
    return Entry(Layer({"bib": bib} | fields, list(tags) or None), external, line)


async def merge(
    teams: Teams,
    session_id: int,
    origin: str,
    entries: Sequence[Entry],
    *,
    gone: Gone = KEEP,
    write: bool = True,
) -> Outcome:
    spool = Spool(origin)
    spool.add(entries)
    async with teams.web.change_of(EVERYONE) as connection:
        made = Merge(connection, session_id, origin, ORDERED, spool, write=write, rows_max=6)
        return await made.run(gone, lambda done, total: None)


async def held(teams: Teams, session_id: int) -> list[tuple[str, str, str]]:
    rows = await teams.owner.fetch(
        "SELECT bib, city, gone FROM participants WHERE session_id = $1 ORDER BY bib, id", session_id
    )
    return [tuple(row) for row in rows]


@SHARED
async def test_in_pieces_as_in_one(teams: Teams, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "PIECE", 2)
    monkeypatch.setattr(merging, "TURN", 1)
    session_id = await new_session(teams.owner)
    entries = [entry(str(number), f"A{number}", city="Graz", line=number) for number in range(1, 6)]
    for write in (False, True):
        outcome = await merge(teams, session_id, FILE, [*entries, entry("3", "B3", line=9)], write=write)
        assert (outcome.added, outcome.participants) == (5, 5)
        assert [(each.line, each.reason) for each in outcome.problems] == [
            (9, "the same participant as in line 3")
        ]
        assert len(await held(teams, session_id)) == 5 * write
    changed = [entry("1", "A1", city="Linz"), entry("2", "A1", city="Graz"), *entries[2:4]]
    outcome = await merge(teams, session_id, FILE, changed, gone=REMOVE)
    assert (outcome.changed, outcome.same, outcome.gone, outcome.ambiguous) == (2, 2, 1, ["a1"])
    assert await held(teams, session_id) == [
        ("1", "Linz", ""),
        ("2", "Graz", ""),
        ("3", "Graz", ""),
        ("4", "Graz", ""),
        ("5", "Graz", "file"),
    ]
    many = [entry(str(number), line=number) for number in range(20, 24)]
    outcome = await merge(teams, session_id, FILE, many)
    assert outcome.added == 2 and [each.line for each in outcome.problems] == [22, 23], "there is no room"


@SHARED
async def test_one_service_drops_whom_it_names_and_a_file_keeps_them(teams: Teams) -> None:
    session_id = await new_session(teams.owner)
    await merge(teams, session_id, FILE, [entry("1", city="Graz")])
    both = [entry("1", external="E1", city="Wien"), entry("2", external="E2", city="Wien")]
    await merge(teams, session_id, PROVIDER, both)
    outcome = await merge(teams, session_id, PROVIDER, [], gone=["E1", "E2", "E3"])
    assert (outcome.changed, outcome.gone) == (1, 1)
    assert await held(teams, session_id) == [("1", "Graz", ""), ("2", "Wien", "provider")]
    swapped = [entry("2", external="E1"), entry("1", external="E2")]
    outcome = await merge(teams, session_id, PROVIDER, swapped)
    assert (outcome.added, outcome.changed) == (1, 1)
    assert [bib for bib, *_ in await held(teams, session_id)] == ["1", "2"]


@SHARED
async def test_by_another_order(teams: Teams) -> None:
    session_id = await new_session(teams.owner)
    await merge(teams, session_id, FILE, [entry("1", city="Graz"), entry("2", city="Graz")])
    await merge(teams, session_id, PROVIDER, [entry("1", external="E1", city="Wien")])
    async with teams.web.change_of(EVERYONE) as connection:
        done: list[int] = []
        order = ("file", "hand", "provider")
        assert await merge_anew(connection, session_id, order, lambda so_far, _: done.append(so_far)) == 1
        assert await merge_anew(connection, session_id, order, lambda so_far, _: None) == 0
        assert (await rosters.facts(connection, session_id + 1000)) is None and done == [2]
    assert [city for _, city, _ in await held(teams, session_id)] == ["Graz", "Graz"]


@SHARED
@pytest.mark.parametrize("few", [-1, 1000])
async def test_whoever_is_meant_is_found_among_few_as_among_all(
    teams: Teams, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Also whom the hand has corrected since."""
    monkeypatch.setattr(merging, "FEW", few)
    session_id = await new_session(teams.owner)
    entries = [
        entry("Straße7", first_name="Ann"),
        entry("", "Ü5"),
        entry("", first_name="Cy", last_name="  Ärzte  Ö", age="40"),
        entry("8", "B8", external="E8", last_name="Lee"),
    ]
    assert (await merge(teams, session_id, FILE, entries)).added == 4
    async with teams.web.change_of(EVERYONE) as connection:
        ids = [
            row["id"]
            for row in await connection.fetch("SELECT id FROM participants WHERE session_id = $1", session_id)
        ]
        for record in (await rosters.records(connection, session_id, ids)).values():
            hand = Layer({"bib": f"x{record.shown.id}", "last_name": "x"}, ["x"])
            await rosters.change(
                connection, session_id, [by_hand(record, hand, ["bib", "last_name", "tags"])]
            )
    upper = [entry("STRASSE7", first_name="Ann"), entry("", "ü5"), *entries[2:]]
    again = await merge(teams, session_id, FILE, upper)
    assert (again.added, again.changed, again.same, again.participants) == (0, 0, 4, 4), again
    assert (await merge(teams, session_id, FILE, [], gone=["E8"])).gone == 1


ENTRIES = st.lists(
    st.builds(
        entry,
        st.sampled_from(("1", "2", "03", "3")),
        st.sampled_from(("A1", "A2", "0a1")),
        first_name=st.sampled_from(("Ann", "Bob")),
        city=st.sampled_from(("", "Graz", "Wien")),
    ),
    max_size=4,
)


@SHARED
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ENTRIES, ENTRIES)
async def test_the_same_twice_is_once(teams: Teams, first: list[Entry], other: list[Entry]) -> None:
    session_id = await new_session(teams.owner)
    await merge(teams, session_id, PROVIDER, first)
    await merge(teams, session_id, FILE, other)
    before = await held(teams, session_id)
    for origin, entries in ((FILE, other), (PROVIDER, first)):
        again = await merge(teams, session_id, origin, entries, gone=REMOVE)
        assert (again.added, again.changed, again.gone) == (0, 0, 0), again
    assert await held(teams, session_id) == before
