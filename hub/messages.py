"""The lines that a session has for its screens and its people: which are in force at an instant, which rotating one is
up, which one a runner gets. Pure: the same for every screen and after every restart. Refuses to know who may see them.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final

import msgspec

from hub.model import US_PER_S

PINNED: Final = "pinned"
ROTATING: Final = "rotating"
RUNNER: Final = "runner"
KINDS: Final = (PINNED, ROTATING, RUNNER)
PUBLIC: Final = "public"
ANNOUNCER: Final = "announcer"
CREW: Final = "crew"
EVERY_S: Final = 10
"""How long a rotating message is up, unless somebody has said otherwise."""


class Message(msgspec.Struct, frozen=True):
    """A row of `messages`. position: its place among those of its kind, from 1. begins_us None: since ever; ends_us
    None: until somebody takes it away."""

    id: int
    kind: str
    audience: str
    text: str
    position: int
    begins_us: int | None = None
    ends_us: int | None = None

    def in_force(self, now_us: int) -> bool:
        return (self.begins_us is None or self.begins_us <= now_us) and not self.is_over(now_us)

    def is_over(self, now_us: int) -> bool:
        return self.ends_us is not None and self.ends_us <= now_us


class Messages:
    """All of a session, in their order. `version`: one more with each change of those for runners. Does not change:
    another list is another object."""

    __slots__ = ("_edges", "_for_runners", "_runner", "all", "every_s", "version")

    def __init__(self, messages: Iterable[Message] = (), *, every_s: int = EVERY_S, version: int = 0) -> None:
        self.all = tuple(sorted(messages, key=lambda each: (KINDS.index(each.kind), each.position, each.id)))
        self.every_s = every_s
        self.version = version
        self._runner = [each for each in self.all if each.kind == RUNNER]
        times = (us for each in self._runner for us in (each.begins_us, each.ends_us) if us is not None)
        self._edges = sorted(set(times))  # between two of them nothing begins or ends
        self._for_runners: dict[int, list[str]] = {}

    def __iter__(self) -> Iterator[Message]:
        return iter(self.all)

    def in_force(self, now_us: int, kind: str, audience: str = PUBLIC) -> list[Message]:
        return [
            each
            for each in self.all
            if each.kind == kind and each.audience == audience and each.in_force(now_us)
        ]

    def up(self, now_us: int) -> Message | None:
        """The rotating one that public screens show at this instant."""
        turning = self.in_force(now_us, ROTATING)
        return turning[now_us // (self.every_s * US_PER_S) % len(turning)] if turning else None

    def for_screens(self, now_us: int) -> list[Message]:
        """What a public screen needs from now on: what is over is not sent, what is to come is. Messages for runners
        come with the runners."""
        return [
            each
            for each in self.all
            if each.audience == PUBLIC and each.kind != RUNNER and not each.is_over(now_us)
        ]

    def for_people(self, now_us: int) -> list[Message]:
        """What somebody needs who watches the session: of every audience."""
        return [each for each in self.all if not each.is_over(now_us)]

    def of_runner(self, session_id: int, offset: int, received_us: int) -> str | None:
        """What goes with the runner of this offset; None: there is nothing to say."""
        if not self._runner:
            return None
        between = bisect_right(self._edges, received_us)
        texts = self._for_runners.get(between)
        if texts is None:
            texts = [each.text for each in self._runner if each.in_force(received_us)]
            self._for_runners[between] = texts
        return texts[_mixed(session_id, offset, self.version) % len(texts)] if texts else None


NONE: Final = Messages()


def _mixed(session_id: int, offset: int, version: int) -> int:
    """A number that nobody could tell from a random one, the same for the same ones. Takes two microseconds."""
    return int.from_bytes(blake2b(b"%d %d %d" % (session_id, offset, version), digest_size=8).digest())
