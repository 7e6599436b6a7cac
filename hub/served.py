"""What there is to serve: partners, sessions, displays, and the sources with what each of them feeds. Synchronous.

Knows who is there, and who comes back; refuses to know what is sent. Where a source leads is decided in `routing`; one
that leads nowhere feeds its inbox, a hidden session of its own.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from hub.model import (
    NOBODY,
    PURPOSE_DEMO,
    PURPOSE_INBOX,
    US_PER_S,
    DisplayRow,
    InboxRecord,
    PartnerRow,
    Proved,
    SessionRow,
    SourceRecord,
    TemplateRow,
)
from hub.proofs import Proofs
from hub.roster import normal
from hub.routing import Routes
from hub.session import Session, Source

KEY_CHARS_SHOWN: Final = 2
INBOX_NAME_CHARS_MAX: Final = 100
LATE_S: Final = 120
"""Of inboxes that nobody has said more of."""
SOURCES_KEPT_MAX: Final = 1000
"""Sources remembered. A race has dozens; beyond this the one away for longest is forgotten, and is a new one when
it comes back, which rule 4 of the design bears."""

_Place = tuple[str, int, str]
"""(listener, whose port it is, connection id)"""


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


class Served:
    """What a hub has in memory. `note` is called when what is kept of a source has changed."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        # shared
        self._now_us = now_us
        self.new_id = Ids(now_us)
        self.new_inbox: Callable[[InboxRecord], Session] = _plain_inbox
        self.strayed: Callable[[Source, Session], None] = lambda _source, _inbox: None
        """Called when a source has found its place: what it sent before lies in this inbox."""
        # what is served
        self.partners: dict[int, PartnerRow] = {}
        self.sessions: dict[int, Session] = {}
        self.guests: dict[int, Session] = {}
        """Sessions that are not active, while something is put into them all the same: nobody is led there."""
        self.inboxes: dict[int, Session] = {}
        """The hidden sessions of the sources that lead nowhere."""
        self.sources: dict[int, Source] = {}
        self.displays: dict[str, DisplayRow] = {}
        self.templates: dict[int, TemplateRow] = {}
        self.crew_tags: dict[int, list[str]] = {}
        """By partner: tags whose reads are kept and shown nowhere, as they were given."""
        self.emergency: dict[int, str] = {}
        """By partner: the line on all its screens, where there is one."""
        self.ports: dict[str, int] = {}
        """Whose each port is, by its name; NOBODY: any partner's readers come there."""
        self.routes = Routes(self.partners, self.sessions)
        self.proofs = Proofs(self.partners)
        self._by_connection: dict[_Place, Source] = {}
        self._proved: dict[int, Proved] = {}
        """What sources have proved to be, by their numbers, when they connected last."""
        self._inboxes_new: dict[int, InboxRecord] = {}
        """Those of which the store has not heard, by their numbers."""

    def note(self, source: Source) -> None:
        """What is kept of a source is another thing now."""
        raise NotImplementedError

    def add_session(self, session: Session) -> None:
        session.crew = self.crew(session.row.partner_id)
        self.sessions[session.row.id] = session
        self.routes.add(session)

    def remove_session(self, session: Session) -> None:
        """It has ended: nothing feeds it any more. What it has accepted must be on disk."""
        for source in [each for each in self.sources.values() if each.session is session]:
            self._drop(source)  # its numbering goes with the session
        self.routes.remove(session)
        del self.sessions[session.row.id]

    def end_session(self, session: Session) -> list[Source]:
        """As `remove_session`, while what it has accepted is still on its way to the disk: it stays as a guest. What
        comes now from readers that were sent to it waits in their inboxes. Gives the others that it had."""
        for source in list(self.sources.values()):
            if source.session is session and source.record.assigned == session.row.id:
                self.redirect(source, self.inbox_of(source))
        own = [each for each in self.sources.values() if each.session is session]
        self.remove_session(session)
        self.guests[session.row.id] = session
        return own

    def restore(self, session: Session, sources: Iterable[Source]) -> None:
        """It begins, or goes on. `sources`: its own readers, each of whom may come back to it unless it feeds another
        session now."""
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
            self.routes.rekey(before, session)

    def crew(self, partner_id: int) -> frozenset[str]:
        """The partner's crew tags, as they are compared."""
        return frozenset(map(normal, self.crew_tags.get(partner_id, ())))

    def change_crew(self, partner_id: int, tags: list[str]) -> list[Session]:
        """Other tags of a partner are the crew's now. Gives the sessions that may show something else by it."""
        self.crew_tags[partner_id] = tags
        changed = [each for each in self.sessions.values() if each.row.partner_id == partner_id]
        for session in changed:
            session.crew = self.crew(partner_id)
        return changed

    def find(self, session_id: int) -> Session | None:
        """The session of this number, if it is in memory for whatever reason."""
        found = self.sessions.get(session_id) or self.guests.get(session_id)
        return found or self.inboxes.get(session_id)

    def shown_event(self, event_name: str) -> str:
        """What may be shown of the event that a reader reports: of a session's key, a secret, the beginning."""
        return f"{event_name[:KEY_CHARS_SHOWN]}…" if self.routes.is_key(event_name) else event_name

    def named(self, user: str) -> Proved | None:
        """Whose user this is, as whom a reader would prove who it is; None: nobody's."""
        keyed = self.routes.keyed(user)
        return Proved(keyed.row.partner_id, keyed.row.id) if keyed else self.proofs.named(user)

    def active_session(self, partner_id: int) -> Session | None:
        """The partner's newest active session; a demo's never is."""
        active = (
            each
            for each in self.sessions.values()
            if each.row.partner_id == partner_id and each.row.purpose != PURPOSE_DEMO
        )
        return max(active, key=lambda session: (session.row.created_us, session.row.id), default=None)

    def session_of(self, display: DisplayRow) -> Session | None:
        """What a display shows; None when there is nothing to show."""
        if display.session_id is None:
            return self.active_session(display.partner_id)
        return self.sessions.get(display.session_id)

    def add_source(self, record: SourceRecord) -> Source:
        """A source that the store knows, oldest first. It is remembered when its reader can come back to it."""
        session = self.sessions.get(record.session_id) or self.inboxes[record.session_id]
        source = stored_source(record, session, self.ports.get(record.listener, NOBODY))
        self.new_id.taken(record.id)
        if _can_come_back(source):
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
        proved: Proved | None = None,
    ) -> Source:
        """The source of a connection that has shaken hands: the one with its connection id, else a new one, which
        the store hears of with its first line. `partner_id`: whose the port is; NOBODY: any partner's readers come
        there."""
        facts = {
            "listener": listener,
            "remote": remote,
            "program": program,
            "version": version,
            "event_name": event_name,
        }
        known = self._known(partner_id, connection_id, facts)
        assigned = known.record.assigned if known else 0
        owner = self.routes.partner(partner_id, event_name, proved)
        if proved is None and known is not None and partner_id == NOBODY and assigned:
            owner = known.record.partner_id if assigned in self.sessions else owner or known.record.partner_id
        if known is not None and known.record.partner_id not in (owner, NOBODY):
            known, assigned = None, 0
        home = _home(known) if known is not None and known.session.row.id in self.sessions else None
        if proved is None and known is not None and known.record.proved:
            home = None  # it was at home there only with a proof
        session = self.routes.session(owner, event_name, proved=proved, assigned=assigned, home=home)
        if known is not None and self._may_go_on(known, session):
            source = self._again(known, session, proved is not None, facts)
        else:
            source = self._new(
                session,
                owner,
                partner_id,
                protocol=protocol,
                connection_id=connection_id,
                proved=proved,
                facts=facts,
            )
        if proved is not None:
            self._proved[source.id] = proved
        else:
            self._proved.pop(source.id, None)
        return source

    def _known(self, port: int, connection_id: str, facts: Mapping[str, str]) -> Source | None:
        """Who that is, if it has been here. A connection id is a claim, which holds on the same port. Without one, who
        has an assignment or an inbox is recognised by all that it says of itself, when there is one such that is
        away."""
        if connection_id:
            return self._by_connection.get((facts["listener"], port, connection_id))
        if not facts["event_name"]:
            return None
        same = ("listener", "remote", "program", "event_name")
        found = [
            each
            for each in self.sources.values()
            if (each.record.assigned or _is_waiting(each))
            and not each.record.connection_id
            and each.port == port
            if all(getattr(each.record, name) == facts[name] for name in same)
        ]
        if len(found) != 1 or found[0].online:
            return None
        found[0].forget()  # its numbering is another one
        return found[0]

    def _may_go_on(self, known: Source, session: Session | None) -> bool:
        """Whether it is the same source still: it is where it leads, or what it sent before lies in its inbox."""
        if known.session.row.purpose == PURPOSE_INBOX:
            return True
        return known.session is session

    def _again(
        self, known: Source, session: Session | None, proved: bool, facts: Mapping[str, str]
    ) -> Source:
        self.sources[known.id] = self.sources.pop(known.id)  # the last to be forgotten
        known.described(**facts)
        if proved != known.record.proved:
            known.record = replace(known.record, proved=proved)
            known.outdated = True
        inbox = known.session
        if session is not None and session is not inbox and known.record.assigned != inbox.row.id:
            known.redirect(session)
            self._drop_new(inbox)
            self.strayed(known, inbox)
        return known

    def _new(
        self,
        session: Session | None,
        owner: int,
        port: int,
        *,
        protocol: str,
        connection_id: str,
        proved: Proved | None,
        facts: Mapping[str, str],
    ) -> Source:
        number = self.new_id()
        if session is None:
            session = self._open_inbox(
                owner, number, f"{facts['program'] or 'a reader'} at {facts['remote']}"
            )
        record = SourceRecord(
            number,
            session.row.partner_id,
            session.row.id,
            facts["listener"],
            protocol,
            facts["remote"],
            facts["program"],
            facts["version"],
            connection_id,
            facts["event_name"],
            None,
            self._now_us(),
            0,
            proved is not None,
        )
        source = Source(record, session, port)
        self._remember(source)
        return source

    def place_of(self, source: Source) -> Session | None:
        """Where a source leads that is in its inbox, and that was not put there; None: nowhere."""
        record = source.record
        if record.assigned == source.session.row.id:
            return None
        proved = self._proved.get(source.id)
        if record.proved and proved is None and not record.assigned:
            return None  # what it had proved, an earlier hub has heard: it says it again when it comes back
        owner = record.partner_id or self.routes.partner(source.port, record.event_name, proved)
        return self.routes.session(owner, record.event_name, proved=proved, assigned=record.assigned)

    def amber(self, source: Source) -> str:
        """Why somebody has to look at a source that is in its inbox, in words; empty: nobody has to."""
        record = source.record
        proved = self._proved.get(source.id)
        return self.routes.amber(record.event_name, record.assigned, source.session, proved)

    def inbox_of(self, source: Source) -> Session:
        """The inbox of a source, made when it has none."""
        for inbox in self.inboxes.values():
            if inbox.row.source_id == source.id:
                return inbox
        record = source.record
        return self._open_inbox(
            record.partner_id, source.id, f"{record.program or 'a reader'} at {record.remote}"
        )

    def add_inbox(self, session: Session) -> None:
        """One that the store knows."""
        self.new_id.taken(session.row.id)
        self.inboxes[session.row.id] = session

    def _open_inbox(self, partner_id: int, source_id: int, name: str) -> Session:
        record = InboxRecord(
            self.new_id(), partner_id, source_id, name[:INBOX_NAME_CHARS_MAX], self._now_us()
        )
        self._inboxes_new[record.id] = record
        self.inboxes[record.id] = self.new_inbox(record)
        return self.inboxes[record.id]

    def redirect(self, source: Source, session: Session, stand_in: Source | None = None) -> None:
        """From now on this source feeds another session, and the store hears of it at once. See `Source.redirect`."""
        before = source.session
        source.redirect(session, stand_in)
        self._drop_new(before)
        self.note(source)

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
        if not source.online and not (source.noted and _can_come_back(source)):
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

    def _drop_new(self, session: Session) -> None:
        """An inbox to which nothing has come, and whose source is elsewhere now: as if it had never been."""
        if self._inboxes_new.pop(session.row.id, None) is not None:
            del self.inboxes[session.row.id]

    def _drop(self, source: Source) -> None:
        """Nobody is led to it any more."""
        self.sources.pop(source.id, None)
        self._proved.pop(source.id, None)
        if self._by_connection.get(_place(source)) is source:
            del self._by_connection[_place(source)]
        for inbox in [each for each in self.inboxes.values() if each.row.source_id == source.id]:
            self._sweep(inbox)

    def _sweep(self, session: Session) -> None:
        """An inbox whose source was forgotten leaves the memory with the last of its reads."""
        row = session.row
        if row.id in self.inboxes and row.source_id not in self.sources and session.durable == session.head:
            del self.inboxes[row.id]
            self._inboxes_new.pop(row.id, None)

    def clock_jumped(self, by_us: int) -> None:
        """The machine's clock was set: readers are as far from it as they were, and that much more."""
        for source in self.sources.values():
            source.clock.jumped_by(by_us)


def stored_source(record: SourceRecord, session: Session, port: int = NOBODY) -> Source:
    """A source that the store knows."""
    source = Source(record, session, port)
    source.noted = True
    return source


def _plain_inbox(record: InboxRecord) -> Session:
    return Session(inbox_row(record, "UTC"), late_us=LATE_S * US_PER_S)


def inbox_row(record: InboxRecord, timezone: str) -> SessionRow:
    """An inbox as a session. Its readers' wall clocks are of this zone."""
    day = datetime.fromtimestamp(record.made_us // US_PER_S, ZoneInfo(timezone)).date().isoformat()
    return SessionRow(
        record.id,
        record.partner_id,
        record.name,
        "",
        "active",
        1,
        timezone,
        day,
        record.made_us,
        purpose=PURPOSE_INBOX,
        source_id=record.source_id,
    )


def _can_come_back(source: Source) -> bool:
    """Whether somebody may ask for it: its reader, or who looks into its inbox."""
    return bool(source.record.connection_id or source.record.assigned or _is_waiting(source))


def _is_waiting(source: Source) -> bool:
    """Whether it has sent something that nobody has given a place yet."""
    return source.session.row.purpose == PURPOSE_INBOX and source.session.head > 0


def _place(source: Source) -> _Place:
    """Where a reader that comes back finds it."""
    return source.record.listener, source.port, source.record.connection_id


def _home(source: Source) -> Session | None:
    """Where a source goes on that gives no key; None: it came by a key, and was at home there only with it."""
    return None if source.record.event_name == source.session.row.stream_key else source.session
