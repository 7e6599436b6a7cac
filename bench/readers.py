"""Many CTP01 clients in one process, each with its session's stream key as its event name.

`python -m bench.readers PORT PER_S COUNT TIMED KEY,KEY,...` connects one for each key and prints `ready`. Lines on
stdin: `send N PLACE,PLACE,...` has each of these (their places among the keys; empty: all) send its next N of COUNT
reads at PER_S reads a second, each at a moment of its own; it is answered, when they have left, by when those of the
first TIMED readers did: JSON, nanoseconds of the monotonic clock, a list for each. Ends when stdin does.
"""

import json
import random
import select
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Final

from bench import ctp01
from bench.made import LOCATION, singles

ANSWERS: Final = {b"ping": b"ack~ping\r\n", b"getlocations": f"ack~getlocations~{LOCATION}\r\n".encode()}


class Reader:
    """Has a stream of its own, of which it knows what comes next."""

    def __init__(self, port: int, key: str, reads: Sequence[bytes]) -> None:
        self.line, _ = ctp01.connect(port, ctp01.new_id(), key)
        self.left: list[int] = []
        self._reads: Iterator[bytes] = iter(reads)

    def send(self) -> None:
        read = next(self._reads)
        self.left.append(time.monotonic_ns())
        self.line.sendall(read)

    def answer(self) -> None:
        """What the hub has asked meanwhile."""
        for asked in self.line.recv(4096).split():
            if asked in ANSWERS:
                self.line.sendall(ANSWERS[asked])


class Readers:
    def __init__(self, port: int, per_s: float, count: int, keys: list[str]) -> None:
        reads = singles(count, per_s)
        self.all = [Reader(port, key, reads) for key in keys]
        self._per_s = per_s
        self._moments = random.Random(1)
        self._poll = select.epoll()
        self._poll.register(sys.stdin.fileno(), select.EPOLLIN)
        self._of = {each.line.fileno(): each for each in self.all}
        for number in self._of:
            self._poll.register(number, select.EPOLLIN)

    def run(self, timed: int) -> None:
        """Until stdin ends."""
        while True:
            if not self._pause(time.monotonic() + 1.0):
                continue
            words = sys.stdin.readline().split()
            if not words:
                return
            places = [int(place) for place in words[2].split(",")] if len(words) > 2 else range(len(self.all))
            self._send(int(words[1]), [self.all[place] for place in places])
            _say(json.dumps([each.left for each in self.all[:timed]]))

    def _send(self, count: int, readers: list[Reader]) -> None:
        started = time.monotonic()
        due = sorted(
            ((number + self._moments.random()) / self._per_s, place)
            for number in range(count)
            for place in range(len(readers))
        )
        for after_s, place in due:
            self._pause(started + after_s)
            readers[place].send()

    def _pause(self, until: float) -> bool:
        """Answers what is asked meanwhile. Whether there is something to be read on stdin: then no longer."""
        while True:
            for number, _ in self._poll.poll(max(0.0, until - time.monotonic())):
                if number == sys.stdin.fileno():
                    return True
                self._of[number].answer()
            if time.monotonic() >= until:
                return False


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    port, per_s, count, timed, keys = sys.argv[1:]
    readers = Readers(int(port), float(per_s), int(count), keys.split(","))
    _say("ready")
    readers.run(int(timed))


if __name__ == "__main__":
    main()
