"""What a timer has to look at now, by what the hub knows of its readers, screens and disks. Pure: facts in, alarms out;
the same facts give the same alarms, whoever asks and however often.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from hub.model import US_PER_S

CLOCK_S_MAX: Final = 2.0
"""How far a reader's clock may be from ours before somebody is told."""
HOUR_S: Final = 3600
HOURS_NEAR_S: Final = 300
"""So near to whole hours it is not the clock that is wrong, but its time zone."""
DISK_BYTES_MIN: Final = 1 << 30
DISK_SHARE_MIN: Final = 0.02
_MINUTE_US: Final = 60 * US_PER_S
_DAY_S: Final = 86_400


class Thresholds(msgspec.Struct, frozen=True):
    """Minutes without a read: of a reader, at a location. 0: nobody wants to know."""

    silent_min: int = 5
    location_min: int = 20


class Alarm(msgspec.Struct, frozen=True):
    """`key`: the same as long as it is the same thing. `since_us` 0: not known."""

    key: str
    kind: str
    words: str
    since_us: int = 0


class SourceFacts(msgspec.Struct, frozen=True):
    """`arrived_us`: its last line; 0: none. `clock_s`: how far its clock is behind ours, once known. `places`: when it
    was last heard of at each location."""

    id: int
    name: str
    online: bool
    arrived_us: int
    clock_s: float | None
    places: Mapping[str, int]


class DisplayFacts(msgspec.Struct, frozen=True):
    """`left_us`: when its last screen went; 0: it has one, or never had."""

    code: str
    name: str
    left_us: int


class DiskFacts(msgspec.Struct, frozen=True):
    """`of`: what is kept there."""

    of: str
    free: int
    total: int


class Facts(msgspec.Struct, frozen=True):
    """`journal`, `database`, `warning`: what is wrong with them, in words."""

    now_us: int
    sources: Iterable[SourceFacts] = ()
    displays: Iterable[DisplayFacts] = ()
    disks: Iterable[DiskFacts] = ()
    journal: str = ""
    database: str = ""
    warning: str = ""


def alarms(facts: Facts, wanted: Thresholds) -> list[Alarm]:
    """The gravest first."""
    return [*_keeping(facts), *_readers(facts, wanted), *_screens(facts)]


def clock_words(difference_s: float | None) -> str:
    """What is wrong with a clock that is so far behind ours; empty: nothing."""
    if difference_s is None or abs(difference_s) <= CLOCK_S_MAX:
        return ""
    side = "behind" if difference_s > 0 else "ahead"
    off_s = abs(difference_s)
    hours = round(off_s / HOUR_S)
    if hours and abs(off_s - hours * HOUR_S) <= HOURS_NEAR_S and off_s < _DAY_S:
        return f"{'one hour' if hours == 1 else f'{hours} hours'} {side}: time zone?"
    return f"{_length(off_s)} {side}"


def is_low(disk: DiskFacts) -> bool:
    return disk.free < DISK_BYTES_MIN or disk.free < disk.total * DISK_SHARE_MIN


def _keeping(facts: Facts) -> Iterator[Alarm]:
    if facts.journal:
        yield Alarm("journal", "journal", f"Reads are not being kept. Journal: {facts.journal}")
    if facts.database:
        yield Alarm("database", "database", f"Reads are kept on disk only. Database: {facts.database}")
    for disk in facts.disks:
        if is_low(disk):
            words = f"The disk of {disk.of} is nearly full: {disk.free / 1e9:.1f} GB are free"
            yield Alarm(f"disk:{disk.of}", "disk", words)
    if facts.warning:
        yield Alarm("warning", "warning", facts.warning[:1].upper() + facts.warning[1:])


def _readers(facts: Facts, wanted: Thresholds) -> Iterator[Alarm]:
    for each in facts.sources:
        silent = _silent(facts, each, wanted)
        if silent is not None:
            yield silent
        if words := clock_words(each.clock_s):
            yield Alarm(f"clock:{each.id}", "clock", f"The clock of {each.name} is {words}")
        if silent is None and wanted.location_min:
            yield from _locations(facts, each, wanted.location_min)


def _silent(facts: Facts, each: SourceFacts, wanted: Thresholds) -> Alarm | None:
    """Who has never read is being set up still."""
    if not each.arrived_us:
        return None
    if not each.online:
        return Alarm(f"away:{each.id}", "away", f"{each.name} is away", each.arrived_us)
    if wanted.silent_min and facts.now_us - each.arrived_us >= wanted.silent_min * _MINUTE_US:
        return Alarm(f"silent:{each.id}", "silent", f"{each.name} is connected, and silent", each.arrived_us)
    return None


def _locations(facts: Facts, each: SourceFacts, minutes: int) -> Iterator[Alarm]:
    for place, heard_us in sorted(each.places.items()):
        if facts.now_us - heard_us >= minutes * _MINUTE_US:
            yield Alarm(
                f"location:{each.id}:{place}", "location", f"No read at {place} ({each.name})", heard_us
            )


def _screens(facts: Facts) -> Iterator[Alarm]:
    for each in facts.displays:
        if each.left_us:
            yield Alarm(f"screen:{each.code}", "screen", f"{each.name} has no screen any more", each.left_us)


def _length(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours = round(seconds / HOUR_S)
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"
