"""Many screens in one process: plain sockets that speak as much WebSocket as it takes to count reads.

`python -m bench.screens_client PORT PATH,PATH,... COUNT TIMED` connects COUNT screens, one after the other, as many of
each path, and prints `connected` when each has its first message. TIMED of them, evenly spread, are read at once, and
each read's tag and time are kept; the others are only emptied every SWEEP_S, as if the machine they run on were another
one. On stdin: `expect N` is answered by `seen` when each timed screen has had N single reads, or by `missing` when none
comes for SILENCE_S. When stdin ends it prints what it has seen, as JSON.
"""

import json
import os
import re
import select
import socket
import sys
import time
from array import array
from dataclasses import dataclass, field
from typing import Any, Final

SWEEP_S: Final = 0.02
SIGN_OF_LIFE_S: Final = 8.0
"""Each screen tells the hub that it lives, by a pong nobody asked for, well before it would be asked."""
SILENCE_S: Final = 15.0
PIECE_BYTES: Final = 1 << 20
TEXT: Final = 1
PONG: Final = b"\x8a\x80\0\0\0\0"
SINGLE: Final = re.compile(rb'"tag":"L([0-9]+)"')
"""The tag of a single read (`bench.made.singles`); the name of a runner is told beside `tag_code`."""


class Frames:
    """A server's WebSocket frames, however the bytes are cut."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads of the text frames that are whole now."""
        data = self._rest + data
        found: list[bytes] = []
        start = 0
        while (place := _payload(data, start)) is not None and place[1] <= len(data):
            if data[start] & 0x0F == TEXT:
                found.append(data[place[0] : place[1]])
            start = place[1]
        self._rest = data[start:]
        return found


def _payload(data: bytes, start: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `start` begins and ends; None: that is not known yet."""
    if len(data) < start + 2:
        return None
    size, begin = data[start + 1], start + 2
    extra = {126: 2, 127: 8}.get(size, 0)
    if len(data) < begin + extra:
        return None
    if extra:
        size = int.from_bytes(data[begin : begin + extra], "big")
    return begin + extra, begin + extra + size


@dataclass(slots=True)
class Screen:
    socket: socket.socket
    frames: Frames = field(default_factory=Frames)
    tags: "array[int]" = field(default_factory=lambda: array("q"))
    times: "array[int]" = field(default_factory=lambda: array("q"))


class Screens:
    def __init__(self, port: int, paths: list[str], count: int, timed: int) -> None:
        # state
        self._all = [connect(port, path) for path in paths for _ in range(count // len(paths))]
        self.timed = {each.socket.fileno(): each for each in self._all[:: count // timed][:timed]}
        self._drained = {
            each.socket.fileno(): each for each in self._all if each.socket.fileno() not in self.timed
        }
        self._at_once, self._now_and_then = select.epoll(), select.epoll()
        for number in (*self.timed, sys.stdin.fileno()):
            self._at_once.register(number, select.EPOLLIN)
        for number in self._drained:
            self._now_and_then.register(number, select.EPOLLIN)
        self._buffer = bytearray(PIECE_BYTES)
        self._alive = 0
        self._expected: int | None = None
        self._news = time.monotonic()
        # counters
        self.frames = 0
        self.payload_bytes = 0
        self.closed = 0

    def run(self) -> None:
        """Until stdin ends."""
        sweep = time.monotonic()
        while True:
            arrived: list[tuple[Screen, int, bytes]] = []
            for number, _ in self._at_once.poll(max(0.0, sweep - time.monotonic())):
                if number == sys.stdin.fileno():
                    if not self._command(os.read(number, 4096)):
                        return
                elif data := self._received(number):
                    arrived.append((self.timed[number], time.monotonic_ns(), data))
            for screen, at, data in arrived:
                self._take(screen, at, data)
            if time.monotonic() >= sweep:
                sweep += SWEEP_S
                self._sweep()

    def result(self) -> dict[str, Any]:
        return {
            "frames": self.frames,
            "payload_bytes": self.payload_bytes,
            "closed": self.closed,
            "screens": [[list(each.tags), list(each.times)] for each in self.timed.values()],
        }

    def _command(self, text: bytes) -> bool:
        if text:
            self._expected = int(text.split()[1])
            self._news = time.monotonic()
        return bool(text)

    def _received(self, number: int) -> bytes:
        data = self.timed[number].socket.recv(PIECE_BYTES)
        if not data:
            self._at_once.unregister(number)
            self.closed += 1
        return data

    def _take(self, screen: Screen, at: int, data: bytes) -> None:
        for payload in screen.frames.feed(data):
            tags = SINGLE.findall(payload)
            if tags:
                self._news = at / 1e9
            screen.tags.extend(map(int, tags))
            screen.times.extend([at] * len(tags))
            self.frames += 1
            self.payload_bytes += len(payload)

    def _sweep(self) -> None:
        for number, _ in self._now_and_then.poll(0):
            if not self._drained[number].socket.recv_into(self._buffer):
                self._now_and_then.unregister(number)
                self.closed += 1
        self._say_alive()
        if self._expected is not None:
            seen = all(len(each.tags) >= self._expected for each in self.timed.values())
            if seen or time.monotonic() - self._news > SILENCE_S:
                self._expected = None
                _say("seen" if seen else "missing")

    def _say_alive(self) -> None:
        """To a few at each sweep, to all within SIGN_OF_LIFE_S."""
        until = self._alive + max(1, round(len(self._all) * SWEEP_S / SIGN_OF_LIFE_S))
        for screen in self._all[self._alive : until]:
            try:
                screen.socket.send(PONG)
            except OSError:
                continue  # it has been cut, which is counted where its end is read
        self._alive = until if until < len(self._all) else 0


def connect(port: int, path: str, buffer_bytes: int | None = None) -> Screen:
    """A screen that has its hello. `buffer_bytes`: what the system holds for it; None: as much as usual."""
    line, rest = shake_hands(port, path, buffer_bytes)
    screen = Screen(line)
    while not screen.frames.feed(rest):
        rest = _some(line)
    line.setblocking(False)
    return screen


def shake_hands(port: int, path: str, buffer_bytes: int | None = None) -> tuple[socket.socket, bytes]:
    """A WebSocket, and what has come of it already."""
    line = socket.socket()
    if buffer_bytes is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    line.connect(("127.0.0.1", port))
    line.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    got = b""
    while b"\r\n\r\n" not in got:
        got += _some(line)
    head, _, rest = got.partition(b"\r\n\r\n")
    if b" 101 " not in head.split(b"\r\n")[0]:
        raise ConnectionError(f"no WebSocket: {head!r}")
    return line, rest


def _some(line: socket.socket) -> bytes:
    data = line.recv(PIECE_BYTES)
    if not data:
        raise ConnectionError("hung up during the handshake")
    return data


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    screens = Screens(int(sys.argv[1]), sys.argv[2].split(","), int(sys.argv[3]), int(sys.argv[4]))
    _say("connected")
    screens.run()
    _say(json.dumps(screens.result()))


if __name__ == "__main__":
    main()
