"""A made-up race: who crosses what and when, guns included.

Knows two courses and how fields spread over them; refuses to know clocks, readers' lines and sockets. Times are
seconds since the first gun, as they would be in a real race. The same participants and seed give the same race.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, inf, log, pow
from random import Random
from statistics import NormalDist
from typing import Final, NamedTuple

from hub.demo.people import FIVE_K, HALF, handicap
from hub.model import Participant, Race

EVENT: Final = "Harbour Run"

FIRST_LOOK_S: Final = 840.0
"""Where to begin for somebody who looks for the first time: at ten times real time the first runner finishes 11 s
later, and the half marathon starts after 36 s."""

START_S_MAX: Final = 120.0
"""From a wave's gun until its last runner is over the mat."""
SECOND_READ_S: Final = (3.0, 20.0)
"""How much later a chip is seen again: its runner stands beside the mat, or comes back for the flag."""
SECOND_READ_SHARE: Final = 0.02
MISSED_SPLIT_SHARE: Final = 0.015
DNS_SHARE: Final = 0.03
DNF_SHARE: Final = 0.02
STRANGERS_MAX: Final = 3
"""Runners with a chip that is in no roster."""
STRANGERS_ONE_IN: Final = 20
STRANGE_TAGS: Final = range(9_000_000, 10_000_000)
"""None of them is in `hub.demo.people.TAGS`."""
ANTENNAS: Final = 4
READERS: Final = 2

WALKER_GAP: Final = 0.97
"""The last of a race walks alone: everybody else takes at most this part of the walker's time."""
WAVE_STEP: Final = 0.25
"""How much slower a wave is than the one before it, beside what age tells; and how far that may be wrong."""
FORM_DEVIATION: Final = 0.12
MAT_S: Final = 55.0
"""A wave stands as deep as this, its fastest in front; a few tie a shoe."""
SHOE_S: Final = 8.0
FADE: Final = (1.0, 1.08)
"""Exponents of the way to the time: most become slower."""
FRIENDS_SHARE: Final = 0.08
FRIENDS_MAX: Final = 4
PACED_MAX: Final = 9
PACED_WITHIN: Final = 0.04


class Course(NamedTuple):
    """How a race is run. splits: (location, metres). guns_s: of its waves. pace_s: what the pacer of each wave runs.

    Times are those of the first, the middle and the last runner; spread: deviation of their logarithm.
    """

    race: Race
    splits: tuple[tuple[str, int], ...]
    guns_s: tuple[float, ...]
    pace_s: tuple[float, ...]
    fastest_s: float
    typical_s: float
    slowest_s: float
    spread: float

    @property
    def points(self) -> list[tuple[str, int]]:
        """(location, metres from the start), start and finish included."""
        return [
            (self.race.start_location, 0),
            *self.splits,
            (self.race.finish_location, self.race.distance_m),
        ]


COURSES: Final = (
    Course(
        race=Race(FIVE_K, 5000, "START 5K", "FINISH"),
        splits=(),
        guns_s=(0.0, 300.0),
        pace_s=(1500.0, 2100.0),
        fastest_s=949.0,
        typical_s=1740.0,
        slowest_s=3600.0,
        spread=0.26,
    ),
    Course(
        race=Race(HALF, 21_097, "START HM", "FINISH"),
        splits=(("10K", 10_000), ("15K", 15_000)),
        guns_s=(1200.0, 1380.0, 1560.0),
        pace_s=(6000.0, 6900.0, 7800.0),
        fastest_s=4080.0,
        typical_s=6780.0,
        slowest_s=10_200.0,
        spread=0.18,
    ),
)
RACES: Final = tuple(course.race for course in COURSES)
LOCATIONS: Final = tuple(dict.fromkeys(location for course in COURSES for location, _ in course.points))
SHOWN_LOCATIONS: Final = tuple(
    name for name in LOCATIONS if name not in {race.start_location for race in RACES}
)
"""Where a screen shows who comes: a start would flood it. The splits fill the time between the two races."""
LAST_S: Final = (
    max(course.guns_s[-1] + course.slowest_s for course in COURSES) + START_S_MAX + SECOND_READ_S[1]
)
"""Nothing comes later."""


class Crossing(NamedTuple):
    """A tag over a mat, or a gun, whose tag is empty. reader, antenna: which of READERS and ANTENNAS, from 0."""

    at_s: float
    location: str
    tag: str
    gun: bool
    reader: int
    antenna: int


@dataclass(slots=True, eq=False)
class _Run:
    """How one runner's race goes. stops_m: how far, of those who give up."""

    course: Course
    tag: str
    wave: int
    net_s: float
    fade: float
    delay_s: float = 0.0
    stops_m: float = inf

    def at_s(self, metres: int) -> float:
        way = pow(metres / self.course.race.distance_m, self.fade)
        return self.course.guns_s[self.wave] + self.delay_s + self.net_s * way


def crossings(participants: Sequence[Participant], *, seed: int) -> list[Crossing]:
    """All of a race in order of time, run by participants as `runners` makes them. All guns are fired, even for a
    race that nobody runs."""
    rng = Random(seed)  # noqa: S311 (a drawing, not a secret)
    fields = [
        _field(course, [each for each in participants if each.race_name == course.race.name], rng)
        for course in COURSES
    ]
    dropped = _misfortunes(fields, rng)
    found = [
        Crossing(gun_s, course.race.start_location, "", True, 0, 0)
        for course in COURSES
        for gun_s in course.guns_s
    ]
    for run in (run for field in fields for run in field if run.tag not in dropped):
        found += _seen(run, rng)
    return sorted(found, key=lambda crossing: (crossing.at_s, not crossing.gun, crossing))


def _field(course: Course, participants: Sequence[Participant], rng: Random) -> list[_Run]:
    """The runs of one race, the fastest first and the walker last."""
    runs = [
        _Run(course, each.tags[0], int(each.wave) - 1, net_s, rng.uniform(*FADE))
        for each, net_s in zip(
            _ranked(participants, rng), _times(course, len(participants), rng), strict=True
        )
    ]
    waves: dict[int, list[_Run]] = defaultdict(list)
    for run in runs:
        waves[run.wave].append(run)
    for wave, members in waves.items():
        for place, run in enumerate(members):
            shoe_s = rng.expovariate(1 / SHOE_S)
            run.delay_s = min(START_S_MAX, 1 + MAT_S * place / len(members) + shoe_s)
        free = [run for run in members if run not in (runs[0], runs[-1])]
        _gather_friends(free, rng)
        _follow_pacer(free, course.pace_s[wave], rng)
    if runs:
        runs[0].delay_s = 1.0  # whoever wins stood in front
    return runs


def _ranked(participants: Sequence[Participant], rng: Random) -> list[Participant]:
    """By speed on the day. Who wins is from the first wave, who comes last from the last."""

    def slowness(each: Participant) -> float:
        return handicap(each) + WAVE_STEP * int(each.wave) + rng.gauss(0, FORM_DEVIATION)

    ranked = sorted(participants, key=slowness)
    waves = [each.wave for each in ranked]
    if ranked:
        ranked.append(ranked.pop(len(waves) - 1 - waves[::-1].index(max(waves))))
        ranked.insert(
            0, ranked.pop(next(place for place, each in enumerate(ranked) if each.wave == min(waves)))
        )
    return ranked


def _times(course: Course, count: int, rng: Random) -> list[float]:
    """Seconds from mat to mat, rising: log-normal between the fastest and the slowest, one drawn from each of
    `count` equal parts, so that even a small field looks like one."""
    normal = NormalDist(log(course.typical_s), course.spread)
    low = normal.cdf(log(course.fastest_s))
    high = normal.cdf(log(course.slowest_s * WALKER_GAP))
    times = [exp(normal.inv_cdf(low + (high - low) * (part + rng.random()) / count)) for part in range(count)]
    if count:
        times[-1] = course.slowest_s
        times[0] = course.fastest_s
    return times


def _gather_friends(runs: Sequence[_Run], rng: Random) -> None:
    """Here and there a few who are about equally fast stay together all the way."""
    place = 0
    while place < len(runs):
        size = rng.randint(2, FRIENDS_MAX) if rng.random() < FRIENDS_SHARE else 1
        for before, run in pairwise(runs[place : place + size]):
            _stay_behind(run, before, 0.8, rng)
        place += size


def _follow_pacer(runs: Sequence[_Run], pace_s: float, rng: Random) -> None:
    """Those nearest to a round time reach it in one bunch, if there are any near."""
    near = sorted(runs, key=lambda run: abs(run.net_s - pace_s))[:PACED_MAX]
    bunch = [run for run in near if abs(run.net_s - pace_s) < pace_s * PACED_WITHIN]
    for run in bunch[:1]:
        run.net_s, run.fade = pace_s - rng.uniform(1, 6), 1.0
    for run in bunch[1:]:
        _stay_behind(run, bunch[0], 4.0, rng)


def _stay_behind(run: _Run, leader: _Run, seconds: float, rng: Random) -> None:
    """At the start, and about as much again at the finish."""
    run.delay_s = min(START_S_MAX, leader.delay_s + rng.uniform(0, seconds))
    run.net_s = leader.net_s + rng.uniform(0, seconds)
    run.fade = leader.fade


def _misfortunes(fields: Iterable[Sequence[_Run]], rng: Random) -> set[str]:
    """Makes some give up and some run with a stranger's chip; the tags of those who did not come. The first and
    the last of each race are spared."""
    middle = [run for field in fields for run in field[1:-1]]
    away = round(len(middle) * DNS_SHARE)
    stopped = round(len(middle) * DNF_SHARE)
    strange = min(STRANGERS_MAX, len(middle) // STRANGERS_ONE_IN)
    drawn = rng.sample(middle, away + stopped + strange)
    for run in drawn[away : away + stopped]:
        run.stops_m = rng.uniform(0.1, 0.95) * run.course.race.distance_m
    for run, chip in zip(drawn[away + stopped :], rng.sample(STRANGE_TAGS, strange), strict=True):
        run.tag = str(chip)
    return {run.tag for run in drawn[:away]}


def _seen(run: _Run, rng: Random) -> Iterator[Crossing]:
    """A controller sends one read of a chip for each time that it comes over the mat; a few come again."""
    for location, metres in run.course.points:
        if metres > run.stops_m:
            return
        if (location, metres) in run.course.splits and rng.random() < MISSED_SPLIT_SHARE:
            continue
        at_s = run.at_s(metres)
        yield _crossing(at_s, location, run.tag, rng)
        if rng.random() < SECOND_READ_SHARE:
            yield _crossing(at_s + rng.uniform(*SECOND_READ_S), location, run.tag, rng)


def _crossing(at_s: float, location: str, tag: str, rng: Random) -> Crossing:
    """Controllers tell hundredths."""
    return Crossing(round(at_s, 2), location, tag, False, rng.randrange(READERS), rng.randrange(ANTENNAS))
