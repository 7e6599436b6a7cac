"""`accept`: the one way in for a read. Synchronous, and awaits nothing.

Knows sessions and sources (`served`); refuses to know sockets, files and screens. What is accepted is collected in the
open group. `seal` hands it over to be written; `written` says that it is on disk. Only then is it counted, published
and a place to resume from.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from hub.model import (
    Group,
    InboxRecord,
    Observation,
    Read,
    Rejected,
    RejectRecord,
    SessionReads,
    SourceRecord,
)
from hub.seen import Run
from hub.served import Served
from hub.session import Session, Source

OPEN_LINES_MAX: Final = 1000
"""Reads and rejects in the open group beyond which the timing sockets are not read: the disk is slower than the
readers. A group is also what is encoded for the screens in one turn of the loop, 4 ms, and what a single read waits
behind when another reader replays a race: with groups of 20,000 it waited for a quarter of a second."""


@dataclass(slots=True)
class Sealed:
    """A group on its way to the disk, and how far each run is when it is there (see `Source.progress`)."""

    group: Group
    reads: int
    runs: list[tuple[Run, int, int]]


@dataclass(slots=True)
class _Open:
    sources: dict[int, SourceRecord] = field(default_factory=dict)
    sessions: dict[int, SessionReads] = field(default_factory=dict)
    rejects: list[RejectRecord] = field(default_factory=list)
    inboxes: list[InboxRecord] = field(default_factory=list)
    touched: dict[int, Source] = field(
        default_factory=dict
    )  # those with lines whose reads are not on disk yet, by their identity
    reads: int = 0

    @property
    def empty(self) -> bool:
        return not (self.reads or self.rejects or self.sources or self.inboxes)


class Hub(Served):
    """`wake` is called when there is something to seal; `publish` with what has become durable, per session."""

    def __init__(
        self,
        *,
        now_us: Callable[[], int],
        wake: Callable[[], None],
        publish: Callable[[Session, list[Read]], None],
    ) -> None:
        super().__init__(now_us)
        # shared
        self._wake = wake
        self._publish = publish
        # those in flight, and the open group
        self._flight: list[Group] = []
        self._open = _Open()
        self._sealed = 0
        self.groups_written = 0
        # counters since the start
        self.total_reads = 0
        self.total_rejected = 0

    # The way of a read

    @property
    def congested(self) -> bool:
        """Whether the timing sockets should not be read now: what is waiting for the disk is too much."""
        return self._open.reads + len(self._open.rejects) >= OPEN_LINES_MAX

    @property
    def _settled(self) -> bool:
        return not (self._sealed > self.groups_written or self._open.reads)

    @property
    def groups_wanted(self) -> int:
        """All that was accepted until now is on disk when `groups_written` is that far."""
        return self._sealed + (not self._open.empty)

    def accept(
        self, source: Source, observations: list[Observation], rejected: list[Rejected], received_us: int
    ) -> list[tuple[str, int]]:
        """Takes what a source sent. Gives what to ask it for: (location, sequence) pairs to stream from."""
        reads, rejected, asked = source.session.accept(source, observations, rejected, received_us)
        source.rejected += len(rejected)
        if reads or rejected or (observations and not source.noted):
            self._collect(source, reads, rejected, received_us)
        if self._settled:  # it brought nothing but what is held, and all of that is on disk
            source.settled()
        else:
            self._open.touched[id(source)] = source
        return asked

    def undurable(self, session: Session) -> list[Read]:
        """What a session has accepted that is not on disk yet, in the order of its offsets."""
        batches = [batch for group in self._flight for batch in group.sessions]
        batches += self._open.sessions.values()
        return [read for batch in batches if batch.session_id == session.row.id for read in batch.reads]

    def unsealed(self, session: Session) -> list[Read]:
        """What a session has accepted that is not on its way to the disk yet."""
        batch = self._open.sessions.get(session.row.id)
        return batch.reads if batch else []

    def reject(self, source_id: int, rejected: list[Rejected], received_us: int) -> None:
        """Lines of a peer that is no source, or not yet: kept, too."""
        self._reject(source_id, None, rejected, received_us)
        self._wake()

    def note(self, source: Source) -> None:
        """What is kept of a source has changed: it is written down, if the store knows it, or an operator has sent it
        somewhere."""
        if source.noted or source.record.assigned:
            self._collect(source, [], [], self._now_us(), always=True)

    def _collect(
        self,
        source: Source,
        reads: list[Read],
        rejected: list[Rejected],
        received_us: int,
        *,
        always: bool = False,
    ) -> None:
        opened = self._open
        session_id = source.session.row.id
        if always or not source.noted or source.outdated or source.clock.changed:
            opened.sources[source.id] = source.noted_record(received_us)
        self.announce(source.session)
        if reads:
            batch = opened.sessions.get(session_id)
            if batch is None:
                opened.sessions[session_id] = SessionReads(session_id, reads[0].offset, reads)
            else:
                batch.reads.extend(reads)
            opened.reads += len(reads)
        self._reject(source.id, session_id, rejected, received_us)
        self._wake()

    def announce(self, session: Session) -> None:
        """The store hears of an inbox, before it is given anything."""
        record = self._inboxes_new.pop(session.row.id, None)
        if record is not None:
            self._open.inboxes.append(record)
            self._wake()

    def _reject(
        self, source_id: int, session_id: int | None, rejected: list[Rejected], received_us: int
    ) -> None:
        self._open.rejects += [
            RejectRecord(self.new_id(), source_id, session_id, received_us, bad.reason, bad.line)
            for bad in rejected
        ]

    def seal(self) -> Sealed | None:
        """Closes the open group and begins a new one; None when nothing was collected."""
        opened = self._open
        if opened.empty:
            return None
        self._open = _Open()
        self._sealed += 1
        sources, sessions = list(opened.sources.values()), list(opened.sessions.values())
        group = Group(sources, sessions, opened.rejects, opened.inboxes)
        self._flight.append(group)
        runs = itertools.chain.from_iterable(source.progress() for source in opened.touched.values())
        return Sealed(group, opened.reads, list(runs))

    def written(self, sealed: Sealed) -> None:
        """The group is on disk: from now on it may be seen."""
        self.groups_written += 1
        self._flight.pop(0)
        for run, rewound, contiguous in sealed.runs:
            if run.rewound == rewound:  # else its sequences stand for other contents now
                run.durable = contiguous
        if self._settled:  # meanwhile came duplicates only
            for source in self._open.touched.values():
                source.settled()
            self._open.touched.clear()
        self.total_rejected += len(sealed.group.rejects)
        for batch in sealed.group.sessions:
            self.total_reads += len(batch.reads)
            session = self.find(batch.session_id)
            assert session is not None, f"session {batch.session_id} has left before its reads were on disk"
            session.extend(batch.reads)
            self._publish(session, batch.reads)
            self._sweep(session)
