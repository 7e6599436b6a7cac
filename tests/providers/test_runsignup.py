"""RunSignUp: everybody once, whatever happens between two pages, and nothing that nobody needs."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from hub.errors import ProviderRefused
from hub.providers.registry import make
from hub.providers.runsignup import OVERLAP_S
from hub.providers.words import EventRace, Provider
from tests.providers.loading import QUICK, expected, load
from tests.providers.standins.people import made
from tests.providers.standins.runsignup import CREDENTIALS, RACE, RunSignUpStandIn

Opened = Callable[..., Provider]


@pytest.fixture
async def service() -> AsyncIterator[RunSignUpStandIn]:
    async with RunSignUpStandIn(made(60)) as made_up:
        yield made_up


@pytest.fixture
async def provider(service: RunSignUpStandIn) -> AsyncIterator[Provider]:
    opened = make("runsignup", CREDENTIALS, {"runsignup": service.base + "/Rest"}, patience=QUICK)
    yield opened
    await opened.close()


async def test_says_what_it_sees(provider: Provider) -> None:
    assert await provider.test() == "RunSignUp accepts the key; it sees Spring Run."
    (event,) = await provider.events("spring")
    assert (event.id, event.name, event.place) == (RACE, "Spring Run", "Springfield, IL")
    assert await provider.events("autumn") == []
    assert [each.id for each in await provider.events(RACE)] == [RACE]
    assert await provider.events("999") == []


async def test_an_account_without_races_finds_them_by_name(
    service: RunSignUpStandIn, provider: Provider
) -> None:
    service.is_partner = False
    assert "look for an event" in await provider.test()
    assert await provider.events() == []
    assert [each.id for each in await provider.events("Spring")] == [RACE]


async def test_races_are_those_of_this_year(provider: Provider) -> None:
    event = await provider.event(RACE)
    assert event.races == [EventRace("71", "10K"), EventRace("72", "Half Marathon")]


async def test_an_event_that_is_none_is_refused(provider: Provider) -> None:
    with pytest.raises(ProviderRefused, match="Race not found"):
        await provider.event("999")
    with pytest.raises(ProviderRefused, match="has a number"):
        await provider.event("../races")


async def test_wrong_keys_are_refused(service: RunSignUpStandIn) -> None:
    wrong = make(
        "runsignup", {**CREDENTIALS, "api_secret": "nope-nope"}, {"runsignup": service.base + "/Rest"}
    )
    with pytest.raises(ProviderRefused, match="API key or secret not found"):
        await wrong.test()
    await wrong.close()
    assert len(service.calls) == 1


@pytest.mark.parametrize("as_object", [False, True])
async def test_loads_everybody(service: RunSignUpStandIn, provider: Provider, as_object: bool) -> None:
    service.as_object = as_object
    loaded = await load(provider, RACE)
    assert loaded.people() == expected(service.people.there.values())
    assert loaded.pages[-1].total == 60


async def test_loads_one_race_of_two(service: RunSignUpStandIn, provider: Provider) -> None:
    loaded = await load(provider, RACE, races=["72"])
    assert loaded.people() == expected(each for each in service.people.there.values() if each.race == "72")


async def test_a_page_of_fewer_than_asked_for_may_be_its_own_limit(
    service: RunSignUpStandIn, provider: Provider
) -> None:
    service.people = type(service.people)(made(400))
    service.page_cap = 50
    assert (await load(provider, RACE)).people() == expected(service.people.there.values())


async def test_a_refresh_has_what_changed_and_who_is_gone(
    service: RunSignUpStandIn, provider: Provider
) -> None:
    clock = 1_795_000_000
    service.now_s = lambda: clock
    cursor = (await load(provider, RACE)).cursor
    assert cursor["since"] == clock - OVERLAP_S
    clock += 60
    there = list(service.people.there)
    service.change(there[3], bib="8888", city="Ulm")
    service.add(replace(made(1, first_id=7777)[0], bib="9999"))
    service.remove(there[5])
    before = len(service.calls)
    loaded = await load(provider, RACE, cursor)
    assert loaded.people() == expected(service.people.there[each] for each in (there[3], 7777))
    assert loaded.gone == [str(there[5])]
    assert loaded.cursor["since"] == clock - OVERLAP_S
    assert len(service.calls) - before == 2  # those removed, those changed
    clock += 60
    again = await load(provider, RACE, loaded.cursor)
    assert again.people() == loaded.people()  # those of the last seconds come twice
    clock += 60
    loaded = await load(provider, RACE, again.cursor)
    assert (loaded.people(), loaded.gone) == ({}, [])


async def test_asks_in_unix_seconds(service: RunSignUpStandIn, provider: Provider) -> None:
    await load(provider, RACE, {"since": 1_776_500_000})
    asked = {call.path.rsplit("/")[-1]: call.query for call in service.calls}
    for what in ("participants", "removed-participants"):
        assert asked[what]["modified_after_timestamp"] == "1776500000"
        assert asked[what]["event_id"] == "71,72"
        assert asked[what]["results_per_page"] == "2500"
    assert "start_date" not in asked["participants"]


async def test_who_comes_back_is_not_gone(service: RunSignUpStandIn, provider: Provider) -> None:
    clock = 1_795_000_000
    service.now_s = lambda: clock
    cursor = (await load(provider, RACE)).cursor
    clock += 60
    someone = next(iter(service.people.there.values()))
    service.remove(someone.id)
    removed = dict(service.people.removed)
    service.add(someone)
    service.people.removed = removed  # it keeps saying that they were removed once
    loaded = await load(provider, RACE, cursor)
    assert str(someone.id) in loaded.by_id and loaded.gone == []


async def test_takes_what_a_finish_line_needs_and_no_more(
    service: RunSignUpStandIn, provider: Provider
) -> None:
    at = next(iter(service.people.there))
    service.change(
        at,
        tag="AB12",
        wave="Corral B",
        anonymous=True,
        answers=(("Shirt size", "L"), ("Emergency Contact Phone", "555-0199"), ("Club", "")),
    )
    said = (await load(provider, RACE)).by_id[str(at)].said
    assert (said.tags, said.custom) == (["AB12"], {"Shirt size": "L"})
    assert (said.fields["wave"], said.fields["privacy"]) == ("Corral B", "bib")
    everything = repr(said)
    for secret in ("example.org", "555-", "$", "Main", "Side St", "00000"):
        assert secret not in everything


async def test_results_are_kept_as_they_are_said(service: RunSignUpStandIn, provider: Provider) -> None:
    service.results = (
        {
            "event": "71",
            "result_id": 1,
            "place": 17,
            "bib": 101,
            "registration_id": 5001,
            "clock_time": "0:20:03.9",
            "chip_time": "0:19:51.1",
            "pace": "6:24",
        },
        {"event": "72", "result_id": 2, "place": 3, "bib": 7, "clock_time": "1:30:00", "chip_time": ""},
        {"event": "72", "result_id": 3, "place": None, "bib": None, "clock_time": "1:31:00"},
    )
    found = [each async for page in provider.results(RACE, []) for each in page]
    assert [(each.external_id, each.bib) for each in found] == [("5001", "101"), ("", "7")]
    assert found[0].fields == {
        "finish_time": "0:19:51.1",
        "gun_time": "0:20:03.9",
        "pace": "6:24",
        "overall_rank": "17",
    }
    assert found[1].fields == {"finish_time": "1:30:00", "gun_time": "1:30:00", "overall_rank": "3"}


async def test_results_that_are_not_public_are_nobodys(service: RunSignUpStandIn, provider: Provider) -> None:
    row = {"place": 1, "bib": 5, "chip_time": "0:30:00"}
    service.result_sets = (
        {"public_results": "F", "results": [{**row, "chip_time": "0:00:01"}]},
        {"public_results": "T", "results": [row], "registration_ids": [77]},
    )
    found = [each async for page in provider.results(RACE, ["71"]) for each in page]
    assert [(each.external_id, each.fields["finish_time"]) for each in found] == [("77", "0:30:00")]


async def test_many_results_come_to_an_end(service: RunSignUpStandIn, provider: Provider) -> None:
    service.page_cap = 100
    service.results = tuple(
        {"event": "71", "place": at, "bib": at, "chip_time": f"0:{at // 60:02}:{at % 60:02}"}
        for at in range(1, 251)
    )
    found = [each.bib async for page in provider.results(RACE, ["71"]) for each in page]
    assert found == [str(at) for at in range(1, 251)]
