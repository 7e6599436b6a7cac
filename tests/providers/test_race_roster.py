"""Race Roster: rows that move up while they are read hide nobody."""

from collections.abc import AsyncIterator

import pytest

from hub.errors import ProviderRefused
from hub.providers.race_roster import KIND, RaceRoster
from hub.providers.words import EventRace
from tests.providers.loading import QUICK, expected, load
from tests.providers.standins.people import made
from tests.providers.standins.race_roster import CREDENTIALS, EVENT, RaceRosterStandIn


@pytest.fixture
async def service() -> AsyncIterator[RaceRosterStandIn]:
    async with RaceRosterStandIn(made(250)) as made_up:
        yield made_up


@pytest.fixture
async def provider(service: RaceRosterStandIn) -> AsyncIterator[RaceRoster]:
    opened = RaceRoster(CREDENTIALS, base=service.base + "/api/v1", patience=QUICK)
    yield opened
    await opened.close()


async def test_says_what_it_sees(provider: RaceRoster) -> None:
    assert KIND.experimental and not KIND.results
    assert await provider.test() == "Race Roster accepts the account; it sees Spring Run."
    (event,) = await provider.events("spring")
    assert event == (await provider.event(EVENT))
    assert event.races == [EventRace("71", "10K"), EventRace("72", "Half Marathon")]
    assert (await provider.events("autumn"), [each.id for each in await provider.events(EVENT)]) == (
        [],
        [EVENT],
    )
    for wrong in ("999", "../x"):
        with pytest.raises(ProviderRefused):
            await provider.event(wrong)
    assert [each async for each in provider.results(EVENT, [])] == []


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 199, 250])
async def test_loads_everybody_once(service: RaceRosterStandIn, provider: RaceRoster, count: int) -> None:
    service.people = type(service.people)(made(count))
    loaded = await load(provider, EVENT)
    assert loaded.people() == expected(service.people.there.values())
    assert sum(len(page.entries) for page in loaded.pages) == count
    one = await load(provider, EVENT, races=["71"])
    assert one.people() == expected(each for each in service.people.there.values() if each.race == "71")


async def test_rows_that_move_hide_nobody(service: RaceRosterStandIn, provider: RaceRoster) -> None:
    first = next(iter(service.people.there))
    service.after(3, lambda: service.remove(first))
    loaded = await load(provider, EVENT)
    assert loaded.people().keys() >= expected(service.people.there.values()).keys()
    at = first + 7
    service.change(at, city="Ulm")
    refreshed = await load(provider, EVENT, loaded.cursor)
    assert (refreshed.gone, list(refreshed.by_id)) == ([str(first)], [str(at)])
    said = repr(loaded.by_id)
    assert "555-" not in said and "example.org" not in said
