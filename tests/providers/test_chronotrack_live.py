"""ChronoTrack Live: right whether `last_modified` is honoured or not, and no id ever shown as a bib."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hub.errors import ProviderRefused
from hub.providers.chronotrack_live import BASES, WHOLE_S, ChronoTrackLive, hashed
from hub.providers.registry import make
from hub.providers.words import EventRace
from tests.providers.loading import QUICK, expected, load
from tests.providers.standins.chronotrack_live import CREDENTIALS, DIGEST, EVENT, ChronoTrackStandIn
from tests.providers.standins.people import made

CLOCK = 1_795_000_000


@pytest.fixture
async def service() -> AsyncIterator[ChronoTrackStandIn]:
    async with ChronoTrackStandIn(made(60), now_s=lambda: CLOCK) as made_up:
        yield made_up


@pytest.fixture
async def provider(service: ChronoTrackStandIn) -> AsyncIterator[ChronoTrackLive]:
    opened = ChronoTrackLive(CREDENTIALS, base=service.base + "/api", patience=QUICK, now_s=service.clock)
    yield opened
    await opened.close()


def test_a_password_is_sent_as_its_digest() -> None:
    assert hashed(CREDENTIALS["user_pass"]) == DIGEST
    assert hashed(DIGEST) == hashed(DIGEST.upper()) == DIGEST
    assert hashed(DIGEST[:-1]) != DIGEST[:-1]


def test_there_are_two_servers() -> None:
    for server in (*BASES, ""):
        make("chronotrack_live", {**CREDENTIALS, "server": server})
    with pytest.raises(ProviderRefused, match="production and test"):
        make("chronotrack_live", {**CREDENTIALS, "server": "staging"})


async def test_says_what_it_sees(provider: ChronoTrackLive) -> None:
    assert await provider.test() == "ChronoTrack Live accepts the account; it sees Spring 10K."
    (event,) = await provider.events("spring")
    assert (event.id, event.name, event.place) == (EVENT, "Spring 10K", "Springfield, IL")
    assert await provider.events("autumn") == []
    assert (await provider.events(EVENT))[0].races == [
        EventRace("71", "10K"),
        EventRace("72", "Half Marathon"),
    ]
    assert await provider.events("999") == []


async def test_an_account_for_one_event(service: ChronoTrackStandIn) -> None:
    one = ChronoTrackLive({**CREDENTIALS, "event_id": EVENT}, base=service.base + "/api", patience=QUICK)
    assert "Spring 10K" in await one.test()
    assert [each.id for each in await one.events()] == [EVENT]
    await one.close()


async def test_a_wrong_password_is_refused(service: ChronoTrackStandIn) -> None:
    wrong = ChronoTrackLive({**CREDENTIALS, "user_pass": "nope"}, base=service.base + "/api")
    with pytest.raises(ProviderRefused, match="does not accept these credentials") as caught:
        await wrong.test()
    assert hashed("nope") not in str(caught.value)
    await wrong.close()
    assert len(service.calls) == 1


@pytest.mark.parametrize("says_counts", [True, False])
async def test_loads_everybody(
    service: ChronoTrackStandIn, provider: ChronoTrackLive, says_counts: bool
) -> None:
    service.size_cap, service.says_counts = 25, says_counts
    loaded = await load(provider, EVENT)
    assert loaded.people() == expected(service.people.there.values())
    assert len(service.calls) == 3
    ids, bibs = set(loaded.by_id), {each.bib for each in service.people.there.values()}
    assert not ids & {each["bib"] for each in loaded.people().values() if "bib" in each} - bibs
    assert any("bib" not in each for each in loaded.people().values())


async def test_loads_one_race_of_two(service: ChronoTrackStandIn, provider: ChronoTrackLive) -> None:
    loaded = await load(provider, EVENT, races=["72"])
    assert loaded.people() == expected(each for each in service.people.there.values() if each.race == "72")
    assert service.calls[0].path == "/api/race/72/entry"


async def test_who_moves_up_while_somebody_goes_is_not_lost(
    service: ChronoTrackStandIn, provider: ChronoTrackLive
) -> None:
    service.size_cap = 20
    first = next(iter(service.people.there))
    service.after(1, lambda: service.remove(first))
    loaded = await load(provider, EVENT)
    assert loaded.people().keys() >= expected(service.people.there.values()).keys()
    refreshed = await load(provider, EVENT, loaded.cursor)
    assert refreshed.gone == [str(first)]


@pytest.mark.parametrize("honours", [True, False])
async def test_a_refresh_is_right_either_way(
    service: ChronoTrackStandIn, provider: ChronoTrackLive, honours: bool
) -> None:
    clock = CLOCK
    service.now_s = lambda: clock
    service.honours = honours
    cursor = (await load(provider, EVENT)).cursor
    clock += 60
    there = list(service.people.there)
    service.change(there[3], bib="8888", city="Ulm")
    service.add(replace(made(1, first_id=7777)[0], bib="9999"))
    loaded = await load(provider, EVENT, cursor)
    assert loaded.people() == expected(service.people.there[each] for each in (there[3], 7777))
    assert loaded.gone == []
    clock += 60
    service.remove(there[5])
    after = await load(provider, EVENT, loaded.cursor)
    assert after.people() == {}
    clock += WHOLE_S
    last = await load(provider, EVENT, after.cursor)
    assert after.gone + last.gone == [str(there[5])]
    assert (after.gone == []) == honours


async def test_a_refresh_asks_little_where_it_may(
    service: ChronoTrackStandIn, provider: ChronoTrackLive
) -> None:
    service.size_cap = 10
    service.honours = True
    cursor = (await load(provider, EVENT)).cursor
    before = len(service.calls)
    await load(provider, EVENT, cursor)
    assert len(service.calls) == before + 1


async def test_a_state_may_mean_that_somebody_does_not_run(
    service: ChronoTrackStandIn, provider: ChronoTrackLive
) -> None:
    at, other, third, *_ = service.people.there
    service.states = {at: "WITHDRAWN", other: "PEND", third: "canc"}
    people = (await load(provider, EVENT)).people()
    assert [people[str(each)].get("status") for each in (at, other, third)] == [
        "withdrawn",
        "PEND",
        "withdrawn",
    ]
    assert sum("status" in each for each in people.values()) == 3


async def test_nothing_is_taken_that_nobody_needs(
    service: ChronoTrackStandIn, provider: ChronoTrackLive
) -> None:
    said = repr((await load(provider, EVENT)).by_id)
    assert "example.org" not in said and "555-" not in said
    assert "10K Run" in said


async def test_results_are_kept_as_they_are_said(
    service: ChronoTrackStandIn, provider: ChronoTrackLive
) -> None:
    row = {
        "results_bib": "101",
        "results_entry_id": "9001",
        "results_first_name": "Ana",
        "results_time": "0:19:51.1",
        "results_gun_time": "0:20:03.9",
        "results_pace": "6:24",
        "results_gun_pace": "6:28",
        "results_rank": "17",
        "results_primary_bracket_name": "F 30-34",
        "results_penalty_time": "0:00:00",
        "results_race_name": "10K",
    }
    service.results = (row, {**row, "results_bib": "", "results_entry_id": ""})
    for races in ([], ["71"]):
        (found,) = [each async for page in provider.results(EVENT, races) for each in page]
        assert (found.external_id, found.bib) == ("9001", "101")
        assert found.fields == {
            "finish_time": "0:19:51.1",
            "gun_time": "0:20:03.9",
            "pace": "6:24",
            "gun_pace": "6:28",
            "overall_rank": "17",
            "penalty_time": "0:00:00",
        }
