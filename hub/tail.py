"""The last reads of a session, kept small: for screens that come back, for corrections, for what a page says of them.

Knows reads and how to pack them; refuses to know why somebody asks. It gives back what a deque of reads would.

A read as an object, with its raw line, takes 700 bytes; packed it takes 160, and compressed 60. To pack one costs a
tenth of a microsecond: every 64 are packed as they come. To compress one costs ten times that: it is done where they
come a few at a time, and not in a flood, which is in a hurry and of which only the last ones are left anyway.
"""

import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

import msgspec

from hub.model import Read

TAIL_READS_MAX: Final = 2000
"""Reads kept to show: what a screen may be behind and still be given one by one."""
BLOCK_READS: Final = 64
"""Reads packed together. More would hardly be smaller, and for one of them all are unpacked."""
ZLIB_LEVEL: Final = 1
"""The others take up to twice the time, for a twentieth less."""

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[Read]).decode

Place = tuple[int, str]
"""(source id, location)"""


class Block:
    """Packed reads. `reach`: the offset after which they have no hole, up to their last one."""

    __slots__ = ("_arrivals", "_compressed", "data", "first", "last", "reach", "size")

    def __init__(self, reads: Sequence[Read], *, compress: bool) -> None:
        self.first = reads[0].offset
        self.last = reads[-1].offset
        self.size = len(reads)
        self.reach = _reach(reads)
        self.data = _encode(reads)
        self._compressed = compress
        self._arrivals: dict[Place, int] | None = None
        if compress:
            self.data = zlib.compress(self.data, ZLIB_LEVEL)
            self._arrivals = _arrivals(reads)

    def reads(self) -> list[Read]:
        return _decode(zlib.decompress(self.data) if self._compressed else self.data)

    @property
    def arrivals(self) -> dict[Place, int]:
        """When each source was last heard of at each location, the last one first."""
        if self._arrivals is None:
            self._arrivals = _arrivals(self.reads())
        return self._arrivals


class Tail:
    """The last TAIL_READS_MAX of all reads it was given, in the order of their offsets."""

    __slots__ = ("_blocks", "_fresh", "_packed")

    def __init__(self, reads: Sequence[Read] = ()) -> None:
        self._blocks: deque[Block] = deque()
        self._packed = 0
        """How many the blocks hold; of the first one some may be too old."""
        self._fresh: list[Read] = list(reads)
        """Those since the last block, fewer than one has."""
        self._pack(compress=True)

    def __len__(self) -> int:
        return min(self._packed + len(self._fresh), TAIL_READS_MAX)

    def __iter__(self) -> Iterator[Read]:
        return self._from(0)

    @property
    def last(self) -> int:
        """The last offset; 0: there is none."""
        if self._fresh:
            return self._fresh[-1].offset
        return self._blocks[-1].last if self._blocks else 0

    @property
    def reach(self) -> int:
        """The offset after which there is no hole, up to the last one."""
        last = reach = self.last
        parts = [(block.last, block.reach, block.first) for block in self._blocks]
        if self._fresh:
            parts.append((last, _reach(self._fresh), self._fresh[0].offset))
        for part_last, part_reach, part_first in reversed(parts):
            if part_last != reach:
                break
            reach = part_reach
            if reach >= part_first:
                break
        return max(reach, last - len(self))

    def extend(self, reads: Sequence[Read]) -> None:
        """Reads that follow."""
        self._fresh += reads
        if len(self._fresh) >= BLOCK_READS:
            self._pack(compress=len(reads) < BLOCK_READS)

    def recent(self, count: int) -> list[Read]:
        """The last `count`, oldest first."""
        parts = [self._fresh]
        missing = min(count, len(self)) - len(self._fresh)
        for block in reversed(self._blocks):
            if missing <= 0:
                break
            parts.append(block.reads())
            missing -= block.size
        reads = [read for part in reversed(parts) for read in part]
        return reads[max(0, len(reads) - min(count, len(self))) :]

    def since(self, received_us: int) -> list[Read]:
        """Those received from then on, oldest first, and some that were before them: whole blocks of older ones are
        left packed."""
        parts = [self._fresh]
        for block in reversed(self._blocks):
            if parts[-1] and parts[-1][0].received_us < received_us:
                break
            parts.append(block.reads())
        reads = [read for part in reversed(parts) for read in part]
        return reads[max(0, len(reads) - TAIL_READS_MAX) :]

    def after(self, offset: int, count: int) -> list[Read]:
        """The first `count` after an offset."""
        return list(islice((read for read in self._from(offset) if read.offset > offset), count))

    def find(self, offset: int) -> Read | None:
        """What has this offset, if it is kept."""
        found = self.after(offset - 1, 1)
        return found[0] if found and found[0].offset == offset else None

    def arrivals(self) -> Iterable[tuple[Place, int]]:
        """When each source was last heard of at each location, the last one first; what comes again is older."""
        yield from _arrivals(self._fresh).items()
        for block in reversed(self._blocks):
            yield from block.arrivals.items()

    def replace(self, read: Read) -> None:
        """It takes the place of what has its offset."""
        self._change(read.offset, read.offset, lambda each: read if each.offset == read.offset else each)

    def change(self, change: Callable[[Read], Read]) -> None:
        """Each of them becomes what `change` makes of it, under the same offset."""
        self._change(0, self.last, change)

    def copy(self) -> "Tail":
        """It stays as it is now."""
        other = Tail()
        other._blocks, other._packed, other._fresh = self._blocks.copy(), self._packed, self._fresh.copy()
        return other

    def _from(self, offset: int) -> Iterator[Read]:
        """All, from the block on in which the next offset is."""
        too_old = self._packed + len(self._fresh) - len(self)
        for block in self._blocks:
            if block.last > offset and block.size > too_old:
                yield from islice(block.reads(), too_old, None)
            too_old = max(0, too_old - block.size)
        yield from self._fresh

    def _pack(self, *, compress: bool) -> None:
        fresh = self._fresh[-TAIL_READS_MAX:]
        if len(fresh) == TAIL_READS_MAX:
            self._blocks.clear()
            self._packed = 0
        whole = len(fresh) - len(fresh) % BLOCK_READS
        for start in range(0, whole, BLOCK_READS):
            self._blocks.append(Block(fresh[start : start + BLOCK_READS], compress=compress))
        self._fresh = fresh[whole:]
        self._packed += whole
        while self._packed + len(self._fresh) >= TAIL_READS_MAX + BLOCK_READS:
            self._packed -= self._blocks.popleft().size

    def _change(self, first: int, last: int, change: Callable[[Read], Read]) -> None:
        """Whatever lies between these offsets, both inclusive, and what is packed with it."""
        for place, block in enumerate(self._blocks):
            if block.last >= first and block.first <= last:
                self._blocks[place] = Block([change(each) for each in block.reads()], compress=True)
        self._fresh = [change(each) for each in self._fresh]


def _reach(reads: Sequence[Read]) -> int:
    """The offset after which they have no hole."""
    last, count = reads[-1].offset, len(reads)
    if last - reads[0].offset == count - 1:
        return last - count
    start = count
    while start and reads[start - 1].offset == last - (count - start):
        start -= 1
    return last - (count - start)


def _arrivals(reads: Sequence[Read]) -> dict[Place, int]:
    found: dict[Place, int] = {}
    for read in reversed(reads):
        found.setdefault((read.source_id, read.location), read.received_us)
    return found
