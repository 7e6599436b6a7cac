"""Streams cut into pieces, and what an owner does between them: the one helper of all stream targets."""

import re
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

PIECE_BYTES: Final = 7
BETWEEN: Final = b"\x1e"
"""What stands between two things in one input: no keyboard writes it."""
REST: Final = b"CT01_33~9"
"""The beginning of a line that never comes."""

T = TypeVar("T")


def however_cut(hear: Callable[[int, bytes], T]) -> T:
    """What comes of a stream. The same whole, byte by byte, and in sevens; and with the beginning of another line
    behind it, which changes nothing.

    `hear(size, rest)` cuts the stream into pieces of so many bytes, ends its last line, and lets the rest follow.
    """
    first = hear(1, b"")
    for size, rest in ((PIECE_BYTES, b""), (1 << 30, b""), (1 << 30, REST)):
        assert hear(size, rest) == first, f"cut into pieces of {size}, with the rest {rest!r}"
    return first


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def script(data: bytes, actions: Iterable[bytes]) -> list[bytes]:
    """Bytes that came, and at every odd place the name of what was done then: it stands between two `\\x1e`."""
    return re.split(rb"\x1e(%b)\x1e" % b"|".join(actions), data)
