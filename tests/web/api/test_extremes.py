"""`GET /api/sessions/{id}/extremes`."""

import asyncio
import time
from itertools import pairwise

import pytest

from hub.model import Participant
from hub.roster import Roster
from hub.web.api.extremes import Found
from tests.running import Running

SHARED = pytest.mark.asyncio(loop_scope="session")
TURN_S_MAX = 0.05
"""A turn takes less than a millisecond; a busy machine is given its time."""


@SHARED
async def test_what_is_said_of_a_session(shared_hub: Running) -> None:
    found = await shared_hub.get(f"/api/sessions/{shared_hub.session_id}/extremes")
    assert found["session"]["id"] == shared_hub.session_id and found["session"]["timezone"]
    assert found["total"] == shared_hub.app.hub.sessions[shared_hub.session_id].roster.size
    assert {"runners", "values", "missing", "fields", "locations", "races"} <= set(found)
    async with shared_hub.http.get("/api/sessions/999999/extremes") as response:
        assert response.status == 404


async def test_nothing_waits_while_a_large_roster_is_read() -> None:
    people = (
        Participant(each, str(each), first_name="Ann", last_name=f"Lee{each}") for each in range(20_000)
    )
    roster, found, turns = Roster(people), Found(), [time.perf_counter()]
    reading = asyncio.create_task(found.of(roster))
    while not reading.done():
        await asyncio.sleep(0)
        turns.append(time.perf_counter())
    assert len(turns) > 100
    assert sorted(after - before for before, after in pairwise(turns))[-3] < TURN_S_MAX
    assert await found.of(roster) is reading.result()
