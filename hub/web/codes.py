"""Display codes in addresses: which display it is, and how many that are none one peer may try. Knows addresses and a
clock; refuses to know what a display shows.

A code that is known is never refused and never counted, for all screens of a venue may share one address with whoever
tries codes there. So a guess that hits is answered whatever went before it: what keeps codes from being guessed is
that there are 32^8 of them. The limit keeps trying from being cheap for who tries, and dear for the hub and its log.

Of ready-made limiters `limits` was tried: it keeps every address it has ever seen in memory, starts a thread for each
try, and goes by the wall clock.
"""

import math
from collections import deque
from collections.abc import Callable
from typing import Final

from aiohttp import web

from hub.errors import TooMany
from hub.model import DisplayRow
from hub.web.peers import peer_of
from hub.web.seldom import say_seldom
from hub.web.state import CONDITION, HUB, settings

WINDOW_S: Final = 60.0
TRIES_HELD_MAX: Final = 100_000
"""Tries of all addresses together that are remembered, some 20 MB: the oldest are forgotten first. One address alone
may have no more (limits.code_tries_per_minute)."""
TRYING: Final = "tries codes that no display has"


class Tries:
    """What was tried in the last minute, by whom. `clock` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        # shared
        self._clock = clock
        # state
        self._of: dict[str, list[float]] = {}
        """When each peer has tried, the oldest first."""
        self._order: deque[str] = deque()
        """Who has tried, over all peers, the oldest first."""

    @property
    def held(self) -> int:
        return len(self._order)

    def admit(self, remote: str, per_minute: int) -> int:
        """Counts a try of this address, unless it has had so many in the last minute: then gives the seconds after
        which it may try again, else 0."""
        now = self._clock()
        self._forget(now)
        peer = peer_of(remote)
        own = self._of.get(peer, [])
        if len(own) >= per_minute:
            return max(1, math.ceil(own[-per_minute] + WINDOW_S - now))
        self._of.setdefault(peer, own).append(now)
        self._order.append(peer)
        return 0

    def _forget(self, now: float) -> None:
        while self._order:
            peer = self._order[0]
            own = self._of[peer]
            if len(self._order) < TRIES_HELD_MAX and now - own[0] < WINDOW_S:
                return
            self._order.popleft()
            del own[0]
            if not own:
                del self._of[peer]


TRIES: Final = web.AppKey("tries", Tries)


def display_of(request: web.Request) -> DisplayRow | None:
    """The display whose code is in the address; None: there is none, or not any more. Raises TooMany.

    A hub that is starting knows no display yet, and counts nothing.
    """
    return display_with(request, code_of(request))


def display_with(request: web.Request, code: str) -> DisplayRow | None:
    """The same for a code that stands elsewhere."""
    row = request.app[HUB].displays.get(code.upper())
    if row is not None and not row.holds(request.app[CONDITION].now_us()):
        row = None
    if row is None and not request.app[CONDITION].not_ready:
        wait_s = request.app[TRIES].admit(
            request.remote or "", settings(request).limits.code_tries_per_minute
        )
        if wait_s:
            say_seldom(request, TRYING)
            raise TooMany("Too many unknown codes were tried from here. Try again later.", retry_s=wait_s)
    return row


def code_of(request: web.Request) -> str:
    """As it is stored: people may type it in lower case. Bytes that are no UTF-8 may come as half characters, with
    which no page can be made."""
    return request.match_info["code"].upper().encode("utf-8", "replace").decode()
