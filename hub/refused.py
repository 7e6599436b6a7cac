"""Readers that could not prove who they are: how often, and how long each address waits for its next verdict. Knows
words and a clock; refuses to know passwords.

A stream password has too many characters to be guessed; the pause is for the log and the processor. It is for every
verdict of an address, a good one too: else whoever guesses would only not wait for the others. It stays below the 5 s
after which SimpleClient hangs up by itself.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from hub.model import US_PER_S, Proved

FREE_TRIES: Final = 3
"""Wrong ones of an address, before it waits: whoever sets up a reader may mistype."""
FIRST_S: Final = 0.5
PAUSE_S_MAX: Final = 4.0
FADE_S: Final = 600.0
"""Without a wrong one; then the address begins anew."""
ADDRESSES_MAX: Final = 10_000
ROWS_MAX: Final = 200
SAID_EVERY_S: Final = 60.0
"""A reader that is refused comes back every second; its line in the log does not."""

K = TypeVar("K")
V = TypeVar("V")


class Refused(msgspec.Struct):
    """The readers of one address that were refused for one reason, as one user. `user`: as it may be shown. `named`:
    whose user it is; None: nobody's. at_us: the last time."""

    at_us: int
    listener: str
    address: str
    user: str
    reason: str
    named: Proved | None
    count: int = 0
    said_us: int = 0


class _Tries(msgspec.Struct):
    count: int = 0
    at_us: int = 0


class RefusedReaders:
    """`now_us`: the clock."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        # shared
        self._now_us = now_us
        # state, the last one at the end
        self._rows: OrderedDict[tuple[str, str, str, str], Refused] = OrderedDict()
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    @property
    def rows(self) -> list[Refused]:
        """The last one first."""
        return list(reversed(self._rows.values()))

    def note(self, listener: str, address: str, user: str, reason: str, named: Proved | None) -> int:
        """One more was refused. Gives how often, when that is to be said in the log now; else 0."""
        now_us = self._now_us()
        key = (listener, address, user, reason)
        row = self._rows.pop(key, None) or Refused(now_us, listener, address, user, reason, named)
        row.at_us, row.named, row.count = now_us, named, row.count + 1
        _keep(self._rows, key, row, ROWS_MAX)
        if row.count > 1 and now_us - row.said_us < SAID_EVERY_S * US_PER_S:
            return 0
        row.said_us = now_us
        return row.count

    def wrong(self, address: str) -> None:
        """A wrong proof came from there."""
        now_us = self._now_us()
        tries = self._tries.pop(address, None) or _Tries()
        tries.count = 1 if self._has_faded(tries) else tries.count + 1
        tries.at_us = now_us
        _keep(self._tries, address, tries, ADDRESSES_MAX)

    def pause_s(self, address: str) -> float:
        """How long the next verdict waits."""
        tries = self._tries.get(address)
        if tries is None or self._has_faded(tries) or tries.count <= FREE_TRIES:
            return 0.0
        return min(FIRST_S * 2.0 ** min(tries.count - FREE_TRIES - 1, 30), PAUSE_S_MAX)

    def _has_faded(self, tries: _Tries) -> bool:
        return self._now_us() - tries.at_us >= FADE_S * US_PER_S


def _keep(held: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    held[key] = value
    if len(held) > most:
        held.popitem(last=False)
