"""Sessions kept as their registration services have them: each is asked again and again, the more often the nearer the
gun is. Knows what is due and who has to wait; how often is `hub.sync_plan`'s to say, what is done `hub.refreshing`'s.

One task for each session. Whatever goes wrong with a service, or in here, ends neither a race nor the hub.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

from msgspec.structs import replace

from hub.config_live import Current
from hub.errors import HubError, ProviderAway, ProviderRefused, StoreError
from hub.hub import Hub
from hub.jobs import Progress
from hub.provider_accounts import ProviderAccounts
from hub.refreshing import Refreshing, nothing
from hub.store import providers
from hub.stores import Stores
from hub.sync_plan import (
    back_off_s,
)
from hub.sync_times import FULL, RESULTS, ROSTER, Due, Linked, Times
from hub.sync_words import LinkRow

log = logging.getLogger(__name__)

LOOK_S: Final = 10.0
"""How long what a session is about may be another thing before it is looked at again: it begins, ends, is moved."""
FULL_AT_ONCE: Final = 2
"""Rosters that are loaded whole by themselves, of all partners: each takes a connection to the database."""
SHORT_AT_ONCE: Final = 8
CALLS_WAIT_S: Final = 30.0
NOTED_S: Final = 60.0
"""How often it is written down from where a refresh goes on, while nothing changes."""
CHANGED: Final = "The account signs in with something else by now."


class Standing(NamedTuple):
    """How it is with a session's service. next_s: when it is asked next, period_s: how often; None: it is not."""

    row: LinkRow
    problem: str
    next_s: float | None
    period_s: float | None
    calls_last_hour: int


class Syncing:
    def __init__(
        self,
        current: Current,
        hub: Hub,
        stores: Stores,
        accounts: ProviderAccounts,
        refreshing: Refreshing,
        now_us: Callable[[], int],
    ) -> None:
        # shared
        self._current = current
        self._hub = hub
        self._stores = stores
        self._accounts = accounts
        self._refreshing = refreshing
        accounts.changed = self._account_changed
        # state
        self._linked: dict[int, Linked] = {}
        self.times = Times(hub, accounts.kinds, now_us, self._linked)
        self._calls: dict[int, Callable[[], int]] = {}
        self._of_account: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        """Held while something short is asked in its name: so it is known how many calls that takes."""
        self._refused: set[int] = set()
        self._changes = 0
        self._look = asyncio.Event()
        self._full = asyncio.Semaphore(FULL_AT_ONCE)
        self._short = asyncio.Semaphore(SHORT_AT_ONCE)

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                self._look.clear()
                await self._reconcile()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S / self.times.hurry):
                        await self._look.wait()
        finally:
            tasks = [each.task for each in self._linked.values() if each.task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._accounts.close()

    def look(self) -> None:
        """Which sessions have a service has changed."""
        self._look.set()

    def begin(self, row: LinkRow) -> None:
        """A session's roster comes from there from now on: nothing of what was known holds."""
        self._changes += 1
        self.forget(row.session_id)
        self._put(row)
        self._look.set()

    def changed(self, row: LinkRow) -> None:
        """Somebody has switched it on or off: what was refused is tried again."""
        self._changes += 1
        linked = self._put(row)
        linked.row = replace(linked.row, problem=row.problem)
        linked.wake.set()

    def forget(self, session_id: int) -> None:
        """It has no service any more."""
        self._changes += 1
        linked = self._linked.pop(session_id, None)
        if linked is not None and linked.task is not None:
            linked.task.cancel()

    def standing(self, row: LinkRow) -> Standing:
        """`row`: as it is in the tables."""
        linked = self._linked.get(row.session_id)
        if linked is None or not _same(linked.row, row):
            return Standing(row, row.problem, None, None, 0)
        now_s = self.times.now_s()
        due = self.times.due(linked, now_s)
        period_s = self.times.period_s(linked.row, now_s)
        calls = self._calls.get(row.account_id)
        return Standing(
            linked.row,
            linked.row.problem or linked.away,
            None if due is None else max(now_s, due.at_s),
            None if due is None else period_s,
            calls() if calls else 0,
        )

    async def by_hand(self, row: LinkRow, progress: Progress, *, full: bool) -> dict[str, int]:
        """Asks now, whatever is due: with results, where they are wanted. Gives what came of it. Raises what the
        service or the tables say."""
        linked = self._put(row)
        async with linked.one:
            before = linked.row
            linked.recent.clear()
            linked.full_wanted |= full or not linked.row.full_s
            if not linked.full_wanted:
                with suppress(ProviderRefused):
                    await self._asked(linked, ROSTER, progress, by_hand=True)
            if linked.full_wanted:
                await self._asked(linked, FULL, progress, by_hand=True)
            if linked.row.problem:
                raise ProviderRefused(linked.row.problem)
            if linked.row.results:
                await self._asked(linked, RESULTS, progress, by_hand=True)
            return _came_of(before, linked.row)

    # which sessions there are

    async def _reconcile(self) -> None:
        try:
            changes = self._changes
            async with self._stores.transaction() as connection:
                rows = await providers.links(connection, self._current.now.zone_name)
            if changes != self._changes:  # somebody was faster: these are of before
                return self._look.set()
            known = {row.session_id for row in rows}
            for session_id in [each for each in self._linked if each not in known]:
                self.forget(session_id)
            for row in rows:
                self._keep_going(self._put(row))
        except StoreError as problem:
            log.info("services: what sessions have one cannot be read now: %s", problem)
        except Exception:
            log.exception("services: the look at sessions has failed")

    def _put(self, row: LinkRow) -> Linked:
        """What is known of a service's answers stays as it is in memory, where nobody has pointed the session to
        another one."""
        linked = self._linked.get(row.session_id)
        if linked is None or not _same(linked.row, row):
            self.forget(row.session_id)
            linked = self._linked[row.session_id] = Linked(row)
            return linked
        held = linked.row
        changed = held.enabled != row.enabled or held.results != row.results
        linked.row = replace(
            row,
            cursor=held.cursor,
            synced_s=held.synced_s,
            full_s=held.full_s,
            problem=held.problem,
            figures=held.figures,
        )
        if changed:
            linked.wake.set()
        return linked

    def _keep_going(self, linked: Linked) -> None:
        if linked.task is None or linked.task.done():
            linked.task = asyncio.create_task(self._keep(linked))

    def _account_changed(self, account_id: int) -> None:
        """It signs in with something else: whatever was refused is tried again."""
        self._calls.pop(account_id, None)
        self._refused.discard(account_id)
        for linked in self._linked.values():
            if linked.row.account_id == account_id:
                linked.row = replace(linked.row, problem="", refused="")
                linked.tries, linked.away, linked.away_until_s = 0, "", 0.0
                linked.wake.set()
        self._look.set()

    # asking

    async def _keep(self, linked: Linked) -> None:
        """Until cancelled, or forgotten."""
        while self._linked.get(linked.row.session_id) is linked:
            now_s = self.times.now_s()
            due = self.times.due(linked, now_s)
            if due is not None and due.at_s <= now_s:
                await self._by_itself(linked, due)
                continue
            linked.wake.clear()
            look_s = LOOK_S / self.times.hurry
            with suppress(TimeoutError):
                async with asyncio.timeout(look_s if due is None else min(look_s, due.at_s - now_s)):
                    await linked.wake.wait()

    async def _by_itself(self, linked: Linked, due: Due) -> None:
        async with self._full if due.what == FULL else self._short, linked.one:
            now_s = self.times.now_s()
            again = self.times.due(linked, now_s)  # somebody has asked meanwhile
            if again is None or again.what != due.what or again.at_s > now_s:
                return
            if not self._has_calls(linked, due.what):
                linked.away_until_s = now_s + CALLS_WAIT_S / self.times.hurry
                return
            try:
                await self._asked(linked, due.what, nothing)
            except HubError:
                pass  # said, and noted for how long nothing is asked
            except Exception:
                log.exception("session %d: the %s of its service has failed", linked.row.session_id, due.what)
                self._wait(linked, "The hub has a fault; it is in its log.")

    def _has_calls(self, linked: Linked, what: str) -> bool:
        """Whether there are calls left for it: a whole load waits by itself, call by call."""
        calls, limit = self._calls.get(linked.row.account_id), self.times.limit(linked.row.kind)
        return calls is None or what == FULL or calls() + linked.costs[what] <= limit

    async def _asked(self, linked: Linked, what: str, progress: Progress, *, by_hand: bool = False) -> None:
        """Done, or noted why not, and raised."""
        row = linked.row
        alone = self._of_account.setdefault(row.account_id, asyncio.Lock())
        try:
            async with nullcontext() if what == FULL else alone:
                provider = await self._accounts.opened(row.account_id)
                self._calls[row.account_id] = provider.calls_last_hour
                before = provider.calls_last_hour()
                if row.cursor is None:
                    row = linked.row = replace(linked.row, cursor=await self._refreshing.cursor(row))
                try:
                    await self._do(linked, what, progress, by_hand=by_hand)
                except ProviderRefused:
                    if self._accounts.is_open(row.account_id, provider):
                        raise
                    raise ProviderAway(CHANGED) from None
                finally:
                    await self._accounts.let_go(row.account_id, provider)
                linked.costs[what] = max(1.0, float(provider.calls_last_hour() - before))
        except ProviderRefused as problem:
            words = self._accounts.words(row.account_id, problem)
            if what == ROSTER and row.cursor and not linked.full_wanted:
                # It may be the cursor alone: then all of it says where we are.
                log.info("session %d: %s does not go on (%s): all is loaded", row.session_id, row.kind, words)
                linked.full_wanted = True
            else:
                await self._stop(linked, words)
            raise ProviderRefused(words) from None
        except ProviderAway as problem:
            words = self._accounts.words(row.account_id, problem)
            self._wait(linked, words, problem.retry_after_s)
            raise ProviderAway(words, retry_after_s=problem.retry_after_s) from None
        except StoreError as problem:
            self._wait(linked, str(problem))
            raise
        except HubError as problem:  # the session is gone, or has another service
            self._wait(linked, str(problem))
            self.look()
            raise
        await self._went_well(linked)

    async def _do(self, linked: Linked, what: str, progress: Progress, *, by_hand: bool) -> None:
        row = linked.row

        def holds() -> bool:
            return self._linked.get(row.session_id) is linked

        if what == RESULTS:
            linked.results = await self._refreshing.results(row, linked.results, holds)
            linked.results_s = self.times.now_s()
            figures = {**linked.row.figures, RESULTS: len(linked.results)}
            linked.row = replace(linked.row, figures=figures)
            return
        noted = True
        if what == FULL or not row.cursor:
            done = await self._refreshing.all(row, progress, by_hand=by_hand, holds=holds)
            linked.full_wanted = False
            linked.recent.clear()
        else:
            noted = self.times.now_s() - linked.noted_s >= NOTED_S
            done = await self._refreshing.changes(row, linked.recent, holds, note=noted)
        now_s = self.times.now_s()
        if noted:
            linked.noted_s = now_s
        linked.row = replace(
            linked.row,
            cursor=done.cursor,
            figures={**linked.row.figures, **done.figures},
            synced_s=now_s,
            full_s=now_s if what == FULL else linked.row.full_s,
        )

    async def _went_well(self, linked: Linked) -> None:
        if linked.away:
            log.info("session %d: its service answers again", linked.row.session_id)
        linked.tries, linked.away, linked.away_until_s = 0, "", 0.0
        linked.row = replace(linked.row, problem="")
        account_id = linked.row.account_id
        if account_id in self._refused or linked.row.refused:
            self._refused.discard(account_id)
            linked.row = replace(linked.row, refused="")
            with suppress(StoreError):
                await self._accounts.refused(account_id, "")

    async def _stop(self, linked: Linked, words: str) -> None:
        """Nothing is asked any more, until somebody has changed something."""
        row = linked.row
        log.warning("session %d: %s refuses (%s): it is not asked any more", row.session_id, row.kind, words)
        linked.row = replace(row, problem=words)
        self._refused.add(row.account_id)
        with suppress(StoreError):  # the next start is told by the service
            async with self._stores.transaction() as connection:
                await providers.failed(connection, row, words)
            await self._accounts.refused(row.account_id, words)

    def _wait(self, linked: Linked, words: str, retry_after_s: float | None = None) -> None:
        linked.tries += 1
        wait_s = back_off_s(linked.tries, retry_after_s)
        linked.away_until_s = self.times.now_s() + wait_s / self.times.hurry
        if linked.away != words:
            linked.away = words
            log.warning(
                "session %d: nothing comes of its service, which is asked again in %.0f s: %s",
                linked.row.session_id,
                wait_s,
                words,
            )


def _same(one: LinkRow, other: LinkRow) -> bool:
    """Whether both lead to the same."""
    return (one.account_id, one.event_ref, one.races) == (other.account_id, other.event_ref, other.races)


def _came_of(before: LinkRow, after: LinkRow) -> dict[str, int]:
    """Sums are counted since all was loaded, and so from nothing where that was just now."""
    sums = before.figures if before.full_s == after.full_s else {}
    found = {name: after.figures.get(name, 0) - sums.get(name, 0) for name in ("added", "changed", "gone")}
    return found | {name: after.figures.get(name, 0) for name in ("participants", RESULTS)}
