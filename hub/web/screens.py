"""The fleet: screens known one by one, those that are connected and those that were. Knows what each says of itself and
what somebody wishes of it; refuses to know what they show.

All of it is in memory. What is to outlive the hub is kept in the store, a few seconds later and many screens at once;
a store that is away keeps nobody from anything.

A screen makes up a word for itself and keeps it (display-own.js). The hub calls it by what it makes of that word and of
the partner whose display it shows: so nobody has another partner's screen by naming it, and no list tells the word.
"""

import asyncio
import hashlib
import logging
import re
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from aiohttp import web
from msgspec.structs import replace

from hub import encode
from hub.accounts import Caller
from hub.errors import StoreAway, StoreError
from hub.fanout import MOVED, REPLACED, CloseReason
from hub.latency import Minute
from hub.model import US_PER_S, DisplayRow, ScreenRow
from hub.web.screen_messages import Message, Pong, ScreenState
from hub.web.state import ScreenStore

log = logging.getLogger(__name__)

OWN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
"""What a screen may call itself."""
ID_BYTES: Final = 16
SAME_MAX: Final = 8
"""Tabs of one browser that are told apart."""
QUIET_US_MAX: Final = 12 * US_PER_S
"""A screen answers every tick: one that has not for so long is not there, whatever its connection looks like."""
ROUND_TRIP_US_MAX: Final = 60 * US_PER_S
OFFLINE_MAX: Final = 300
"""Screens of a partner that are remembered while they are away: a large event has a tenth."""
VERSION_CHARS_MAX: Final = 40
SAVE_S: Final = 2.0
SAVED_AT_ONCE: Final = 200
"""Rows in one question, which the loop makes ready in a millisecond."""
SEEN_S: Final = 300.0
"""How often it is kept that a screen is still there: a hub that is killed knows no better when it was gone."""
LAST_SAVE_S_MAX: Final = 1.0
SHOWS: Final = frozenset(
    ("connecting", "resting", "runner", "several", "gun", "stale", "blank", "message", "emergency", "gone")
)


class Line(Protocol):
    """A screen's connection. `framed_us`: how long ago its last frame left."""

    def tell(self, message: bytes) -> None: ...

    def cut(self, reason: CloseReason) -> None: ...

    def frame_age_us(self) -> int: ...


@dataclass(slots=True, eq=False)
class Known:
    """One screen. `line` None: it is away. `tab`: which load of its page it is, made up by that."""

    row: ScreenRow
    line: Line | None = None
    own: str = ""
    tab: str = ""
    visible: bool = False
    shows: str = ""
    round_trip_us: int | None = None
    heard_us: int = 0
    lately: Minute = field(default_factory=Minute)
    """How long reads took from their arrival until it had painted them."""

    def tell_settings(self) -> None:
        if self.line is not None:
            self.line.tell(encode.screen_settings(self.row, self.own))


def known_as(partner_id: int, own: str) -> str:
    """What the hub calls a screen of this partner that calls itself so."""
    digest = hashlib.blake2b(f"{partner_id} {own}".encode(), digest_size=ID_BYTES).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


class Fleet:
    """`changing`: held by whoever changes what is kept of a screen."""

    def __init__(self, store: ScreenStore, now_us: Callable[[], int]) -> None:
        self.changing = asyncio.Lock()
        # shared
        self._store = store
        self._now_us = now_us
        # state
        self._known: dict[str, Known] = {}
        self._unsaved: set[str] = set()
        self._gone: defaultdict[int, set[str]] = defaultdict(set)
        """Forgotten here, and not in the store yet, by partner."""
        self._loaded = False

    # who is there

    def come(self, display: DisplayRow, own: str, tab: str, line: Line) -> Known | None:
        """A screen has a connection. None: it does not say who it is, and is not told apart."""
        if not OWN.fullmatch(own):
            return None
        now_us = self._now_us()
        for word in [own, *(f"{own[:60]}-{number}" for number in range(2, SAME_MAX + 1))]:
            screen_id = known_as(display.partner_id, word)
            known = self._known.get(screen_id)
            if known is None:
                row = ScreenRow(screen_id, display.partner_id, display.code, first_us=now_us)
                known = self._known[screen_id] = Known(row)
            elif known.line is not None and known.tab != tab and now_us - known.heard_us < QUIET_US_MAX:
                continue  # another tab of the same browser, which is there
            self._sit(known, display, word, tab, line, now_us)
            return known
        return None

    def _sit(self, known: Known, display: DisplayRow, own: str, tab: str, line: Line, now_us: int) -> None:
        before, known.line = known.line, line
        if before is not None:
            before.cut(REPLACED)
        known.own, known.tab, known.heard_us = own, tab, now_us
        known.visible, known.shows, known.round_trip_us = True, "", None
        known.row = replace(known.row, code=display.code, last_us=now_us)
        self._gone[display.partner_id].discard(known.row.id)
        self._unsaved.add(known.row.id)
        known.tell_settings()

    def leave(self, known: Known, line: Line) -> None:
        """Its connection has ended, unless it has another one by now."""
        if known.line is line:
            known.line = None
            known.row = replace(known.row, last_us=self._now_us())
            self._unsaved.add(known.row.id)

    def hear(self, known: Known, message: Message) -> None:
        """What a screen has said."""
        now_us = known.heard_us = self._now_us()
        if isinstance(message, Pong):
            known.round_trip_us = _round_trip_us(message, now_us)
        elif isinstance(message, ScreenState):
            known.visible = message.visible
            known.shows = message.shows if message.shows in SHOWS else ""
            version = message.version.replace("\0", "")[:VERSION_CHARS_MAX]
            row = replace(known.row, width=message.size[0], height=message.size[1], version=version)
            if row != known.row:
                known.row = row
                self._unsaved.add(row.id)

    def of(self, who: Caller) -> list[Known]:
        """Those that this caller may see, in the order in which they came first."""
        return [each for each in self._known.values() if who.sees(each.row.partner_id)]

    def known(self) -> list[Known]:
        """All, whose ever they are."""
        return list(self._known.values())

    def find(self, screen_id: str) -> Known | None:
        return self._known.get(screen_id)

    # wishes

    def identify_all(self, code: str) -> int:
        """All screens of a display say who they are. Gives how many there are."""
        return self._wish_all(code, "identify")

    def reload_all(self, code: str) -> int:
        return self._wish_all(code, "reload")

    def _wish_all(self, code: str, kind: str) -> int:
        there = [each.line for each in self._known.values() if each.line and each.row.code == code]
        for line in there:
            line.tell(encode.wish(kind))
        return len(there)

    async def change(self, by: Caller, known: Known, wanted: ScreenRow, action: str) -> bool:
        """Its name, whether it is dark, and its code become those of `wanted`. `action`: what the log calls it. False:
        that code leads nowhere. Raises StoreAway, StoreError."""
        if not await self._store.change(by, wanted, action):
            return False
        moved = wanted.code != known.row.code
        known.row = replace(known.row, name=wanted.name, blank=wanted.blank, code=wanted.code)
        if moved and known.line is not None:
            known.line.cut(moved_to(wanted.code))
        else:
            known.tell_settings()
        return True

    async def delete(self, by: Caller, known: Known) -> None:
        """One that is away is forgotten. Raises StoreAway, StoreError."""
        await self._store.delete(by, known.row)
        if known.line is None:
            self._forget(known)

    def forget_code(self, code: str) -> None:
        """A display is gone, and in the store all its screens with it."""
        for known in [each for each in self._known.values() if each.row.code == code]:
            self._forget(known)

    def _forget(self, known: Known) -> None:
        self._known.pop(known.row.id, None)
        self._unsaved.discard(known.row.id)

    # what is kept

    async def load(self) -> None:
        """All that is kept, beside who has come meanwhile. A store that is away is asked again later."""
        try:
            rows = await self._store.all()
        except StoreAway as problem:
            log.warning("screens: %s; their names come later", problem)
            return
        for row in rows:
            known = self._known.setdefault(row.id, Known(row))
            if known.row is not row:
                known.row = replace(known.row, name=row.name, blank=row.blank, first_us=row.first_us)
                known.tell_settings()
        self._loaded = True

    async def keep(self) -> None:
        """Until cancelled, and then once more."""
        waited_s = 0.0
        try:
            while True:
                await asyncio.sleep(SAVE_S)
                waited_s += SAVE_S
                if not self._loaded:
                    await self.load()
                if waited_s >= SEEN_S:
                    waited_s = 0.0
                    self._note_seen()
                await self.save()
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_SAVE_S_MAX):
                    await self.save()

    async def save(self) -> None:
        """What has changed since the last time. What the store does not take waits; what it refuses is said."""
        self._prune()
        unsaved, self._unsaved = self._unsaved, set()
        gone, self._gone = self._gone, defaultdict(set)
        rows = defaultdict(list)
        for known in filter(None, map(self._known.get, unsaved)):
            rows[known.row.partner_id].append(known.row)
        for partner_id in rows.keys() | gone.keys():
            await self._save(partner_id, [], gone[partner_id])
            for some in _pieces(rows[partner_id]):
                await self._save(partner_id, some, set())

    async def _save(self, partner_id: int, rows: Sequence[ScreenRow], gone: set[str]) -> None:
        if not (rows or gone):
            return
        try:
            await self._store.save(partner_id, rows, sorted(gone))
        except StoreAway:
            self._unsaved |= {row.id for row in rows}
            self._gone[partner_id] |= gone
        except StoreError as problem:
            log.warning("screens: %d are not kept: %s", len(rows), problem)

    def _note_seen(self) -> None:
        now_us = self._now_us()
        for known in self._known.values():
            if known.line is not None:
                known.row = replace(known.row, last_us=now_us)
                self._unsaved.add(known.row.id)

    def _prune(self) -> None:
        """Of those that are away the oldest are forgotten; before them, those of which nobody has wished anything."""
        for partner_id, away in _by_partner(each for each in self._known.values() if each.line is None):
            away.sort(key=lambda each: (bool(each.row.name or each.row.blank), each.row.last_us))
            for known in away[: max(0, len(away) - OFFLINE_MAX)]:
                self._forget(known)
                self._gone[partner_id].add(known.row.id)


def moved_to(code: str) -> CloseReason:
    """The end of a screen that is to go on under another code."""
    return CloseReason(MOVED.code, MOVED.text, code)


def _pieces(rows: list[ScreenRow]) -> Iterator[list[ScreenRow]]:
    for start in range(0, len(rows), SAVED_AT_ONCE):
        yield rows[start : start + SAVED_AT_ONCE]


def _by_partner(known: Iterable[Known]) -> Iterator[tuple[int, list[Known]]]:
    found: defaultdict[int, list[Known]] = defaultdict(list)
    for each in known:
        found[each.row.partner_id].append(each)
    yield from found.items()


def _round_trip_us(pong: Pong, now_us: int) -> int | None:
    """From a tick to its answer; None where that says nothing."""
    try:
        sent = datetime.fromisoformat(str(pong.at))
    except ValueError:
        return None
    if sent.tzinfo is None:
        return None
    passed_us = now_us - round(sent.timestamp() * US_PER_S)
    return passed_us if 0 <= passed_us <= ROUND_TRIP_US_MAX else None


FLEET: Final = web.AppKey("fleet", Fleet)
