"""What a whole roster says that it did not say before. Knows entries by their ids and a checksum of each; refuses to
know where they come from.

For services that cannot be trusted to say what has changed: all of it is read again, and only what differs is passed
on. What was known travels in the cursor, six or seven bytes an entry.
"""

import base64
import struct
import zlib
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from hub.providers.words import Cursor
from hub.roster_words import Entry

Known = dict[str, int]
"""A checksum of each entry, by its id."""
MISSING_MAX: Final = 5000


class Compared:
    """One reading. known: what it says by now; gone: who was known and is in it no more."""

    def __init__(self, cursor: Cursor) -> None:
        self.known = unpacked(cursor)
        self.gone: list[str] = []
        self.seen: set[str] = set()
        self._told: set[str] = set()
        self._first = not cursor
        self._missed = set(_texts(cursor.get("missing")))
        self._missing: list[str] = []

    def again(self) -> None:
        """The reading begins anew: nobody has been seen."""
        self.seen = set()

    def new(self, entries: Iterable[Entry]) -> list[Entry]:
        """Those that say something else than before, each once a load: what has changed within it is told by the next.
        One without an id is nobody; of two with the same, the first counts."""
        found = []
        for each in entries:
            name = each.external_id
            if not name or name in self.seen:
                continue
            self.seen.add(name)
            mark = zlib.crc32(msgspec.json.encode(each))
            if self.known.get(name) != mark and name not in self._told:
                found.append(each)
                self._told.add(name)
                self.known[name] = mark
        return found

    def end(self, *, sure: bool) -> None:
        """All of it has been read. `sure`: nobody can have slipped through; else whoever is missing is gone only when
        the reading before has missed them, too. Who went during a first load is told by the refresh after it."""
        if self._first:
            return
        missing = [each for each in self.known if each not in self.seen]
        self.gone = missing if sure else [each for each in missing if each in self._missed]
        for each in self.gone:
            del self.known[each]
        self._missing = [] if sure else [each for each in missing if each in self.known][:MISSING_MAX]

    def cursor(self) -> Cursor:
        found = packed(self.known)
        return {**found, "missing": self._missing} if self._missing else found


def packed(known: Known) -> Cursor:
    ids = zlib.compress("\n".join(known).encode(), 1)
    marks = struct.pack(f"<{len(known)}I", *known.values())
    return {"ids": base64.b64encode(ids).decode(), "marks": base64.b64encode(marks).decode()}


def unpacked(cursor: Cursor) -> Known:
    """Nothing is known where the cursor is of another shape."""
    try:
        ids = zlib.decompress(base64.b64decode(cursor["ids"])).decode().split("\n")
        marks = base64.b64decode(cursor["marks"])
        return dict(zip(ids, struct.unpack(f"<{len(marks) // 4}I", marks), strict=True)) if marks else {}
    except (KeyError, TypeError, ValueError, struct.error, zlib.error):
        return {}


def _texts(found: Any) -> list[str]:
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
