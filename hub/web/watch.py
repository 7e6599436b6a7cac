"""What the control room remembers between two looks: where each reader was last heard of, tags that nobody wears, how
much room the disks have. Knows how old each of it may be; refuses to know who looks.
"""

from collections.abc import Container, Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

from aiohttp import web

from hub import disk
from hub.alarms import DiskFacts
from hub.encode import iso
from hub.model import KIND_READ, US_PER_S
from hub.roster import normal
from hub.session import Session

UNKNOWN_MAX: Final = 20
"""Tags of a session that the page lists, the last one first."""
TAGS_AGE_US: Final = 2 * US_PER_S
TAGS_AT_ONCE_MAX: Final = 1
"""Sessions whose tags are looked through for one answer, 2 ms each, in which no screen hears of anything."""
DISK_AGE_US: Final = 5 * US_PER_S


class _Tags(NamedTuple):
    looked_us: int
    state: tuple[int, int, int]
    """(last offset, epoch, roster) that it was found with."""
    found: dict[str, Any]


NO_TAGS: Final[dict[str, Any]] = {"count": 0, "last": []}


class Watch:
    """`folders`: what is kept where."""

    def __init__(self, folders: Iterable[tuple[str, Path]]) -> None:
        self._folders = list(folders)
        self._tags: dict[int, _Tags] = {}
        self._heard: dict[int, dict[str, int]] = {}
        self._disks: list[DiskFacts] = []
        self._disks_us = -DISK_AGE_US

    def heard(self, sessions: Iterable[Session]) -> dict[int, dict[str, int]]:
        """When each source was last heard of at each location. What has left the memory of its
        session meanwhile is remembered here."""
        found: dict[int, dict[str, int]] = {}
        for session in sessions:
            for (source_id, location), us in session.tail.arrivals():
                places = found.setdefault(source_id, {})
                places[location] = max(us, places.get(location, 0))
        for source_id, places in found.items():
            for location, us in self._heard.get(source_id, {}).items():
                places.setdefault(location, us)
        self._heard = found
        return found

    def unknown_tags(
        self, sessions: Iterable[Session], now_us: int, there: Container[int]
    ) -> dict[int, dict[str, Any]]:
        """By session: how many tags of its last reads nobody wears, and the last of them. `there`: the numbers of all
        sessions, so that those that are gone are forgotten."""
        left = TAGS_AT_ONCE_MAX
        kept = {session_id: held for session_id, held in self._tags.items() if session_id in there}
        for session in sorted(sessions, key=lambda each: _looked_us(kept.get(each.row.id))):
            held = kept.get(session.row.id)
            state = (session.durable, session.epoch, id(session.roster))
            due = held is None or (held.state != state and now_us - held.looked_us >= TAGS_AGE_US)
            if due and left:
                left -= 1
                held = _Tags(now_us, state, _unknown(session))
            if held is not None:
                kept[session.row.id] = held
        self._tags = kept
        return {session_id: held.found for session_id, held in kept.items()}

    def disks(self, now_us: int) -> list[DiskFacts]:
        """Each once; what cannot be asked is left out: it will be said where it is missed."""
        if now_us - self._disks_us >= DISK_AGE_US:
            self._disks_us = now_us
            rooms = {of: disk.room(folder) for of, folder in self._folders}
            known: dict[int, DiskFacts] = {}
            for of, room in rooms.items():
                if room is not None:
                    known.setdefault(room.device, DiskFacts(of, room.free, room.total))
            self._disks = list(known.values())
        return self._disks


def _looked_us(held: _Tags | None) -> int:
    """Those that were looked through longest ago come first."""
    return held.looked_us if held else 0


def _unknown(session: Session) -> dict[str, Any]:
    tags: dict[str, tuple[int, str, int]] = {}
    for read in session.tail:
        if read.kind == KIND_READ:
            count, _, _ = tags.pop(read.tag, (0, "", 0))
            tags[read.tag] = (count + 1, session.places.shown(read.location), read.received_us)
    unknown = [
        (tag, *seen)
        for tag, seen in tags.items()
        if session.who(tag) is None and normal(tag) not in session.crew
    ]
    return {
        "count": len(unknown),
        "last": [
            {"tag": tag, "count": count, "location": location, "at": iso(us)}
            for tag, count, location, us in unknown[: -UNKNOWN_MAX - 1 : -1]
        ],
    }


WATCH: Final = web.AppKey("watch", Watch)
