"""Participants in pages, of whom they belong to."""

import pytest

from hub.accounts import OWNER
from hub.model import EVERYONE, Participant
from hub.participants import Record, Wanted, layers_of
from hub.roster_words import HAND, Layer
from hub.store import rosters
from hub.store.database import query
from hub.store.web_participants import WebParticipants
from tests.store.making import new_session
from tests.store.teams import Teams

SHARED = pytest.mark.asyncio(loop_scope="session")


@SHARED
async def test_in_their_order_and_no_others(teams: Teams) -> None:
    asked = WebParticipants(lambda: teams.web)
    session_id = await new_session(teams.owner)
    made = [
        Record(
            Participant(0, bib, (), name, custom=(("a", "b"),)),
            layers={HAND: Layer({"bib": bib})},
            locked=["bib"],
        )
        for bib, name in (("10", "Ann"), ("9", "b%b"), ("", "Cy"), ("A2", "Dee"))
    ]
    async with teams.web.change_of(EVERYONE) as connection:
        ids = await rosters.add(connection, session_id, made)
        assert await rosters.wearing(connection, session_id, bib="010") == [ids[0]]
        assert await rosters.session_of(connection, ids[0]) == session_id
    found, total = await asked.page(EVERYONE, session_id, Wanted(limit=3))
    assert [each.shown.bib for each in found] == ["9", "10", "A2"] and total == 4
    assert layers_of(found[0]) == {HAND: Layer({"bib": "9"})} and found[0].locked == ["bib"]
    found, _ = await asked.page(EVERYONE, session_id, Wanted(after=3, words=["%"]))
    assert found == [] and (await asked.page(EVERYONE, session_id, Wanted(words=["%", "B"])))[1] == 1
    assert (await asked.counted(EVERYONE, session_id))["origins"] == {
        "hand": 4,
        "file": 0,
        "tags": 0,
        "provider": 0,
    }
    assert await asked.order(EVERYONE, session_id) == ["hand", "provider", "file"]
    other = (await teams.caller(OWNER)).whose
    assert await asked.page(other, session_id, Wanted()) == ([], 0)
    assert await asked.record(other, ids[0]) is None and await asked.records(other, session_id, ids) == {}
    assert await asked.order(other, session_id) == []
    one = await asked.record(EVERYONE, ids[0])
    assert one is not None and one.updated


@SHARED
async def test_how_many_are_what(teams: Teams) -> None:
    asked = WebParticipants(lambda: teams.web)
    session_id = await new_session(teams.owner)
    nobody = await asked.counted(EVERYONE, session_id)
    assert (nobody["race"], nobody["status"], nobody["gone"]) == ([], [], 0)
    assert nobody["without"] == dict.fromkeys(("tag", "bib", "name", "birth_date", "age"), 0)
    said = (("1", "10K", "ok", ""), ("2", "10K", "DNS", ""), ("3", "5K", "ok", ""), ("4", "5K", "ok", "hand"))
    made = [
        Record(Participant(0, bib, ("A" + bib,), "Ann", race_name=race, status=status), gone=gone)
        for bib, race, status, gone in said
    ]
    async with teams.web.change_of(EVERYONE) as connection:
        await rosters.add(connection, session_id, made)
        plan = await connection.fetch(
            "EXPLAIN " + query("participants_counted").replace("$1", str(session_id))
        )
    assert sum(" on participants" in row[0] for row in plan) == 1, "gone through once"
    found = await asked.counted(EVERYONE, session_id)
    assert found == {
        "race": [["10K", 2], ["5K", 1]],
        "status": [["DNS", 1], ["ok", 2]],
        "origins": {"hand": 0, "file": 3, "tags": 0, "provider": 0},
        "without": {"tag": 0, "bib": 0, "name": 0, "birth_date": 3, "age": 3},
        "gone": 1,
    }
