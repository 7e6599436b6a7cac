"""What is looked up of sessions that somebody announces: who came by where, and whom names belong to. Knows what is
kept in memory, for how long, and where the rest comes from; refuses to know what is made of it.

A session's book is begun when somebody asks for something in it, and is brought up to date whenever somebody asks
again: nothing on the way of a read waits for it. What PostgreSQL cannot say now is missing, and the answer says so.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable
from itertools import islice
from typing import Final
from weakref import WeakKeyDictionary

from hub.errors import StoreError
from hub.model import INT64_MAX, Participant, Race, SessionRow, Whose
from hub.passages import Passages, StoredPassage, Visit
from hub.places import Places
from hub.roster import Lineage, Roster
from hub.runners import Field
from hub.searching import PIECE, Index, Search
from hub.session import Session
from hub.tail import TAIL_READS_MAX

BOOKS_MAX: Final = 8
"""Sessions that are looked up in at once; the one that nobody has looked into for longest is given up: of half a
million reads it takes 45 MB."""
KEPT_S: Final = 1800.0
ENDED_KEPT_S: Final = 60.0
"""What is kept of a session that is not in memory: it may go on, or another roster may be put in."""
WAIT_S_MAX: Final = 2.0
"""For what PostgreSQL has; then it is answered by what is there, and the rest comes meanwhile."""
TAIL_AT_ONCE: Final = 256
OTHERS_MAX: Final = 150
"""Others who are asked how long they took: more would make it no better."""
OTHERS_AT_ONCE: Final = 16
OTHERS_KEPT_S: Final = 10.0
PIECES_AT_ONCE: Final = 32
"""Of a roster, that are looked through in one turn of the loop: a fifth of a millisecond."""

Load = Callable[[Whose, int, int, int], Awaitable[list[StoredPassage]]]
"""Gives the next rows of a partner's session after an offset, up to another. May raise StoreError."""


class Book:
    """One session. `session` None: it is not in memory, and ends with what PostgreSQL has."""

    def __init__(self, row: SessionRow, roster: Roster, session: Session | None, key: object) -> None:
        self.row = row
        self.session = session
        self.key = key
        self.passages = Passages()
        self.used_at = time.monotonic()
        self.made_at = self.used_at
        self._roster = roster
        self._places = Places(row.places)
        self._stored = 0
        """PostgreSQL has been asked up to here; or what is newer has come from memory."""
        self._ended = False
        self._others: dict[tuple[str, str], tuple[float, list[list[Visit]]]] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def complete(self) -> bool:
        """Whether all that is durable is in it."""
        return self._stored >= self.session.durable if self.session else self._ended

    @property
    def roster(self) -> Roster:
        return self.session.roster if self.session else self._roster

    @property
    def places(self) -> Places:
        return self.session.places if self.session else self._places

    async def catch_up(self, load: Load) -> None:
        """Until all is in it, WAIT_S_MAX at the most."""
        if self.complete:
            return
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._fill(load))
        task = self._task
        await asyncio.wait({task}, timeout=WAIT_S_MAX)
        if task.done() and not task.cancelled():
            task.result()

    async def others(self, field: Field, location: str, race: Race | None) -> list[list[Visit]]:
        """The ways of others of a race who were at a location, as of some seconds ago."""
        key = (location.casefold(), race.name if race else "")
        held = self._others.get(key)
        now = time.monotonic()
        if held is None or now - held[0] > OTHERS_KEPT_S:
            found: list[list[Visit]] = []
            for number, way in enumerate(field.others(location, race)):
                if number % OTHERS_AT_ONCE == OTHERS_AT_ONCE - 1:
                    await asyncio.sleep(0)
                if way is not None:
                    found.append(way)
                if len(found) >= OTHERS_MAX:
                    break
            held = self._others[key] = (now, found)
        return held[1]

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _fill(self, load: Load) -> None:
        through = self.session.durable if self.session else INT64_MAX
        await self._from_memory()
        with contextlib.suppress(StoreError):  # it is asked again with the next question
            while self._stored < through and await self._from_store(load, through):
                pass
            self._ended = True

    async def _from_memory(self) -> None:
        """What is new, if all of it is remembered; and the newest in any case."""
        if self.session is None:
            return
        tail = self.session.tail.copy()
        follows = tail.reach <= self._stored
        after = self._stored if follows else tail.reach
        for _ in range(TAIL_READS_MAX // TAIL_AT_ONCE + 1):
            reads = tail.after(after, TAIL_AT_ONCE)
            if not reads:
                break
            self.passages.add(reads)
            after = reads[-1].offset
            await asyncio.sleep(0)
        if follows:
            self._stored = max(self._stored, after)

    async def _from_store(self, load: Load, through: int) -> bool:
        rows = await load(self.row.partner_id, self.row.id, self._stored, through)
        self.passages.add_stored(rows)
        if rows:
            self._stored = rows[-1].offset
        elif self.session is not None and self.session.tail.reach <= self._stored:
            await self._from_memory()
        return bool(rows)


class Books:
    """`indexes`: of rosters that were made whole, for as long as these are held, or others that are patched from them;
    `patches`: of those who are others in these."""

    def __init__(self) -> None:
        self._books: dict[int, Book] = {}
        self._indexes: WeakKeyDictionary[Lineage, Index] = WeakKeyDictionary()
        self._patches: WeakKeyDictionary[Roster, Index] = WeakKeyDictionary()
        self._indexing = asyncio.Lock()

    def kept(self, session_id: int, session: Session | None, key: object) -> Book | None:
        """The book of a session, if there is one that is still right."""
        self._sweep()
        book = self._books.get(session_id)
        if book is None or book.session is not session or book.key != key:
            return None
        book.used_at = time.monotonic()
        return book

    def begin(self, row: SessionRow, roster: Roster, session: Session | None, key: object) -> Book:
        self.forget(row.id)
        while len(self._books) >= BOOKS_MAX:
            self.forget(min(self._books.values(), key=lambda each: each.used_at).row.id)
        book = self._books[row.id] = Book(row, roster, session, key)
        return book

    def forget(self, session_id: int) -> None:
        """Its offsets, or the times of its reads, are others now."""
        book = self._books.pop(session_id, None)
        if book is not None:
            book.close()

    def void(self, session_id: int, offsets: Iterable[int]) -> None:
        """There is nothing under these any more."""
        book = self._books.get(session_id)
        if book is not None:
            for offset in offsets:
                book.passages.void(offset)

    async def find(self, roster: Roster, text: str) -> list[Participant]:
        async with self._indexing:  # one roster at a time
            index, patches = await self._index(roster), await self._index_of_patches(roster)
        search = Search(roster, text)
        for number, piece in enumerate(index.pieces):
            search.go_on(piece)
            if number % PIECES_AT_ONCE == PIECES_AT_ONCE - 1:
                await asyncio.sleep(0)
        for piece in patches.pieces:
            search.go_on_patched(piece)
        return search.found()

    async def _index(self, roster: Roster) -> Index:
        index = self._indexes.get(roster.lineage)
        if index is None:
            index = self._indexes[roster.lineage] = await _indexed(roster.everybody())
        return index

    async def _index_of_patches(self, roster: Roster) -> Index:
        index = self._patches.get(roster)
        if index is None:
            patches = [each for each in roster.patches.values() if each is not None]
            index = self._patches[roster] = await _indexed(patches)
        return index

    def _sweep(self) -> None:
        now = time.monotonic()
        for session_id, book in list(self._books.items()):
            if now - book.used_at > KEPT_S or (book.session is None and now - book.made_at > ENDED_KEPT_S):
                self.forget(session_id)


async def _indexed(participants: Iterable[Participant]) -> Index:
    index, left = Index(), iter(participants)
    while piece := list(islice(left, PIECE)):
        index.add(piece)
        await asyncio.sleep(0)
    return index
