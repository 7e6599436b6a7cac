"""Screens that read on, and screens that stop.

`python -m bench.stalled_client PORT PATH,PATH,... following COUNT` connects COUNT screens, as many of each path, and
prints `connected`. Each is emptied every SWEEP_S, and its reads are followed: tags L1, L2, ... without a gap. Lines on
stdin: `begin` starts anew at L1, and is answered by `begun`; `expect N` is answered, when each screen has had N reads
or none comes for SILENCE_S, by how many all have had together, how many screens had another than the next, and how many
were hung up on (JSON).

`python -m bench.stalled_client PORT PATH KIND COUNT ...` connects COUNT screens of each kind, prints when each has read
its last byte (JSON: nanoseconds of the monotonic clock, by kind and by port), and reads nothing more until stdin ends.
Kinds: `deaf` has not read even its hello; `small` has, into a buffer as small as it gets; `usual` has the system's.
"""

import json
import os
import select
import socket
import sys
import time
from typing import Any, Final

from bench.screens_client import PIECE_BYTES, PONG, SIGN_OF_LIFE_S, SILENCE_S, SINGLE, connect, shake_hands

SWEEP_S: Final = 0.1
TAIL_BYTES: Final = 32
"""More than a tag takes that is cut in two."""
SMALL_BYTES: Final = 4096


class Follower:
    """A screen that wants every read, one after the other."""

    def __init__(self, line: socket.socket) -> None:
        self.socket = line
        self._rest = b""
        self.begin()

    def begin(self) -> None:
        self.had = 0
        self.astray = False

    def take(self, data: bytes) -> bool:
        """Whether there is a read in it."""
        data = self._rest + data
        end, before = 0, self.had
        for found in SINGLE.finditer(data):
            self.had += 1
            self.astray = self.astray or int(found[1]) != self.had
            end = found.end()
        self._rest = data[max(end, len(data) - TAIL_BYTES) :]
        return self.had > before


class Followers:
    def __init__(self, port: int, paths: list[str], count: int) -> None:
        # state
        each = count // len(paths)
        self._all = [Follower(connect(port, path).socket) for path in paths for _ in range(each)]
        self._open = {each.socket.fileno(): each for each in self._all}
        self._poll = select.epoll()
        for number in self._open:
            self._poll.register(number, select.EPOLLIN)
        self._expected: int | None = None
        self._news = 0.0
        self._alive = 0

    def run(self) -> None:
        """Until stdin ends."""
        sweep = time.monotonic()
        while True:
            if select.select([sys.stdin], [], [], max(0.0, sweep - time.monotonic()))[0]:
                command = os.read(sys.stdin.fileno(), 4096).split()
                if not command:
                    return
                self._obey(*command)
            if time.monotonic() >= sweep:
                sweep = time.monotonic() + SWEEP_S
                self._sweep()

    def _obey(self, word: bytes, count: bytes = b"") -> None:
        if word == b"expect":
            self._expected = int(count)
            self._news = time.monotonic()
            return
        for each in self._all:
            each.begin()
        _say("begun")

    def _sweep(self) -> None:
        for number, _ in self._poll.poll(0):
            data = _received(self._open[number].socket)
            if not data:
                self._poll.unregister(number)
                del self._open[number]
            elif self._open[number].take(data):
                self._news = time.monotonic()
        self._say_alive()
        if self._expected is not None:
            done = all(each.had >= self._expected for each in self._all)
            if done or time.monotonic() - self._news > SILENCE_S:
                self._expected = None
                _say(json.dumps(self._result()))

    def _result(self) -> dict[str, int]:
        return {
            "had": sum(each.had for each in self._all),
            "astray": sum(each.astray for each in self._all),
            "closed": len(self._all) - len(self._open),
        }

    def _say_alive(self) -> None:
        """To a few at each sweep, to all within SIGN_OF_LIFE_S."""
        until = self._alive + max(1, round(len(self._all) * SWEEP_S / SIGN_OF_LIFE_S))
        for each in self._all[self._alive : until]:
            if each.socket.fileno() in self._open:
                each.socket.send(PONG)
        self._alive = until if until < len(self._all) else 0


def _received(line: socket.socket) -> bytes:
    """Empty: it was hung up on."""
    try:
        return line.recv(PIECE_BYTES)
    except ConnectionError:
        return b""


def stall(port: int, path: str, kind: str) -> socket.socket:
    """A screen that has read its last byte."""
    if kind == "deaf":
        return shake_hands(port, path, SMALL_BYTES)[0]
    return connect(port, path, SMALL_BYTES if kind == "small" else None).socket


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    port, path, *kinds = sys.argv[1:]
    if kinds[0] == "following":
        followers = Followers(int(port), path.split(","), int(kinds[1]))
        _say("connected")
        followers.run()
    else:
        _stall(int(port), path, dict(zip(kinds[::2], map(int, kinds[1::2]), strict=True)))


def _stall(port: int, path: str, kinds: dict[str, int]) -> None:
    held: list[socket.socket] = []
    last: dict[str, Any] = {}
    for kind, count in kinds.items():
        for _ in range(count):
            held.append(stall(port, path, kind))
            last.setdefault(kind, {})[held[-1].getsockname()[1]] = time.monotonic_ns()
    _say(json.dumps(last))
    sys.stdin.read()


if __name__ == "__main__":
    main()
