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
        # state: when each was said first, and how often it was not
        self._said: dict[str, tuple[float, int]] = {}

    def say(self, remote: str | None, words: str, *, singly: int = 1) -> None:
        """`remote`: the peer who gave cause. `singly`: how many a minute are said one by one."""
        now = self._clock()
        since, count = self._said.get(words, (now, -singly))
        self._said[words] = since, count + 1
        log.log(logging.INFO if count < 0 else logging.DEBUG, "web: %s: %s", remote, words)

    def flush(self) -> None:
        """Says what was only counted, when its minute is over."""
        now = self._clock()
        for words, (since, count) in list(self._said.items()):
            if now - since >= EVERY_S:
                del self._said[words]
                if count > 0:
                    log.info("web: %d times more in %.0f s: %s", count, now - since, words)


SELDOM: Final = web.AppKey("seldom", Seldom)


def say_seldom(request: web.Request, words: str, *, singly: int = 1) -> None:
    request.app[SELDOM].say(request.remote, words, singly=singly)
