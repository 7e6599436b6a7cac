"""How often a wrong password may be tried. Knows accounts and addresses as words, and a clock; refuses to know what is
tried.

What is counted, and what `limits.login_tries` wrong ones in a row (of the looser counts, a multiple) lead to:

- one account from one address: a pause, twice as long after each further one, up to an hour;
- one address, whatever the account, four times as many: the same, but one is forgotten every two minutes, for an office
  full of people comes from one address. Else one password could be tried on all accounts;
- one account, whatever the address, twenty times as many: a pause of up to a minute, for addresses from which the
  account was not signed in to before. So a thousand addresses may not try a password each; and whoever keeps on trying
  can neither lock out a user who comes from where he came from before, nor for more than a minute at a time anybody.

A try counts when it begins, so that a hundred at once are not more than five; one that was right is taken back. An
account that does not exist is counted like any other. All of it is forgotten in an hour without a try, at a start, and
the oldest first beyond ENTRIES_MAX.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from aiohttp import web

from hub.web.peers import peer_of

FIRST_S: Final = 30.0
PAUSE_S_MAX: Final = 3600.0
ACCOUNT_PAUSE_S_MAX: Final = 60.0
FORGET_S: Final = 3600.0
"""Without a try, after the end of the pause."""
FADE_S: Final = 120.0
ADDRESS_TIMES: Final = 4
ACCOUNT_TIMES: Final = 20
ENTRIES_MAX: Final = 50_000
"""Some 20 MB. Each costs who makes it a hash of ours, so it takes an hour to fill it."""


@dataclass(slots=True)
class _Count:
    tries: float = 0.0
    until: float = 0.0
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class _Rule:
    times: int
    pause_s_max: float
    fade_s: float = math.inf
    """After so long one try is forgotten."""


_PAIR: Final = _Rule(1, PAUSE_S_MAX)
_ADDRESS: Final = _Rule(ADDRESS_TIMES, PAUSE_S_MAX, FADE_S)
_ACCOUNT: Final = _Rule(ACCOUNT_TIMES, ACCOUNT_PAUSE_S_MAX)


class Pauses:
    """`clock` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        # shared
        self._clock = clock
        # state, what was used last at the end
        self._counts: OrderedDict[bytes, _Count] = OrderedDict()
        self._known: OrderedDict[bytes, None] = OrderedDict()
        """Pairs of account and address with which somebody has signed in."""

    @property
    def held(self) -> int:
        return len(self._counts) + len(self._known)

    def admit(self, account: str, remote: str | None, tries: int) -> int:
        """Counts a try, which `right` or `undone` takes back; or gives the seconds after which there may be one.
        `tries`: limits.login_tries."""
        now = self._clock()
        self._forget(now)
        rules = self._rules(account, remote)
        wait_s = max(self._wait_s(key, now) for key in rules)
        if wait_s > 0:
            return math.ceil(wait_s)
        for key, rule in rules.items():
            self._count(key, rule, tries, now)
        return 0

    def wait_s(self, account: str, remote: str | None) -> int:
        """Seconds until there may be another try, without counting one."""
        now = self._clock()
        return math.ceil(max(0.0, *(self._wait_s(key, now) for key in self._rules(account, remote))))

    def right(self, account: str, remote: str | None) -> None:
        """The try that was admitted has the right password."""
        pair, address, everywhere = _keys(account, remote)
        for key in (pair, everywhere):
            self._counts.pop(key, None)
        self._take_back(address)  # not more: who has an account of his own could try others' for ever
        self._known[pair] = None
        self._known.move_to_end(pair)
        if len(self._known) > ENTRIES_MAX:
            self._known.popitem(last=False)

    def undone(self, account: str, remote: str | None) -> None:
        """The try that was admitted could not be looked at."""
        for key in self._rules(account, remote):
            self._take_back(key)

    def _rules(self, account: str, remote: str | None) -> dict[bytes, _Rule]:
        pair, address, everywhere = _keys(account, remote)
        rules = {pair: _PAIR, address: _ADDRESS}
        return rules if pair in self._known else rules | {everywhere: _ACCOUNT}

    def _wait_s(self, key: bytes, now: float) -> float:
        held = self._counts.get(key)
        return held.until - now if held else 0.0

    def _count(self, key: bytes, rule: _Rule, tries: int, now: float) -> None:
        held = self._counts.pop(key, None) or _Count()
        faded = held.tries if _is_forgotten(held, now) else (now - held.at) / rule.fade_s
        held.tries = max(0.0, held.tries - faded)
        self._counts[key] = held
        held.tries += 1
        held.at = now
        beyond = held.tries - tries * rule.times
        if beyond >= 0:
            held.until = now + min(FIRST_S * 2.0 ** min(beyond, 30), rule.pause_s_max)

    def _take_back(self, key: bytes) -> None:
        held = self._counts.get(key)
        if held is not None:
            held.tries -= 1
            held.until = 0.0  # it was admitted, so there was no pause before it
            if held.tries <= 0:
                del self._counts[key]

    def _forget(self, now: float) -> None:
        while self._counts:
            key, held = next(iter(self._counts.items()))
            if len(self._counts) <= ENTRIES_MAX and not _is_forgotten(held, now):
                return
            del self._counts[key]


PAUSES: Final = web.AppKey("pauses", Pauses)


def _is_forgotten(held: _Count, now: float) -> bool:
    return now - max(held.at, held.until) >= FORGET_S


def _keys(account: str, remote: str | None) -> tuple[bytes, bytes, bytes]:
    """As long for a whole novel as for a name, and none of what was typed, which may be a password."""
    who, peer = account.strip().casefold(), peer_of(remote)
    return _key("both", who, peer), _key("address", peer), _key("account", who)


def _key(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).digest()
