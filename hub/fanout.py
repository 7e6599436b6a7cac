"""Topics, subscribers and the verdict on slow ones. Knows bytes and offsets; refuses to know what they say, where
they come from and which socket they leave by.

A topic keeps a ring of its last messages, enough for the picture of a screen that comes. What is older it can have
made again, as long as its owner knows what it was: a process may have hundreds of topics. A subscriber that has just
come, or comes back, pulls what it missed at its own pace; once it has caught up it is live, and every frame is pushed
to it: what one turn of the loop produced, joined once, the same bytes for all. A queue of pushed frames costs memory,
so a live subscriber that falls `queue_bytes_max` behind is cut, with a named reason; it comes back and resumes.
A frame too large to push (a reader that replays a race) makes nobody slow: all go back to pulling. While anybody
pulls, the ring lets go of nothing that is still to be pulled.

What has no offset (a correction) is pushed to those who pull, too: they hold what it corrects, or will pull it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from hub.errors import PeerError

PIECE_BYTES_MAX: Final = 64 * 1024
"""What is sent at once: large enough to be quick, small enough not to fill a socket's buffer."""
PIECES_MAX: Final = 64
"""Pieces kept joined, 4 MiB: when a flood sends all screens back to pulling, they pull the same ones."""
FRAMES_QUEUED_MIN: Final = 4
"""Pushed frames that a queue holds at least, however small it is: a writer needs a turn or two of the loop."""
RING_MESSAGES_MAX: Final = 256
"""Messages kept while a session has screens, 130 KB: somewhat more than a hello has."""
RING_SLACK: Final = RING_MESSAGES_MAX // 4
"""Messages too many at which the ring is cut back: it moves all the others."""
RING_FLOOD_MAX: Final = 65_536
"""Messages kept while somebody still pulls them: what a reader that replays a race makes in a second."""
OLDER_MESSAGES_MAX: Final = 100
"""Messages made again at once, a millisecond: about a piece."""


@dataclass(frozen=True, slots=True)
class CloseReason:
    """Why the hub ends a screen's connection. Codes 4000 to 4099: do not come back; 4100 to 4199: resume."""

    code: int
    text: str
    move: str = ""
    """The code that it is to go on with, instead of its own."""

    @property
    def again(self) -> bool:
        return self.code >= 4100


UNKNOWN_CODE: Final = CloseReason(4001, "unknown or revoked code")
SIGNED_OUT: Final = CloseReason(4002, "signed out")
SESSION_GONE: Final = CloseReason(4003, "session deleted, or ended")
MOVED: Final = CloseReason(4004, "moved: use the code in bye")
NOT_UNDERSTOOD: Final = CloseReason(4005, "message from the screen not understood")
STOPPING: Final = CloseReason(4101, "hub stopping")
TOO_SLOW: Final = CloseReason(4102, "too slow: resume from your offset")
TOO_MANY_SCREENS: Final = CloseReason(4103, "too many screens: come back later")
ANOTHER_SESSION: Final = CloseReason(4104, "another session: come back")
REPLACED: Final = CloseReason(4105, "this screen has another connection by now")


class Past(Protocol):
    """What a topic has published until now, whose messages can be made again. It does not change any more."""

    @property
    def reach(self) -> int:
        """The offset after which all is there, up to `last`."""

    @property
    def last(self) -> int:
        """The last offset that is there."""

    def messages(self, after: int, count: int) -> Sequence[bytes]:
        """Those of the next offsets, at most so many; none after an offset before `reach`."""


class Cut(PeerError):
    """This subscriber is to be ended, for the reason it carries."""

    def __init__(self, reason: CloseReason) -> None:
        super().__init__(reason.text)
        self.reason = reason


class Subscriber:
    """One screen. Its writer calls `take` until it gives nothing, then waits for `wake`."""

    def __init__(self, topic: "Topic", cursor: int, wake: Callable[[], None], queue_bytes_max: int) -> None:
        # limits
        self.queue_bytes_max = queue_bytes_max
        self._frame_bytes_max = min(PIECE_BYTES_MAX, queue_bytes_max // FRAMES_QUEUED_MIN)
        # shared
        self.topic = topic
        self._wake = wake
        # state
        self.cursor = cursor
        self.live = False
        self._frames: deque[bytes] = deque()
        self.queued_bytes = 0
        self.reason: CloseReason | None = None
        """Why it was cut; None: it was not."""
        topic.comes(self)

    def push(self, frame: bytes, before: int) -> None:
        """A live frame, from the topic, which stood at offset `before`. Never blocks, never raises."""
        if not self.live:
            return
        if len(frame) > self._frame_bytes_max:
            self.live = False
            self.cursor = before
            self.topic.falls_behind(self)
            self._wake()
        else:
            self._queue(frame)

    def tell(self, message: bytes) -> None:
        """A message without an offset, which it needs wherever it stands."""
        self._queue(message)

    def beat(self, message: bytes) -> None:
        """A message that only says how far the topic is: one that pulls is not there yet, and hears enough."""
        if self.live:
            self._queue(message)

    def cut(self, reason: CloseReason) -> None:
        """Ends it: the next `take` raises. The first reason given is the one."""
        self.reason = self.reason or reason
        self._frames.clear()
        self.queued_bytes = 0
        self._wake()

    def take(self) -> bytes | None:
        """The next bytes to send; None when there is nothing now. Raises Cut."""
        if self.reason is not None:
            raise Cut(self.reason)
        if self._frames:
            frame = self._frames.popleft()
            self.queued_bytes -= len(frame)
            return frame
        if not self.live:
            piece, self.cursor = self.topic.piece(self.cursor)
            if piece:
                return piece
            self.live = True
            self.topic.caught_up(self)
        return None

    def leave(self) -> None:
        self.topic.leaves(self)

    def _queue(self, frame: bytes) -> None:
        if self.reason is not None:
            return
        self._frames.append(frame)
        self.queued_bytes += len(frame)
        # One frame alone makes nobody slow, however small the queue is.
        if self.queued_bytes > self.queue_bytes_max and len(self._frames) > 1:
            self.cut(TOO_SLOW)
        else:
            self._wake()


class Topic:
    """A session for one audience. `offset`: the last one flushed, which every live subscriber has been pushed.
    `look_back` gives what was published until now; without it only the ring is there to be pulled."""

    def __init__(
        self,
        offset: int,
        ring: Sequence[bytes],
        soon: Callable[[Callable[[], None]], object],
        look_back: Callable[[], Past] | None = None,
    ) -> None:
        self.offset = offset
        self.subscribers: set[Subscriber] = set()
        self.changes = 0
        """Counts whatever changes the ring."""
        self._pulling: set[Subscriber] = set()
        self._ring = list(ring)
        self._ring_full = RING_MESSAGES_MAX + RING_SLACK
        self._past: Past | None = None
        """Looked at once for all who pull; the ring begins where it ends, or before."""
        self._pieces: dict[int, tuple[bytes, int]] = {}
        self._turn: list[bytes] = []
        self._scheduled = False
        self._soon = soon
        self._look_back = look_back

    @property
    def published(self) -> int:
        """The last offset it was given, flushed or not."""
        return self.offset + len(self._turn)

    def publish(self, messages: Iterable[bytes]) -> None:
        """The messages of the next offsets. Flushed soon: what comes until then is one frame with them."""
        self._turn += messages
        if not self._scheduled:
            self._scheduled = True
            self._soon(self.flush)

    def tell(self, messages: Sequence[bytes]) -> None:
        """Messages without an offset, for all, after what was published before."""
        self.flush()
        start = 0
        while start < len(messages):
            end = _piece_end(messages, start)
            frame = b"\n".join(messages[start:end])
            for subscriber in self.subscribers:
                subscriber.tell(frame)
            start = end

    def beat(self, message: bytes) -> None:
        """A message that says how far the topic is (`offset`), for those who are as far."""
        for subscriber in self.subscribers:
            subscriber.beat(message)

    def replace(self, ring: Sequence[bytes]) -> None:
        """The last messages, encoded anew because more is known."""
        self.flush()
        self.changes += 1
        self._ring = list(ring)
        self._past = None
        self._pieces.clear()

    def flush(self) -> None:
        """Everything of this turn, joined, as one frame."""
        self._scheduled = False
        if not self._turn:
            return
        turn, self._turn = self._turn, []
        before, self.offset = self.offset, self.offset + len(turn)
        self.changes += 1
        self._ring += turn
        frame = b"\n".join(turn)
        for subscriber in self.subscribers:
            subscriber.push(frame, before)
        if len(self._ring) > self._ring_full:
            self._trim()

    def recent(self, count: int) -> list[bytes]:
        return self._ring[-count:]

    def reaches(self, after: int) -> bool:
        """Whether everything after this offset is in the ring, or can be made again."""
        if after >= self._start:
            return after <= self.offset
        past = self._behind
        return past is not None and past.reach <= after and self._start <= past.last

    def piece(self, cursor: int) -> tuple[bytes, int]:
        """What comes after `cursor`, at most PIECE_BYTES_MAX (but one message at least), and the cursor after it.
        Raises Cut when the topic has moved on too far beyond the cursor."""
        found = self._pieces.get(cursor)
        if found is None:
            found = self._join(cursor)
            if found[0]:
                self._keep(cursor, found)
        return found

    def comes(self, subscriber: Subscriber) -> None:
        self.subscribers.add(subscriber)
        self._pulling.add(subscriber)
        self.reaches(subscriber.cursor)  # looks back now, if it has to: what is known may soon be less

    def falls_behind(self, subscriber: Subscriber) -> None:
        """It is pushed nothing any more: it pulls."""
        self._pulling.add(subscriber)

    def caught_up(self, subscriber: Subscriber) -> None:
        """It pulls no more. Nothing is kept for nobody."""
        self._pulling.discard(subscriber)
        if not self._pulling and (self._pieces or self._past or len(self._ring) > self._ring_full):
            self._trim()

    def leaves(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)
        self.caught_up(subscriber)

    @property
    def _start(self) -> int:
        """The ring has everything after this offset."""
        return self.offset - len(self._ring)

    @property
    def _behind(self) -> Past | None:
        if self._past is None and self._look_back is not None:
            self._past = self._look_back()
        return self._past

    def _trim(self) -> None:
        keep = RING_MESSAGES_MAX
        if self._pulling:
            slowest = min(each.cursor for each in self._pulling)
            needed = min(slowest, self._past.last) if self._past else slowest
            keep = min(max(self.offset - needed, keep), RING_FLOOD_MAX)
        else:
            self._past = None
            self._pieces.clear()
        del self._ring[:-keep]
        self._ring_full = keep + max(keep // 4, RING_SLACK)

    def _join(self, cursor: int) -> tuple[bytes, int]:
        if not self.reaches(cursor):
            raise Cut(TOO_SLOW)
        messages: Sequence[bytes] = self._ring
        start = cursor - self._start
        if start < 0 and self._past is not None:
            messages, start = self._past.messages(cursor, min(-start, OLDER_MESSAGES_MAX)), 0
        end = _piece_end(messages, start)
        return b"\n".join(messages[start:end]), cursor + end - start

    def _keep(self, cursor: int, piece: tuple[bytes, int]) -> None:
        if len(self._pieces) >= PIECES_MAX:
            del self._pieces[next(iter(self._pieces))]
        self._pieces[cursor] = piece


def _piece_end(messages: Sequence[bytes], start: int) -> int:
    """Where a frame of at most PIECE_BYTES_MAX ends that begins at `start`: one message at least, if there is one."""
    size = 0
    for end in range(start, len(messages)):
        size += len(messages[end]) + 1
        if size > PIECE_BYTES_MAX and end > start:
            return end
    return len(messages)
