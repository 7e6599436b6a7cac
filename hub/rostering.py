"""Rosters filled, changed and corrected: first in the tables, then in memory, then on the screens. Knows the order of
these; what comes of many words on one participant is decided in `hub.participants`, who is meant in `hub.matching`.

Of one session one change at a time; the hub's other changes wait only for the moment in which it is put in force.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from weakref import WeakValueDictionary

import msgspec
from msgspec.structs import replace

from hub import encode
from hub.accounts import Caller
from hub.config_live import Current
from hub.errors import Conflict, NotFound
from hub.guests import Guests
from hub.hand_words import Words, called, changed, checked, checked_tag, made, restored, with_tag, without_tag
from hub.hub import Hub
from hub.merging import KEEP, REMOVE, TURN, Gone, Merge, Progress, merge_anew
from hub.model import Participant
from hub.participants import Record
from hub.roster import Roster, normal
from hub.roster_outcome import Outcome, RowProblem, Sample, Samples
from hub.roster_words import HAND, Entry
from hub.session import Session
from hub.spool import Spool
from hub.store import rosters
from hub.store.audit import note
from hub.store.database import Connection
from hub.store.rosters import Facts
from hub.stores import Stores
from hub.web.live import Live

__all__ = ["KEEP", "REMOVE", "Outcome", "Rostering", "RowProblem", "Sample", "Samples", "Words", "as_json"]

AT_ONCE: Final = 2
"""Of those that take seconds: each holds one of the web's connections."""

FADED_AT_ONCE: Final = 1000

Pieces = AsyncIterable[Sequence[Entry]] | Iterable[Sequence[Entry]]


def nothing(_done: int, _total: int | None) -> None:
    """Progress that nobody wants to know."""


class _Open:
    """A roster that is being changed. by: the origin that has changed something; empty: nothing is another by it."""

    def __init__(self, connection: Connection, facts: Facts) -> None:
        self.connection = connection
        self.facts = facts
        self.by = ""
        self.changed = 0
        self._patch: tuple[list[Participant], list[Participant]] | None = None
        self._whole: Roster | None = None

    def patch(self, by: str, now: Iterable[Participant], before: Iterable[Participant]) -> None:
        """Those who are others, as they are and as they were."""
        self.by, self._patch = by, (list(now), list(before))
        self.changed = len({each.id for each in (*self._patch[0], *self._patch[1])})

    async def reload(self, by: str, changed: int) -> None:
        """So many are others that it is made anew."""
        self.by, self.changed = by, changed
        self._whole = await rosters.roster(self.connection, self.facts.id)

    @property
    def is_patch(self) -> bool:
        return self._patch is not None

    def roster(self, session: Session) -> tuple[Roster, Collection[str] | None]:
        """The one in force from now on, and which tags may be somebody else's by it; None: any."""
        if self._patch is not None:
            return session.roster.patched(*self._patch)
        assert self._whole is not None
        return self._whole, None


class Rostering:
    """Every method may raise Invalid, NotFound, Conflict, StoreAway and StoreError, and takes the number of a session,
    or of a participant, that is there for the caller. `changing`: held by whoever changes a session, one at a time."""

    def __init__(
        self, current: Current, hub: Hub, live: Live, stores: Stores, guests: Guests, changing: asyncio.Lock
    ) -> None:
        # shared
        self._current = current
        self._hub = hub
        self._live = live
        self._stores = stores
        self._guests = guests
        self._changing = changing
        # state
        self._of_session: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._few = asyncio.Semaphore(AT_ONCE)
        self._fading: asyncio.Task[None] | None = None

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
        spool = await _spooled(origin, entries, progress)
        async with self._few, self._changed(by, session_id) as opened:
            merge = Merge(
                opened.connection,
                session_id,
                origin,
                opened.facts.order,
                spool,
                write=not dry,
                rows_max=self._current.now.limits.roster_rows,
            )
            outcome = await merge.run(gone, progress)
            if not dry and merge.others:
                if merge.is_patch:
                    opened.patch(origin, merge.now.values(), merge.before.values())
                else:
                    await opened.reload(origin, merge.others)
                figures = {"added": outcome.added, "changed": outcome.changed, "gone": outcome.gone}
                await _note(opened, by, "roster.changed", origin=origin, **figures)
        session = self._hub.find(session_id)
        if session is not None and not dry:
            outcome.ambiguous = session.roster.ambiguous
        return outcome

    async def reorder(
        self, by: Caller, session_id: int, order: Sequence[str], progress: Progress = nothing
    ) -> int:
        """The session's origins have another order. Gives how many participants are others by it."""
        async with self._few, self._changed(by, session_id) as opened:
            changed = await merge_anew(opened.connection, session_id, order, progress)
            if changed:
                await opened.reload(HAND, changed)
            if list(order) != opened.facts.order:
                await rosters.set_order(opened.connection, session_id, order)
                await _note(opened, by, "roster.order", order=list(order))
        return changed

    # by hand

    async def make(self, by: Caller, session_id: int, words: Words) -> Record:
        """Somebody new."""
        words = checked(words)
        async with self._changed(by, session_id) as opened:
            await _check_bib(opened, words, 0)
            await _check_tags(opened, words, Participant(0, ""))
            record = made(words, session_id)
            (participant_id,) = await rosters.add(opened.connection, session_id, [record])
            return await _done(opened, by, "participant.made", [participant_id], {})

    async def change(self, by: Caller, participant_id: int, words: Words) -> Record:
        words = checked(words)
        async with self._of(by, participant_id) as (opened, before):
            if normal(words.fields.get("bib", "")) != normal(before.shown.bib):
                await _check_bib(opened, words, participant_id)
            await _check_tags(opened, words, before.shown)
            after = changed(before, words, opened.facts.order)
            return await _put(opened, by, "participant.changed", {before.shown.id: (before, after)})

    async def remove(self, by: Caller, participant_id: int) -> Record:
        """No file and no service brings them back."""
        async with self._of(by, participant_id) as (opened, before):
            after = replace(before, gone=HAND)
            return await _put(opened, by, "participant.removed", {before.shown.id: (before, after)})

    async def restore(self, by: Caller, participant_id: int) -> Record:
        async with self._of(by, participant_id) as (opened, before):
            after = restored(before, opened.facts.order)
            return await _put(opened, by, "participant.restored", {before.shown.id: (before, after)})

    async def tag(self, by: Caller, participant_id: int, tag: str, *, take: bool = False) -> Record:
        """It is theirs from now on; `take`: even if it is somebody else's."""
        tag = checked_tag(tag)
        async with self._of(by, participant_id) as (opened, before):
            order = opened.facts.order
            others = await _others(opened, participant_id, tag=tag)
            if others and not take:
                raise Conflict(f"Tag {tag} is that of {_names(others)}.", field="tag")
            steps = {before.shown.id: (before, with_tag(before, tag, order))}
            steps |= {id_: (each, without_tag(each, tag, order)) for id_, each in others.items()}
            return await _put(opened, by, "participant.tagged", steps, tag=tag)

    async def untag(self, by: Caller, participant_id: int, tag: str) -> Record:
        async with self._of(by, participant_id) as (opened, before):
            after = without_tag(before, tag.strip(), opened.facts.order)
            return await _put(opened, by, "participant.untagged", {before.shown.id: (before, after)}, tag=tag)

    # one change

    @contextlib.asynccontextmanager
    async def _of(self, by: Caller, participant_id: int) -> AsyncIterator[tuple[_Open, Record]]:
        """The same for one participant."""
        async with self._stores.change_of(by.whose) as connection:
            session_id = await rosters.session_of(connection, participant_id)
        if session_id is None:
            raise NotFound(f"There is no participant {participant_id}.")
        async with self._changed(by, session_id) as opened:
            found = await rosters.records(opened.connection, session_id, [participant_id])
            if not found:
                raise NotFound(f"There is no participant {participant_id}.")
            yield opened, found[participant_id]

    @contextlib.asynccontextmanager
    async def _changed(self, by: Caller, session_id: int) -> AsyncIterator[_Open]:
        """A transaction in which a roster is changed. What comes of it is in force when it ends: the hub's other
        changes wait for this moment only."""
        alone = self._of_session.setdefault(session_id, asyncio.Lock())
        async with alone, contextlib.AsyncExitStack() as held:
            async with self._stores.change_of(by.whose) as connection:
                facts = await rosters.facts(connection, session_id)
                if facts is None:
                    raise NotFound(f"There is no session {session_id}.")
                opened = _Open(connection, facts)
                yield opened
                if opened.by:
                    await held.enter_async_context(self._changing)
            if opened.by:
                self._put_in_force(opened)

    def _put_in_force(self, opened: _Open) -> None:
        session_id = opened.facts.id
        self._guests.new_roster(session_id)
        session = self._hub.find(session_id)
        if session is None:
            self._live.books.forget(session_id)
        else:
            held = [] if opened.is_patch else session.roster.held()
            roster, touched = opened.roster(session)
            self._live.new_roster(session, roster, touched)
            if held:
                self._fading = asyncio.create_task(_fade(held))
            self._live.tell_watchers(session_id, encode.roster(roster.size, opened.by, opened.changed))


async def _check_bib(opened: _Open, words: Words, participant_id: int) -> None:
    """Raises Conflict when somebody else wears it."""
    bib = words.fields.get("bib", "")
    if not bib or words.anyway:
        return
    others = await _others(opened, participant_id, bib=bib)
    if others:
        raise Conflict(f"Bib {bib} is that of {_names(others)}.", field="bib")


async def _check_tags(opened: _Open, words: Words, before: Participant) -> None:
    """Raises Conflict when somebody else has one of them: then it would be nobody's."""
    held = set(map(normal, before.tags))
    for tag in [] if words.anyway else words.tags or []:
        if normal(tag) not in held and (others := await _others(opened, before.id, tag=tag)):
            raise Conflict(f"Tag {tag} is that of {_names(others)}.", field="tags")


async def _others(
    opened: _Open, participant_id: int, *, bib: str | None = None, tag: str | None = None
) -> dict[int, Record]:
    """Who else wears it."""
    connection, session_id = opened.connection, opened.facts.id
    ids = await rosters.wearing(connection, session_id, bib=bib, tag=tag)
    return await rosters.records(connection, session_id, [each for each in ids if each != participant_id])


def _names(others: Mapping[int, Record]) -> str:
    return " and of ".join(called(each.shown) for each in others.values())


async def _put(
    opened: _Open, by: Caller, action: str, steps: Mapping[int, tuple[Record, Record]], **detail: object
) -> Record:
    """These participants, the first of whom it is about, are others now. Gives that one."""
    others = {id_: before for id_, (before, after) in steps.items() if before != after}
    if others:
        await rosters.change(opened.connection, opened.facts.id, [steps[id_][1] for id_ in others])
        return await _done(opened, by, action, list(steps), others, **detail)
    return next(iter(steps.values()))[0]


async def _done(
    opened: _Open, by: Caller, action: str, ids: list[int], before: Mapping[int, Record], **detail: object
) -> Record:
    now = await rosters.records(opened.connection, opened.facts.id, ids)
    opened.patch(
        HAND,
        [each.shown for each in now.values() if not each.gone],
        [each.shown for each in before.values() if not each.gone],
    )
    await _note(opened, by, action, participant=called(now[ids[0]].shown), **detail)
    return now[ids[0]]


async def _fade(held: list[Participant]) -> None:
    """Gives up a roster piece by piece: a hundred thousand participants at once would take 50 ms."""
    while held:
        del held[-FADED_AT_ONCE:]
        await asyncio.sleep(0)


async def _spooled(origin: str, entries: Pieces, progress: Progress) -> Spool:
    """Whoever gives them may be slow: a transaction should not wait for that."""
    spool = Spool(origin)

    async def take(piece: Sequence[Entry]) -> None:
        for start in range(0, len(piece), TURN):
            spool.add(piece[start : start + TURN])
            await asyncio.sleep(0)
        progress(0, None)

    if isinstance(entries, AsyncIterable):
        async for piece in entries:
            await take(piece)
    else:
        for piece in entries:
            await take(piece)
    return spool


async def _note(opened: _Open, by: Caller, action: str, **detail: object) -> None:
    facts = opened.facts
    await note(
        opened.connection,
        by,
        action,
        facts.name,
        partner_id=facts.partner_id,
        detail={"session": facts.id, **detail},
    )


def as_json(outcome: Outcome) -> dict[str, Any]:
    """As answers and jobs give it."""
    found: dict[str, Any] = msgspec.to_builtins(outcome)
    return found
