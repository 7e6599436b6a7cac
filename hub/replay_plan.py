"""Reads controller files into a plan of what is to be played, where and when.

Knows files on disk and the order in which a controller's reads come due; refuses to know sockets and clocks.
"""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Final

from hub.errors import HubError
from hub.protocols.chronotrack_stream import Item, Laps, Stream, gun_item
from hub.protocols.controller_file import MarkerFile, Problems, TagRead, parse_markers, parse_tags

FILE_BYTES_MAX: Final = 256 << 20
"""Bytes of one file: a hundred times the largest seen."""
_EVENT_FORBIDDEN: Final = frozenset("~\0\r\n")

Timed = tuple[int, str, Item]
"""When it is due (wall clock of the files, microseconds), where, and what."""


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """What is to be played: all items in the order they are due, under one connection id.

    An item is due when the latest time of its own file so far has come: controllers write a read when its
    observation window ends, so the order of a file is kept although its times go back by seconds.
    """

    locations: tuple[str, ...]
    timeline: list[Timed]
    event: str = ""
    now: bool = False
    from_sequence: int = 1
    connection_id: str = field(default_factory=lambda: secrets.token_hex(20).upper())
    problems: tuple[tuple[str, Problems], ...] = ()

    def due_us(self) -> list[int]:
        """When the items that will be sent are due: all but those before `from_sequence`."""
        counts: Counter[str] = Counter()
        due: list[int] = []
        for due_us, name, _ in self.timeline:
            counts[name.casefold()] += 1
            if counts[name.casefold()] >= self.from_sequence:
                due.append(due_us)
        return due


def parse_argument(text: str) -> tuple[str | None, Path]:
    """`START=a.csv` is a location and a file; what has a path separator before the `=`, or none, is a file."""
    name, equals, path = text.partition("=")
    if not equals or not name or "/" in name or "\\" in name:
        return None, Path(text)
    return name, Path(path)


def load_plan(
    files: Iterable[tuple[str | None, Path]],
    *,
    location: str | None = None,
    event: str | None = None,
    now: bool = False,
    from_sequence: int = 1,
) -> ReplayPlan:
    """Reads `.csv` files and the `.mrk` beside each. A location's name is the file's own (`NAME=FILE`), else
    `location`, else what the markers say was in force at each read; files of one name become one location.

    HubError: a file cannot be read or is none of the kind, or a name is missing or cannot be sent.
    """
    loaded = [_load(path, name or location) for name, path in files]
    if not loaded:
        raise HubError("no controller file was given")
    if from_sequence < 1:
        raise HubError(f"sequences count from 1, not from {from_sequence}")
    title = event if event is not None else next((file.event for file in loaded if file.event), "")
    if not _EVENT_FORBIDDEN.isdisjoint(title):
        raise HubError(f"an event's name has no ~ and no control character: {title!r}")
    rows = sorted((row for file in loaded for row in file.rows), key=itemgetter(0))
    return ReplayPlan(
        locations=_location_names(loaded),
        timeline=with_laps(rows),
        event=title,
        now=now,
        from_sequence=from_sequence,
        problems=tuple(problems for file in loaded for problems in file.problems),
    )


@dataclass(frozen=True, slots=True)
class _Loaded:
    path: Path
    names: tuple[str, ...]
    event: str
    rows: list[Timed]
    problems: tuple[tuple[str, Problems], ...]


def _load(path: Path, name: str | None) -> _Loaded:
    tags = parse_tags(read_file(path), str(path))
    beside = markers_beside(path)
    markers = parse_markers(read_file(beside), str(beside)) if beside else parse_markers(b"", "")
    if not name and not markers.point:
        raise HubError(f"{path}: no Point marker says where this was read; give the location")
    rows = _reads(tags.reads, markers, name) + _guns(markers, name)
    names = dict.fromkeys([name] if name else [row[1] for row in rows] or [markers.point])
    found = ((str(path), tags.problems), (str(beside), markers.problems))
    return _Loaded(path, tuple(names), markers.event, rows, tuple(f for f in found if f[1].count))


def markers_beside(path: Path) -> Path | None:
    """The `.mrk` that a controller has written with this `.csv`."""
    return next((path.with_suffix(end) for end in (".mrk", ".MRK") if path.with_suffix(end).exists()), None)


def read_file(path: Path) -> bytes:
    """All of a controller file. HubError: it cannot be read, or is too large to be one."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise HubError(f"{path}: larger than {FILE_BYTES_MAX >> 20} MiB: not a controller file")
        return path.read_bytes()
    except OSError as error:
        raise HubError(f"{path}: {error.strerror or error}") from error


def _guns(markers: MarkerFile, name: str | None) -> list[Timed]:
    return [
        (
            gun.wall_us,
            name or markers.point_at(gun.sequence, gun.wall_us),
            gun_item(gun.wall_us, gun.controller),
        )
        for gun in markers.guns
    ]


def _reads(reads: list[TagRead], markers: MarkerFile, name: str | None) -> list[Timed]:
    rows: list[Timed] = []
    due_us = 0
    for read in reads:
        due_us = max(due_us, read.wall_us)
        item = Item(read.tag, read.wall_us, 0, read.reader_id, read.antenna)
        rows.append((due_us, name or markers.point_at(read.sequence, read.wall_us), item))
    return rows


def _location_names(loaded: list[_Loaded]) -> tuple[str, ...]:
    """All names once, in the order of the files, checked as the stream will check them."""
    scratch = Stream("0" * 40)
    for file in loaded:
        for name in file.names:
            try:
                scratch.location(name)
            except ValueError as error:
                raise HubError(f"{file.path}: {error}") from error
    return tuple(location.name for location in scratch.locations)


def with_laps(rows: list[Timed]) -> list[Timed]:
    """Laps are counted per location, over all its files, in the order of the stream."""
    laps: dict[str, Laps] = {}
    return [
        (due_us, name, item if item.gun else _lap(item, laps.setdefault(name.casefold(), Laps())))
        for due_us, name, item in rows
    ]


def _lap(item: Item, laps: Laps) -> Item:
    return Item(item.tag, item.wall_us, laps.count(item.tag, item.wall_us), item.reader_id, item.gator)
