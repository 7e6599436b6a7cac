"""Loading rosters in tests: everybody of all pages, and what a roster is to say of made-up people."""

from collections.abc import Iterable, Mapping
from typing import Final

from hub.providers.calls import Patience
from hub.providers.words import Cursor, Page, Provider
from hub.roster_words import Entry
from tests.providers.standins.people import Person

QUICK: Final = Patience(first_wait_s=0.001, wait_s_max=0.005, answer_s_max=5.0)
HASTY: Final = QUICK._replace(answer_s_max=0.15)
"""For what never answers."""


class Loaded:
    """A full load, or a refresh. by_id: the last word on each."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.by_id: dict[str, Entry] = {}
        self.gone: list[str] = []
        self.cursor: Cursor = {}

    def people(self) -> dict[str, dict[str, str]]:
        return {name: each.said.fields for name, each in self.by_id.items()}


async def load(
    provider: Provider, event: str, cursor: Cursor | None = None, races: Iterable[str] = ()
) -> Loaded:
    loaded = Loaded()
    async for page in provider.roster(event, list(races), cursor or {}):
        assert not loaded.cursor, "the cursor comes with the last page"
        loaded.pages.append(page)
        assert not loaded.by_id.keys() & {each.external_id for each in page.entries}, "each is told once"
        loaded.by_id |= {each.external_id: each for each in page.entries}
        loaded.gone += page.gone
        loaded.cursor = page.cursor or {}
    assert loaded.cursor
    assert [page.done for page in loaded.pages] == sorted(page.done for page in loaded.pages)
    return loaded


def expected(people: Iterable[Person], leave_out: Iterable[str] = ()) -> dict[str, dict[str, str]]:
    return {str(each.id): without(each.fields(), leave_out) for each in people}


def without(fields: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in set(names)}
