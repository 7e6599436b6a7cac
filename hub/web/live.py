"""Sessions on the air: which sessions have a topic, and what goes into it. Knows sessions, their encoding and the
fan-out; refuses to know sockets and stores."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from hub import display_control, encode
from hub.fanout import (
    ANOTHER_SESSION,
    RING_MESSAGES_MAX,
    SESSION_GONE,
    TOO_SLOW,
    CloseReason,
    Subscriber,
    Topic,
)
from hub.hub import Hub
from hub.marks import Call, Mark
from hub.messages import Messages
from hub.model import KIND_GUN, NOBODY, DisplayRow, Read, TemplateRow
from hub.rates import Rates
from hub.results import Start
from hub.roster import Roster, normal
from hub.session import Session
from hub.tail import TAIL_READS_MAX
from hub.web import earlier
from hub.web.books import Books
from hub.web.counters import Counters
from hub.web.timing import Timing
from hub.web.turns import Turns

log = logging.getLogger(__name__)

Resume = tuple[int, int, int]
"""What a screen that comes back has seen: (session id, epoch, offset)."""

_NO_SESSION = 0
"""The topic of screens that have no session to show: they hear that the hub lives, and rest."""


@dataclass(slots=True)
class _OnAir:
    """A topic, and the end of its ring as a hello has it: joined once for all who come at the same offset."""

    topic: Topic
    starts: tuple[Start, ...] = ()
    """What its screens have been told."""
    picture: bytes = b""
    picture_of: int = -1
    past: dict[earlier.Reach, bytes] = field(default_factory=dict)
    past_of: int = -1

    def recent(self) -> bytes:
        if self.picture_of != self.topic.changes:
            self.picture = b",".join(self.topic.recent(encode.RECENT_OFFSETS))
            self.picture_of = self.topic.changes
        return self.picture

    def before(self, session: Session, display: DisplayRow | None, now_us: int) -> bytes:
        """What a hello says of the reads before `recent`, the same for all displays that look as far back."""
        if self.past_of != self.topic.changes:
            self.past.clear()
            self.past_of = self.topic.changes
        reach = earlier.reach(display, session)
        if reach not in self.past:
            first = self.topic.offset + 1 - len(self.topic.recent(encode.RECENT_OFFSETS))
            self.past[reach] = earlier.before(session, first, reach, now_us)
        return self.past[reach]

    def forget_picture(self) -> None:
        """It is as large as the ring: kept only while one screen comes after the other."""
        self.picture, self.picture_of = b"", -1
        self.past.clear()


class _Past:
    """What a session has published until now, see `hub.fanout.Past`: encoded as far as somebody asks for it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tail = session.tail.copy()
        self.reach = self._tail.reach
        self.last = self._tail.last

    def messages(self, after: int, count: int) -> list[bytes]:
        if after < self.reach:
            return []
        return [encode.read_message(self._session, read) for read in self._tail.after(after, count)]


class Live:
    """A topic for every session that somebody watches, made with its first screen and dropped with its last."""

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
        self._on_air: dict[int, _OnAir] = {}
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
        on_air = self._on_air.get(session.row.id)
        if on_air is None:
            return
        if not _follows(on_air.topic.published, reads):
            # The drain gave an offset anew, and with it the epoch.
            log.error("session %d: its offsets have moved", session.row.id)
            self.start_afresh(session)
            return
        on_air.topic.publish([encode.read_message(session, read) for read in reads])
        self.timing.sending(group)
        if any(read.kind == KIND_GUN for read in reads):
            self._tell_starts(on_air, session)

    def new_roster(self, session: Session, roster: Roster, touched: Collection[str] | None = None) -> None:
        """Another roster is in force: what screens show is corrected, and what they will ask for, too. `touched`: the
        tags, as they are compared, of which another thing may be known now; None: all."""
        before, session.roster = session.roster, roster
        self.counters.changed(session)
        on_air = self._on_air.get(session.row.id)
        if on_air is None:
            return
        on_air.topic.replace(_ring(session))
        corrections = [
            encode.correction(session, read, before.find(read.tag))
            for read in session.recent(TAIL_READS_MAX)
            if touched is None or normal(read.tag) in touched
        ]
        on_air.topic.tell([each for each in corrections if each is not None])
        self._tell_pinned(session)

    def _tell_pinned(self, session: Session) -> None:
        """Displays on which a card of this session stays: of whom it is may be known otherwise now."""
        for code in self.codes():
            display = self._hub.displays.get(code)
            if display is None or display_control.pinned(display.control, session.row.id) is None:
                continue
            if self._hub.session_of(display) is session:
                self.new_settings(code)

    def new_messages(self, session: Session, messages: Messages) -> None:
        """Other messages are in force. Screens hear of the public ones alone; who watches, of all."""
        before, session.messages = session.messages, messages
        on_air = self._on_air.get(session.row.id)
        if on_air is None:
            return
        said: list[tuple[int, str | None]] = []
        if before.version != messages.version:
            on_air.topic.replace(_ring(session))
            recent = session.recent(encode.RECENT_OFFSETS)
            said = [(read.offset, encode.runner_message(session, read)) for read in recent]
        now_us = self._now_us()
        self._tell_apart(
            on_air.topic,
            screens=encode.messages(messages, now_us, people=False, reads=said),
            people=encode.messages(messages, now_us, people=True, reads=said),
        )

    def _tell_apart(self, topic: Topic, *, screens: bytes, people: bytes) -> None:
        """Something without an offset that is not the same for all, after what was published before."""
        topic.flush()
        for subscriber in topic.subscribers:
            subscriber.tell(people if subscriber in self._watching else screens)

    def retract(self, session: Session, offset: int) -> None:
        """There is nothing under this offset any more; `session.tail` says so already."""
        self.counters.retracted(session, (offset,))
        self.books.void(session.row.id, (offset,))
        on_air = self._on_air.get(session.row.id)
        if on_air is not None:
            on_air.topic.replace(_ring(session))
            on_air.topic.tell([encode.retract(offset)])
            self._tell_starts(on_air, session)

    def retract_all(self, session: Session, offsets: Sequence[int]) -> None:
        """The same for many at once."""
        self.counters.retracted(session, offsets)
        self.books.void(session.row.id, offsets)
        on_air = self._on_air.get(session.row.id)
        if on_air is not None and offsets:
            on_air.topic.replace(_ring(session))
            on_air.topic.tell([encode.retract(offset) for offset in offsets])
            self._tell_starts(on_air, session)

    def _tell_starts(self, on_air: _OnAir, session: Session) -> None:
        if session.starts != on_air.starts:
            on_air.starts = session.starts
            on_air.topic.tell([encode.starts(session, self._now_us())])

    def tell(self, session_id: int, message: bytes) -> None:
        """A message without an offset for all who watch a session."""
        on_air = self._on_air.get(session_id)
        if on_air is not None:
            on_air.topic.tell([message])

    def tell_watchers(self, session_id: int, message: bytes) -> None:
        """The same for those only who watch it without being a screen."""
        on_air = self._on_air.get(session_id)
        for subscriber in list(on_air.topic.subscribers) if on_air else []:
            if subscriber in self._watching:
                subscriber.tell(message)

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
        for session_id, on_air in self._on_air.items():
            session = self._hub.find(session_id)
            if session is not None and session.row.partner_id == partner_id:
                on_air.topic.tell([message])
        resting = self._on_air.get(_NO_SESSION)
        for subscriber in list(resting.topic.subscribers) if resting else []:
            display = self._hub.displays.get(self._codes.get(subscriber, ""))
            if display is not None and display.partner_id == partner_id:
                subscriber.tell(message)

    def tick(self, part: int = 0, parts: int = 1) -> None:
        """Of so many parts of all sessions, one after the other, this one hears that the hub lives."""
        for each in [each for number, each in self._on_air.items() if number % parts == part]:
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
        on_air = self._find(session)
        topic = on_air.topic
        recovered = session is not None and resume is not None and _recovers(session, topic, resume)
        hello = encode.hello(
            session,
            display,
            offset=topic.offset,
            recovered=recovered,
            now_us=self._now_us(),
            recent=on_air.recent(),
            before=on_air.before(session, display, self._now_us()) if session is not None else b"[]",
            emergency=self._hub.emergency.get(_partner_of(session, display), ""),
            template=self._template(display),
            counts=self.counters.said(session),
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
        on_air = self._on_air.pop(session.row.id, None)
        if on_air is not None:
            _cut(on_air.topic, reason)

    def session_ended(self, session: Session) -> None:
        """Its displays ask what there is for them now; who watched it has nothing to come back to."""
        on_air = self._on_air.pop(session.row.id, None)
        for subscriber in list(on_air.topic.subscribers) if on_air else []:
            subscriber.cut(ANOTHER_SESSION if subscriber in self._codes else SESSION_GONE)

    def follow(self) -> None:
        """Sessions have come or gone. Screens for which the hub has another one than they show come back for it."""
        for subscriber, code in list(self._codes.items()):
            display = self._hub.displays.get(code)
            session = self._hub.session_of(display) if display is not None else None
            on_air = self._on_air.get(session.row.id if session else _NO_SESSION)
            if on_air is None or on_air.topic is not subscriber.topic:
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
        for on_air in list(self._on_air.values()):
            _cut(on_air.topic, reason)

    def _find(self, session: Session | None) -> _OnAir:
        key = session.row.id if session else _NO_SESSION
        on_air = self._on_air.get(key)
        if on_air is None:
            on_air = self._on_air[key] = (
                self._made(session) if session else _OnAir(Topic(0, [], self.turns.soon))
            )
        return on_air

    def _made(self, session: Session) -> _OnAir:
        topic = Topic(session.durable, _ring(session), self.turns.soon, lambda: _Past(session))
        return _OnAir(topic, session.starts)

    def _drop(self, topic: Topic) -> None:
        for key, on_air in self._on_air.items():
            if on_air.topic is topic:
                del self._on_air[key]
                return


def _partner_of(session: Session | None, display: DisplayRow | None) -> int:
    if session is not None:
        return session.row.partner_id
    return display.partner_id if display is not None else NOBODY


def _follows(offset: int, reads: list[Read]) -> bool:
    """Whether these are the next offsets, without a hole."""
    return reads[0].offset == offset + 1 and reads[-1].offset == offset + len(reads)


def _recovers(session: Session, topic: Topic, resume: Resume) -> bool:
    """Whether all that the screen has missed can be sent one by one."""
    session_id, epoch, after = resume
    behind = topic.offset - after
    return (
        (session_id, epoch) == (session.row.id, session.epoch)
        and 0 <= behind <= TAIL_READS_MAX
        and topic.reaches(after)
    )


def _ring(session: Session) -> list[bytes]:
    """The messages of the session's last offsets, up to the durable one; from the last hole on, if there is one."""
    after = max(session.tail.reach, session.durable - RING_MESSAGES_MAX)
    return [encode.read_message(session, read) for read in session.tail.after(after, RING_MESSAGES_MAX)]


def _cut(topic: Topic, reason: CloseReason) -> None:
    for subscriber in list(topic.subscribers):
        subscriber.cut(reason)
