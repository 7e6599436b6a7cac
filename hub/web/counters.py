"""How many have been read where, for the displays that say so. Knows which sessions need it now, loads what they have,
and tells it; refuses to know how it is counted (`hub.counting`).

A session is counted while a display on the air has a template with a counter, and a little longer: a screen that comes
back is to be told at once. What comes while it is loaded and counted waits for nothing, and is in the next figures.
"""

import asyncio
import contextlib
import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Final

from hub import encode
from hub.counting import Counting, Stored
from hub.errors import StoreError
from hub.hub import Hub
from hub.model import Read, Whose
from hub.session import Session

log = logging.getLogger(__name__)

SAY_S: Final = 0.5
LOOK_S: Final = 1.0
"""How often it is looked which sessions need it: a display may be given another template, a template a counter."""
KEPT_S: Final = 60.0
"""How long a session is counted on when nobody needs it any more: a screen is loaded anew, or has lost its line."""
RETRY_S: Final = 1.0
COUNTED_AT_ONCE: Final = 1000
"""Reads counted in one turn of the loop, a millisecond."""
COUNTER: Final = b'"kind":"counter"'
"""What a template with a counter has in it, and no text of one: its quotes would be escaped."""

Load = Callable[[Whose, int, int, int], Awaitable[list[Stored]]]
"""Gives the next rows of a partner's session after an offset, up to another. May raise StoreError."""


class Counted:
    """A session that is counted. `through`: the offset up to which PostgreSQL is asked; what comes later is added."""

    def __init__(self, session: Session, wake: Callable[[], None]) -> None:
        # shared
        self.session = session
        self.epoch = session.epoch
        self.counting = Counting()
        self.through = session.durable
        self._wake = wake
        # state
        self.loaded = 0
        self.stale = True
        """It is to be counted again by what the session says now."""
        self.changed = self.broken = False
        self.said: bytes | None = None
        self.said_at = -math.inf
        self.needed_at = 0.0
        self.task: asyncio.Task[None] | None = None

    def add(self, reads: Iterable[Read]) -> None:
        """Reads that have just become durable."""
        with self._guarded():
            self.counting.add(reads)

    def void(self, offsets: Iterable[int]) -> None:
        with self._guarded():
            for offset in offsets:
                self.counting.void(offset)
            self.stale = self.stale or self.counting.repeats

    def holds(self, session: Session) -> bool:
        """Whether what is counted is what this session has under its offsets."""
        return self.session is session and self.epoch == session.epoch and not self.broken

    def recount(self) -> None:
        self.stale = True
        self._wake()

    def figures(self) -> bytes:
        return encode.count_fields(self.session.roster.size, self.counting.figures())

    async def count(self, load: Load) -> None:
        """Until it is what PostgreSQL and the session say, however long either takes."""
        problem = ""
        while self.loaded < self.through or self.stale:
            try:
                await self._load(load)
                await self._recount()
            except StoreError as now:
                if str(now) != problem:
                    problem = str(now)
                    log.warning("session %d: cannot be counted now: %s", self.session.row.id, now)
                await asyncio.sleep(RETRY_S)
            except Exception:
                # Whatever it is, it is no reason to end a hub in the middle of a race.
                log.exception("session %d: counting it has failed; trying again", self.session.row.id)
                self.stale = True
                await asyncio.sleep(RETRY_S)

    async def _load(self, load: Load) -> None:
        row = self.session.row
        while self.loaded < self.through:
            rows = await load(row.partner_id, row.id, self.loaded, self.through)
            if rows:
                self.counting.add_stored(rows)
                self.loaded = rows[-1].offset
            else:
                await asyncio.sleep(RETRY_S)  # it is on its way there

    async def _recount(self) -> None:
        while self.stale:
            self.stale = False
            self.counting.begin(self.session)
            done = False
            while not (done or self.stale):
                done = self.counting.go_on(COUNTED_AT_ONCE)
                await asyncio.sleep(0)
        self.changed = True
        self._wake()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Whatever it is, it is no reason to keep a read from its screens: the session is loaded anew."""
        try:
            yield
        except Exception:
            if not self.broken:
                log.exception("session %d: counting it has failed; it is loaded anew", self.session.row.id)
            self.broken = True
        self._note()

    def _note(self) -> None:
        if not self.changed:
            self.changed = True
            self._wake()


class Counters:
    """`tell`: says something to all who watch a session. `kept`: what is counted, by the session's number."""

    def __init__(self, hub: Hub, tell: Callable[[int, bytes], None]) -> None:
        # shared
        self._hub = hub
        self._tell = tell
        # state
        self.kept: dict[int, Counted] = {}
        self._having: dict[int, tuple[int, bool]] = {}
        """By template: of which version it is known whether it has a counter."""
        self._awake = asyncio.Event()
        self._look_at = 0.0

    def look(self) -> None:
        """Somebody may need it who did not until now."""
        self._look_at = 0.0
        self._awake.set()

    def said(self, session: Session | None) -> bytes | None:
        """What the screens of a session have been told last; None: nothing, for nobody needs it or it is not counted
        yet."""
        counted = self.kept.get(session.row.id) if session is not None else None
        return counted.said if counted is not None else None

    def retracted(self, session: Session, offsets: Iterable[int]) -> None:
        counted = self.kept.get(session.row.id)
        if counted is not None:
            counted.void(offsets)

    def changed(self, session: Session) -> None:
        """Its roster, its locations, whose tags are the crew's, or whether it is tested; or all its offsets."""
        counted = self.kept.get(session.row.id)
        if counted is not None and counted.holds(session):
            counted.recount()
        elif counted is not None:
            self.look()

    async def run(self, load: Load, codes: Callable[[], Iterable[str]]) -> None:
        """Until cancelled. `codes`: the displays that are on the air."""
        clock = asyncio.get_running_loop().time
        try:
            while True:
                self._awake.clear()
                now = clock()
                wait_s = LOOK_S
                try:
                    wait_s = self._go_on(load, codes, now)
                except Exception:
                    # Whatever it is, it is no reason to end a hub in the middle of a race.
                    log.exception("sessions: counting them has failed; trying again")
                    self._look_at = now + LOOK_S
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min(wait_s, self._look_at - now)):
                        await self._awake.wait()
        finally:
            for counted in self.kept.values():
                _stop(counted)

    def _go_on(self, load: Load, codes: Callable[[], Iterable[str]], now: float) -> float:
        """Gives in how many seconds there may be something to tell."""
        if now >= self._look_at:
            self._look(codes(), now)
            self._look_at = now + LOOK_S
        for counted in self.kept.values():
            self._work(counted, load)
        return self._say(now)

    def _look(self, codes: Iterable[str], now: float) -> None:
        for session in self._needed(codes):
            counted = self.kept.get(session.row.id)
            if counted is None or not counted.holds(session):
                said = counted.said if counted is not None else None
                if counted is not None:
                    _stop(counted)
                counted = self.kept[session.row.id] = Counted(session, self._awake.set)
                counted.said = said
            counted.needed_at = now
        for number, counted in list(self.kept.items()):
            if now - counted.needed_at > KEPT_S or self._hub.find(number) is not counted.session:
                _stop(counted)
                del self.kept[number]

    def _needed(self, codes: Iterable[str]) -> Iterable[Session]:
        found: dict[int, Session] = {}
        for code in codes:
            display = self._hub.displays.get(code)
            if display is not None and display.template_id is not None and self._counts(display.template_id):
                session = self._hub.session_of(display)
                if session is not None:
                    found[session.row.id] = session
        return found.values()

    def _counts(self, template_id: int) -> bool:
        row = self._hub.templates.get(template_id)
        if row is None:
            return False
        version, counts = self._having.get(template_id, (0, False))
        if version != row.version:
            counts = COUNTER in row.content
            self._having[template_id] = (row.version, counts)
        return counts

    def _work(self, counted: Counted, load: Load) -> None:
        idle = counted.task is None or counted.task.done()
        if idle and (counted.stale or counted.loaded < counted.through):
            counted.task = asyncio.create_task(counted.count(load))

    def _say(self, now: float) -> float:
        """Tells what has changed, of each session once in SAY_S. Gives for how long there is nothing to tell."""
        wait_s = LOOK_S
        for number, counted in self.kept.items():
            if not (counted.changed and counted.counting.counted) or counted.broken:
                continue
            due_s = counted.said_at + SAY_S - now
            if due_s > 0:
                wait_s = min(wait_s, due_s)
                continue
            counted.changed = False
            fields = counted.figures()
            if fields != counted.said:
                counted.said, counted.said_at = fields, now
                self._tell(number, encode.counts(fields))
        return wait_s


def _stop(counted: Counted) -> None:
    if counted.task is not None:
        counted.task.cancel()
