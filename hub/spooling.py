"""What a service says of a roster, until all of it is there: on the disk where it is much, in a file that has no name,
so that a hub that dies leaves nothing of it. Knows entries in pieces; refuses to know where they come from.

A service may take hours for a roster. Nothing of it is put in force before its end is there.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from hub.errors import StoreError
from hub.roster_words import Entry

MEMORY_BYTES_MAX: Final = 1 << 20
BYTES_MAX: Final = 512 << 20
"""A roster of a hundred thousand takes 60 MiB. A service that gives without an end is not written down for ever."""
_SIZE_BYTES: Final = 4

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[Entry]).decode


class Spool:
    """Raises StoreError when the disk does not take it. `count`: entries in it."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(MEMORY_BYTES_MAX, dir=str(folder))  # noqa: SIM115
        self._bytes = 0
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    async def put(self, entries: Sequence[Entry]) -> None:
        if entries:
            await asyncio.to_thread(self._put, entries)
            self.count += len(entries)

    async def pieces(self) -> AsyncIterator[list[Entry]]:
        """All that was put there, as it was put."""
        self._file.seek(0)
        while piece := await asyncio.to_thread(self._next):
            yield piece

    def _put(self, entries: Sequence[Entry]) -> None:
        data = _encode(entries)
        self._bytes += len(data) + _SIZE_BYTES
        if self._bytes > BYTES_MAX:
            raise StoreError(f"the service gives more than {BYTES_MAX >> 20} MiB of a roster")
        try:
            self._file.write(len(data).to_bytes(_SIZE_BYTES, "big") + data)
        except OSError as problem:
            raise StoreError(f"a roster cannot be kept on the disk: {problem.strerror}") from problem

    def _next(self) -> list[Entry]:
        try:
            size = int.from_bytes(self._file.read(_SIZE_BYTES), "big")
            return _decode(self._file.read(size)) if size else []
        except OSError as problem:
            raise StoreError(f"a roster cannot be read from the disk: {problem.strerror}") from problem
