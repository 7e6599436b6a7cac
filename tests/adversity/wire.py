"""PostgreSQL's wire, as far as it takes to name a moment on it: the third piece of a COPY, the answer to a COMMIT.

Knows where messages begin and end. Facts: PostgreSQL's manual, "Frontend/Backend Protocol", "Message Formats".
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from tests.adversity.proxy import Watch, Way

WRITER: Final = b"application_name\0racehub writer\0"
"""In the first message of the connection that writes reads."""
COPY_DATA: Final = b"d"
COPY_DONE: Final = b"c"
COMMAND_COMPLETE: Final = b"C"
_HEAD_BYTES: Final = 5


class Message(NamedTuple):
    """kind: its first byte, empty for the first message of a client, which has none. begin, end: where in the data
    that was fed; begin may lie before it."""

    kind: bytes
    body: bytes
    begin: int
    end: int


class Messages:
    """One way of a connection, cut into messages however the bytes are cut. `first`: a client's, whose first message
    has no kind."""

    def __init__(self, *, first: bool) -> None:
        self._kind_bytes = 0 if first else 1
        self._held = b""

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are whole now."""
        before = len(self._held)
        held = self._held + data
        place = 0
        while True:
            head = place + self._kind_bytes
            size = int.from_bytes(held[head : head + 4], "big")
            end = head + size
            if len(held) < head + 4 or len(held) < end:
                break
            yield Message(held[place:head], held[head + 4 : end], place - before, end - before)
            place = end
            self._kind_bytes = 1
        self._held = held[place:]


class Moment:
    """The `nth` message of this kind, of the writer's connection, whose body begins so. Springs before it has passed,
    or right after. A trap for a Proxy; counts over all connections."""

    def __init__(
        self, way: Way, kind: bytes, begin: bytes = b"", *, nth: int = 1, after: bool = False
    ) -> None:
        self.way = way
        self._kind = kind
        self._begin = begin
        self._left = nth
        self._after = after

    def watch(self) -> Watch:
        return _Watch(self)

    def is_it(self, message: Message) -> bool:
        if message.kind == self._kind and message.body.startswith(self._begin):
            self._left -= 1
        return not self._left

    def place(self, message: Message) -> int:
        return max(0, message.end if self._after else message.begin)


class _Watch:
    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._messages = {way: Messages(first=way is Way.UP) for way in Way}
        self._writer = False

    def see(self, way: Way, data: bytes) -> int | None:
        for message in self._messages[way].feed(data):
            if way is Way.UP and not message.kind:
                self._writer = WRITER in message.body
            elif self._writer and way is self._moment.way and self._moment.is_it(message):
                return self._moment.place(message)
        return None
