"""Sessions from their making to their end, and on from there. Knows the order in which tables, memory, readers and
screens are told; what may be asked for is decided in `session_words`.

Tables come first: what PostgreSQL does not take has never been, and a hub that dies after it finds at its start what
was wanted. A session that goes on is loaded before any reader is led to it, so that nothing is doubled. One that ends
stays in memory until PostgreSQL has all that it was given; its readers are hung up on, and find what there is for
them when they come back.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from hub import session_words
from hub.accounts import Caller
from hub.config_live import Current
from hub.errors import Conflict, Invalid, NotFound, StoreError
from hub.facts import Facts
from hub.guests import Guests
from hub.hub import Hub
from hub.model import MODE_PRE_RACE, PURPOSE_DEMO, US_PER_S
from hub.session import Session, Source
from hub.session_words import NewSession, SessionChange
from hub.store import session_changes, sessions
from hub.store.audit import note
from hub.store.database import Connection
from hub.store.session_changes import ACTIVE, ENDED, SCHEDULED, State
from hub.stores import Stores
from hub.web.live import Live

log = logging.getLogger(__name__)

LOOK_S_MAX: Final = 20.0
"""How long the next beginning is slept towards at once: the machine's clock may be set meanwhile."""
RETRY_S: Final = 2.0
BY_SCHEDULE: Final = Caller(0, None, "admin", "the schedule")
HUNG_UP: Final = "its session has ended"
OTHER_KEY: Final = "its session has another stream key now"

HangUp = Callable[[Callable[[Source], bool], str], None]
"""Ends the connections of the sources for which the function says so, with a reason for the log."""


class Lifecycle:
    """Every method but `run` may raise Invalid, NotFound, Conflict, StoreAway and StoreError, and takes the number of a
    session that is there for the caller. `changing`: held by whoever changes a session, one at a time."""

    def __init__(
        self,
        current: Current,
        hub: Hub,
        live: Live,
        stores: Stores,
        guests: Guests,
        facts: Facts,
        changing: asyncio.Lock,
        hang_up: HangUp,
        begun: Callable[[], None],
    ) -> None:
        """`begun` is called when readers may be led to a session that they could not be led to before."""
        # shared
        self._current = current
        self._hub = hub
        self._live = live
        self._stores = stores
        self._guests = guests
        self._facts = facts
        self._changing = changing
        self._hang_up = hang_up
        self._begun = begun
        # state
        self._planned = asyncio.Event()

    async def make(self, by: Caller, partner_id: int, words: NewSession) -> int:
        session_words.check_new(words)
        scheduled = words.scheduled_for is not None or words.start is False
        async with self._changing:
            async with self._stores.change_of(by.whose) as connection:
                await _check_event(connection, words.event_id, partner_id)
                session_id = await session_changes.make(
                    connection,
                    partner_id,
                    words.session_name.strip(),
                    purpose=words.purpose,
                    event_id=words.event_id,
                    status=SCHEDULED if scheduled else ACTIVE,
                    scheduled_for=words.scheduled_for,
                )
                await _note(
                    connection, by, "session.made", partner_id, words.session_name.strip(), session_id
                )
                row = await sessions.find(connection, session_id, self._current.now.zone_name)
            if row is not None and not scheduled:
                self._hub.restore(Session(row, late_us=self._late_us), [])
                self._live.follow()
                self._begun()
            elif row is not None:
                self._hub.routes.add_old_keys([(row.stream_key, row.partner_id)])
        self._planned.set()
        return session_id

    async def change(self, by: Caller, session_id: int, words: SessionChange) -> None:
        session_words.check_change(words)
        async with self._facts.of_session(by, session_id) as connection:
            before = await _there(connection, session_id)
            after = _changed(before, words)
            if after == before:
                return
            await _check_event(connection, after.event_id, before.partner_id)
            await session_changes.change(connection, after)
            if after.mode != before.mode and MODE_PRE_RACE in (after.mode, before.mode):
                await session_changes.test(connection, session_id, after.mode == MODE_PRE_RACE)
            await _note(connection, by, "session.changed", before.partner_id, after.name, session_id)
        self._planned.set()

    async def renew_key(self, by: Caller, session_id: int) -> None:
        session = self._hub.sessions.get(session_id)
        before = session.row.stream_key if session else ""
        async with self._facts.of_session(by, session_id) as connection:
            state = await _there(connection, session_id)
            key = await session_changes.renew_key(connection, session_id)
            await _note(connection, by, "session.key_renewed", state.partner_id, state.name, session_id)
        self._hub.proofs.rekey(session_id, key)
        if session is None:
            async with self._stores.transaction() as connection:
                self._hub.routes.add_old_keys(await sessions.old_keys(connection))
        else:
            self._hang_up(
                lambda each: (
                    each.session is session and (each.record.proved or each.record.event_name == before)
                ),
                OTHER_KEY,
            )

    async def test(self, by: Caller, session_id: int, on: bool) -> None:
        """Reads that come from now on are a test; or they are so no more, and all that were one do not count."""
        async with self._facts.of_session(by, session_id) as connection:
            state = await _there(connection, session_id)
            if await session_changes.test(connection, session_id, on):
                action = "session.test_begun" if on else "session.test_over"
                await _note(connection, by, action, state.partner_id, state.name, session_id)

    async def start(self, by: Caller, session_id: int) -> None:
        """One that is scheduled."""
        await self._begin(by, session_id, SCHEDULED, "session.started")

    async def reopen(self, by: Caller, session_id: int) -> None:
        """One that has ended: it goes on after its last offset."""
        await self._begin(by, session_id, ENDED, "session.reopened")

    async def end(self, by: Caller, session_id: int) -> None:
        """One that is active. What readers have sent until now is its own."""
        async with self._changing:
            await self.end_locked(by, session_id)

    async def end_locked(self, by: Caller, session_id: int) -> None:
        """The same for who holds `changing`."""
        async with self._stores.change_of(by.whose) as connection:
            state = await _there(connection, session_id)
            if state.status == SCHEDULED:
                raise Conflict(f"{state.name} has not begun: there is nothing to end.")
            if state.status == ACTIVE:
                await session_changes.end(connection, session_id)
                await _note(connection, by, "session.ended", state.partner_id, state.name, session_id)
        session = self._hub.sessions.get(session_id)
        if session is not None:
            self._hang_up(lambda each: each.session is session, HUNG_UP)
            self._guests.leave(session_id, self._hub.end_session(session))
            self._live.session_ended(session)
            log.info("session %d (%s): ended by %s", session_id, session.row.name, by.name)

    async def _begin(self, by: Caller, session_id: int, status: str, action: str) -> None:
        if session_id in self._hub.sessions:
            raise Conflict(f"Session {session_id} is active already.")
        async with self._guests.hosted(session_id) as session, self._changing:
            async with self._stores.change_of(by.whose) as connection:
                state = await _there(connection, session_id)
                if state.status != status:
                    raise Conflict(f"{state.name} is {state.status}: only one that is {status} can do that.")
                await session_changes.begin(connection, session_id)
                await _note(connection, by, action, state.partner_id, state.name, session_id)
            self._hub.change_session(session, replace(session.row, status=ACTIVE))
            self._hub.restore(session, self._guests.take_sources(session_id))
            self._live.follow()
            self._begun()
        log.info("session %d (%s): %s by %s", session_id, state.name, action.partition(".")[2], by.name)

    # the schedule

    async def run(self) -> None:
        """Begins what is scheduled when its time has come, until cancelled."""
        while True:
            try:
                pause_s = await self._begin_due()
            except StoreError as problem:
                log.warning("session: the schedule cannot be looked at now: %s; trying again", problem)
                pause_s = RETRY_S
            except Exception:
                # Whatever it is, it is no reason to end a hub in the middle of a race.
                log.exception("session: the schedule has failed; trying again")
                pause_s = RETRY_S
            try:
                async with asyncio.timeout(min(pause_s, LOOK_S_MAX)):
                    await self._planned.wait()
            except TimeoutError:
                pass
            self._planned.clear()

    async def _begin_due(self) -> float:
        """Gives in how many seconds the next one is."""
        async with self._stores.transaction() as connection:
            due = await session_changes.due(connection, datetime.now(UTC))
        for session_id in due:
            try:
                await self.start(BY_SCHEDULE, session_id)
            except (Conflict, NotFound) as problem:  # somebody was faster
                log.info("session %d: not started by the schedule: %s", session_id, problem)
        async with self._stores.transaction() as connection:
            then = await session_changes.next_time(connection)
        return max(0.0, (then - datetime.now(UTC)) / timedelta(seconds=1)) if then else LOOK_S_MAX

    @property
    def _late_us(self) -> int:
        return self._current.now.limits.late_s * US_PER_S


async def _there(connection: Connection, session_id: int) -> State:
    state = await session_changes.state(connection, session_id)
    if state is None:
        raise NotFound(f"There is no session {session_id}.")
    if state.purpose == PURPOSE_DEMO:
        raise Conflict("A session of the demo stays as it is.")
    return state


async def _check_event(connection: Connection, event_id: int | None, partner_id: int) -> None:
    if event_id is not None and not await session_changes.event_is_of(connection, event_id, partner_id):
        raise Invalid(f"event_id: there is no event {event_id}", field="event_id")


def _changed(state: State, words: SessionChange) -> State:
    changed: dict[str, object] = {}
    if words.session_name is not UNSET:
        changed["name"] = words.session_name.strip()
    for field in ("purpose", "event_id", "scheduled_for", "mode"):
        if getattr(words, field) is not UNSET:
            changed[field] = getattr(words, field)
    if words.minors is None:
        changed["minors_under"] = 0
    elif words.minors is not UNSET:
        changed |= {"minors_under": words.minors.under, "minors_privacy": words.minors.privacy}
    if "scheduled_for" in changed and state.status != SCHEDULED:
        raise Conflict(f"{state.name} is {state.status}: only one that has not begun can be scheduled.")
    return replace(state, **changed)


async def _note(
    connection: Connection, by: Caller, action: str, partner_id: int, name: str, session_id: int
) -> None:
    await note(connection, by, action, name, partner_id=partner_id, detail={"session": session_id})
