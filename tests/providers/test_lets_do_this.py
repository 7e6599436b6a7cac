"""Let's Do This: everybody of one event among all, and a refresh that is right whether it is honoured or not."""

from collections.abc import AsyncIterator

import pytest

from hub.errors import ProviderRefused
from hub.providers.lets_do_this import KIND, WHOLE_S, LetsDoThis
from hub.providers.words import EventRace
from tests.providers.loading import QUICK, expected, load
from tests.providers.standins.lets_do_this import CREDENTIALS, EVENT, LetsDoThisStandIn
from tests.providers.standins.people import made

CLOCK = 1_795_000_000


@pytest.fixture
async def service() -> AsyncIterator[LetsDoThisStandIn]:
    async with LetsDoThisStandIn(made(250), now_s=lambda: CLOCK) as made_up:
        yield made_up


@pytest.fixture
async def provider(service: LetsDoThisStandIn) -> AsyncIterator[LetsDoThis]:
    opened = LetsDoThis(CREDENTIALS, base=service.base + "/v0", patience=QUICK, now_s=service.clock)
    yield opened
    await opened.close()


async def test_says_what_it_sees(provider: LetsDoThis) -> None:
    assert KIND.experimental and not KIND.results
    assert await provider.test() == "Let's Do This accepts the key; it sees applications."
    (event,) = await provider.events("spring")
    assert (event.id, event.date) == (EVENT, "2026-12-03")
    assert (await provider.event(EVENT)).races == [EventRace("71", "10K"), EventRace("72", "Half Marathon")]
    for wrong in ("ev-1", "../x"):
        with pytest.raises(ProviderRefused):
            await provider.event(wrong)
    assert [each async for each in provider.results(EVENT, [])] == []


async def test_a_wrong_key_is_refused(service: LetsDoThisStandIn) -> None:
    wrong = LetsDoThis({"api_key": "n0pe-n0pe"}, base=service.base + "/v0")
    with pytest.raises(ProviderRefused, match="does not accept"):
        await wrong.test()
    await wrong.close()


async def test_loads_everybody_of_the_event(service: LetsDoThisStandIn, provider: LetsDoThis) -> None:
    loaded = await load(provider, EVENT)
    assert loaded.people() == expected(service.people.there.values())
    said = repr(loaded.by_id)
    assert "555-" not in said and "example.org" not in said and "55.00" not in said
    one = await load(provider, EVENT, races=["72"])
    assert one.people() == expected(each for each in service.people.there.values() if each.race == "72")


@pytest.mark.parametrize("honours", [True, False])
async def test_a_refresh_is_right_either_way(
    service: LetsDoThisStandIn, provider: LetsDoThis, honours: bool
) -> None:
    clock = CLOCK
    service.now_s = lambda: clock
    service.honours = honours
    cursor = (await load(provider, EVENT)).cursor
    clock += 60
    first, second, *_ = service.people.there
    service.change(first, city="Ulm")
    service.remove(second)
    before = len(service.calls)
    loaded = await load(provider, EVENT, cursor)
    assert loaded.people() == expected([service.people.there[first]])
    assert (loaded.gone, len(service.calls) - before) == ([], 1 if honours else 3)
    clock += WHOLE_S
    last = await load(provider, EVENT, loaded.cursor)
    assert (last.people(), last.gone) == ({}, [str(second)])
