"""What is worth saying of somebody who has just come by: facts in words, each with its kind and how much it weighs.

Pure. Knows participants, and what a roster's own columns may say; refuses to know reads, stores and clocks. What it is
not told it says nothing of: no fact is made up.

Own columns that are understood, whatever case their names are in: the day of birth (`birthdate`, `birthday`, `dob`,
`date of birth`), the first time (`first timer`, `first time`, `first race`, `first marathon`, `debut`: yes or no),
years without a break (`streak`, `years in a row`, `consecutive years`: a number) and how often (`finishes`,
`times run`, `years run`, `editions`: a number). Of the others a few are told as they are; none that is nobody's
business (addresses, telephones, what was paid).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from hub.encode import full_name
from hub.model import Participant
from hub.paces import Expected, Leg, duration, pace
from hub.private_columns import is_birth, is_private

SOON_DAYS: Final = 7
OLD_AGE: Final = 70
YOUNG_AGE: Final = 12
OTHERS_SAID: Final = 6
"""Own columns that are not understood, and told all the same."""
NAMES_SAID: Final = 4
PLACES_SAID: Final = 50
CHANGE_SAID: Final = 0.03
"""How much faster or slower somebody must have become."""

BIRTHDAY: Final = {"birthdate", "birthday", "dob", "date of birth", "birth date"}
FIRST_TIME: Final = {"first timer", "first time", "first race", "first marathon", "debut", "first-timer"}
STREAK: Final = {"streak", "years in a row", "consecutive years"}
OFTEN: Final = {"finishes", "times run", "years run", "editions"}
_UNDERSTOOD: Final = BIRTHDAY | FIRST_TIME | STREAK | OFTEN
_YES: Final = {"y", "yes", "true", "1", "x", "ja", "si", "sí", "oui"}
_UNSAID: Final = re.compile(
    r"price|order|\bid\b|shirt|size|waiver|account|fee\b|token|url|link", re.IGNORECASE
)
"""What nobody wants to hear, beside what is nobody's business."""
_WOMAN: Final = {"f", "female", "w", "woman", "women"}
_MAN: Final = {"m", "male", "man", "men"}


class Fact(NamedTuple):
    """`weight`: 0 to 100; the heaviest is to be said first."""

    kind: str
    words: str
    weight: int


class Together(NamedTuple):
    """Others who came by within seconds. `kind`: team, family, city; `name`: of that."""

    kind: str
    name: str
    who: tuple[Participant, ...]


class Placing(NamedTuple):
    """How many of the race had come by before, this runner included: of all, of the same gender, of the same division;
    0: too many, or it is not known."""

    of_race: int = 0
    of_gender: int = 0
    of_division: int = 0


class Told(NamedTuple):
    """What is known of somebody at one location. `day`: of the event; `gun_us`, `net_us`: how long ago was the gun, and
    when they crossed the start; None: not known."""

    participant: Participant | None
    day: date
    location: str
    note: str = ""
    gun_us: int | None = None
    net_us: int | None = None
    legs: Sequence[Leg] = ()
    expected: Expected | None = None
    together: Sequence[Together] = ()
    placing: Placing = Placing()


def facts(told: Told) -> list[Fact]:
    """The heaviest first."""
    found = [Fact("note", told.note, 100)] if told.note else []
    if told.participant is not None:
        found += [*_for_announcers(told.participant, told.day), *_roster(told.participant)]
        found += [*_own_columns(told.participant, told.day)]
        found += _placing(told.placing, told.participant)
    found += [*_times(told), *_legs(told.legs), *map(_together, told.together)]
    return sorted(found, key=lambda fact: -fact.weight)


def together(one: Participant, others: Sequence[Participant], *, most: int = 20) -> list[Together]:
    """What `one` has in common with those who came by within seconds. Where most are of one city, that says nothing."""
    others = [each for each in {each.id: each for each in others}.values() if each.id != one.id]
    found = []
    for kind, name, same in (
        ("family", one.last_name, [each for each in others if _same(each.last_name, one.last_name)]),
        ("team", one.team_name, [each for each in others if _same(each.team_name, one.team_name)]),
        (
            "city",
            one.city,
            [each for each in others if _same(each.city, one.city) and _same_state(each, one)],
        ),
    ):
        if same and (kind != "city" or 2 * len(same) <= len(others)):
            found.append(Together(kind, name, tuple(same[:most])))
    return found


def born(text: str) -> date | None:
    """A day as rosters have it: 1990-05-16, 05/16/1990 with the month first, 16.05.1990; None: it is none."""
    iso = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", text.strip())
    slashed = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)", text.strip())
    dotted = re.match(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", text.strip())
    if iso:
        year, month, day = iso.groups()
    elif slashed:
        month, day, year = slashed.groups()
        if int(month) > 12:
            month, day = day, month
    elif dotted:
        day, month, year = dotted.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _roster(one: Participant) -> Iterable[Fact]:
    home = ", ".join(filter(None, (one.city, one.state))) or one.country
    if home:
        yield Fact(
            "hometown",
            f"From {home}" + (f", {one.country}" if one.country and home != one.country else ""),
            50,
        )
    if one.team_name:
        yield Fact("team", f"Runs for {one.team_name}", 45)
    if one.age.isdecimal() and len(one.age) <= 3 and one.age.strip("0"):
        age = int(one.age)
        yield Fact("age", f"{age} years old", 65 if age >= OLD_AGE or age <= YOUNG_AGE else 30)
    if one.division:
        yield Fact("division", f"Division {one.division}", 25)
    if one.race_name:
        yield Fact("race", f"In the {one.race_name}", 20)


def _for_announcers(one: Participant, day: date) -> Iterable[Fact]:
    """What nobody else is told."""
    if one.phonetic:
        yield Fact("own", f"Say “{one.phonetic}”", 94)
    if one.notes:
        yield Fact("own", one.notes, 92)
    if one.birth_date:
        yield from _birthday(one.birth_date, day)


def _own_columns(one: Participant, day: date) -> Iterable[Fact]:
    others = 0
    for name, value in one.custom:
        column, text = " ".join(name.casefold().replace("_", " ").split()), value.strip()
        if not text:
            continue
        if column in BIRTHDAY:
            yield from () if one.birth_date else _birthday(text, day)
        elif column in FIRST_TIME:
            if text.casefold() in _YES:
                yield Fact(
                    "first", "Here for the first time" if "marathon" not in column else "First marathon", 80
                )
        elif column in STREAK | OFTEN:
            yield from _number(column, text)
        elif others < OTHERS_SAID and not _is_unsaid(column):
            others += 1
            yield Fact("own", f"{name}: {text}", 10)


def _is_unsaid(column: str) -> bool:
    return is_private(column) or is_birth(column) or _UNSAID.search(column) is not None


def _birthday(text: str, day: date) -> Iterable[Fact]:
    birth = born(text)
    if birth is None or birth > day:
        return
    nearest = min(
        (_on(birth, year) for year in (day.year - 1, day.year, day.year + 1)),
        key=lambda each: abs((each - day).days),
    )
    days = (nearest - day).days
    turns = nearest.year - birth.year
    if days == 0:
        yield Fact("birthday", f"Has a birthday today, the {ordinal(turns)}", 95)
    elif abs(days) <= SOON_DAYS:
        when = f"in {days} day{'s' * (days > 1)}" if days > 0 else f"{-days} day{'s' * (days < -1)} ago"
        yield Fact("birthday", f"{ordinal(turns)} birthday {when}", 60)


def _on(birth: date, year: int) -> date:
    """A birthday in a year; that of a leap day is on the day after, where there is none."""
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _number(column: str, text: str) -> Iterable[Fact]:
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        return
    number = int(text)
    if number < 2:
        return
    weight = 90 if number % 10 == 0 or number == 25 else 75
    if column in STREAK:
        yield Fact("streak", f"{number} in a row", weight)
    else:
        yield Fact("often", f"{number} times until now", weight - 5)


def _placing(placing: Placing, one: Participant) -> Iterable[Fact]:
    gender = one.gender.strip().casefold()
    word = "woman" if gender in _WOMAN else "man" if gender in _MAN else ""
    race = f" of the {one.race_name}" if one.race_name else ""
    for number, of, lighter in (
        (placing.of_race, race, 0),
        (placing.of_gender if word else 0, f" {word}{race}", 1),
        (placing.of_division if one.division else 0, f" of {one.division}", 20),
    ):
        if 0 < number <= PLACES_SAID:
            weight = 98 if number == 1 else 90 if number <= 3 else 70 if number <= 10 else 35
            yield Fact("place", f"{ordinal(number)}{of} to come here", weight - lighter)


def _times(told: Told) -> Iterable[Fact]:
    said = []
    if told.net_us is not None:
        said.append(f"{duration(told.net_us)} since the start line")
    if told.gun_us is not None:
        said.append(f"{duration(told.gun_us)} since the gun")
    if said:
        yield Fact("time", ", ".join(said), 40)
    if told.expected is not None:
        off = max(told.expected.to_us - told.expected.at_us, told.expected.at_us - told.expected.from_us)
        yield Fact("expected", f"Expected at {told.expected.location}, give or take {duration(off)}", 30)


def _legs(legs: Sequence[Leg]) -> Iterable[Fact]:
    if not legs or legs[-1].us <= 0:
        return
    last = legs[-1]
    words = f"{duration(last.us)} from {last.start.location} to {last.end.location}"
    if last.metres:
        words += f", {pace(last)}"
    yield Fact("split", words, 35)
    if len(legs) > 1 and last.metres and legs[-2].metres and legs[-2].us > 0:
        change = (last.us / last.metres) / (legs[-2].us / legs[-2].metres) - 1
        if abs(change) >= CHANGE_SAID:
            word = "slower" if change > 0 else "faster"
            yield Fact("pace", f"{abs(change):.0%} {word} than on the leg before", 38)


def _together(group: Together) -> Fact:
    names = [full_name(each.first_name, each.last_name) for each in group.who[:NAMES_SAID]]
    more = len(group.who) - len(names)
    listed = ", ".join(names) + (f" and {more} more" if more else "")
    words = {
        "family": f"Comes with {listed}: the same family name",
        "team": f"Comes with {listed}, also of {group.name}",
        "city": f"Comes with {listed}, also from {group.name}",
    }
    weight = {"family": 72, "team": 70, "city": 28}
    return Fact("together", words[group.kind], weight[group.kind])


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()


def _same_state(one: Participant, other: Participant) -> bool:
    return not (one.state and other.state) or _same(one.state, other.state)
