"""What the hub asks of a registration service, whichever it is. Knows the shapes; each service has a module of its own.

A service answers in pages, slowly, with errors and limits of its own; `hub.providers.calls` knows how to wait. What a
service says of a participant is an `Entry`: the hub merges it with what others say.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple, Protocol

import msgspec

from hub.roster_words import Entry

Cursor = dict[str, Any]
"""From where an incremental refresh goes on: JSON, in the service's own words. Empty: from nothing."""


class Field(NamedTuple):
    """Something that an account signs in with. secret: never shown again. hint: where the user finds it."""

    name: str
    label: str
    secret: bool
    hint: str = ""
    required: bool = True


class Kind(NamedTuple):
    """A service. experimental: made from public documentation, and never tried with the service itself.
    calls_per_hour: as many as the hub makes at the most, for one account."""

    kind: str
    name: str
    fields: tuple[Field, ...]
    results: bool
    calls_per_hour: int
    experimental: bool = False


class EventRace(msgspec.Struct):
    id: str
    name: str


class ProviderEvent(msgspec.Struct):
    """An event that the account sees. date: ISO, or nothing; place: for people."""

    id: str
    name: str
    date: str = ""
    place: str = ""
    races: list[EventRace] = []


class Page(msgspec.Struct):
    """A part of a roster. gone: external ids of who is not on it any more. done, total: entries so far, of so many
    (None: the service does not say). cursor: of the last page only: where the next refresh goes on."""

    entries: list[Entry]
    gone: list[str] = []
    done: int = 0
    total: int | None = None
    cursor: Cursor | None = None


class Result(msgspec.Struct):
    """What a service says of who came in when. fields: finish_time, gun_time, pace, gun_pace, overall_rank,
    division_rank, penalty_time, ...: as the predecessor's screens know them, all strings."""

    external_id: str
    bib: str
    fields: dict[str, str]


class Provider(Protocol):
    """One account at one service. Every method may raise ProviderError (hub.errors): `ProviderRefused`, the credentials
    or the event are wrong, and nothing is asked again before somebody has changed them; `ProviderAway`, it does not
    answer as it should, after all tries: it may later (`retry_after_s`, if the service has said so)."""

    kind: Kind

    async def test(self) -> str:
        """Whether it may be used: a sentence that says as whom, or what it sees."""

    async def events(self, find: str = "") -> list[ProviderEvent]:
        """What the account sees, the next first; some of them where there are many, and those that `find` names."""

    async def event(self, event_id: str) -> ProviderEvent:
        """One, with its races."""

    def roster(self, event_id: str, races: list[str], cursor: Cursor) -> AsyncIterator[Page]:
        """All participants (cursor empty), or what has changed since; the last page has the next cursor. A full load's
        pages name everybody who is there: who is in none of them is gone. An incremental one's name who is gone, where
        the service says so."""

    def results(self, event_id: str, races: list[str]) -> AsyncIterator[list[Result]]: ...

    def calls_last_hour(self) -> int:
        """Calls that were made to the service in the last hour, tries included."""

    async def close(self) -> None: ...


Credentials = Mapping[str, str]
"""By the names of `Kind.fields`."""
