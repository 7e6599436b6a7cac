"""When each session's service is asked next: what is known of sessions put together with the plan. Synchronous. Knows
the hub's memory; refuses to know services and tables, and who asks.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from hub.hub import Hub
from hub.model import MODE_RESULTS, US_PER_S
from hub.providers.words import Kind
from hub.refreshing import Known, Recent
from hub.session import Session
from hub.store.session_changes import ENDED
from hub.sync_plan import FULL_S, RACE_S, Asked, Facts, results_period_s, roster_period_s, stretch
from hub.sync_words import LinkRow

DEAR: Final = 0.25
"""A whole load that takes more of an hour's calls than this would keep what has just changed waiting: it is not made by
itself while the race goes on."""
STRETCH_S: Final = 1.0
"""So long holds what was worked out of all that is asked in an account's name."""

FULL: Final = "full"
ROSTER: Final = "roster"
RESULTS: Final = "results"


class Due(NamedTuple):
    at_s: float
    what: str


@dataclass(slots=True, eq=False)
class Linked:
    """A session and where its roster comes from. `one`: held while it is asked. costs: calls that each thing takes, as
    far as it was measured. away: why the service was away when it was asked last; tries: how often by now."""

    row: LinkRow
    one: asyncio.Lock = field(default_factory=asyncio.Lock)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    recent: Recent = field(default_factory=Recent)
    costs: dict[str, float] = field(default_factory=lambda: {FULL: 2.0, ROSTER: 1.0, RESULTS: 1.0})
    results_s: float = 0.0
    noted_s: float = 0.0
    results: Known | None = None
    full_wanted: bool = False
    tries: int = 0
    away: str = ""
    away_until_s: float = 0.0
    task: asyncio.Task[None] | None = None


class Times:
    """`linked`: all sessions that have a service, by number. `hurry`: by how much faster periods pass, for tests."""

    def __init__(
        self,
        hub: Hub,
        kinds: Mapping[str, Kind],
        now_us: Callable[[], int],
        linked: Mapping[int, Linked],
    ) -> None:
        self._hub = hub
        self._kinds = kinds
        self._now_us = now_us
        self._linked = linked
        self._stretches: dict[int, tuple[float, float]] = {}
        self.hurry = 1.0

    def now_s(self) -> float:
        return self._now_us() / US_PER_S

    def _facts(self, row: LinkRow) -> Facts:
        facts = Facts(row.status == ENDED, row.begins_s, row.day_s, ended_s=row.ended_s)
        session = self._hub.sessions.get(row.session_id)
        return facts if session is None else facts._replace(gun_s=_gun_s(session), read_s=_read_s(session))

    def due(self, linked: Linked, now_s: float) -> Due | None:
        row = linked.row
        if not row.enabled or row.problem:
            return None
        facts, found = self._facts(row), []
        period_s = roster_period_s(facts, now_s)
        if period_s is not None and (linked.full_wanted or not row.full_s):
            found.append(Due(0.0, FULL))
        elif period_s is not None:
            every_s = self._stretched_s(period_s, row.account_id)
            found.append(Due(min(row.synced_s, now_s) + every_s, ROSTER))
            if period_s > RACE_S or not self._is_dear(linked):
                found.append(Due(min(row.full_s, now_s) + FULL_S / self.hurry, FULL))
        period_s = self._results_period_s(row, facts, now_s)
        if period_s is not None:
            every_s = self._stretched_s(period_s, row.account_id)
            found.append(Due(min(linked.results_s, now_s) + every_s, RESULTS))
        if not found:
            return None
        first = min(found)
        return first._replace(at_s=max(first.at_s, linked.away_until_s))

    def period_s(self, row: LinkRow, now_s: float) -> float | None:
        """How often a roster is asked for; None: it is not."""
        period_s = roster_period_s(self._facts(row), now_s)
        return None if period_s is None else self._stretched_s(period_s, row.account_id)

    def _results_period_s(self, row: LinkRow, facts: Facts, now_s: float) -> float | None:
        kind = self._kinds.get(row.kind)
        if kind is None or not kind.results:
            return None
        session = self._hub.sessions.get(row.session_id)
        shown = session is not None and session.row.mode == MODE_RESULTS
        return results_period_s(facts, now_s, results_mode=shown, wanted=row.results)

    def _stretched_s(self, period_s: float, account_id: int) -> float:
        """For all that is asked in the name of an account together."""
        now_s = self.now_s()
        at_s, factor = self._stretches.get(account_id, (0.0, 1.0))
        if abs(now_s - at_s) >= STRETCH_S:
            factor = stretch(*self._asked_of(account_id))
            self._stretches[account_id] = now_s, factor
        return period_s * factor / self.hurry

    def _asked_of(self, account_id: int) -> tuple[list[Asked], int]:
        """What is asked in its name, and how many calls it may make in an hour."""
        now_s, found, limit = self.now_s(), [], 1
        for linked in self._linked.values():
            row = linked.row
            if row.account_id != account_id or not row.enabled or row.problem:
                continue
            facts, limit = self._facts(row), max(1, self.limit(row.kind))
            roster_s = roster_period_s(facts, now_s)
            results_s = self._results_period_s(row, facts, now_s)
            if roster_s is not None:
                found.append(Asked(linked.costs[ROSTER], roster_s))
                found.append(Asked(linked.costs[FULL], FULL_S))
            if results_s is not None:
                found.append(Asked(linked.costs[RESULTS], results_s))
        return found, limit

    def limit(self, kind: str) -> int:
        found = self._kinds.get(kind)
        return found.calls_per_hour if found else 0

    def _is_dear(self, linked: Linked) -> bool:
        return linked.costs[FULL] > DEAR * self.limit(linked.row.kind)


def _gun_s(session: Session) -> float:
    return max((each.guns_us[-1] for each in session.starts), default=0) / US_PER_S


def _read_s(session: Session) -> float:
    last = session.tail.recent(1)
    return last[-1].received_us / US_PER_S if last else 0.0
