"""What one origin says of a roster, brought into its table: who is meant by each entry, what comes of it, and who is
named no more. Knows the order of this; what comes of many words on one participant is decided in `hub.participants`,
who is meant in `hub.matching`.

In pieces: no more than some thousand participants are in memory with all that is said of them, and the loop is never
held up for long.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from itertools import chain
from typing import Final, Literal

from hub.matching import Known, Matcher, TwoMeant
from hub.model import Participant
from hub.participants import Record, anew, is_said, kept_layers, merged, named, unnamed
from hub.roster import PATCHED_MAX, interned, normal
from hub.roster_outcome import Outcome, RowProblem
from hub.roster_words import Entry
from hub.spool import Spool
from hub.store import rosters
from hub.store.database import Connection

KEEP: Final = "keep"
REMOVE: Final = "remove"
PIECE: Final = 1000
"""Entries that go into the tables in one statement."""
FEW: Final = 1000
"""Entries for which not everybody has to be looked at: a service is asked every ten seconds in a race, and says little.
Which tags and bibs are of two, only a roster says then."""
TURN: Final = 50
"""Entries in one turn of the loop: two milliseconds."""

Gone = Literal["keep", "remove"] | Collection[str]
"""What becomes of those whom the origin does not name any more: they stay; they go; those of these external ids go."""
Progress = Callable[[int, int | None], None]
"""How many entries are done, of how many; None: it is not known yet."""


class Merge:
    """`order`: of the session's origins. write: else it only says what would come of it."""

    def __init__(
        self,
        connection: Connection,
        session_id: int,
        origin: str,
        order: Sequence[str],
        spool: Spool,
        *,
        write: bool,
        rows_max: int,
    ) -> None:
        self.outcome = Outcome(problems=list(spool.problems))
        self.before: dict[int, Participant] = {}
        self.now: dict[int, Participant] = {}
        """By id, as they were and as they are: all who are others, as far as they are not more than PATCHED_MAX."""
        self.others = 0
        # shared
        self._connection = connection
        self._session_id = session_id
        self._origin = origin
        self._order = order
        self._spool = spool
        self._write = write
        self._rows_max = rows_max
        # state
        self._matcher = Matcher(spool.claims)
        self._keys: dict[int, tuple[str, ...]] = {}
        """By id: bib and tags of those who are others, as they are compared."""

    @property
    def is_patch(self) -> bool:
        return self.others <= PATCHED_MAX

    async def run(self, gone: Gone, progress: Progress) -> Outcome:
        few = self._write and gone != REMOVE and self._spool.size + len(gone) <= FEW
        await self._get_to_know(gone if few else None)
        spool, done = self._spool, 0
        for good, bad in spool.pieces():
            for start in range(0, len(good), PIECE):
                await self._take(good[start : start + PIECE])
                progress(min(done + start + PIECE, spool.size), spool.size)
            for entry in bad:
                self._matcher.protect(entry)
            done += len(good) + len(bad)
        await self._take_off(gone)
        progress(spool.size, spool.size)
        self.outcome.problems.sort(key=lambda each: each.line)
        self.outcome.ambiguous = [] if few else await self._ambiguous()
        await self._let_go()
        return self.outcome

    async def _get_to_know(self, gone: Gone | None) -> None:
        """Everybody; or, when `gone` is said, whom entries and these may mean."""
        named: rosters.Named | None = None
        if gone is not None:
            externals, keys, last_names = self._spool.named()
            named = rosters.Named(externals if gone == KEEP else externals | {*gone}, keys, last_names)
        async for known in rosters.known(self._connection, self._session_id, self._origin, named):
            self._matcher.add(known)
        if named is None:
            self.outcome.participants = self._matcher.here
        else:
            self.outcome.participants = await rosters.size(self._connection, self._session_id)

    async def _take(self, entries: Sequence[Entry]) -> None:
        met: list[tuple[Entry, Known]] = []
        new: list[Entry] = []
        for number, entry in enumerate(entries, 1):
            if number % TURN == 0:
                await asyncio.sleep(0)
            try:
                known = self._matcher.claim(entry)
            except TwoMeant as problem:
                self._problem(entry, str(problem))
                continue
            if known is not None:
                met.append((entry, known))
            elif self.outcome.participants + len(new) >= self._rows_max:
                self._problem(entry, f"more than {self._rows_max} participants (limits.roster_rows)")
            else:
                new.append(entry)
        await self._change(met)
        await self._add(new)

    async def _change(self, met: Sequence[tuple[Entry, Known]]) -> None:
        held = await self._records([known.id for _, known in met])
        changed: list[Record] = []
        for number, (entry, known) in enumerate(met, 1):
            if number % TURN == 0:
                await asyncio.sleep(0)
            before = held[known.id]
            if is_said(before, self._origin, entry):
                self.outcome.same += 1
                self.outcome.kept_by_hand += _is_kept(before, entry)
                continue
            after = named(before, self._origin, entry, self._order)
            self.outcome.kept_by_hand += _is_kept(after, entry)
            if self._is_other(before, after):
                changed.append(after)
        await self._put(changed)

    async def _add(self, new: Sequence[Entry]) -> None:
        made: list[Record] = []
        for number, entry in enumerate(new, 1):
            if number % TURN == 0:
                await asyncio.sleep(0)
            layers = {self._origin: entry.said}
            shown = interned(merged(-len(made) - self.others - 1, layers, self._order))
            made.append(Record(shown, self._session_id, entry.external_id, layers))
            self.outcome.add(shown)
        if self._write and made:
            ids = await rosters.add(self._connection, self._session_id, made)
            for id_, record in zip(ids, made, strict=True):
                record.shown.id = id_
        for record in made:
            self._note(None, record.shown)

    async def _take_off(self, gone: Gone) -> None:
        if gone == KEEP:
            return
        ids: list[int] = []
        for number, each in enumerate(self._matcher.unclaimed(), 1):
            if number % (TURN * 20) == 0:
                await asyncio.sleep(0)
            if (
                each is not None
                and each.here
                and (each.is_own if gone == REMOVE else each.external_id in gone)
            ):
                ids.append(each.id)
        for start in range(0, len(ids), PIECE):
            changed: list[Record] = []
            held = await self._records(ids[start : start + PIECE])
            for number, before in enumerate(held.values(), 1):
                if number % TURN == 0:
                    await asyncio.sleep(0)
                after = unnamed(before, self._origin, self._order)
                if self._is_other(before, after, named=False):
                    changed.append(after)
            await self._put(changed)

    def _is_other(self, before: Record, after: Record, *, named: bool = True) -> bool:
        """Whether there is something to be put into the tables. Counts it."""
        if before.gone and not after.gone:
            self.outcome.add(after.shown)
            self._note(None, after.shown)
        elif after.gone and not before.gone:
            self.outcome.take_off(before.shown)
            self._note(before.shown, None)
        elif before.shown != after.shown and not after.gone:
            self.outcome.change(before.shown, after.shown)
            self._note(before.shown, after.shown)
        else:
            self.outcome.same += named
        return (
            before.shown != after.shown
            or before.gone != after.gone
            or before.external_id != after.external_id
            or before.layers != kept_layers(after.layers)
        )

    def _note(self, before: Participant | None, now: Participant | None) -> None:
        """Somebody on the roster is another."""
        who = now or before
        assert who is not None
        self.others += 1
        if self.is_patch:
            if before is not None:
                self.before[before.id] = before
            if now is not None:
                self.now[now.id] = interned(now)
        self._keys[who.id] = _keys(now.bib, now.tags) if now is not None else ()

    async def _records(self, ids: list[int]) -> dict[int, Record]:
        return await rosters.records(self._connection, self._session_id, ids) if ids else {}

    async def _put(self, changed: Sequence[Record]) -> None:
        if changed and self._write:
            await rosters.change(self._connection, self._session_id, changed)

    def _problem(self, entry: Entry, reason: str) -> None:
        self.outcome.problems.append(RowProblem(entry.line, reason))

    async def _ambiguous(self) -> list[str]:
        """Tags and bibs of two, whoever is another by it and whoever is not."""
        seen: set[str] = set()
        twice: set[str] = set()
        stay = (_keys(each.bib, each.tags) if self._stays(each) else () for each in self._matcher.everybody())
        for number, keys in enumerate(chain(stay, self._keys.values()), 1):
            for key in keys:
                (twice if key in seen else seen).add(key)
            if number % (TURN * 5) == 0:
                await asyncio.sleep(0)
        return sorted({key[1:] for key in twice})

    def _stays(self, known: Known) -> bool:
        return known.here and known.id not in self._keys

    async def _let_go(self) -> None:
        while self._matcher.let_go(TURN * 20):  # noqa: ASYNC110  nobody is waited for
            await asyncio.sleep(0)


async def merge_anew(
    connection: Connection, session_id: int, order: Sequence[str], progress: Progress
) -> int:
    """The same words by another order. Gives how many on the roster are others by it."""
    done = others = 0
    async for piece in rosters.all_records(connection, session_id):
        changed = [after for before in piece if (after := anew(before, order)).shown != before.shown]
        if changed:
            await rosters.change(connection, session_id, changed)
        others += sum(not each.gone for each in changed)
        done += len(piece)
        progress(done, None)
    return others


def _keys(bib: str, tags: Sequence[str]) -> tuple[str, ...]:
    """By which they are found: each once, and bibs apart from tags."""
    found = {f"t{normal(tag)}" for tag in tags} | {f"b{normal(bib)}"}
    return tuple(found - {"t", "b"})


def _is_kept(record: Record, entry: Entry) -> bool:
    """Whether the hand's word stands against what the entry says."""
    fields = entry.said.fields
    return any(name in fields and fields[name] != getattr(record.shown, name) for name in record.locked)
