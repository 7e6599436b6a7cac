"""Tokens that run out, and services that give none."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.errors import ProviderAway, ProviderRefused
from hub.providers.race_roster import RaceRoster
from hub.providers.registry import make
from tests.providers.loading import QUICK, load
from tests.providers.standins.people import made
from tests.providers.standins.race_roster import CREDENTIALS, EVENT, RaceRosterStandIn
from tests.providers.standins.server import answer


@pytest.fixture
async def service() -> AsyncIterator[RaceRosterStandIn]:
    async with RaceRosterStandIn(made(250)) as made_up:
        yield made_up


@pytest.fixture
async def provider(service: RaceRosterStandIn) -> AsyncIterator[RaceRoster]:
    opened = make("race_roster", CREDENTIALS, {"race_roster": service.base + "/api/v1"}, patience=QUICK)
    assert isinstance(opened, RaceRoster)
    yield opened
    await opened.close()


async def test_one_token_serves_many_calls(service: RaceRosterStandIn, provider: RaceRoster) -> None:
    await asyncio.gather(*(provider.test() for _ in range(5)))
    assert service.tokens == 1


async def test_another_is_asked_for_when_it_has_run_out(
    service: RaceRosterStandIn, provider: RaceRoster
) -> None:
    await provider.test()
    service.after(4, service.expire)
    assert len((await load(provider, EVENT)).by_id) == 250
    assert service.tokens == 2


async def test_a_token_that_is_refused_at_once_is_a_refusal(
    service: RaceRosterStandIn, provider: RaceRoster
) -> None:
    await provider.test()
    service.after(2, service.expire)
    service.after(4, service.expire)
    with pytest.raises(ProviderRefused, match="does not accept these credentials"):
        service.tokens = 1
        for _ in range(4):
            service.expire()
            service.tokens += 1
            await provider.test()
            service.tokens += 1


async def test_wrong_words_get_none(service: RaceRosterStandIn) -> None:
    wrong = RaceRoster({**CREDENTIALS, "password": "n0pe-n0pe"}, base=service.base + "/api/v1")
    with pytest.raises(ProviderRefused) as caught:
        await wrong.test()
    await wrong.close()
    assert "n0pe" not in str(caught.value) and CREDENTIALS["client_secret"] not in str(caught.value)


async def test_an_answer_without_one_is_said(service: RaceRosterStandIn, provider: RaceRoster) -> None:
    async def none(service: object, request: object, response: object) -> object:
        return answer({"data": []})

    service.fail(none)  # type: ignore[arg-type]
    with pytest.raises(ProviderAway, match="gives no token"):
        await provider.test()
