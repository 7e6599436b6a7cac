"""Cutting a byte stream into lines. Knows line ends and a length limit; refuses to know what a line means."""

from typing import Final

LINE_BYTES_MAX: Final = 4096
"""Bytes before the LF, CR included: twenty times the longest CTP01 line seen, and small enough to hold per peer."""


class LineBuffer:
    """Bytes in, lines out, however they were split on the way.

    `feed` gives each line without its LF or CR LF, as soon as the LF is there. Of a line longer than `limit` it
    gives the first `limit + 1` bytes, once, as soon as that many have arrived, and drops the rest up to the next
    LF: so `len(line) > limit` tells, and no more than `limit` bytes are ever held.
    """

    __slots__ = ("_skipping", "_tail", "limit")

    def __init__(self, limit: int = LINE_BYTES_MAX) -> None:
        self.limit = limit
        self._tail = b""
        self._skipping = False

    def feed(self, data: bytes) -> list[bytes]:
        limit = self.limit
        parts = data.split(b"\n")
        if self._skipping:
            if len(parts) == 1:
                return []
            del parts[0]
            self._skipping = False
        else:
            parts[0] = self._tail + parts[0]
        tail = parts.pop()
        lines = [
            line[: limit + 1] if len(line) > limit else (line[:-1] if line[-1:] == b"\r" else line)
            for line in parts
        ]
        if len(tail) > limit:
            lines.append(tail[: limit + 1])
            tail = b""
            self._skipping = True
        self._tail = tail
        return lines

    def finish(self) -> bytes:
        """No more will come: gives what has come of a last line without an LF (less its CR), and forgets it.

        Nothing of a line too long: `feed` has given its beginning already.
        """
        tail, self._tail = self._tail, b""
        return tail.removesuffix(b"\r")
