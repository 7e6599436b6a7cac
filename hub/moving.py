"""What a source has sent already goes with it when it is given another place, while it goes on sending.

Knows the order of things. Its reads go into the new session by `accept`, journal and drain, as a reader's do, in
pieces and in the order in which they came; what is sent meanwhile still goes into the old one. When a piece is left
that is in memory, that piece and the source itself change over in one turn of the loop: so nothing overtakes, and
nothing comes in twice. Then, when PostgreSQL has all of it, the old rows are emptied. Both halves may be done again:
content decides what is held. A move is a row with its progress, and goes on after a restart. Offsets stay as they are.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final

from hub import importing
from hub.errors import Conflict, NotFound, StoreError
from hub.guests import Guests
from hub.hub import Hub
from hub.model import KIND_VOID, Observation, Read
from hub.protocols import ct01
from hub.session import Session, Source
from hub.store import moves
from hub.store.moves import Left, Move
from hub.stores import Stores
from hub.web.live import Live
from hub.web.state import MoveProgress

log = logging.getLogger(__name__)

RETRY_S: Final = 2.0
AT_ONCE_MAX: Final = 500
"""Reads that change over in one turn of the loop: 3 ms."""
OTHERS: Final = "what it has sent to its session is wanted again"
_NEVER_US: Final = -(1 << 60)

HangUp = Callable[[Callable[[Source], bool], str], None]


class _GivenUp(Exception):
    """A source has to stay where it is, and all that it has sent; the text says why."""


class Moving:
    """`changing`: held by whoever changes a session, one at a time. `hang_up`: ends connections of sources."""

    def __init__(
        self,
        hub: Hub,
        live: Live,
        stores: Stores,
        guests: Guests,
        changing: asyncio.Lock,
        hang_up: HangUp,
    ) -> None:
        # shared
        self._hub = hub
        self._live = live
        self._stores = stores
        self._guests = guests
        self._changing = changing
        self._hang_up = hang_up
        # state
        self._wanted = asyncio.Event()
        self._waiting: list[tuple[Source, Session, Session]] = []
        self._progress: dict[int, MoveProgress] = {}
        hub.strayed = self._on_strayed

    def progress(self, source_id: int) -> MoveProgress | None:
        """How far the move of a source is; None: it has none."""
        return self._progress.get(source_id)

    def assign(self, source: Source, session: Session) -> None:
        """An operator sends a source to a session. What it has sent goes along. Raises Conflict while it is on its way
        somewhere."""
        self._check_still(source)
        source.assign(session.row.id)
        self._start(source, session)
        self._hub.note(source)

    def release(self, source: Source) -> None:
        """An operator takes a source out of its session, and what it has sent with it: both go to its inbox, until
        somebody gives it another place. Raises Conflict while it is on its way somewhere."""
        self._check_still(source)
        inbox = self._hub.inbox_of(source)
        self._hub.announce(inbox)
        source.assign(inbox.row.id)
        self._start(source, inbox)
        self._hub.note(source)

    def look(self) -> None:
        """Sessions have come: whoever is in an inbox, and was not put there, may have a place now."""
        for source in list(self._hub.sources.values()):
            if source.session.row.id in self._hub.inboxes and source.id not in self._progress:
                session = self._hub.place_of(source)
                if session is not None:
                    self._start(source, session)

    async def run(self) -> None:
        """Until cancelled. What the hub before this one has left comes first."""
        await self._take_up()
        self.look()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while self._waiting:
                source, before, after = self._waiting.pop(0)
                await self._insist(source, before, after)

    def _check_still(self, source: Source) -> None:
        if source.record.protocol == importing.PROTOCOL:
            raise Conflict("What is put in from a file stays in the session that it was put into.")
        if source.id in self._progress:
            raise Conflict("What this reader has sent is on its way already. Wait until that is done.")

    def _start(self, source: Source, session: Session) -> None:
        before = source.session
        if before is session:
            return
        if not before.head:  # there is nothing to take along
            self._hub.redirect(source, session)
            return
        self._want(source, before, session)

    def _on_strayed(self, source: Source, inbox: Session) -> None:
        """It has come back and found its place, and feeds that already."""
        if inbox.head:
            self._want(source, inbox, source.session)

    def _want(self, source: Source, before: Session, after: Session) -> None:
        self._progress[source.id] = MoveProgress(0, before.head)
        self._waiting.append((source, before, after))
        self._wanted.set()

    # one move

    async def _insist(
        self, source: Source, before: Session, after: Session, move: Move | None = None
    ) -> None:
        """Until it is done, whatever PostgreSQL says meanwhile."""
        try:
            while True:
                try:
                    move = move or await self._begin(source, before, after)
                    async with self._guests.hosted(before.row.id), self._guests.hosted(after.row.id):
                        await self._move(move, source, before, after)
                    return
                except NotFound as problem:
                    log.warning("source %d: its move is given up: %s", source.id, problem.message)
                    return
                except StoreError as problem:
                    log.warning("source %d: cannot move on now: %s; trying again", source.id, problem)
                except Exception:
                    # Whatever it is, it is no reason to end a hub in the middle of a race.
                    log.exception("source %d: its move has failed; trying again", source.id)
                await asyncio.sleep(RETRY_S)
                move = await self._noted(move)
        finally:
            self._progress.pop(source.id, None)

    async def _begin(self, source: Source, before: Session, after: Session) -> Move:
        await self._guests.until_drained()  # both sessions and the source are in the tables then
        for session in (before, after):
            await self._guests.check(session.row.id)
        async with self._stores.transaction() as connection:
            return await moves.begin(connection, source.id, before.row.id, after.row.id)

    async def _move(self, move: Move, source: Source, before: Session, after: Session) -> None:
        try:
            move = await self._copy(move, source, before, after)
            await self._empty(move, before)
        except _GivenUp as problem:
            log.warning("source %d: stays in session %d: %s", source.id, before.row.id, problem)
            async with self._stores.transaction() as connection:
                await moves.finish(connection, move)

    async def _noted(self, move: Move | None) -> Move | None:
        """The same move as PostgreSQL has it."""
        if move is None:
            return None
        try:
            async with self._stores.transaction() as connection:
                found = [each for each in await moves.unfinished(connection) if each.id == move.id]
            return found[0] if found else move
        except StoreError:
            return move

    async def _copy(self, move: Move, source: Source, before: Session, after: Session) -> Move:
        """Until the new session holds all that the source has sent, and the source feeds that. Raises _GivenUp when
        there is no such session any more."""
        stand_in = self._stand_in(source, after)
        while before.head and (move.through == 0 or move.copied < move.through):
            if move.through == 0 and source.session is not before:  # it has gone ahead
                move = move._replace(through=before.head)
                continue
            if source.session is before and (rest := self._rest(move, before)) is not None:
                move = self._change_over(move, source, before, after, stand_in, rest)
            else:
                move = await self._piece(move, before, stand_in)
            await self._guests.until_written()
            async with self._stores.transaction() as connection:
                await moves.note(connection, move)
            self._progress[source.id] = MoveProgress(move.copied, max(before.head, move.copied))
        if not source.shows(stand_in.numberings):
            stand_in.forget()
        return move

    async def _piece(self, move: Move, before: Session, stand_in: Source) -> Move:
        """The next reads of the source that PostgreSQL has; when there are none, what is known to be without any."""
        await self._guests.until(lambda: not (self._hub.congested or self._stores.full))
        reads = await self._sent(move)
        if not reads:
            looked_through = move.through or before.durable
            await self._guests.until_drained()
            reads = await self._sent(move)
            if not reads:
                return move._replace(copied=max(move.copied, looked_through))
        self._take(stand_in, reads)
        return move._replace(copied=reads[-1].offset)

    async def _sent(self, move: Move) -> list[Read]:
        async with self._stores.transaction() as connection:
            reads = await moves.sent(connection, move)
        return [read for read in reads if not move.through or read.offset <= move.through]

    def _rest(self, move: Move, before: Session) -> list[Read] | None:
        """What is left of the old session, when all of it is in memory and not too much."""
        if before.head - move.copied > AT_ONCE_MAX or before.tail.reach > move.copied:
            return None
        durable = before.tail.after(move.copied, AT_ONCE_MAX)
        return [each for each in (*durable, *self._hub.undurable(before)) if each.offset > move.copied]

    def _change_over(
        self,
        move: Move,
        source: Source,
        before: Session,
        after: Session,
        stand_in: Source,
        rest: Sequence[Read],
    ) -> Move:
        """In one turn: nothing comes between."""
        if self._hub.sessions.get(after.row.id) is not after and after.row.id not in self._hub.inboxes:
            raise _GivenUp(f"session {after.row.id} has ended meanwhile")
        own = [read for read in rest if read.source_id == source.id and read.kind != KIND_VOID]
        self._take(stand_in, own)
        self._hub.redirect(source, after, stand_in)
        log.info(
            "source %d (%s): goes from session %d to session %d",
            source.id,
            source.record.program,
            before.row.id,
            after.row.id,
        )
        return move._replace(through=before.head, copied=before.head)

    def _stand_in(self, source: Source, after: Session) -> Source:
        """Who shows the new session what the source had shown to the old one. It is late, whatever its time."""
        stand_in = Source(source.record, after, source.port)
        stand_in.noted = True
        return stand_in

    def _take(self, stand_in: Source, reads: Sequence[Read]) -> None:
        for received_us, some in groupby(reads, key=lambda read: read.received_us):
            observations = _observed(some)
            stand_in.clock.jumped()
            stand_in.clock.difference_us = _NEVER_US
            if observations:
                self._hub.accept(stand_in, observations, [], received_us)

    async def _empty(self, move: Move, before: Session) -> None:
        """The new session has all: the old rows go."""
        await self._guests.until_drained()
        while True:
            async with self._changing, self._stores.transaction() as connection:
                left = await moves.void(connection, move)
            if not left:
                break
            self._forget(move, before, left)
        async with self._stores.transaction() as connection:
            await moves.finish(connection, move)

    def _forget(self, move: Move, before: Session, left: Sequence[Left]) -> None:
        """Memory and screens. Who has shown the same is asked for it again: it is held no more."""
        session = self._hub.find(move.before) or before
        others = session.release([(each.location, each.key) for each in left if each.key])
        for each in left:
            session.void(_void(each, move.source_id))
        self._live.retract_all(session, [each.offset for each in left])
        if others:
            self._hang_up(lambda each: each.session is session and each.shows(others), OTHERS)

    async def _take_up(self) -> None:
        """Moves that the hub before this one has begun."""
        while True:
            try:
                async with self._stores.transaction() as connection:
                    found = await moves.unfinished(connection)
                break
            except StoreError as problem:
                log.warning("source: moves cannot be taken up now: %s; trying again", problem)
                await asyncio.sleep(RETRY_S)
        for move in found:
            source = self._hub.sources.get(move.source_id)
            before, after = self._hub.find(move.before), self._hub.find(move.after)
            if source is None or before is None or after is None:
                log.warning(
                    "source %d: its move is given up: it, or a session of it, is gone", move.source_id
                )
                async with self._stores.transaction() as connection:
                    await moves.finish(connection, move)
                continue
            self._progress[source.id] = MoveProgress(move.copied, before.head)
            await self._insist(source, before, after, move)


def _observed(reads: Iterable[Read]) -> list[Observation]:
    """Reads as their lines were parsed at first. Raises _GivenUp for one that is no line: emptied, it would be lost."""
    parser = ct01.LineParser()
    found = []
    for read in reads:
        try:
            found.append(parser.parse(read.raw.encode()))
        except (ct01.BadLine, ct01.NewLocation) as problem:
            raise _GivenUp(f"its read {read.offset} cannot be read again: {problem}") from problem
    return found


def _void(left: Left, source_id: int) -> Read:
    return Read(
        left.offset,
        source_id,
        0,
        left.location,
        "",
        0,
        "",
        0,
        "",
        0,
        KIND_VOID,
        (),
        b"",
        "",
        left.received_us,
    )
