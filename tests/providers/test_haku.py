"""Haku: names at once, bibs as the calls of an hour allow, and none forgotten that was learned."""

from collections.abc import AsyncIterator

import pytest

from hub.errors import ProviderRefused
from hub.providers.haku import DETAILS_AGAIN, DETAILS_FIRST, KIND, Haku
from hub.providers.words import EventRace
from tests.providers.loading import QUICK, load, without
from tests.providers.standins.haku import CREDENTIALS, EVENT, HakuStandIn
from tests.providers.standins.people import made

DETAILED = ("bib", "birth_date", "city", "state", "country")


NAMES = ("first_name", "last_name")


@pytest.fixture
async def service() -> AsyncIterator[HakuStandIn]:
    async with HakuStandIn(made(80)) as made_up:
        yield made_up


@pytest.fixture
async def provider(service: HakuStandIn) -> AsyncIterator[Haku]:
    opened = Haku(CREDENTIALS, base=service.base, patience=QUICK)
    yield opened
    await opened.close()


async def test_says_what_it_sees(provider: Haku) -> None:
    assert KIND.experimental and not KIND.results
    assert await provider.test() == "Haku accepts the account; it sees Spring Run."
    event = await provider.event(EVENT)
    assert event.races == [EventRace("71", "10K"), EventRace("72", "Half Marathon")]
    assert await provider.events("autumn") == []
    with pytest.raises(ProviderRefused):
        await provider.event("999")
    assert [each async for each in provider.results(EVENT, [])] == []


async def test_a_wrong_secret_is_refused(service: HakuStandIn) -> None:
    wrong = Haku({**CREDENTIALS, "client_secret": "n0pe-n0pe"}, base=service.base)
    with pytest.raises(ProviderRefused, match="does not accept"):
        await wrong.test()
    await wrong.close()


async def test_names_come_first_and_details_follow(service: HakuStandIn, provider: Haku) -> None:
    people = list(service.people.there.values())
    loaded = await load(provider, EVENT)
    said = loaded.people()
    assert len(said) == 80
    for at, person in enumerate(people):
        if at < DETAILS_FIRST:
            assert said[f"R-{person.id}"] == person.fields()
        else:
            one = said[f"R-{person.id}"]
            assert f"{one['first_name']} {one['last_name']}" == f"{person.first_name} {person.last_name}"
            assert without(one, NAMES) == without(person.fields(), (*NAMES, *DETAILED))
    cursor = loaded.cursor
    for _ in range(-(-20 // DETAILS_AGAIN)):
        refreshed = await load(provider, EVENT, cursor)
        said |= refreshed.people()
        cursor = refreshed.cursor
        assert refreshed.gone == []
    assert said == {f"R-{each.id}": each.fields() for each in people}


async def test_what_was_learned_is_not_forgotten(service: HakuStandIn, provider: Haku) -> None:
    cursor = (await load(provider, EVENT)).cursor
    again = await load(provider, EVENT)
    assert sum("bib" in each for each in again.people().values()) > DETAILS_FIRST - 10
    other = Haku(CREDENTIALS, base=service.base, patience=QUICK)
    first = next(iter(service.people.there.values()))
    service.change(first.id, team_name="Another")
    refreshed = await load(other, EVENT, cursor)
    await other.close()
    assert refreshed.people()[f"R-{first.id}"] == {**first.fields(), "team_name": "Another"}


async def test_a_bib_that_comes_later_is_found(service: HakuStandIn, provider: Haku) -> None:
    service.people = type(service.people)(made(20))
    bibless = [each for each in service.people.there.values() if not each.bib]
    cursor = (await load(provider, EVENT)).cursor
    for person in bibless:
        service.change(person.id, bib=f"9{person.id}", tag=f"T{person.id}", wave="B")
    refreshed = await load(provider, EVENT, cursor)
    for person in bibless:
        said = refreshed.by_id[f"R-{person.id}"].said
        assert (said.fields["bib"], said.tags, said.fields["wave"]) == (
            f"9{person.id}",
            [f"T{person.id}"],
            "B",
        )


async def test_who_goes_is_gone_when_missed_twice(service: HakuStandIn, provider: Haku) -> None:
    first, second, *_ = service.people.there
    service.cancelled = frozenset({second})
    loaded = await load(provider, EVENT)
    assert loaded.people()[f"R-{second}"]["status"] == "withdrawn"
    service.remove(first)
    once = await load(provider, EVENT, loaded.cursor)
    twice = await load(provider, EVENT, once.cursor)
    assert (once.gone, twice.gone) == ([], [f"R-{first}"])


async def test_who_goes_between_list_and_details_fails_nobody(service: HakuStandIn, provider: Haku) -> None:
    first = next(iter(service.people.there))
    service.after(2, lambda: service.remove(first))
    assert len((await load(provider, EVENT)).by_id) == 80


async def test_one_race_of_two(service: HakuStandIn, provider: Haku) -> None:
    loaded = await load(provider, EVENT, races=["71"])
    assert loaded.by_id.keys() == {
        f"R-{each.id}" for each in service.people.there.values() if each.race == "71"
    }
