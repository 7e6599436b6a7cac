"""A session on the air for one audience: its topic, and what a hello says of it. Knows how a session is encoded for
whom; refuses to know who comes and when.

There are two audiences: everybody, on displays; and those who have signed in and watch a session, its staff. Of most
runners both are told the same, in the very same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hub import encode
from hub.fanout import RING_MESSAGES_MAX, Topic
from hub.model import DisplayRow, Participant, Read
from hub.results import Start
from hub.session import Session
from hub.tail import TAIL_READS_MAX
from hub.told import Known
from hub.web import earlier
from hub.web.turns import Turns

Resume = tuple[int, int, int]
"""What a screen that comes back has seen: (session id, epoch, offset)."""


@dataclass(slots=True)
class OnAir:
    """A topic, and the end of its ring as a hello has it: joined once for all who come at the same offset."""

    topic: Topic
    staff: bool = False
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
            self.past[reach] = earlier.before(session, first, reach, now_us, staff=self.staff)
        return self.past[reach]

    def forget_picture(self) -> None:
        """It is as large as the ring: kept only while one screen comes after the other."""
        self.picture, self.picture_of = b"", -1
        self.past.clear()

    def encode_anew(self, session: Session) -> None:
        """More is known, or less, of what was published: whoever asks for it is told so."""
        self.topic.replace(_ring(session, self.staff))

    def correct(self, session: Session, corrected: Sequence["Corrected"]) -> None:
        """Those who hold these reads are told who it was after all, where they were told otherwise."""
        corrections = [
            encode.correction(session, read, shown, before, staff=self.staff)
            for read, shown, before in corrected
        ]
        self.topic.tell([each for each in corrections if each is not None])


Corrected = tuple[Read, Participant | None, Known | None]
"""A read, who was shown for it, and what was known then; None: as much as now."""


class _Past:
    """What a session has published until now, see `hub.fanout.Past`: encoded as far as somebody asks for it."""

    def __init__(self, session: Session, staff: bool) -> None:
        self._session = session
        self._staff = staff
        self._tail = session.tail.copy()
        self.reach = self._tail.reach
        self.last = self._tail.last

    def messages(self, after: int, count: int) -> list[bytes]:
        if after < self.reach:
            return []
        return [
            encode.read_message(self._session, read, staff=self._staff)
            for read in self._tail.after(after, count)
        ]


def made(session: Session, turns: Turns, *, staff: bool) -> OnAir:
    topic = Topic(session.durable, _ring(session, staff), turns.soon, lambda: _Past(session, staff))
    return OnAir(topic, staff, session.starts)


def resting(turns: Turns) -> OnAir:
    """For those who have no session to show: they hear that the hub lives."""
    return OnAir(Topic(0, [], turns.soon))


def publish(session: Session, reads: list[Read], everybody: OnAir | None, staff: OnAir | None) -> None:
    """The next reads, encoded for those who are there."""
    if everybody is None or staff is None:
        for each in (everybody, staff):
            if each is not None:
                each.topic.publish([encode.read_message(session, read, staff=each.staff) for read in reads])
        return
    told = [encode.read_messages(session, read) for read in reads]
    everybody.topic.publish([public for public, _ in told])
    staff.topic.publish([all_of_it for _, all_of_it in told])


def follows(offset: int, reads: list[Read]) -> bool:
    """Whether these are the next offsets, without a hole."""
    return reads[0].offset == offset + 1 and reads[-1].offset == offset + len(reads)


def recovers(session: Session, topic: Topic, resume: Resume) -> bool:
    """Whether all that the screen has missed can be sent one by one."""
    session_id, epoch, after = resume
    behind = topic.offset - after
    return (
        (session_id, epoch) == (session.row.id, session.epoch)
        and 0 <= behind <= TAIL_READS_MAX
        and topic.reaches(after)
    )


def _ring(session: Session, staff: bool) -> list[bytes]:
    """The messages of the session's last offsets, up to the durable one; from the last hole on, if there is one."""
    after = max(session.tail.reach, session.durable - RING_MESSAGES_MAX)
    return [
        encode.read_message(session, read, staff=staff)
        for read in session.tail.after(after, RING_MESSAGES_MAX)
    ]
