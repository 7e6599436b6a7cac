"""Which session a source feeds, and `accept`: the one way in for a read. Synchronous, and awaits nothing.

Knows sessions and sources; refuses to know sockets, files and screens. What is accepted is collected in the open
group. `seal` hands it over to be written; `written` says that it is on disk. Only then is it counted, published
and a place to resume from.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from hub.model import (
    NOBODY,
    PURPOSE_DEMO,
    DisplayRow,
    Group,
    Observation,
    PartnerRow,
    Read,
    Rejected,
    RejectRecord,
    SessionReads,
    SessionRow,
    SourceRecord,
)
from hub.seen import Run
from hub.session import Session, Source

KEY_CHARS_SHOWN: Final = 2
OPEN_LINES_MAX: Final = 1000
"""Reads and rejects in the open group beyond which the timing sockets are not read: the disk is slower than the
readers. A group is also what is encoded for the screens in one turn of the loop, 4 ms, and what a single read waits
behind when another reader replays a race: with groups of 20,000 it waited for a quarter of a second."""
SOURCES_KEPT_MAX: Final = 1000
"""Sources remembered. A race has dozens; beyond this the one away for longest is forgotten, and is a new one when
it comes back, which rule 4 of the design bears."""


class Ids:
    """Ids made here: 53 bits, so that a browser can hold them, in the order of time: 42 of milliseconds since 1970
    (until 2109) and 11 of a counter, which may run ahead of them."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self._last = 0

    def __call__(self) -> int:
        self._last = max(self._last + 1, self._now_us() // 1000 << 11)
        return self._last

    def taken(self, number: int) -> None:
        """An id of an earlier hub, whose clock may have been ahead of ours: the next one is greater."""
        self._last = max(self._last, number)


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
    touched: dict[int, Source] = field(
        default_factory=dict
    )  # those with lines whose reads are not on disk yet
    reads: int = 0


class Hub:
    """`wake` is called when there is something to seal; `publish` with what has become durable, per session."""

    def __init__(
        self,
        *,
        now_us: Callable[[], int],
        wake: Callable[[], None],
        publish: Callable[[Session, list[Read]], None],
    ) -> None:
        # shared
        self._now_us = now_us
        self._wake = wake
        self._publish = publish
        self.new_id = Ids(now_us)
        # what is served
        self.partners: dict[int, PartnerRow] = {}
        self.sessions: dict[int, Session] = {}
        self.guests: dict[int, Session] = {}
        """Sessions that are not active, while something is put into them all the same: nobody is led there."""
        self.sources: dict[int, Source] = {}
        self.displays: dict[str, DisplayRow] = {}
        self._by_connection: dict[tuple[int, str], Source] = {}
        self._by_key: dict[str, Session] = {}
        self._old_keys: set[str] = set()
        # the open group
        self._open = _Open()
        self._sealed = 0
        self.groups_written = 0
        # counters since the start
        self.total_reads = 0
        self.total_rejected = 0

    # What is served

    def add_session(self, session: Session) -> None:
        self.sessions[session.row.id] = session
        if session.row.stream_key:
            self._by_key[session.row.stream_key] = session

    def remove_session(self, session: Session) -> None:
        """It has ended: nothing feeds it any more. What it has accepted must be on disk."""
        for source in [each for each in self.sources.values() if each.session is session]:
            self._drop(source)  # its numbering goes with the session
        if self._by_key.pop(session.row.stream_key, None) is not None:
            self._old_keys.add(session.row.stream_key)
        del self.sessions[session.row.id]

    def end_session(self, session: Session) -> list[Source]:
        """As `remove_session`, while what it has accepted is still on its way to the disk: it stays as a guest. Gives
        the readers that it had."""
        own = [each for each in self.sources.values() if each.session is session]
        self.remove_session(session)
        self.guests[session.row.id] = session
        return own

    def restore(self, session: Session, sources: Iterable[Source]) -> None:
        """It begins, or goes on. `sources`: its own readers, each of whom may come back to it unless it feeds another
        session now."""
        self._old_keys.discard(session.row.stream_key)
        self.guests.pop(session.row.id, None)
        self.add_session(session)
        for source in sources:
            self.new_id.taken(source.id)
            if source.record.connection_id and _place(source) not in self._by_connection:
                self._remember(source)

    def change_session(self, session: Session, row: SessionRow) -> None:
        """What is said of it is another thing now. The key that it had leads nowhere any more."""
        before = session.row.stream_key
        retimed = (row.timezone, row.day) != (session.row.timezone, session.row.day)
        session.change(row)
        if retimed:
            for source in self.sources.values():
                if source.session is session:
                    source.clock.forget()
        if before != row.stream_key:
            self._old_keys.add(before)
            if self._by_key.pop(before, None) is not None:
                self._by_key[row.stream_key] = session

    def find(self, session_id: int) -> Session | None:
        """The session of this number, if it is in memory for whatever reason."""
        return self.sessions.get(session_id) or self.guests.get(session_id)

    def add_old_keys(self, keys: Iterable[str]) -> None:
        """Keys of sessions that are not active: they lead nowhere, and least of all into another session."""
        self._old_keys.update(keys)

    def is_stream_key(self, event_name: str) -> bool:
        """Whether a reader reports a session's key as its event: a secret, of which a log shows the beginning."""
        return event_name in self._by_key or event_name in self._old_keys

    def shown_event(self, event_name: str) -> str:
        """What may be shown of the event that a reader reports."""
        return f"{event_name[:KEY_CHARS_SHOWN]}…" if self.is_stream_key(event_name) else event_name

    def active_session(self, partner_id: int) -> Session | None:
        """The partner's newest active session; a demo's never is."""
        active = (
            each
            for each in self.sessions.values()
            if each.row.partner_id == partner_id and each.row.purpose != PURPOSE_DEMO
        )
        return max(active, key=lambda session: (session.row.created_us, session.row.id), default=None)

    def _only_partner(self) -> int:
        """The partner of a hub that has one; else NOBODY."""
        return next(iter(self.partners)) if len(self.partners) == 1 else NOBODY

    def session_of(self, display: DisplayRow) -> Session | None:
        """What a display shows; None when there is nothing to show."""
        if display.session_id is None:
            return self.active_session(display.partner_id)
        return self.sessions.get(display.session_id)

    def add_source(self, record: SourceRecord) -> Source:
        """A source that the store knows, oldest first. It is remembered when its reader can come back to it."""
        source = stored_source(record, self.sessions[record.session_id])
        self.new_id.taken(record.id)
        if record.connection_id:
            self._remember(source)
        return source

    def open_source(
        self,
        *,
        partner_id: int,
        listener: str,
        protocol: str,
        remote: str,
        program: str,
        version: str,
        connection_id: str,
        event_name: str,
    ) -> Source | None:
        """The source of a connection that has shaken hands: the one with its connection id, else a new one, which
        the store hears of with its first line. None: there is no session to feed.

        partner_id: whose the port is; NOBODY: any partner's readers come there, each by its session's stream key, or
        without one while the hub has one partner only.

        An event name that is a session's stream key leads to that session, whatever the connection id did before,
        and nowhere when that session is not active. One that came by a key stays there only with the key.
        """
        if event_name in self._old_keys:
            return None
        keyed = self._by_key.get(event_name)
        if keyed is not None and partner_id not in (NOBODY, keyed.row.partner_id):
            keyed = None
        partner_id = keyed.row.partner_id if keyed else partner_id or self._only_partner()
        session = keyed or self.active_session(partner_id)
        known = self._by_connection.get((partner_id, connection_id)) if connection_id else None
        if known is not None and known.session is (keyed or _home(known) or session):
            self.sources[known.id] = self.sources.pop(known.id)  # the last to be forgotten
            known.described(
                listener=listener, remote=remote, program=program, version=version, event_name=event_name
            )
            return known
        if session is None:
            return None
        return self.new_source(
            session,
            listener=listener,
            protocol=protocol,
            remote=remote,
            program=program,
            version=version,
            connection_id=connection_id,
            event_name=event_name,
        )

    def new_source(
        self,
        session: Session,
        *,
        listener: str,
        protocol: str,
        remote: str,
        program: str,
        version: str,
        connection_id: str,
        event_name: str,
    ) -> Source:
        """One that feeds this session, of which the store hears with its first line."""
        record = SourceRecord(
            self.new_id(),
            session.row.partner_id,
            session.row.id,
            listener,
            protocol,
            remote,
            program,
            version,
            connection_id,
            event_name,
            None,
            self._now_us(),
        )
        source = Source(record, session)
        self._remember(source)
        return source

    def release(self, source: Source) -> None:
        """A connection to it has ended. One that nobody can come back to, or that said nothing, is forgotten."""
        source.disconnected()
        if not source.online and not (source.noted and source.record.connection_id):
            self._forget(source)

    def _remember(self, source: Source) -> None:
        if len(self.sources) >= SOURCES_KEPT_MAX:
            away = next((each for each in self.sources.values() if not each.online), None)
            if away is not None:
                self._forget(away)
        self.sources[source.id] = source
        if source.record.connection_id:
            self._by_connection[_place(source)] = source

    def _forget(self, source: Source) -> None:
        self._drop(source)
        source.forget()

    def _drop(self, source: Source) -> None:
        """Nobody is led to it any more."""
        self.sources.pop(source.id, None)
        if self._by_connection.get(_place(source)) is source:
            del self._by_connection[_place(source)]

    def clock_jumped(self, by_us: int) -> None:
        """The machine's clock was set: readers are as far from it as they were, and that much more."""
        for source in self.sources.values():
            source.clock.jumped_by(by_us)

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
        opened = self._open
        return self._sealed + bool(opened.reads or opened.rejects or opened.sources)

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
            self._open.touched[source.id] = source
        return asked

    def unsealed(self, session: Session) -> list[Read]:
        """What a session has accepted that is not on its way to the disk yet."""
        batch = self._open.sessions.get(session.row.id)
        return batch.reads if batch else []

    def reject(self, source_id: int, rejected: list[Rejected], received_us: int) -> None:
        """Lines of a peer that is no source, or not yet: kept, too."""
        self._reject(source_id, None, rejected, received_us)
        self._wake()

    def _collect(self, source: Source, reads: list[Read], rejected: list[Rejected], received_us: int) -> None:
        opened = self._open
        session_id = source.session.row.id
        if not source.noted or source.outdated or source.clock.changed:
            opened.sources[source.id] = source.noted_record(received_us)
        if reads:
            batch = opened.sessions.get(session_id)
            if batch is None:
                opened.sessions[session_id] = SessionReads(session_id, reads[0].offset, reads)
            else:
                batch.reads.extend(reads)
            opened.reads += len(reads)
        self._reject(source.id, session_id, rejected, received_us)
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
        if not (opened.reads or opened.rejects or opened.sources):
            return None
        self._open = _Open()
        self._sealed += 1
        group = Group(list(opened.sources.values()), list(opened.sessions.values()), opened.rejects)
        runs = itertools.chain.from_iterable(source.progress() for source in opened.touched.values())
        return Sealed(group, opened.reads, list(runs))

    def written(self, sealed: Sealed) -> None:
        """The group is on disk: from now on it may be seen."""
        self.groups_written += 1
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
            session = self.sessions.get(batch.session_id) or self.guests[batch.session_id]
            session.extend(batch.reads)
            self._publish(session, batch.reads)


def stored_source(record: SourceRecord, session: Session) -> Source:
    """A source that the store knows."""
    source = Source(record, session)
    source.noted = True
    return source


def _place(source: Source) -> tuple[int, str]:
    """Where a reader that comes back finds it."""
    return source.record.partner_id, source.record.connection_id


def _home(source: Source) -> Session | None:
    """Where a source goes on that gives no key; None: it came by a key, and was at home there only with it."""
    return None if source.record.event_name == source.session.row.stream_key else source.session
