"""What screens report of their walls: kept as proof, and counted as the end of a read's way. Knows which screen it is
and how much it is believed; what is counted is `hub.latencies`', what waits for the table `hub.showings`'.

A report changes nothing that anybody else sees, and nothing waits for it. It is kept within a second, as long as
PostgreSQL answers; else it waits, as far as there is room, and what there is no room for is counted and said.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

from aiohttp import web

from hub.errors import StoreAway, StoreError
from hub.latencies import Latencies
from hub.latency import Way
from hub.model import Whose
from hub.session import Session
from hub.showings import FOR_MS_MAX, Counts, ReadShown, Showing, ShowingRow, Showings, ShownFilter
from hub.web.screen_messages import Report, Shown
from hub.web.screens import Known

log = logging.getLogger(__name__)

SAVE_S: Final = 1.0
SAVED_AT_ONCE: Final = 1000
"""Rows in one question, which the loop makes ready in 3 ms."""
SAVED_A_TIME_MAX: Final = 8000
"""Rows that are kept in one second: forty reads a second on a hundred displays, each when it comes and when it goes."""
LATENCIES_S: Final = 10
"""How often what was counted is kept, in rounds of SAVE_S."""
PAINT_MS_MAX: Final = 3_600_000.0
LAST_SAVE_S_MAX: Final = 1.0


class ProofStore(Protocol):
    """What is kept of what screens have shown. May raise StoreAway, and what keeps something StoreError."""

    async def save_showings(self, partner_id: int, rows: Sequence[ShowingRow]) -> None:
        """Those of sessions of this partner; of several of one read and display the longest."""

    async def add_latencies(self, partner_id: int, session_id: int, way: Way) -> None:
        """What was counted since the last time."""

    async def reads(self, whose: Whose, session_id: int, wanted: ShownFilter) -> list[ReadShown]:
        """In the order of offsets."""

    async def counts(self, whose: Whose, session_id: int, wanted: ShownFilter) -> Counts: ...

    async def latencies(self, whose: Whose, session_id: int) -> Way:
        """What is kept of a session."""


class Place:
    """Where a screen stands: which session it shows, under which code, and what it was behind when it came. What it has
    missed until then is late by its absence, and tells nothing of the way of a read."""

    __slots__ = ("after", "code", "known", "partner_id", "session")

    def __init__(self, session: Session, partner_id: int, code: str, known: Known | None, after: int) -> None:
        self.session = session
        self.partner_id = partner_id
        self.code = code
        self.known = known
        self.after = after


class Proof:
    """`showings`: what is not kept yet."""

    def __init__(self, store: ProofStore, latencies: Latencies, now_us: Callable[[], int]) -> None:
        # shared
        self._store = store
        self.latencies = latencies
        self._now_us = now_us
        # state
        self.showings = Showings()
        self._said_lost = 0

    @property
    def lost(self) -> int:
        """Showings for which there was no room while PostgreSQL was away."""
        return self.showings.lost

    def hear(self, place: Place, shown: Shown) -> None:
        """What a screen says of its wall. Of what its session does not have it says nothing."""
        now_us = self._now_us()
        for report in shown.reports():
            if 0 < report.offset <= place.session.durable:
                self._hear(place, report, now_us)

    def _hear(self, place: Place, report: Report, now_us: int) -> None:
        for_ms = 0
        if report.for_ms is None:
            self._painted(place, report, now_us)
        else:
            for_ms = round(min(max(report.for_ms, 1), FOR_MS_MAX))
        shown = Showing(place.code, now_us - for_ms * 1000, for_ms, report.layout)
        self.showings.shown(place.partner_id, place.session.row.id, report.offset, shown)

    def _painted(self, place: Place, report: Report, now_us: int) -> None:
        if report.offset <= place.after or report.waited:
            return
        known = place.known
        line_us = (known.round_trip_us or 0) // 2 if known is not None else 0
        paint_us = round(min(max(report.ms, 0), PAINT_MS_MAX) * 1000) + line_us
        took_us = self.latencies.painted(place.session.row.id, report.offset, paint_us, now_us)
        if took_us is not None and known is not None:
            known.lately.add(took_us, now_us)

    async def keep(self) -> None:
        """Until cancelled, and then once more."""
        rounds = 0
        try:
            while True:
                await asyncio.sleep(SAVE_S)
                rounds += 1
                await self._save(latencies=rounds % LATENCIES_S == 0)
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_SAVE_S_MAX):
                    await self._save(latencies=True)

    async def _save(self, *, latencies: bool) -> None:
        try:
            await self.save()
            if latencies:
                await self.save_latencies()
        except Exception:
            # A report is no reason to end a hub in the middle of a race.
            log.exception("proof: it cannot be kept; trying again")

    async def save(self) -> None:
        """What was reported since the last time. What the store does not take waits; what it refuses is said."""
        self._say_lost()
        left = [
            (partner_id, rows[start : start + SAVED_AT_ONCE])
            for partner_id, rows in self.showings.take(SAVED_A_TIME_MAX).items()
            for start in range(0, len(rows), SAVED_AT_ONCE)
        ]
        try:
            while left:
                await self._save_showings(*left[0])
                left.pop(0)
        except StoreAway:
            pass
        finally:  # also when the hub stops meanwhile
            for partner_id, rows in left:
                self.showings.give_back(partner_id, rows)

    async def _save_showings(self, partner_id: int, rows: list[ShowingRow]) -> None:
        try:
            await self._store.save_showings(partner_id, rows)
        except StoreAway:
            raise
        except StoreError as problem:
            log.warning("proof: %d showings are not kept: %s", len(rows), problem)

    async def save_latencies(self) -> None:
        """The same of what was counted. One that is cut off in the middle may have been taken, and is not counted
        twice."""
        left = self.latencies.take(self._now_us())
        try:
            while left:
                (partner_id, session_id), way = left.popitem()
                await self._save_way(partner_id, session_id, way)
        except StoreAway:
            self.latencies.give_back(session_id, way)
        finally:
            for (_, session_id), way in left.items():
                self.latencies.give_back(session_id, way)

    async def _save_way(self, partner_id: int, session_id: int, way: Way) -> None:
        try:
            await self._store.add_latencies(partner_id, session_id, way)
        except StoreAway:
            raise
        except StoreError as problem:
            log.warning("proof: latencies of session %d are not kept: %s", session_id, problem)

    def _say_lost(self) -> None:
        if self.lost > self._said_lost:
            log.warning(
                "proof: there is no room for %d more showings while PostgreSQL is away",
                self.lost - self._said_lost,
            )
            self._said_lost = self.lost


PROOFS: Final = web.AppKey("proofs", ProofStore)
PROOF: Final = web.AppKey("proof", Proof)
