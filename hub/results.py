"""Gun and net times: pure functions over what a session has read. Knows guns and races; refuses to know clocks."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from hub.model import US_PER_S, Race

START_GAP_US: Final = 45 * 60 * US_PER_S
"""Guns of one location further apart than this are two starts: waves follow each other in minutes, and a gun that
was only tried is fired an hour before."""
WAVES_MAX: Final = 200
"""Waves of one start. A stream with more guns is broken, and nobody should have to count them."""
SAME_GUN_US: Final = 3 * US_PER_S
"""Guns closer than this are one: two controllers hear the same shot."""


class Gun(NamedTuple):
    """A gun read. `at_us`: the instant; `sent`: the time as the reader has it; `test`: it came in a test."""

    offset: int
    location: str
    at_us: int
    sent: str = ""
    test: bool = False


class Start(NamedTuple):
    """A start on its way: its race, where one is known to start there alone, and its guns by time, one a wave."""

    location: str
    race: str | None
    guns_us: tuple[int, ...]


def starts(guns: Iterable[Gun], races: Sequence[Race] = ()) -> tuple[Start, ...]:
    """The last start of each location, by the time of its first gun."""
    by_location: dict[str, list[Gun]] = {}
    for gun in guns:
        by_location.setdefault(gun.location.casefold(), []).append(gun)
    found = [
        Start(
            fired[0].location, _race_of(fired[0].location, races), _last_start([gun.at_us for gun in fired])
        )
        for fired in by_location.values()
    ]
    return tuple(sorted(found, key=lambda start: start.guns_us[0]))


def _last_start(times_us: list[int]) -> tuple[int, ...]:
    times_us.sort()
    waves = times_us[:1]
    for before, at_us in pairwise(times_us):
        if at_us - before > START_GAP_US:
            waves = [at_us]
        elif at_us - waves[-1] > SAME_GUN_US:
            waves.append(at_us)
    return tuple(waves[:WAVES_MAX])


def _race_of(location: str, races: Sequence[Race]) -> str | None:
    here = [race.name for race in races if race.start_location.casefold() == location.casefold()]
    return here[0] if len(here) == 1 else None
