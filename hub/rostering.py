"""Rosters filled, changed and corrected: first in the tables, then in memory, then on the screens. Knows the order of
these; what comes of many words on one participant is decided in `hub.participants`, who is meant in `hub.matching`.

Of one session one change at a time; the hub's other changes wait only for the moment in which it is put in force.
"""

import asyncio
from collections.abc import AsyncIterable, Iterable, Sequence
from weakref import WeakValueDictionary

import msgspec

from hub.accounts import Caller
from hub.config_live import Current
from hub.hub import Hub
from hub.merging import KEEP, REMOVE, Gone, Merge, Progress
from hub.roster_outcome import Outcome, RowProblem, Sample, Samples
from hub.roster_words import ORIGINS, Entry
from hub.stores import Stores
from hub.web.live import Live

__all__ = ["KEEP", "REMOVE", "Outcome", "Rostering", "RowProblem", "Sample", "Samples", "Words", "as_json"]

Pieces = AsyncIterable[Sequence[Entry]] | Iterable[Sequence[Entry]]


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

    def __init__(
        self, current: Current, hub: Hub, live: Live, stores: Stores, changing: asyncio.Lock
    ) -> None:
        self._current = current
        self._hub = hub
        self._live = live
        self._stores = stores
        self._changing = changing
        self._of_session: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

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
        assert origin in ORIGINS
        spool = await _spooled(origin, entries, progress)
        async with self._alone(session_id), self._change(by, session_id) as opened:
            session = self._hub.find(session_id)
            merge = Merge(
                opened.connection,
                session_id,
                origin,
                opened.order,
                spool,
                write=not dry,
                keyed=dry or session is None,
                rows_max=self._current.now.limits.roster_rows,
            )
            outcome = await merge.run(gone, progress)
            if dry:
                return outcome
