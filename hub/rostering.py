"""Rosters filled, changed and corrected: first in the tables, then in memory, then on the screens. Knows the order of
these; what comes of many words on one participant is decided in `hub.participants`, who is meant in `hub.matching`.
"""

import asyncio
from collections.abc import AsyncIterable, Callable, Collection, Iterable, Sequence
from typing import Any, Final, Literal

import msgspec

from hub.accounts import Caller
from hub.hub import Hub
from hub.participants import Record
from hub.roster_words import Entry
from hub.stores import Stores
from hub.web.live import Live

KEEP: Final = "keep"
REMOVE: Final = "remove"
SAMPLES_MAX: Final = 20

Pieces = AsyncIterable[Sequence[Entry]] | Iterable[Sequence[Entry]]
Gone = Literal["keep", "remove"] | Collection[str]
"""What becomes of those whom the origin does not name any more: they stay; they go; those of these external ids go."""
Progress = Callable[[int, int | None], None]


class Sample(msgspec.Struct):
    """One of those that were added, changed or taken off. fields: of a changed one, [as it was, as it is]."""

    bib: str
    name: str
    fields: dict[str, list[str]] = {}


class Samples(msgspec.Struct):
    added: list[Sample] = []
    changed: list[Sample] = []
    gone: list[Sample] = []


class RowProblem(msgspec.Struct):
    """An entry that was left out. line: where it stands in its file; 0: in none."""

    line: int
    reason: str


class Outcome(msgspec.Struct):
    """What came of it. participants: who is on the roster now. kept_by_hand: of how many a locked field stays as
    somebody has said it, while the origin says something else. ambiguous: tags and bibs of two."""

    added: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    participants: int = 0
    kept_by_hand: int = 0
    samples: Samples = msgspec.field(default_factory=Samples)
    problems: list[RowProblem] = []
    ambiguous: list[str] = []


class Words(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody says of a participant; what is not given stays. unlock: fields of which the hand's word is one of
    many again. anyway: even if somebody else wears that bib."""

    fields: dict[str, str] = {}
    tags: list[str] | None = None
    custom: dict[str, str] = {}
    unlock: list[str] = []
    anyway: bool = False


def nothing(_done: int, _total: int | None) -> None:
    """Progress that nobody wants to know."""


class Rostering:
    """Every method may raise Invalid, NotFound, Conflict, StoreAway and StoreError, and takes the number of a session,
    or of a participant, that is there for the caller. `changing`: held by whoever changes a session, one at a time."""

    def __init__(self, hub: Hub, live: Live, stores: Stores, changing: asyncio.Lock) -> None:
        self._hub = hub
        self._live = live
        self._stores = stores
        self._changing = changing

    async def apply(
        self,
        by: Caller,
        session_id: int,
        origin: str,
        entries: Pieces,
        *,
        gone: Gone = KEEP,
        dry: bool = False,
        progress: Progress = nothing,
    ) -> Outcome:
        """What one origin says of a roster. `dry`: what would come of it, and nothing is changed. What goes wrong while
        the entries come changes nothing."""
        raise NotImplementedError

    async def merge_anew(
        self, by: Caller, session_id: int, order: Sequence[str], progress: Progress = nothing
    ) -> int:
        """The session's origins have another order. Gives how many participants are others by it."""
        raise NotImplementedError

    async def make(self, by: Caller, session_id: int, words: Words) -> Record:
        raise NotImplementedError

    async def change(self, by: Caller, participant_id: int, words: Words) -> Record:
        raise NotImplementedError

    async def remove(self, by: Caller, participant_id: int) -> Record:
        raise NotImplementedError

    async def restore(self, by: Caller, participant_id: int) -> Record:
        raise NotImplementedError

    async def tag(self, by: Caller, participant_id: int, tag: str, *, take: bool = False) -> Record:
        """It is theirs from now on; `take`: even if it is somebody else's."""
        raise NotImplementedError

    async def untag(self, by: Caller, participant_id: int, tag: str) -> Record:
        raise NotImplementedError


def as_json(outcome: Outcome) -> dict[str, Any]:
    """As answers and jobs give it."""
    found: dict[str, Any] = msgspec.to_builtins(outcome)
    return found
