"""One roster behind every service, and everything that goes wrong: each says the same of everybody in the end.

And a roster of a big race in pages: what has been read is let go of.
"""

import os
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pytest
from aiohttp import web

from hub.errors import ProviderAway
from hub.providers.budget import Budget
from hub.providers.registry import KINDS, make
from tests.providers.loading import QUICK, expected, load, without
from tests.providers.standins import chronotrack_live, haku, lets_do_this, race_roster, runsignup
from tests.providers.standins.people import made
from tests.providers.standins.server import (
    StandIn,
    broken,
    half,
    hung_up,
    page,
    slow,
    too_many,
    truncated,
)

COUNT = 3000
IN_DETAILS = ("bib", "birth_date", "city", "state", "country")


class Service(NamedTuple):
    stand_in: Callable[..., StandIn]
    credentials: dict[str, str]
    event: str
    prefix: str = ""
    late: tuple[str, ...] = ()
    """Fields that come one by one, later."""


SERVICES = {
    "runsignup": Service(runsignup.RunSignUpStandIn, runsignup.CREDENTIALS, runsignup.RACE),
    "chronotrack_live": Service(
        chronotrack_live.ChronoTrackStandIn, chronotrack_live.CREDENTIALS, chronotrack_live.EVENT
    ),
    "race_roster": Service(race_roster.RaceRosterStandIn, race_roster.CREDENTIALS, race_roster.EVENT),
    "haku": Service(haku.HakuStandIn, haku.CREDENTIALS, haku.EVENT, "R-", IN_DETAILS),
    "lets_do_this": Service(lets_do_this.LetsDoThisStandIn, lets_do_this.CREDENTIALS, lets_do_this.EVENT),
}


def test_there_is_one_of_each() -> None:
    assert SERVICES.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", SERVICES)
async def test_says_the_same_of_everybody_whatever_happens(kind: str) -> None:
    about = SERVICES[kind]
    service = about.stand_in(made(COUNT))
    base = await service.start()
    provider = make(kind, about.credentials, {kind: base}, patience=QUICK._replace(answer_s_max=1.0, tries=8))
    service.fail(None, None, too_many("0"), half, None, truncated, hung_up, None, broken(502), page, None)
    if kind == "runsignup":
        service.fail(slow)
    service.fail_every(11, too_many("0", 503))
    first = next(iter(service.people.there))
    service.after(5, lambda: service.remove(first))
    loaded = await load(provider, about.event)
    people = loaded.people()
    cursor = loaded.cursor
    for _ in range(2):  # who went in between is told by one of the next
        refreshed = await load(provider, about.event, cursor)
        people |= refreshed.people()
        for gone in refreshed.gone:
            people.pop(gone, None)
        cursor = refreshed.cursor
    await provider.close()
    await service.stop()
    assert list(service.people.removed) == [first]
    wanted = expected(service.people.there.values(), about.late)
    if kind == "lets_do_this":
        people.pop(str(first), None)  # it says so with the next whole reading, a quarter of an hour later
    assert len(people) == len(wanted)
    for name, each in people.items():
        assert whole_name(without(each, about.late)) == whole_name(wanted[name.removeprefix(about.prefix)])


@pytest.mark.parametrize("kind", SERVICES)
async def test_a_limit_of_the_service_is_kept_and_told(kind: str) -> None:
    about = SERVICES[kind]
    service = about.stand_in(made(30))
    service.per_hour = 1
    base = await service.start()
    provider = make(kind, about.credentials, {kind: base}, patience=QUICK)
    with pytest.raises(ProviderAway) as caught:
        for _ in range(3):
            await provider.test()
    assert caught.value.retry_after_s == pytest.approx(1800, abs=2)
    with pytest.raises(ProviderAway):
        await provider.events()
    assert len(service.calls) == 2
    await provider.close()
    await service.stop()


@pytest.mark.parametrize("kind", SERVICES)
async def test_the_hubs_own_limit_is_kept(kind: str) -> None:
    """Two who ask for one account share its calls."""
    about = SERVICES[kind]
    service = about.stand_in(made(30))
    base = await service.start()
    budget = Budget(16)
    first, second = (
        make(
            kind, about.credentials, {kind: base}, budget=budget, patience=QUICK._replace(retry_after_s_max=0)
        )
        for _ in range(2)
    )
    with pytest.raises(ProviderAway, match="at most 16 calls an hour"):
        for _ in range(9):
            await first.test()
            await second.test()
    assert len(service.calls) == first.calls_last_hour() == second.calls_last_hour() == 4
    await first.close()
    await second.close()
    await service.stop()


def whole_name(fields: dict[str, str]) -> dict[str, str]:
    """One service has it in one piece, and where to cut it nobody knows."""
    return {**fields, "first_name": f"{fields['first_name']} {fields['last_name']}", "last_name": ""}


class Big(runsignup.RunSignUpStandIn):
    """25,000, of whom it keeps none."""

    count = 25_000
    row = msgspec.json.encode(
        {
            "user": {
                "first_name": "Ana",
                "last_name": "Ruiz",
                "email": "x" * 60,
                "address": {"city": "Springfield", "country_code": "US", "street": "y" * 60},
                "dob": "1991-02-03",
                "gender": "F",
            },
            "registration_id": 123456789,
            "event_id": 71,
            "bib_num": 123456789,
            "team_name": "z" * 40,
        }
    ).decode()

    async def _participants(self, request: web.Request) -> web.Response:
        asked: Any = request.query
        first = int(asked.get("after_registration_id", 0)) + 1
        last = min(first + 2499, self.count)
        listed = ",".join(self.row.replace("123456789", str(each)) for each in range(first, last + 1))
        return web.Response(
            text=f'[{{"event":{{"event_id":71}},"participants":[{listed}]}}]',
            content_type="application/json",
        )


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for memory")
async def test_pages_of_a_big_roster_are_let_go_of() -> None:
    async with Big() as service:
        provider = make("runsignup", runsignup.CREDENTIALS, {"runsignup": service.base + "/Rest"})
        seen, early = 0, 0
        async for each in provider.roster(runsignup.RACE, ["71"], {}):
            seen += len(each.entries)
            early = early or (resident_mib() if seen >= 10_000 else 0)
        assert seen == Big.count
        assert resident_mib() - early < 15
        await provider.close()


def resident_mib() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
