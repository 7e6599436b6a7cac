"""How many reads a second each session gets, over the last minute. Pure: it is told of batches, and of the time."""

from typing import Final

from hub.model import US_PER_S

RATE_SECONDS: Final = 60
"""As far back as it is remembered, one figure a second."""


class _Counts:
    """A ring of seconds. `at`: the last of them."""

    __slots__ = ("at", "counts")

    def __init__(self, second: int) -> None:
        self.at = second
        self.counts = [0] * RATE_SECONDS

    def turn(self, second: int) -> None:
        """What is older than a minute is forgotten. A clock that was set back goes on in the same second."""
        for each in range(max(self.at + 1, second - RATE_SECONDS + 1), second + 1):
            self.counts[each % RATE_SECONDS] = 0
        self.at = max(self.at, second)


class Rates:
    """By the numbers of sessions. Those of which nothing has come for a minute are forgotten."""

    def __init__(self) -> None:
        self._sessions: dict[int, _Counts] = {}

    def add(self, session_id: int, reads: int, now_us: int) -> None:
        second = now_us // US_PER_S
        held = self._sessions.get(session_id)
        if held is None:
            self._forget(second)
            held = self._sessions[session_id] = _Counts(second)
        held.turn(second)
        held.counts[held.at % RATE_SECONDS] += reads

    def of(self, session_id: int, now_us: int) -> list[int]:
        """Reads in each of the last whole seconds, the oldest first; empty: none at all. The second that is not over
        is not among them."""
        held = self._sessions.get(session_id)
        if held is None:
            return []
        held.turn(now_us // US_PER_S)
        found = [held.counts[each % RATE_SECONDS] for each in range(held.at + 1, held.at + RATE_SECONDS)]
        return found if any(found) else []

    def _forget(self, second: int) -> None:
        for session_id in [each for each, held in self._sessions.items() if second - held.at > RATE_SECONDS]:
            del self._sessions[session_id]
