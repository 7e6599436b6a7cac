"""Sessions on the air: which sessions have a topic, and what goes into it. Knows sessions, their encoding and the
fan-out; refuses to know sockets and stores."""

import asyncio
from collections.abc import Callable

from hub import encode
from hub.fanout import CloseReason, Subscriber, Topic
from hub.hub import Hub
from hub.model import DisplayRow, Read
from hub.roster import Roster
from hub.session import TAIL_READS_MAX, Session


class Live:
    """A topic for every session that somebody watches, made with its first screen and dropped with its last."""

    def __init__(self, hub: Hub, now_us: Callable[[], int], queue_bytes_max: int) -> None:
        # limits
        self._queue_bytes_max = queue_bytes_max
        # shared
        self._hub = hub
        self._now_us = now_us
        # state
        self._topics: dict[int, Topic] = {}
        self._subscribers = 0

    @property
    def screens(self) -> int:
        return self._subscribers

    def publish(self, session: Session, reads: list[Read]) -> None:
        """Reads that have just become durable."""
        topic = self._topics.get(session.row.id)
        if topic is not None:
            topic.publish([encode.read_message(session, read) for read in reads], reads[-1].offset)

    def new_roster(self, session: Session, roster: Roster) -> None:
        """Another roster is in force: what screens show is corrected, and what they will ask for, too."""
        before, session.roster = session.roster, roster
        topic = self._topics.get(session.row.id)
        if topic is None:
            return
        topic.replace([encode.read_message(session, read) for read in session.tail])
        for read in session.recent(encode.RECENT_OFFSETS):
            if before.find(read.tag) != roster.find(read.tag):
                topic.notify(encode.correction(session, read))

    def tick(self) -> None:
        for session_id, topic in self._topics.items():
            session = self._hub.sessions.get(session_id)
            if session is not None:
                topic.notify(encode.tick(self._now_us(), topic.offset))

    def join(
        self,
        session: Session,
        display: DisplayRow,
        *,
        resume: tuple[int, int, int] | None,
        wake: Callable[[], None],
    ) -> tuple[bytes, Subscriber]:
        """A screen comes, or comes back with (session id, epoch, offset): its hello and its place in the feed."""
        topic = self._topic(session)
        recovered = False
        cursor = topic.offset
        if resume is not None and resume[:2] == (session.row.id, session.epoch):
            behind = topic.offset - resume[2]
            recovered = 0 <= behind <= TAIL_READS_MAX and topic.reaches(resume[2])
            cursor = resume[2] if recovered else cursor
        hello = encode.hello(
            session,
            display,
            offset=topic.offset,
            recovered=recovered,
            now_us=self._now_us(),
            recent=topic.recent(encode.RECENT_OFFSETS),
        )
        self._subscribers += 1
        return hello, Subscriber(topic, cursor, wake, self._queue_bytes_max)

    def leave(self, session: Session, subscriber: Subscriber) -> None:
        self._subscribers -= 1
        subscriber.leave()
        topic = self._topics.get(session.row.id)
        if topic is not None and not topic.subscribers:
            del self._topics[session.row.id]

    def cut_all(self, reason: CloseReason) -> None:
        for topic in self._topics.values():
            for subscriber in list(topic.subscribers):
                subscriber.cut(reason)

    def _topic(self, session: Session) -> Topic:
        topic = self._topics.get(session.row.id)
        if topic is None:
            ring = [encode.read_message(session, read) for read in session.tail]
            soon = asyncio.get_running_loop().call_soon
            topic = self._topics[session.row.id] = Topic(session.durable, ring, soon)
        return topic
