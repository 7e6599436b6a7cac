"""Rosters from services, all the way: stand-ins that answer as services do, a hub that runs, screens."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from hub.providers import registry
from tests.lifecycle import Office, office
from tests.providers.loading import QUICK
from tests.providers.standins import chronotrack_live, people, runsignup
from tests.providers.standins.chronotrack_live import ChronoTrackStandIn
from tests.providers.standins.runsignup import RunSignUpStandIn
from tests.providers.standins.server import broken, half, page, too_many
from tests.running import PATIENCE_S, rows

HURRY = 20.0
"""Ten seconds in half a second."""
ASKED_AGAIN_S = 15.0
"""So late at the most is a change at the service on a screen, in a race."""
COLUMNS = "bib, first_name, last_name, age, gender, city, state, country, race_name"
COMMON = f"SELECT external_id, {COLUMNS} FROM participants WHERE session_id = $1 AND gone = '' ORDER BY external_id"
"""What both services know of somebody."""


async def led(of: Office, kind: str, credentials: dict[str, str], event: str, **words: object) -> Any:
    """A session whose roster comes from there, all of it loaded."""
    body = {"kind": kind, "name": kind, "credentials": credentials}
    account = (await of.ask("POST", "provider-accounts", body, 201))["account"]
    made = await of.session(kind)
    body = {"account": account["id"], "event": event} | words
    job = (await of.ask("PUT", f"sessions/{made['id']}/provider", body))["job"]
    async with asyncio.timeout(PATIENCE_S):
        while job["status"] == "running":
            await asyncio.sleep(0.02)
            job = (await of.ask("GET", f"jobs/{job['id']}"))["job"]
    assert job["status"] == "done", job
    return made


async def test_the_same_roster_from_two_services_that_fail_again_and_again(
    database_dsn: str, tmp_path: Path
) -> None:
    everybody = people.made(3000)
    async with RunSignUpStandIn(everybody) as one, ChronoTrackStandIn(everybody) as other:
        one.page_cap, other.size_cap = 500, 400
        one.fail(None, None, page, half, broken(), None, too_many("0"), half)
        other.fail(None, None, half, too_many("0"), None, broken(503), page, None, half)
        bases = {"runsignup": f"{one.base}/Rest", "chronotrack_live": f"{other.base}/api"}
        make = partial(registry.make, bases=bases, patience=QUICK)
        async with office(database_dsn, tmp_path, make) as of:
            sessions = [
                await led(of, "runsignup", runsignup.CREDENTIALS, runsignup.RACE),
                await led(of, "chronotrack_live", chronotrack_live.CREDENTIALS, chronotrack_live.EVENT),
            ]
            assert not one._faults and not other._faults
            found = [await rows(of.dsn, COMMON, made["id"]) for made in sessions]
            assert found[0] == found[1] and len(found[0]) == 3000
            names = {(str(each.id), each.bib, each.first_name, each.last_name) for each in everybody}
            assert names == {
                (row["external_id"], row["bib"], row["first_name"], row["last_name"]) for row in found[0]
            }
            assert [of.memory(made).roster.size for made in sessions] == [3000, 3000]


async def test_a_change_at_the_service_is_on_a_screen_while_the_race_goes_on(
    database_dsn: str, tmp_path: Path
) -> None:
    runner = people.made(1)[0]
    async with RunSignUpStandIn(people.made(300)) as service:
        make = partial(registry.make, bases={"runsignup": f"{service.base}/Rest"}, patience=QUICK)
        async with office(database_dsn, tmp_path, make) as of:
            of.hub.app.changes.syncing.times.hurry = HURRY
            made = await led(of, "runsignup", runsignup.CREDENTIALS, runsignup.RACE, races=["71", "72"])
            async with of.screen(await of.displayed(made["id"])) as screen:
                await of.fed(made, runner.bib)
                card = await screen.next("read")
                assert card["runner"]["first_name"] == runner.first_name
                service.change(runner.id, first_name="Zoë")
                began = asyncio.get_running_loop().time()
                correction = await screen.next("correction")
                late_s = asyncio.get_running_loop().time() - began
                assert correction["runner"]["first_name"] == "Zoë"
                assert late_s * HURRY < ASKED_AGAIN_S * 2, (
                    "twice: half a second is soon over on a busy machine"
                )
                service.remove(runner.id)
                correction = await screen.next("correction")
                assert correction["runner"] is None
            link = (await of.ask("GET", f"sessions/{made['id']}/provider"))["link"]
            assert link["calls"]["last_hour"] <= len(service.calls) <= link["calls"]["limit"]
