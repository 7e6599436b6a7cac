"""Sessions on the air: which sessions have a topic, and what goes into it. Knows sessions, their encoding and the
fan-out; refuses to know sockets and stores."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from hub import display_control, encode
from hub.fanout import (
    ANOTHER_SESSION,
    SESSION_GONE,
    TOO_SLOW,
    CloseReason,
    Subscriber,
    Topic,
)
from hub.hub import Hub
from hub.marks import Call, Mark
from hub.messages import Messages
from hub.model import (
    KIND_GUN,
    MODE_RESULTS,
    NOBODY,
    DisplayRow,
    Official,
    Participant,
    Read,
    SessionRow,
    TemplateRow,
)
from hub.rates import Rates
from hub.roster import Roster, normal
from hub.session import Session
from hub.tail import TAIL_READS_MAX
from hub.told import Known
from hub.web import on_air
from hub.web.books import Books
from hub.web.counters import Counters
from hub.web.on_air import Corrected, OnAir, Resume
from hub.web.timing import Timing
from hub.web.turns import Turns

log = logging.getLogger(__name__)

CORRECTED_AT_ONCE: Final = 200
"""Reads that are looked at in one turn of the loop, and of which it is said who it was after all: some milliseconds.
Those that came last before the others."""
_NO_SESSION = 0
"""The topic of screens that have no session to show: they hear that the hub lives, and rest."""


Changed = Callable[[Sequence[Read]], Iterable[Corrected]]
"""Which of these reads are known otherwise than they were."""


class Live:
    """A topic for every session that somebody watches and each audience, made with its first screen and dropped with
    its last."""

    def __init__(self, hub: Hub, now_us: Callable[[], int], queue_bytes_max: int) -> None:
        # limits
        self.queue_bytes_max = queue_bytes_max
        """Of the screens that come from now on."""
        # shared
        self._hub = hub
        self._now_us = now_us
        self.turns = Turns()
        self.rates = Rates()
        """How much has come for each session lately."""
        self.counters = Counters(hub, self.tell)
        self.books = Books()
        """What is looked up of sessions."""
        self.timing = Timing(self.turns, hub.sources, now_us)
        # state
        self._on_air: dict[tuple[int, bool], OnAir] = {}
        """By session, and whether it is for those who have signed in."""
        self._codes: dict[Subscriber, str] = {}
        self._shown: Counter[str] = Counter()
        self._watching: set[Subscriber] = set()

    @property
    def screens(self) -> int:
        return len(self._codes)

    @property
    def watchers(self) -> int:
        """How many watch a session without being a screen."""
        return len(self._watching)

    def screens_of(self, code: str) -> int:
        """How many screens show this display now."""
        return self._shown[code]

    def codes(self) -> list[str]:
        """The displays that are on the air."""
        return [code for code, screens in self._shown.items() if screens]

    def publish(self, session: Session, reads: list[Read]) -> None:
        """Reads that have just become durable."""
        now_us = self._now_us()
        self.rates.add(session.row.id, len(reads), now_us)
        group = self.timing.published(session, reads, now_us)
        counted = self.counters.kept.get(session.row.id)
        if counted is not None:
            counted.add(reads)
        everybody, staff = self._both(session.row.id)
        there = [each for each in (everybody, staff) if each is not None]
        if not there:
            return
        if not all(on_air.follows(each.topic.published, reads) for each in there):
            # The drain gave an offset anew, and with it the epoch.
            log.error("session %d: its offsets have moved", session.row.id)
            self.start_afresh(session)
            return
        on_air.publish(session, reads, everybody, staff)
        self.timing.sending(group)
        if any(read.kind == KIND_GUN for read in reads):
            self._tell_starts(session)

    def new_roster(self, session: Session, roster: Roster, touched: Collection[str] | None = None) -> None:
        """Another roster is in force: what screens show is corrected, and what they will ask for, too. `touched`: the
        tags, as they are compared, of which another thing may be known now; None: all."""
        before, session.roster = session.roster, roster
        self.counters.changed(session)

        def changed(reads: Sequence[Read]) -> Iterator[Corrected]:
            for read in reads:
                if touched is None or normal(read.tag) in touched:
                    shown = before.find(read.tag)
                    if shown is not session.who(read.tag):
                        yield read, shown, None

        self._corrected(session, changed)

    def new_rule(self, session: Session, row: SessionRow) -> None:
        """Another rule for minors is in force: what everybody is told of them is corrected at once."""
        before = session.known
        self._hub.change_session(session, row)
        self._corrected(session, lambda reads: _known_otherwise(session, reads, before, Known.public))

    def new_results(self, session: Session, official: Official) -> None:
        """Other official results are known: cards are corrected, if they say results now."""
        before, session.official = session.known, official
        if session.row.mode == MODE_RESULTS:
            self._corrected(session, lambda reads: _known_otherwise(session, reads, before, Known.result))

    def _corrected(self, session: Session, changed: Changed) -> None:
        """Something else is known of reads: of which, is asked if somebody has them."""
        there = self._of(session.row.id)
        for each in there:
            each.encode_anew(session)
        if there:
            self._correct(session, session.recent(TAIL_READS_MAX), changed)
            self._tell_pinned(session, changed)

    def _correct(self, session: Session, reads: list[Read], changed: Changed) -> None:
        corrected = list(changed(reads[-CORRECTED_AT_ONCE:]))
        there = self._of(session.row.id)
        for each in there:
            each.correct(session, corrected)
        rest = reads[:-CORRECTED_AT_ONCE]
        if rest and there:
            asyncio.get_running_loop().call_soon(self._correct, session, rest, changed)

    def _tell_pinned(self, session: Session, changed: Changed) -> None:
        """Displays on which the card of one of these reads stays, however long ago it was."""
        for code in self.codes():
            display = self._hub.displays.get(code)
            offset = display_control.pinned(display.control, session.row.id) if display is not None else None
            if display is None or offset is None or self._hub.session_of(display) is not session:
                continue
            read = session.pinned(offset)
            if read is not None and any(True for _ in changed([read])):
                self.new_settings(code)

    def new_messages(self, session: Session, messages: Messages) -> None:
        """Other messages are in force. Screens hear of the public ones alone; who watches, of all."""
        before, session.messages = session.messages, messages
        there = self._of(session.row.id)
        said: list[tuple[int, str | None]] = []
        if there and before.version != messages.version:
            recent = session.recent(encode.RECENT_OFFSETS)
            said = [(read.offset, encode.runner_message(session, read)) for read in recent]
            for each in there:
                each.encode_anew(session)
        for each in there:
            each.topic.tell([encode.messages(messages, self._now_us(), people=each.staff, reads=said)])

    def retract(self, session: Session, offset: int) -> None:
        """There is nothing under this offset any more; `session.tail` says so already."""
        self.counters.retracted(session, (offset,))
        self.books.void(session.row.id, (offset,))
        self._retracted(session, [offset])

    def retract_all(self, session: Session, offsets: Sequence[int]) -> None:
        """The same for many at once."""
        self.counters.retracted(session, offsets)
        self.books.void(session.row.id, offsets)
        if offsets:
            self._retracted(session, offsets)

    def _retracted(self, session: Session, offsets: Sequence[int]) -> None:
        for each in self._of(session.row.id):
            each.encode_anew(session)
            each.topic.tell([encode.retract(offset) for offset in offsets])
        self._tell_starts(session)

    def _tell_starts(self, session: Session) -> None:
        for each in self._of(session.row.id):
            if session.starts != each.starts:
                each.starts = session.starts
                each.topic.tell([encode.starts(session, self._now_us())])

    def tell(self, session_id: int, message: bytes) -> None:
        """A message without an offset for all who watch a session."""
        for each in self._of(session_id):
            each.topic.tell([message])

    def tell_watchers(self, session_id: int, message: bytes) -> None:
        """The same for those only who watch it without being a screen."""
        staff = self._on_air.get((session_id, True))
        if staff is not None:
            staff.topic.tell([message])

    def marked(self, session: Session, mark: Mark) -> None:
        """Something else is said of a runner. Screens only hear of stars."""
        if session.said.put(mark):
            self.tell(session.row.id, encode.stars(session.said))
        self.tell_watchers(session.row.id, encode.marks([mark]))

    def called(self, session: Session, call: Call) -> None:
        session.said.say(call)
        self.tell_watchers(session.row.id, encode.calls([call]))

    def uncalled(self, session: Session, offset: int) -> None:
        session.said.unsay(offset)
        self.tell_watchers(session.row.id, encode.calls([], [offset]))

    def tell_partner(self, partner_id: int, message: bytes) -> None:
        """A message without an offset for all screens of a partner, those without a session, too, and for all who watch
        its sessions."""
        for (session_id, _), each in self._on_air.items():
            session = self._hub.find(session_id)
            if session is not None and session.row.partner_id == partner_id:
                each.topic.tell([message])
        resting = self._on_air.get((_NO_SESSION, False))
        for subscriber in list(resting.topic.subscribers) if resting else []:
            display = self._hub.displays.get(self._codes.get(subscriber, ""))
            if display is not None and display.partner_id == partner_id:
                subscriber.tell(message)

    def tick(self, part: int = 0, parts: int = 1) -> None:
        """Of so many parts of all sessions, one after the other, this one hears that the hub lives."""
        for each in [each for (number, _), each in self._on_air.items() if number % parts == part]:
            each.forget_picture()
            each.topic.flush()
            each.topic.beat(encode.tick(self._now_us(), each.topic.offset))

    def join(
        self,
        session: Session | None,
        display: DisplayRow | None,
        *,
        resume: Resume | None,
        wake: Callable[[], None],
    ) -> tuple[bytes, Subscriber]:
        """A screen comes, or comes back: its hello and its place in the feed. Without a display it is somebody who
        watches the session."""
        found = self._find(session, staff=display is None)
        topic = found.topic
        recovered = session is not None and resume is not None and on_air.recovers(session, topic, resume)
        hello = encode.hello(
            session,
            display,
            offset=topic.offset,
            recovered=recovered,
            now_us=self._now_us(),
            recent=found.recent(),
            before=found.before(session, display, self._now_us()) if session is not None else b"[]",
            emergency=self._hub.emergency.get(_partner_of(session, display), ""),
            template=self._template(display),
            counts=self.counters.said(session),
            size=session.roster.size if session is not None else 0,
        )
        cursor = resume[2] if resume is not None and recovered else topic.offset
        subscriber = Subscriber(topic, cursor, wake, self.queue_bytes_max)
        if display is None:
            self._watching.add(subscriber)
        else:
            self._codes[subscriber] = display.code
            self._shown[display.code] += 1
            if display.template_id is not None:
                self.counters.look()
        return hello, subscriber

    def start_afresh(self, session: Session, reason: CloseReason = TOO_SLOW) -> None:
        """No screen can go on from what it has: all are sent away, and come back."""
        self.counters.changed(session)
        self.books.forget(session.row.id)
        for each in self._taken_off(session.row.id):
            _cut(each.topic, reason)

    def session_ended(self, session: Session) -> None:
        """Its displays ask what there is for them now; who watched it has nothing to come back to."""
        for each in self._taken_off(session.row.id):
            _cut(each.topic, SESSION_GONE if each.staff else ANOTHER_SESSION)

    def follow(self) -> None:
        """Sessions have come or gone. Screens for which the hub has another one than they show come back for it."""
        for subscriber, code in list(self._codes.items()):
            display = self._hub.displays.get(code)
            session = self._hub.session_of(display) if display is not None else None
            right = self._on_air.get((session.row.id if session else _NO_SESSION, False))
            if right is None or right.topic is not subscriber.topic:
                subscriber.cut(ANOTHER_SESSION)

    def come_back(self, code: str, reason: CloseReason = ANOTHER_SESSION) -> None:
        """A display is to show something else: its screens come back, and get another hello; or they are told, by
        another reason, that there is nothing to come back to."""
        for subscriber in self._showing(code):
            subscriber.cut(reason)

    def _showing(self, code: str) -> list[Subscriber]:
        """The screens of a display."""
        return [each for each, its_code in self._codes.items() if its_code == code]

    def new_settings(self, code: str) -> None:
        """A display shows things in another way, or an operator wishes something of it: its screens are told so."""
        display = self._hub.displays.get(code)
        if display is None:
            return
        message = encode.display_settings(display, self._hub.session_of(display))
        for subscriber in self._showing(code):
            subscriber.tell(message)

    def new_template(self, codes: Iterable[str]) -> None:
        """These displays look different now, by another template or a new version: their screens are told so."""
        shown = {code: self._template(self._hub.displays.get(code)) for code in codes}
        messages = {code: encode.template(template, code) for code, template in shown.items()}
        for subscriber, code in list(self._codes.items()):
            if code in messages:
                subscriber.tell(messages[code])
        self.counters.look()

    def _template(self, display: DisplayRow | None) -> TemplateRow | None:
        return self._hub.templates.get(display.template_id or 0) if display is not None else None

    def leave(self, subscriber: Subscriber) -> None:
        subscriber.leave()
        self._watching.discard(subscriber)
        code = self._codes.pop(subscriber, None)
        if code is not None:
            self._shown[code] -= 1
        if not subscriber.topic.subscribers:
            self._drop(subscriber.topic)

    def cut_all(self, reason: CloseReason) -> None:
        for each in list(self._on_air.values()):
            _cut(each.topic, reason)

    def _both(self, session_id: int) -> tuple[OnAir | None, OnAir | None]:
        """A session on the air for everybody, and for those who have signed in."""
        return self._on_air.get((session_id, False)), self._on_air.get((session_id, True))

    def _of(self, session_id: int) -> list[OnAir]:
        return [each for each in self._both(session_id) if each is not None]

    def _taken_off(self, session_id: int) -> list[OnAir]:
        taken = (self._on_air.pop((session_id, staff), None) for staff in (False, True))
        return [each for each in taken if each is not None]

    def _find(self, session: Session | None, *, staff: bool) -> OnAir:
        key = (session.row.id, staff) if session else (_NO_SESSION, False)
        found = self._on_air.get(key)
        if found is None:
            made = on_air.made(session, self.turns, staff=staff) if session else on_air.resting(self.turns)
            found = self._on_air[key] = made
        return found

    def _drop(self, topic: Topic) -> None:
        for key, each in self._on_air.items():
            if each.topic is topic:
                del self._on_air[key]
                return


def _partner_of(session: Session | None, display: DisplayRow | None) -> int:
    if session is not None:
        return session.row.partner_id
    return display.partner_id if display is not None else NOBODY


def _known_otherwise(
    session: Session, reads: Sequence[Read], before: Known, told: Callable[[Known, Participant], object]
) -> Iterator[Corrected]:
    """Of whom something else is told by what is known now."""
    known = session.known
    for read in reads:
        who = session.who(read.tag)
        if who is not None and told(before, who) != told(known, who):
            yield read, who, before


def _cut(topic: Topic, reason: CloseReason) -> None:
    for subscriber in list(topic.subscribers):
        subscriber.cut(reason)
