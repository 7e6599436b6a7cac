"""One session's roster and official results, fetched from a registration service and put in force. Knows the order: all
that the service says first, then the tables, memory and screens by `hub.rostering`, last from where to go on.

So a hub that dies in the middle asks again from where it was before, and nothing is doubled: what comes again is held.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec.structs import replace

from hub.accounts import OPERATOR, Caller
from hub.errors import Conflict, ProviderAway
from hub.hub import Hub
from hub.jobs import Progress
from hub.model import Official
from hub.provider_accounts import ProviderAccounts
from hub.providers.words import Cursor, Page, Provider, Result
from hub.roster_words import PROVIDER, Entry
from hub.rostering import REMOVE, Outcome, Rostering
from hub.store import official_results, providers
from hub.stores import Stores
from hub.sync_words import LinkRow, ResultRow, entry_of
from hub.web.live import Live

log = logging.getLogger(__name__)

RECENT_MAX: Final = 100_000
"""Entries of which it is known that they were put in force as they are: a refresh asks for more than it needs, and some
services give all of a roster each time. 20 MiB at the most, for one session."""
RECENT_AT_ONCE: Final = 500
RESULTS_AT_ONCE: Final = 500
NOBODY_LEFT: Final = (
    "The service names nobody any more; the roster stays as it is. If that is right, load all of it by hand."
)

Known = Mapping[str, int]
"""Official results, so far as they can be told from others: by their entries."""

_encode: Final = msgspec.msgpack.Encoder(order="sorted").encode


def nothing(done: int, total: int | None = None, words: str | None = None) -> None:
    """Progress that nobody wants to know."""


@dataclass(slots=True)
class Recent:
    """What was put in force lately, by the service's names: entries as they were said, and those who were gone."""

    entries: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    async def new(self, page: Page) -> tuple[list[Entry], list[str]]:
        """What of it is another than what it was."""
        entries: list[Entry] = []
        for first in range(0, len(page.entries), RECENT_AT_ONCE):
            entries += [
                each
                for each in page.entries[first : first + RECENT_AT_ONCE]
                if not each.external_id or self.entries.get(each.external_id) != _digest(each)
            ]
            await asyncio.sleep(0)
        return entries, [each for each in page.gone if each not in self.gone]

    def put(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        for each in entries:
            if each.external_id:
                self.entries[each.external_id] = _digest(each)
                self.gone.discard(each.external_id)
        for name in gone:
            self.gone.add(name)
            self.entries.pop(name, None)
        if len(self.entries) + len(self.gone) > RECENT_MAX:
            self.clear()

    def clear(self) -> None:
        self.entries.clear()
        self.gone.clear()


class Refreshing:
    """Every method may raise ProviderRefused, ProviderAway, NotFound, Conflict, StoreAway and StoreError. `holds` says
    whether the session still has this service."""

    def __init__(
        self,
        hub: Hub,
        live: Live,
        stores: Stores,
        accounts: ProviderAccounts,
        rostering: Rostering,
    ) -> None:
        self._hub = hub
        self._live = live
        self._stores = stores
        self._accounts = accounts
        self._rostering = rostering

    async def all(
        self,
        row: LinkRow,
        progress: Progress = nothing,
        *,
        by_hand: bool = False,
        holds: Callable[[], bool] = lambda: True,
    ) -> LinkRow:
        """The whole roster; who is not on it any more is gone, but not all of them, unless somebody has said so."""
        provider = await self._accounts.opened(row.account_id)
        cursor: Cursor = {}
        count = 0

        async def entries() -> AsyncIterator[Sequence[Entry]]:
            nonlocal cursor, count
            async for page in provider.roster(row.event_ref, row.races, {}):
                cursor = page.cursor or cursor
                count += len(page.entries)
                progress(count, page.total, f"{row.account_name} names them")
                if page.entries:
                    yield page.entries
            _check(holds)
            if not count and row.figures.get("participants") and not by_hand:
                raise ProviderAway(NOBODY_LEFT)
            progress(0, count, "they are put on the roster")

        def put(done: int, total: int | None) -> None:
            if total is not None:
                progress(done, total)

        outcome = await self._rostering.apply(
            _by(row), row.session_id, PROVIDER, entries(), gone=REMOVE, progress=put
        )
        figures = _figures({}, outcome)
        await self._synced(row, cursor, figures, full=True)
        log.info(
            "session %d: %d participants of %s; %d are new, %d changed, %d gone",
            row.session_id,
            count,
            row.account_name,
            outcome.added,
            outcome.changed,
            outcome.gone,
        )
        return replace(row, cursor=cursor, figures={**row.figures, **figures}, problem="")

    async def cursor(self, row: LinkRow) -> Cursor:
        """From where the session's next refresh goes on, as the tables have it."""
        async with self._stores.transaction() as connection:
            return await providers.cursor(connection, row.session_id)

    async def changes(
        self,
        row: LinkRow,
        recent: Recent,
        holds: Callable[[], bool] = lambda: True,
        *,
        note: bool = True,
    ) -> LinkRow:
        """What has changed since the cursor. `recent`: what it is then, too. `note`: in the tables, even if nothing has
        changed but the cursor: a hub that dies asks once more for what it has."""
        provider = await self._accounts.opened(row.account_id)
        entries: list[Entry] = []
        gone: list[str] = []
        cursor = row.cursor or {}
        async for page in provider.roster(row.event_ref, row.races, cursor):
            of_page = await recent.new(page)
            entries += of_page[0]
            gone += of_page[1]
            cursor = page.cursor or cursor
        figures = dict(row.figures)
        _check(holds)
        if entries or gone:
            outcome = await self._rostering.apply(
                _by(row), row.session_id, PROVIDER, [entries] if entries else [], gone=frozenset(gone)
            )
            recent.put(entries, gone)
            figures = _figures(row.figures, outcome)
        if note or entries or gone:
            await self._synced(row, cursor, figures, full=False)
        return replace(row, cursor=cursor, figures=figures, problem="")

    async def results(
        self, row: LinkRow, known: Known | None, holds: Callable[[], bool] = lambda: True
    ) -> Known:
        """All official results, put in force where they are others than before. `known`: what it gave the last time;
        None: that is to be looked up."""
        provider = await self._accounts.opened(row.account_id)
        found = await _results(provider, row)
        if known is None:
            async with self._stores.transaction() as connection:
                held = await official_results.of_session(connection, row.session_id)
            known = await asyncio.to_thread(_digests, held)
        now = await asyncio.to_thread(_digests, list(found.values()))
        _check(holds)
        if not found or now == known:
            return known
        changed = [found[entry] for entry, digest in now.items() if known.get(entry) != digest]
        for first in range(0, len(changed), RESULTS_AT_ONCE):
            async with self._stores.transaction() as connection:
                await official_results.put(
                    connection, row.session_id, changed[first : first + RESULTS_AT_ONCE]
                )
        async with self._stores.transaction() as connection:
            await official_results.remove(connection, row.session_id, known.keys() - now.keys())
        self.show(row.session_id, await asyncio.to_thread(official_results.by_bib, list(found.values())))
        return now

    def show(self, session_id: int, results: Official) -> None:
        """To the screens of an active session."""
        session = self._hub.sessions.get(session_id)
        if session is not None:
            self._live.new_results(session, results)

    async def _synced(self, row: LinkRow, cursor: Cursor, figures: Mapping[str, int], *, full: bool) -> None:
        async with self._stores.transaction() as connection:
            await providers.synced(connection, row, cursor, {**row.figures, **figures}, full=full)


def _check(holds: Callable[[], bool]) -> None:
    if not holds():
        raise Conflict("The session has another service by now, or none.")


async def _results(provider: Provider, row: LinkRow) -> dict[str, ResultRow]:
    found: dict[str, ResultRow] = {}
    async for piece in provider.results(row.event_ref, row.races):
        for each in piece:
            entry = _entry(each)
            if entry:
                found[entry] = ResultRow(entry, _plain(each.bib), _plain_fields(each.fields))
    return found


def _entry(result: Result) -> str:
    return _plain(entry_of(result.external_id.strip(), result.bib.strip()))


def _plain(text: str) -> str:
    """As PostgreSQL can hold it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _plain_fields(fields: Mapping[str, str]) -> dict[str, str]:
    return {_plain(name): _plain(text) for name, text in fields.items()}


def _by(row: LinkRow) -> Caller:
    """Who the log of changes says it was."""
    return Caller(0, row.partner_id, OPERATOR, f"{row.account_name} (service)")


def _figures(before: Mapping[str, int], outcome: Outcome) -> dict[str, int]:
    """Since all was loaded."""
    sums = {name: before.get(name, 0) + getattr(outcome, name) for name in ("added", "changed", "gone")}
    return {**before, **sums, "participants": outcome.participants}


def _digests(rows: Iterable[ResultRow]) -> Known:
    return {each.entry: _digest(each) for each in rows}


def _digest(entry: Entry | ResultRow) -> int:
    return int.from_bytes(hashlib.blake2b(_encode(entry), digest_size=8).digest(), "big")
