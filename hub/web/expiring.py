"""Displays whose codes expire: their screens are told at that moment. Knows the hub's memory and a clock; refuses to
know what ends by somebody's word, which is told at once.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from aiohttp import web

from hub.fanout import UNKNOWN_CODE
from hub.hub import Hub
from hub.model import US_PER_S
from hub.web.live import Live

LOOK_S_MAX: Final = 30.0
"""How late it may be when the machine's clock was set meanwhile."""


class Expiring:
    """`wake` when a display may expire sooner than the next was to."""

    def __init__(self, hub: Hub, live: Live, now_us: Callable[[], int]) -> None:
        self._hub = hub
        self._live = live
        self._now_us = now_us
        self._changed = asyncio.Event()
        self._looked_us = 0

    def wake(self) -> None:
        self._changed.set()

    def look(self) -> float:
        """Ends the screens of all that have expired since the last look. Gives the seconds until the next one does, at
        most LOOK_S_MAX."""
        now_us = self._now_us()
        ends = [(each.expires_us, each.code) for each in self._hub.displays.values() if each.expires_us]
        for us, code in ends:
            if self._looked_us < us <= now_us:
                self._live.come_back(code, UNKNOWN_CODE)
        self._looked_us = now_us
        next_us = min((us for us, _ in ends if us > now_us), default=None)
        return LOOK_S_MAX if next_us is None else min(LOOK_S_MAX, (next_us - now_us) / US_PER_S)

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            self._changed.clear()
            wait_s = self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()


EXPIRING: Final = web.AppKey("expiring", Expiring)
