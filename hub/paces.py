"""How fast somebody is, and when they will be at the next location: pure functions over where runners were and when.

Knows visits and what is known of distances; refuses to know names, reads and clocks.

Distances come from the race (its start is 0, its finish its whole length) and from the names of locations that say one,
such as 5K, 10 km, Mile 3, Half. What is expected is said with how far it may be off, and with how that was found:

* at least OTHERS_MIN others of the race went the same two legs: this runner's last leg, times how much longer than that
  one the others took for the next; nine of ten of them at least lie within what is said;
* else, where the distances are known: the pace of the last leg, give or take PACE_SHARE of the time that is left, which
  is assumed;
* else, by others who came from here to there, whatever their pace: nine of ten of them at least lie within;
* else nothing is expected.

Who comes later is not quite like those who came first: so that eight of ten runners come within what is said, more of
those have to lie within it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from hub.model import US_PER_S, Race
from hub.passages import Visit
from hub.places import Places

OTHERS_MIN: Final = 9
"""Others whose times say something: between the first and the last of nine the next one is in eight of ten cases."""
NEXT_MIN: Final = 3
"""Others who say where the way goes on: of fewer one may have been missed at a mat."""
PACE_SHARE: Final = 0.08
INNER_SHARE: Final = 0.9
"""How likely somebody who is like the others lies within what is said, as far as there are enough of them."""
HALF_M: Final = 21_097.5
METRES: Final = {"k": 1000.0, "km": 1000.0, "mi": 1609.344, "mile": 1609.344, "miles": 1609.344, "m": 1.0}
_NUMBER_FIRST: Final = re.compile(r"(\d{1,5}(?:[.,]\d{1,3})?) ?(km|k|miles?|mi|m)(?: (?:split|mark))?")
_UNIT_FIRST: Final = re.compile(r"(km|k|miles?|mi) ?(\d{1,3}(?:[.,]\d{1,3})?)")

BY_OWN_AND_OTHERS: Final = "own pace and others"
BY_OWN: Final = "own pace"
BY_OTHERS: Final = "others"


class Course(NamedTuple):
    """What is known of a race's way. `start`: empty, where it is the finish, too. `metres`: from the start, by location
    as it is compared; `names`: as each is shown."""

    start: str = ""
    metres: Mapping[str, float] = {}
    names: Mapping[str, str] = {}

    def of(self, visit: Visit) -> float | None:
        """How far it is; None: not known. Who comes there again has gone further."""
        return self.metres.get(visit.location.casefold()) if visit.nth == 1 else None


class Leg(NamedTuple):
    start: Visit
    end: Visit
    metres: float | None

    @property
    def us(self) -> int:
        return self.end.at_us - self.start.at_us


class Expected(NamedTuple):
    """`basis`: one of BY_...; `how`: the same in words, with where the uncertainty comes from."""

    location: str
    at_us: int
    from_us: int
    to_us: int
    basis: str
    how: str


def distance_of(name: str) -> float | None:
    """What the name of a location says of how far it is; None: nothing."""
    text = " ".join(name.casefold().split())
    if text in ("half", "halfway", "half marathon"):
        return HALF_M if text != "halfway" else None
    if found := _NUMBER_FIRST.fullmatch(text):
        number, unit = found.groups()
    elif found := _UNIT_FIRST.fullmatch(text):
        unit, number = found.groups()
    else:
        return None
    return float(number.replace(",", ".")) * METRES[unit]


def course(race: Race | None, places: Places, locations: Iterable[str]) -> Course:
    """`locations`: those of the session, as they are shown."""
    if race is None:
        return Course()
    start, finish = places.called(race.start_location), places.called(race.finish_location)
    names = {name.casefold(): name for name in locations}
    metres = {name: far for name in names if (far := distance_of(name)) is not None}
    metres = {name: far for name, far in metres.items() if 0 < far < race.distance_m}
    if not start or start.casefold() == finish.casefold():
        return Course("", metres, names)
    metres[start.casefold()] = 0.0
    if finish:
        metres[finish.casefold()] = float(race.distance_m)
    return Course(start, metres, {finish.casefold(): finish} | names)


def legs(way: Sequence[Visit], course: Course) -> list[Leg]:
    """From one visit to the next."""
    return [Leg(start, end, _between(course, start, end)) for start, end in pairwise(way)]


def expected(way: Sequence[Visit], course: Course, others: Sequence[Sequence[Visit]]) -> Expected | None:
    """When somebody whose way ends here for now comes to the next location. `others`: the whole ways of others of the
    race who were here."""
    if not way:
        return None
    here = way[-1]
    others = [each for each in others if all(visit.offset != here.offset for visit in each)]
    then = _next(here, course, others)
    if then is None:
        return None
    name, node = then
    before = way[-2] if len(way) > 1 else None
    if before is not None and before.at_us < here.at_us:
        shares = _shares(others, before.node, here.node, node)
        if len(shares) >= OTHERS_MIN:
            return _by_own_and_others(before, here, name, shares)
        metres, left = _between(course, before, here), _left(course, here, node)
        if metres and left:
            return _by_own(before, here, name, left / metres)
    took = _took(others, here.node, node)
    return _by_others(here, name, took) if len(took) >= OTHERS_MIN else None


def _next(
    here: Visit, course: Course, others: Iterable[Sequence[Visit]]
) -> tuple[str, tuple[str, int]] | None:
    """Where most others went from here; else the next that is known by its distance."""
    names: dict[tuple[str, int], str] = {}
    found: Counter[tuple[str, int]] = Counter()
    for way in others:
        for place, visit in enumerate(way[:-1]):
            if visit.node == here.node:
                then = way[place + 1]
                found[then.node] += 1
                names[then.node] = then.location
    if found:
        node, often = found.most_common(1)[0]
        if often >= NEXT_MIN:
            return names[node], node
    far = course.of(here)
    further = [(there, name) for name, there in course.metres.items() if far is not None and there > far]
    if not further:
        return None
    name = min(further)[1]
    return course.names[name], (name, 1)


def _shares(
    others: Iterable[Sequence[Visit]],
    before: tuple[str, int],
    here: tuple[str, int],
    there: tuple[str, int],
) -> list[float]:
    """How much longer the next leg was for each of the others than the one before it, by rank."""
    found = []
    for way in others:
        at = {visit.node: visit.at_us for visit in way}
        if before in at and here in at and there in at and at[before] < at[here] < at[there]:
            found.append((at[there] - at[here]) / (at[here] - at[before]))
    return sorted(found)


def _took(others: Iterable[Sequence[Visit]], here: tuple[str, int], there: tuple[str, int]) -> list[float]:
    found = []
    for way in others:
        at = {visit.node: visit.at_us for visit in way}
        if here in at and there in at and at[here] < at[there]:
            found.append(float(at[there] - at[here]))
    return sorted(found)


def _by_own_and_others(before: Visit, here: Visit, name: str, shares: list[float]) -> Expected:
    own = here.at_us - before.at_us
    low, middle, high = (round(own * each) for each in _spread(shares))
    how = (
        f"by the time from {before.location} to {here.location}, and by how {len(shares)} others of the race"
        " went on from there; nine of ten of them at least are within this"
    )
    at = here.at_us
    return Expected(name, at + middle, at + low, at + high, BY_OWN_AND_OTHERS, how)


def _by_own(before: Visit, here: Visit, name: str, share: float) -> Expected:
    left = (here.at_us - before.at_us) * share
    how = (
        f"by the pace from {before.location} to {here.location} and the distances; {PACE_SHARE:.0%} more or less"
        " is assumed, for too few have gone on from there"
    )
    at, off = here.at_us + round(left), round(left * PACE_SHARE)
    return Expected(name, at, at - off, at + off, BY_OWN, how)


def _by_others(here: Visit, name: str, took: list[float]) -> Expected:
    low, middle, high = map(round, _spread(took))
    how = (
        f"by {len(took)} others of the race from {here.location} to {name};"
        " nine of ten of them at least are within this"
    )
    at = here.at_us
    return Expected(name, at + middle, at + low, at + high, BY_OTHERS, how)


def _spread(ranked: Sequence[float]) -> tuple[float, float, float]:
    """The middle one; and those between which one more of the same kind lies as likely as INNER_SHARE says, or the
    first and the last."""
    outer = max(0, int((len(ranked) + 1) * (1 - INNER_SHARE) / 2) - 1)
    return ranked[outer], ranked[round((len(ranked) - 1) / 2)], ranked[-1 - outer]


def _between(course: Course, start: Visit, end: Visit) -> float | None:
    here, there = course.of(start), course.of(end)
    return None if here is None or there is None or there <= here else there - here


def _left(course: Course, here: Visit, node: tuple[str, int]) -> float | None:
    there = course.metres.get(node[0]) if node[1] == 1 else None
    far = course.of(here)
    return None if there is None or far is None or there <= far else there - far


def duration(us: int) -> str:
    """As it is read aloud: 45:12, or 1:45:12."""
    minutes, seconds = divmod(round(us / US_PER_S), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def pace(leg: Leg) -> str:
    """Time for a kilometre; empty: the distance is not known."""
    return f"{duration(round(leg.us * 1000 / leg.metres))} a kilometre" if leg.metres else ""
