"""Invariant: whatever well-formed JSON a service answers with, there is a roster or a ProviderError; nothing else, and
nothing that the database would not take."""

import copy
import random
from typing import Any, Final

import msgspec
import pytest
from aiohttp import web

from hub.errors import ProviderError
from hub.providers.calls import Patience
from hub.providers.registry import make
from hub.providers.words import Cursor, Provider
from hub.roster_words import FIELD_CHARS_MAX, FIELDS, Entry
from tests.providers.standins.people import made
from tests.providers.standins.server import StandIn, answer
from tests.providers.test_same_roster import SERVICES

ROUNDS: Final = 30
ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -7,
    10**30,
    1.5,
    "",
    "x\x00\x1b",
    "9" * 700,
    "2026-99-99",
    [],
    [None],
    [[]],
    ["x", 1, {}],
    {},
    {"data": 1},
    {"id": [1]},
)


def mangled(chance: random.Random, found: Any) -> Any:
    """A copy with one or two things in it that are something else."""
    whole = {"": copy.deepcopy(found)}
    for _ in range(chance.choice((1, 1, 2))):
        at: Any = whole
        while True:
            places = list(at) if isinstance(at, dict) else list(range(len(at)))
            place = chance.choice(places)
            below = at[place]
            if not (isinstance(below, dict | list) and below) or chance.random() < 0.15:
                at[place] = copy.deepcopy(chance.choice(ODD))
                break
            at = below
    return whole[""]


class Mangling:
    """A fault that goes on for ever, in one call of three."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    async def __call__(
        self, service: StandIn, request: web.Request, response: web.Response
    ) -> web.StreamResponse:
        assert isinstance(response.body, bytes)
        if self._chance.random() < 0.6:
            return response
        return answer(mangled(self._chance, msgspec.json.decode(response.body)), status=response.status)


def fits(each: Entry) -> bool:
    texts = [
        *each.said.fields.values(),
        *each.said.custom.values(),
        *(each.said.tags or []),
        each.external_id,
    ]
    return (
        each.said.fields.keys() <= FIELDS.keys()
        and all(isinstance(text, str) and len(text) <= FIELD_CHARS_MAX for text in texts)
        and not any("\x00" in text for text in texts)
    )


async def everything(provider: Provider, event: str) -> int:
    """How much of it worked."""
    worked = 0
    cursor: Cursor = {}
    for _ in range(2):
        try:
            async for page in provider.roster(event, [], cursor):
                assert all(map(fits, page.entries)), page.entries
                assert all(isinstance(each, str) for each in page.gone)
                cursor = page.cursor or cursor
            worked += 1
        except ProviderError:
            pass
    try:
        msgspec.json.encode(await provider.events())
        msgspec.json.encode(await provider.event(event))
        assert await provider.test()
        async for results in provider.results(event, []):
            assert all(isinstance(each, str) for result in results for each in result.fields.values())
        worked += 1
    except ProviderError:
        pass
    msgspec.json.encode(cursor)
    return worked


@pytest.mark.parametrize("kind", SERVICES)
async def test_anything_is_a_roster_or_a_provider_error(kind: str) -> None:
    about = SERVICES[kind]
    service = about.stand_in(made(4))
    if hasattr(service, "results"):
        service.results = (
            {
                "event": "71",
                "place": 1,
                "bib": 1,
                "chip_time": "0:30:00",
                "results_bib": "1",
                "results_time": "1",
            },
        )
    base = await service.start()
    worked = 0
    for seed in range(ROUNDS):
        service.fail_every(1, Mangling(seed))
        provider = make(kind, about.credentials, {kind: base}, patience=Patience(tries=1))
        worked += await everything(provider, about.event)
        await provider.close()
    await service.stop()
    assert 0 < worked < 3 * ROUNDS
