"""What many peers cause and one line in the log is enough for: said at once, then counted, and the count said once a
minute. Knows words and a clock; refuses to know their cause.
"""

import logging
from collections.abc import Callable
from typing import Final

from aiohttp import web

log = logging.getLogger(__name__)

EVERY_S: Final = 60.0
"""Nobody can do anything about a flood sooner, and a log that it fills hides all else."""


class Seldom:
    """`clock` gives seconds that never go back. What is said is of a fixed set: each is remembered."""

    def __init__(self, clock: Callable[[], float]) -> None:
        # shared
        self._clock = clock
        # state: when each was said last, and how often since
        self._said: dict[str, tuple[float, int]] = {}

    def say(self, remote: str | None, words: str) -> None:
        """`remote`: the peer who gave cause."""
        now = self._clock()
        if words not in self._said:
            self._said[words] = now, 0
            log.info("web: %s: %s", remote, words)
            return
        since, count = self._said[words]
        self._said[words] = since, count + 1
        log.debug("web: %s: %s", remote, words)

    def flush(self) -> None:
        """Says what was only counted, when its minute is over."""
        now = self._clock()
        for words, (since, count) in list(self._said.items()):
            if now - since >= EVERY_S:
                del self._said[words]
                if count:
                    log.info("web: %d times more in %.0f s: %s", count, now - since, words)


SELDOM: Final = web.AppKey("seldom", Seldom)


def say_seldom(request: web.Request, words: str) -> None:
    request.app[SELDOM].say(request.remote, words)
