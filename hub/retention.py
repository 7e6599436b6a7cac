"""Sessions that have heard nothing for long, ended while the hub runs, as the start ends them; and those that ended
long ago, deleted.

Knows the order in which memory and tables are told; what is old is PostgreSQL's to say, and how a session is deleted
`removing`'s. A session ends only when all that it has accepted is in the database and no reader is connected to it:
then nothing can be on its way to it.

The order is such that any step may fail, or the hub die, without a read or a place for the next one being lost: first
there is another session for the readers of its partner that come, then the old one leaves the memory, so that nobody
finds it any more, and last it is ended in the database, at the next turn or the next start if not now.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from hub.accounts import ADMIN, Caller
from hub.config_live import Current
from hub.errors import Conflict, NotFound, StoreError, Unavailable
from hub.hub import Hub
from hub.model import PURPOSE_DEMO, US_PER_S
from hub.removing import Removing
from hub.session import Session
from hub.store import exports, sessions
from hub.stores import Stores
from hub.web.live import Live

log = logging.getLogger(__name__)

EVERY_S: Final = 3600.0
"""Days are counted: an hour more or less is nothing."""
BY_RETENTION: Final = Caller(0, None, ADMIN, "retention")


class Retention:
    """`changing`: held by whoever changes a session, one at a time."""

    def __init__(
        self,
        current: Current,
        hub: Hub,
        live: Live,
        stores: Stores,
        removing: Removing,
        changing: asyncio.Lock,
    ) -> None:
        # shared
        self._current = current
        self._hub = hub
        self._live = live
        self._stores = stores
        self._removing = removing
        self._changing = changing
        # state
        self._wanted = asyncio.Event()
        self._kept: set[int] = set()

    def wake(self) -> None:
        """Looks now: the settings have changed."""
        self._wanted.set()

    async def run(self) -> None:
        """Every hour, until cancelled. The start has looked just now."""
        while True:
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._wanted.wait()
            except TimeoutError:
                pass
            self._wanted.clear()
            await self._try("end", self.end_old)
            await self._try("delete", self.delete_ended)

    async def _try(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except (StoreError, Unavailable) as problem:
            log.warning("session: cannot %s old ones now: %s; trying again in %.0f s", what, problem, EVERY_S)
        except Exception:
            # Whatever it is, it is no reason to end a hub in the middle of a race.
            log.exception("session: the %s of old ones has failed", what)

    async def delete_ended(self) -> None:
        """Deletes, one after the other and each with an export, what ended long ago. Raises StoreError and Unavailable;
        what is not done then is done the next time."""
        days = self._current.now.retention.delete_ended_after_days
        if not days:
            return
        async with self._stores.transaction() as connection:
            old = await exports.ended_long_ago(connection, days)
        for number in old:
            try:
                await self._removing.remove(BY_RETENTION, number, None)
            except (Conflict, NotFound) as problem:  # somebody has it just now
                log.info("session %d: not deleted now: %s", number, problem)

    async def end_old(self) -> None:
        """Ends what is to be ended by now. Raises StoreError; what is not done then is done the next time."""
        days = self._current.now.retention.end_sessions_after_days
        if not days:
            return
        async with self._changing:
            async with self._stores.transaction() as connection:
                old = await sessions.old(connection, days)
            over = self._over(old)
            for partner_id in sorted({session.row.partner_id for session in over}):
                if not self._leaves_one(partner_id, over):
                    await self._make_another(partner_id, list(old))
            # Who has come in the meantime stays. From here to the end nothing may come between.
            ended = [each for each in self._over(old) if each in over]
            for session in ended:
                self._end(session, days)
            self._say_kept(old, days)
            gone = [each for each in old if each not in self._hub.sessions]
            if gone:
                async with self._stores.transaction() as connection:
                    await sessions.end(connection, gone)

    def _over(self, old: Mapping[int, int]) -> list[Session]:
        """Those to which nothing is on its way. PostgreSQL holds all of a session when it holds its last offset:
        then the read by whose age it is old is the last that was accepted."""
        known = [(self._hub.sessions.get(number), head) for number, head in old.items()]
        return [
            session
            for session, head in known
            if session is not None and session.head == session.durable == head and not self._fed(session)
        ]

    def _fed(self, session: Session) -> bool:
        return any(each.session is session and each.online for each in self._hub.sources.values())

    def _leaves_one(self, partner_id: int, over: list[Session]) -> bool:
        """Whether the partner's next reader has a session to feed without these, as `Hub.active_session` finds it."""
        return any(
            each.row.partner_id == partner_id and each.row.purpose != PURPOSE_DEMO and each not in over
            for each in self._hub.sessions.values()
        )

    async def _make_another(self, partner_id: int, old: list[int]) -> None:
        settings = self._current.now
        today = datetime.now(ZoneInfo(settings.zone_name)).date().isoformat()
        async with self._stores.transaction() as connection:
            row = await sessions.ensure_empty(connection, partner_id, today, settings.zone_name, old)
        if row.id not in self._hub.sessions:
            self._hub.add_session(Session(row, late_us=settings.limits.late_s * US_PER_S))

    def _end(self, session: Session, days: int) -> None:
        self._hub.remove_session(session)
        self._live.session_ended(session)
        log.info(
            "session %d (%s): ended, for it has heard nothing for %d days (retention.end_sessions_after_days)",
            session.row.id,
            session.row.name,
            days,
        )

    def _say_kept(self, old: Mapping[int, int], days: int) -> None:
        """Once for each."""
        kept = {number for number in old if number in self._hub.sessions}
        for number in sorted(kept - self._kept):
            log.info(
                "session %d: has heard nothing for %d days, and goes on while a reader is connected to it",
                number,
                days,
            )
        self._kept = kept
