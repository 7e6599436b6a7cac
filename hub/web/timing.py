"""When reads are on disk and with the screens: once a group, whatever is in it and whoever watches. Knows the clock and
the loop's turns; what is made of the times is `hub.latencies`'.

The turns say when the last screen that was woken for a group has gone on, so nothing is noted at any one screen. One
whose line is full is not waited for: it is late by its own fault, and that shows in what it reports.
"""

from collections.abc import Callable, Mapping

from hub.latencies import Journalled, Latencies
from hub.model import PURPOSE_INBOX, Read
from hub.session import Session, Source
from hub.web.turns import Turns


class Timing:
    """`latencies`: what is known of each session."""

    def __init__(self, turns: Turns, sources: Mapping[int, Source], now_us: Callable[[], int]) -> None:
        # shared
        self.latencies = Latencies(sources)
        self._turns = turns
        self._now_us = now_us
        # state
        self._new: list[Journalled] = []
        self._sending: list[Journalled] = []
        self._waits = False

    def published(self, session: Session, reads: list[Read], now_us: int) -> Journalled | None:
        """Reads that have just become durable."""
        row = session.row
        if row.purpose == PURPOSE_INBOX:
            return None
        return self.latencies.journalled(row.partner_id, row.id, reads, now_us)

    def sending(self, group: Journalled | None) -> None:
        """They are on their way to screens: to be called after they were given to their topic."""
        if group is None:
            return
        self._new.append(group)
        if not self._waits:
            self._waits = True
            self._turns.soon(self._flushed)

    def _flushed(self) -> None:
        """In the same turn, and after the topics have woken their screens."""
        self._sending, self._new = self._new, []
        self._turns.soon(self._woken)

    def _woken(self) -> None:
        """The last of them have been woken, and go on in this turn."""
        self._turns.soon(self._sent)

    def _sent(self) -> None:
        now_us = self._now_us()
        for group in self._sending:
            self.latencies.sent(group, now_us)
        self._sending = []
        self._waits = bool(self._new)
        if self._waits:
            self._turns.soon(self._flushed)
