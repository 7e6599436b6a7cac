"""How long reads take from the mat to the wall, of each session. Pure: it is told of groups, and of the time. Knows
histograms (`hub.latency`) and readers' clocks; refuses to know screens and stores.

All of a group is counted as its oldest read, so that a figure is never too good; of how long reads were on their way
to the hub a few of a group are taken. So it costs the same whether a group has one read or a thousand.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Mapping
from typing import Final, NamedTuple

from hub.latency import JOURNAL, PAINT, READ, SEND, WHOLE, Minute, Way
from hub.model import KIND_READ, MARK_LATE, MARK_SUSPECT, US_PER_S, Read
from hub.session import Source

SAMPLES: Final = 8
"""Reads of a group of which it is looked how long they were on their way."""
GROUPS_KEPT: Final = 2000
"""Groups of a session of which it is known how long they took: those of twenty seconds at the peak of a race, and of a
quarter of an hour in a quiet one. What is painted later counts for nothing."""
FORGOTTEN_US: Final = 900 * US_PER_S
"""A session of which nothing has come for so long is forgotten here; what it had is kept in the table."""
UNSURE: Final = frozenset((MARK_LATE, MARK_SUSPECT))


class Sent(NamedTuple):
    """Reads from `first` to `last` that became durable together: how long they took from the read, and from their
    arrival, until they were with the screens."""

    first: int
    last: int
    read_us: int
    arrival_us: int


class Journalled(NamedTuple):
    """The same on its way to the screens. `at_us`: since when it is on disk."""

    session_id: int
    first: int
    last: int
    read_us: int
    journal_us: int
    at_us: int


class _Session:
    __slots__ = ("lately", "partner_id", "sent", "touched_us", "unsaved")

    def __init__(self, partner_id: int) -> None:
        self.partner_id = partner_id
        self.unsaved = Way()
        self.lately = Minute()
        self.sent: deque[Sent] = deque(maxlen=GROUPS_KEPT)
        self.touched_us = 0


class Latencies:
    """`sources`: those of the hub, by their numbers."""

    def __init__(self, sources: Mapping[int, Source]) -> None:
        # shared
        self._sources = sources
        # state
        self._sessions: dict[int, _Session] = {}

    def journalled(self, partner_id: int, session_id: int, reads: list[Read], now_us: int) -> Journalled:
        """Reads of a session are on disk as of now."""
        held = self._sessions.get(session_id)
        if held is None:
            held = self._sessions[session_id] = _Session(partner_id)
        held.touched_us = now_us
        parts = held.unsaved.parts
        took = self._on_their_way(reads)
        for us in took:
            parts[READ].add(us)
        journal_us = max(0, now_us - reads[0].received_us)
        parts[JOURNAL].add(journal_us, len(reads))
        first, last = reads[0].offset, reads[-1].offset
        return Journalled(session_id, first, last, max(took, default=0), journal_us, now_us)

    def _on_their_way(self, reads: list[Read]) -> list[int]:
        """Of some of them, as far as their reader's clock is known. How far that is off is known as the usual time from
        a read to its arrival: so what is found is how much longer it took."""
        found = []
        for read in reads[:: -(-len(reads) // SAMPLES)]:
            source = self._sources.get(read.source_id)
            if source is None or not source.clock.known or read.kind != KIND_READ:
                continue
            if UNSURE.isdisjoint(read.marks):
                found.append(max(0, read.received_us - read.read_us - source.clock.difference_us))
        return found

    def sent(self, group: Journalled, now_us: int) -> None:
        """The last screen that hears of these has been sent them."""
        held = self._sessions.get(group.session_id)
        if held is None:
            return
        send_us = max(0, now_us - group.at_us)
        held.unsaved.parts[SEND].add(send_us, group.last - group.first + 1)
        if held.sent and held.sent[-1].last >= group.first:
            held.sent.clear()  # the offsets are another epoch's now
        arrival_us = group.journal_us + send_us
        held.sent.append(Sent(group.first, group.last, group.read_us + arrival_us, arrival_us))

    def painted(self, session_id: int, offset: int, paint_us: int, now_us: int) -> int | None:
        """A screen has painted a read so long after it was sent. Gives how long that is after its arrival; None: it is
        not known when it was sent."""
        held = self._sessions.get(session_id)
        place = bisect_left(held.sent, offset, key=_last) if held is not None else 0
        if held is None or place == len(held.sent) or offset < held.sent[place].first:
            return None
        sent = held.sent[place]
        parts = held.unsaved.parts
        parts[PAINT].add(paint_us)
        parts[WHOLE].add(sent.read_us + paint_us)
        held.lately.add(sent.arrival_us + paint_us, now_us)
        return sent.arrival_us + paint_us

    def lately(self, session_id: int) -> Minute | None:
        """From arrival to paint, on all screens of a session."""
        held = self._sessions.get(session_id)
        return held.lately if held is not None else None

    def unsaved(self, session_id: int) -> Way:
        """What has not been taken since."""
        held = self._sessions.get(session_id)
        return held.unsaved if held is not None else Way()

    def take(self, now_us: int) -> dict[tuple[int, int], Way]:
        """What was counted since the last time, by partner and session."""
        taken = {}
        for session_id, held in list(self._sessions.items()):
            if held.unsaved:
                taken[held.partner_id, session_id], held.unsaved = held.unsaved, Way()
            elif now_us - held.touched_us > FORGOTTEN_US:
                del self._sessions[session_id]
        return taken

    def give_back(self, session_id: int, way: Way) -> None:
        """It could not be kept now."""
        held = self._sessions.get(session_id)
        if held is not None:
            held.unsaved.merge(way)


def _last(sent: Sent) -> int:
    return sent.last
