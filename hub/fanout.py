"""Topics, subscribers and the verdict on slow ones. Knows bytes and offsets; refuses to know what they say, where
they come from and which socket they leave by.

A topic keeps a ring of its last messages. A subscriber that has just come, or comes back, pulls what it missed
from the ring at its own pace; once it has caught up it is live, and every frame is pushed to it: what one turn of
the loop produced, joined once, the same bytes for all. Pulling costs nobody memory. A queue of pushed frames does,
so a live subscriber that falls `queue_bytes_max` behind is cut, with a named reason; it comes back and resumes.
A frame too large to push (a reader that replays a race) makes nobody slow: all go back to pulling.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from hub.errors import PeerError

PIECE_BYTES_MAX: Final = 64 * 1024
"""What is sent at once: large enough to be quick, small enough not to fill a socket's buffer."""
RING_MESSAGES_MAX: Final = 16_384
"""Messages kept for those who pull: three full journal groups, about 6 MB, while a session has screens."""


@dataclass(frozen=True, slots=True)
class CloseReason:
    """Why the hub ends a screen's connection. Codes 4000 to 4099: do not come back; 4100 to 4199: resume."""

    code: int
    text: str

    @property
    def again(self) -> bool:
        return self.code >= 4100


UNKNOWN_CODE: Final = CloseReason(4001, "unknown or revoked code")
SESSION_GONE: Final = CloseReason(4003, "session deleted")
NOT_UNDERSTOOD: Final = CloseReason(4005, "message from the screen not understood")
STOPPING: Final = CloseReason(4101, "hub stopping")
TOO_SLOW: Final = CloseReason(4102, "too slow: resume from your offset")


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
        # shared
        self._topic = topic
        self._wake = wake
        # state
        self._cursor = cursor
        self._live = False
        self._frames: deque[bytes] = deque()
        self.queued_bytes = 0
        self._reason: CloseReason | None = None
        topic.subscribers.add(self)

    def push(self, frame: bytes, before: int) -> None:
        """A live frame, from the topic, which stood at offset `before`. Never blocks, never raises."""
        if not self._live or self._reason is not None:
            return
        if len(frame) > PIECE_BYTES_MAX:
            self._live = False
            self._cursor = before
        else:
            self._frames.append(frame)
            self.queued_bytes += len(frame)
            if self.queued_bytes > self.queue_bytes_max:
                self.cut(TOO_SLOW)
        self._wake()

    def cut(self, reason: CloseReason) -> None:
        """Ends it: the next `take` raises. The first reason given is the one."""
        self._reason = self._reason or reason
        self._frames.clear()
        self._wake()

    def take(self) -> bytes | None:
        """The next bytes to send; None when there is nothing now. Raises Cut."""
        if self._reason is not None:
            raise Cut(self._reason)
        if self._frames:
            frame = self._frames.popleft()
            self.queued_bytes -= len(frame)
            return frame
        if not self._live:
            piece, self._cursor = self._topic.piece(self._cursor)
            if piece:
                return piece
            self._live = True
        return None

    def leave(self) -> None:
        self._topic.subscribers.discard(self)


class Topic:
    """A session for one audience. `offset`: the last one flushed, which every live subscriber has been pushed."""

    def __init__(
        self, offset: int, ring: Sequence[bytes], soon: Callable[[Callable[[], None]], object]
    ) -> None:
        self.offset = offset
        self.subscribers: set[Subscriber] = set()
        self._ring: deque[bytes] = deque(ring, maxlen=RING_MESSAGES_MAX)
        self._turn: list[bytes] = []
        self._turn_offset = offset
        self._scheduled = False
        self._soon = soon

    def publish(self, messages: list[bytes], offset: int) -> None:
        """Messages of consecutive offsets, the last of them `offset`. Flushed at the end of this turn."""
        self._turn += messages
        self._turn_offset = offset
        self._schedule()

    def notify(self, message: bytes) -> None:
        """A message without an offset, for those who are live: who is not will be told by its hello."""
        self.flush()
        self._push(message, self.offset)

    def replace(self, ring: Sequence[bytes]) -> None:
        """The last messages, encoded anew because more is known."""
        self.flush()
        self._ring = deque(ring, maxlen=RING_MESSAGES_MAX)

    def flush(self) -> None:
        """Everything of this turn, joined, as one frame."""
        self._scheduled = False
        if not self._turn:
            return
        turn, self._turn = self._turn, []
        before, self.offset = self.offset, self._turn_offset
        self._ring.extend(turn)
        self._push(b"\n".join(turn), before)

    def recent(self, count: int) -> list[bytes]:
        return list(islice(self._ring, max(0, len(self._ring) - count), None))

    def reaches(self, after: int) -> bool:
        """Whether the ring still holds everything after this offset."""
        return self.offset - len(self._ring) <= after <= self.offset

    def piece(self, cursor: int) -> tuple[bytes, int]:
        """What comes after `cursor`, at most PIECE_BYTES_MAX (but one message at least), and the cursor after it.
        Raises Cut when the ring has moved on beyond the cursor."""
        if not self.reaches(cursor):
            raise Cut(TOO_SLOW)
        start = len(self._ring) - (self.offset - cursor)
        piece: list[bytes] = []
        size = 0
        for message in islice(self._ring, start, None):
            size += len(message) + 1
            if piece and size > PIECE_BYTES_MAX:
                break
            piece.append(message)
        return b"\n".join(piece), cursor + len(piece)

    def _push(self, frame: bytes, before: int) -> None:
        for subscriber in self.subscribers:
            subscriber.push(frame, before)

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._soon(self.flush)
