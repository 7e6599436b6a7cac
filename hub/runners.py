"""All that is known of the runners of a session, put together: where they were, how fast, who came with them, what is
worth saying. Pure.

Knows rosters, races, passages and starts; refuses to know stores and clocks.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from hub import stories
from hub.marks import called, parse_who
from hub.model import US_PER_S, Participant, Race, SessionRow
from hub.paces import Course, Expected, Leg, course, expected, legs
from hub.passages import Passage, Passages, Visit, visits
from hub.places import Places
from hub.results import Start
from hub.roster import Roster, normal
from hub.stories import Fact, Placing, Together, Told

ASKED_MAX: Final = 400
"""Who is asked about the way on: with two races half of them can say something of one."""
TOGETHER_US: Final = 10 * US_PER_S
NEAR: Final = 200
"""Offsets before and after one in which those are who came with it: 40 a second come by at the most."""
PLACED_MAX: Final = 500
"""Runners who came by before, of whom places are counted. Beyond that nobody says a place aloud."""
START_BEFORE_US: Final = 60 * US_PER_S
"""Who is over the start line so long before the gun has started with it: clocks differ."""


@dataclass(frozen=True, slots=True)
class Runner:
    """`tags`: all that this runner is read by, as they are compared. `participant` None: nobody of the roster."""

    who: str
    participant: Participant | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    runner: Runner
    passage: Passage
    location: str
    facts: list[Fact]
    legs: list[Leg]
    expected: Expected | None
    together: list[Together]


@dataclass(slots=True)
class Field:
    """All runners of one session, as of now. `crew`: tags, as they are compared, that are nobody's. `mats`: the
    locations that readers have named, where nobody may have been read yet."""

    row: SessionRow
    roster: Roster
    places: Places
    passages: Passages
    starts: Sequence[Start] = ()
    crew: Collection[str] = frozenset()
    mats: Collection[str] = ()
    _courses: dict[str, Course] = field(default_factory=dict)

    # who

    def runner(self, who: str) -> Runner | None:
        """By `bib:17` or `tag:ABC`; None: nobody has it, and it was never read. Raises NotFound for no such words."""
        kind, _, name = parse_who(who).partition(":")
        if kind == "bib":
            found = self.roster.of_bib(name)
            return self._of(found, "") if found is not None else None
        runner = self.of_tag(name)
        if runner is None or (runner.participant is None and not self.reads(runner)):
            return None
        return runner

    def of_tag(self, tag: str) -> Runner | None:
        """None: the crew's."""
        return None if normal(tag) in self.crew else self._of(self.roster.find(tag), tag)

    def of_participant(self, participant: Participant) -> Runner:
        return self._of(participant, "")

    def race(self, participant: Participant | None) -> Race | None:
        """The one that the roster says, by its name; else the only one that there is."""
        if participant is not None and participant.race_name:
            wanted = participant.race_name.strip().casefold()
            for race in self.row.races:
                if race.name.strip().casefold() == wanted:
                    return race
        return self.row.races[0] if len(self.row.races) == 1 else None

    # where

    def reads(self, runner: Runner) -> list[Passage]:
        """All of them, by time, without those at hidden locations."""
        found = self.passages.of(runner.tags, testing=self.row.testing)
        return [each for each in found if not self.places.is_hidden(each.location)]

    def way(self, runner: Runner) -> list[Visit]:
        return visits(self.reads(runner), self.places, self.course(runner.participant).start)

    def course(self, participant: Participant | None) -> Course:
        race = self.race(participant)
        name = race.name if race else ""
        held = self._courses.get(name)
        if held is None:
            mats = [self.places.shown(each) for each in self.mats if not self.places.is_hidden(each)]
            held = course(race, self.places, [*mats, *self.passages.locations(self.places)])
            self._courses[name] = held
        return held

    def gun(self, participant: Participant | None, way: Sequence[Visit]) -> int | None:
        """The one with which somebody has started: the last before they were over the start line. Of whoever was not
        seen there it is only known where there was one alone."""
        race = self.race(participant)
        if race is None or not way:
            return None
        location = self.places.called(race.start_location).casefold()
        for start in self.starts:
            if start.location.casefold() == location:
                if way[0].location.casefold() == location:
                    return _last_before(start.guns_us, way[0].at_us)
                return start.guns_us[0] if len(start.guns_us) == 1 else None
        return None

    def others(self, location: str, race: Race | None) -> Iterator[list[Visit] | None]:
        """The ways of those of a race who were at a location, those first who came there first: one a step, for each
        takes a tenth of a millisecond. None: not of this race."""
        seen: set[str] = set()
        for tag in islice(self.passages.tags_at(self.passages.names(self.places, location)), ASKED_MAX):
            if tag not in seen:
                seen.add(tag)
                other = self.of_tag(tag)
                ours = other is not None and self.race(other.participant) is race
                yield self.way(other) if other is not None and ours else None

    def next(
        self, runner: Runner, way: Sequence[Visit], others: Sequence[Sequence[Visit]]
    ) -> Expected | None:
        """When the one whose way ends so for now is at the next location. `others`: of the race, who were there."""
        return expected(way, self.course(runner.participant), others)

    # what is worth saying

    def read(self, offset: int) -> tuple[Passage, Runner] | None:
        """Who was read under this offset; None: there is nothing to say of what has it."""
        passage = self.passages.at(offset, testing=self.row.testing)
        if passage is None or self.places.is_hidden(passage.location):
            return None
        runner = self.of_tag(passage.tag)
        return None if runner is None else (passage, runner)

    def story(self, passage: Passage, runner: Runner, note: str, others: Sequence[Sequence[Visit]]) -> Story:
        """`note`: of an announcer. `others`: of the race, who were there."""
        participant, location = runner.participant, self.places.shown(passage.location)
        way = [visit for visit in self.way(runner) if visit.at_us <= passage.at_us]
        gone = legs(way, self.course(participant))
        then = self.next(runner, way, others)
        group = self.together(passage, runner)
        told = Told(
            participant,
            date.fromisoformat(self.row.day),
            location,
            note=note,
            gun_us=_since(self.gun(participant, way), passage.at_us),
            net_us=self._net(participant, way, passage),
            legs=gone,
            expected=then,
            together=group,
            placing=self.placing(runner, passage),
        )
        return Story(runner, passage, location, stories.facts(told), gone, then, group)

    def together(self, passage: Passage, runner: Runner) -> list[Together]:
        """Who came by within seconds, and has something in common with this one."""
        if runner.participant is None:
            return []
        shown = self.places.shown(passage.location).casefold()
        found = [
            self.roster.find(each.tag)
            for each in self.passages.near(passage.offset, NEAR, testing=self.row.testing)
            if abs(each.at_us - passage.at_us) <= TOGETHER_US
            and self.places.shown(each.location).casefold() == shown
            and each.tag not in self.crew
        ]
        return stories.together(runner.participant, [each for each in found if each is not None])

    def placing(self, runner: Runner, passage: Passage) -> Placing:
        """In the order in which they came, as long as few have."""
        one = runner.participant
        names = self.passages.names(self.places, self.places.shown(passage.location))
        if one is None or len(names) != 1 or self.passages.before(names[0], passage.offset) > PLACED_MAX:
            return Placing()
        seen: set[int] = set()
        of_race = of_gender = of_division = 0
        race = self.race(one)
        for tag in self.passages.tags_at(names):
            other = self.roster.find(tag)
            if other is None or other.id in seen or tag in self.crew or self.race(other) is not race:
                continue
            seen.add(other.id)
            of_race += 1
            of_gender += bool(one.gender) and other.gender == one.gender
            of_division += bool(one.division) and other.division == one.division
            if other is one:
                return Placing(of_race, of_gender, of_division)
        return Placing()

    def _net(self, participant: Participant | None, way: Sequence[Visit], passage: Passage) -> int | None:
        """Since the start line, for who is further on."""
        start = self.course(participant).start.casefold()
        if not start or len(way) < 2 or way[0].location.casefold() != start:
            return None
        return _since(way[0].at_us, passage.at_us)

    def _of(self, participant: Participant | None, tag: str) -> Runner:
        if participant is None:
            return Runner(called(None, tag), None, (normal(tag),))
        worn = (*participant.tags, participant.bib)
        tags = {normal(each) for each in worn if each and self.roster.find(each) is participant}
        first = tag or (participant.tags[0] if participant.tags else participant.bib)
        of_two = bool(tags) and self.roster.of_bib(participant.bib) is not participant
        who = called(None if of_two else participant, first)
        return Runner(who, participant, tuple(sorted(tags - set(self.crew))))


def _last_before(guns_us: Sequence[int], at_us: int) -> int | None:
    """The last gun before an instant, else the first, if that is only a little later."""
    fired = [gun for gun in guns_us if gun <= at_us]
    if fired:
        return fired[-1]
    return guns_us[0] if guns_us[0] <= at_us + START_BEFORE_US else None


def _since(then_us: int | None, at_us: int) -> int | None:
    return at_us - then_us if then_us is not None and then_us <= at_us else None
