"""How many calls an account may still make. Knows an hour and a limit; refuses to know what is called.

A service counts calls by the hour and shuts the door on who has made too many, for everybody who uses that account.
So the hub counts first: what may come at once is a quarter of the hour's calls, and three quarters come back over an
hour; no sixty minutes ever see more than the limit, wherever they begin.
"""

import asyncio
from collections import deque
from typing import Final

from aiolimiter import AsyncLimiter

from hub.errors import ProviderAway

HOUR_S: Final = 3600.0
BURST: Final = 0.25
"""Of an hour's calls, how many may be made at once."""


class Budget:
    """Of one account, whoever asks in its name. `hour_s`: how long an hour is, for tests."""

    def __init__(self, calls_per_hour: int, *, hour_s: float = HOUR_S) -> None:
        burst = max(1, int(calls_per_hour * BURST))
        back_per_s = max(calls_per_hour - burst, 1) / hour_s
        self.calls_per_hour = calls_per_hour
        self._hour_s = hour_s
        self._limiter = AsyncLimiter(burst, burst / back_per_s)
        self._made: deque[float] = deque()
        self._shut_until = 0.0

    def __repr__(self) -> str:
        return f"Budget({self.calls_per_hour} an hour)"

    async def take(self, *, wait_s_max: float | None, shut_s_max: float = 60.0) -> None:
        """Returns when one more call may be made. Raises ProviderAway when that is later than `wait_s_max`; with None
        it waits as long as it takes. `shut_s_max`: of a pause that the service has asked for."""
        left = self.shut_s()
        if left > shut_s_max:
            raise ProviderAway(
                "The service wants to be left alone for a while: it has had too many calls.",
                retry_after_s=left,
            )
        while (left := self.shut_s()) > 0:  # noqa: ASYNC110 - it may be moved meanwhile
            await asyncio.sleep(left)
        try:
            async with asyncio.timeout(wait_s_max):
                await self._limiter.acquire()
        except TimeoutError:
            late = True
        else:
            late = False
            self._made.append(_now())
        if late:
            raise ProviderAway(
                f"The hub makes at most {self.calls_per_hour} calls an hour for this account, and has made them.",
                retry_after_s=self._hour_s / max(self.calls_per_hour, 1),
            )

    def shut(self, for_s: float) -> None:
        """The service has said that it answers nothing for so long: nobody asks it meanwhile."""
        self._shut_until = max(self._shut_until, _now() + for_s)

    def shut_s(self) -> float:
        """How long it is to be left alone still; 0: it may be asked."""
        return max(0.0, self._shut_until - _now())

    def last_hour(self) -> int:
        """Calls made in the last hour, tries included."""
        if self._made:
            since = _now() - self._hour_s
            while self._made and self._made[0] <= since:
                self._made.popleft()
        return len(self._made)


def _now() -> float:
    return asyncio.get_running_loop().time()
