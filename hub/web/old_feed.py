"""What the predecessor's screens are shown: of each display, or of a session that somebody has chosen, the runners one
after the other. Knows sessions, displays and what is wished of them; refuses to know requests.

Nothing on the way of a read waits for it: whoever asks brings it up to date, from what the session remembers. What is
shown follows from what came when (hub/old_runners.py), so that all who ask are shown the same.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web

from hub import display_control, encode, old_runners
from hub.model import MODE_PRE_RACE, MODE_RESULTS, US_PER_S, DisplayRow, Read
from hub.old_runners import Queue, Waiting
from hub.roster import normal
from hub.session import Session

LOOK_BACK_S: Final = 60
"""Of whom a screen is shown that has just come: nobody was asked before it."""
KEPT_S: Final = 3600
FEEDS_MAX: Final = 5000
AT_ONCE: Final = 500
MODES: Final = {MODE_PRE_RACE: "pre-race", MODE_RESULTS: "results"}


class Feed:
    """One queue."""

    def __init__(self, session: Session, now_us: int) -> None:
        self.session = session
        self.epoch = session.epoch
        self.asked_us = now_us
        self.queue = Queue()
        self._through = _before(session, now_us - LOOK_BACK_S * US_PER_S)

    def catch_up(self, display: DisplayRow | None, now_us: int, duration_s: float) -> None:
        """With all that has come since somebody asked last."""
        self.asked_us = now_us
        settings = display.settings if display is not None else {}
        duration_us = round(duration_s * US_PER_S)
        while reads := self.session.tail.after(self._through, AT_ONCE):
            for read in reads:
                self._through = read.offset
                if is_for(self.session, settings, read):
                    self.queue.add(
                        Waiting(read.offset, _key(self.session, read), read.received_us), duration_us
                    )
        self.queue.advance(now_us, duration_us)
        self._drop_what_is_gone(now_us)

    def runners(self) -> list[dict[str, str]]:
        """Whoever is shown, and then those who wait."""
        found = (runner_of(self.session, self.session.tail.find(each.offset)) for each in self.queue.all())
        return [each for each in found if each is not None]

    def _drop_what_is_gone(self, now_us: int) -> None:
        while self.queue.head is not None:
            offset = self.queue.head.offset
            if runner_of(self.session, self.session.tail.find(offset)) is not None:
                return
            self.queue.drop(offset, now_us)


class Feeds:
    """By display's code, or by the number of a session that somebody has chosen."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self._feeds: dict[str | int, Feed] = {}

    def of(self, session: Session, display: DisplayRow | None, duration_s: float) -> Feed:
        """As of now. duration_s: for how long whoever asks shows each."""
        now_us = self._now_us()
        key = display.code if display is not None else session.row.id
        feed = self._feeds.pop(key, None)
        if feed is None or feed.session is not session or feed.epoch != session.epoch:
            feed = Feed(session, now_us)
        self._feeds[key] = feed  # the last to be forgotten
        self._sweep(now_us)
        feed.catch_up(display, now_us, duration_s)
        return feed

    def _sweep(self, now_us: int) -> None:
        for key, feed in list(self._feeds.items()):
            if len(self._feeds) <= FEEDS_MAX and now_us - feed.asked_us < KEPT_S * US_PER_S:
                return
            del self._feeds[key]


FEEDS: Final = web.AppKey("feeds", Feeds)


def is_for(session: Session, settings: Mapping[str, Any], read: Read) -> bool:
    """Whether a display of these settings is to show this read's runner, if it is known who it is."""
    if not encode.is_shown(session, read):
        return False
    who = session.who(read.tag)
    fields = encode.read_fields(read, session.zone, who, session.places, session.marks(read))
    return display_control.is_for_the_wall(fields, settings)


def runner_of(session: Session, read: Read | None) -> dict[str, str] | None:
    """The flat runner of a read, as everybody may see it; None: there is nothing to show, or nobody knows who it is."""
    if read is None or not encode.is_shown(session, read):
        return None
    who = session.who(read.tag)
    if who is None:
        return None
    time_text = encode.iso(read.read_us, session.zone)
    location = session.places.shown(read.location)
    seen, beside = session.known.public(who)
    known = encode.runner(seen, read, time_text, location, beside)
    message = encode.runner_message(session, read) or ""
    return old_runners.flat(known, message, results=session.row.mode == MODE_RESULTS)


def mode_of(session: Session) -> str:
    """In the predecessor's words: a session in which nothing else was said is one for the race."""
    if session.row.testing and session.row.mode != MODE_PRE_RACE:
        return "test"
    return MODES.get(session.row.mode, MODES[MODE_PRE_RACE])


def _before(session: Session, us: int) -> int:
    """The last offset that was received before."""
    reads = session.tail.since(us)
    return next((read.offset - 1 for read in reads if read.received_us >= us), session.durable)


def _key(session: Session, read: Read) -> str:
    who = session.who(read.tag)
    return f"id:{who.id}" if who is not None else f"tag:{normal(read.tag)}"
