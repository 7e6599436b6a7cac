"""The runners of a made-up race: names from many languages, bibs, tags, ages and the rest of a roster.

Knows `names.toml` and what a roster looks like; refuses to know when anybody crosses what. The same count and seed
give the same runners.

A screen shows "first last". So Hungarians and Vietnamese stand here as they enter races abroad, family name last.
Chinese, Japanese and Korean names in their own scripts are read family name first and without a space: they are
one word in `last_name`, as a roster with a single column of names gives them. A person with only one given name
has no last name.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from math import ceil
from random import Random
from typing import Any, Final, NamedTuple

from hub.model import Participant

FIVE_K: Final = "5K"
HALF: Final = "Half Marathon"
WAVES: Final = {FIVE_K: 2, HALF: 3}

COUNT_MAX: Final = 20_000
NAME_CHARS_MAX: Final = 40
DRAWS_MAX: Final = 8
"""Tries to find a name that nobody has yet. In a very large field some people share one, as they do."""
EXTREMES_ONE_IN: Final = 10
FIVE_K_SHARE: Final = 0.6
TEAM_SHARE: Final = 0.2
ABROAD_SHARE: Final = 0.12
"""Live where names like theirs are not the common ones."""
TWO_FAMILIES_SHARE: Final = 0.12
"""Carry two family names, where that is done."""
HEX_SHARE: Final = 0.08
LETTERS_SHARE: Final = 0.08
TAGS: Final = range(4_000_000, 8_000_000)
"""Longer than any bib: a tag that is nobody's is never somebody's bib."""
BIBS_STEP: Final = 1000

AGE_MEAN: Final = 39
AGE_DEVIATION: Final = 13
AGE_MAX: Final = 82
AGE_MIN: Final = {FIVE_K: 14, HALF: 18}
TALENT_DEVIATION: Final = 0.18


class People(NamedTuple):
    """Names of one language and where those who carry them live; the keys of `names.toml` say more."""

    share: int
    given: dict[str, list[str]]
    family: dict[str, list[str]]
    places: list[tuple[str, str, str]]
    joint: str
    whole: bool
    single: float


class Person(NamedTuple):
    first_name: str
    last_name: str
    gender: str
    people: People

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Names(NamedTuple):
    peoples: list[People]
    extremes: list[Person]
    teams: list[str]


def runners(count: int = 500, *, seed: int = 1) -> list[Participant]:
    """That many participants, with ids 0, by bib; from 1 to COUNT_MAX. Bibs, tags: each its own."""
    if not 1 <= count <= COUNT_MAX:
        raise ValueError(f"{count} runners: expected 1 to {COUNT_MAX}")
    rng = Random(seed)  # noqa: S311 (a drawing, not a secret)
    persons = _persons(count, rng)
    tags = rng.sample(TAGS, count)
    of_five_k = ceil(count * FIVE_K_SHARE)
    half_from = ceil(of_five_k / BIBS_STEP) * BIBS_STEP + 1
    field: list[Participant] = []
    for index, (person, tag) in enumerate(zip(persons, tags, strict=True)):
        short = index < of_five_k
        bib = index + 1 if short else half_from + index - of_five_k
        field.append(_participant(person, bib, _tag(tag, rng), FIVE_K if short else HALF, rng))
    for race in WAVES:
        _set_waves([each for each in field if each.race_name == race], WAVES[race], rng)
    return field


def handicap(runner: Participant) -> float:
    """How much longer this runner is likely to take than a man of thirty: 0.1 is a tenth."""
    age = int(runner.age)
    years = 0.007 * max(0, age - 32) + 0.015 * max(0, 20 - age)
    return years + (0.12 if runner.gender == "F" else 0)


def division(gender: str, age: int) -> str:
    """F35-39: five years each, but the youngest and the oldest are together."""
    if age < 20:
        return f"{gender}14-19"
    if age >= 75:
        return f"{gender}75+"
    return f"{gender}{age // 5 * 5}-{age // 5 * 5 + 4}"


def _participant(person: Person, bib: int, tag: str, race: str, rng: Random) -> Participant:
    age = _age(AGE_MIN[race], rng)
    home = rng.choice(names().peoples) if rng.random() < ABROAD_SHARE else person.people
    city, state, country = rng.choice(home.places)
    return Participant(
        0,
        str(bib),
        (tag,),
        first_name=person.first_name,
        last_name=person.last_name,
        age=str(age),
        gender=person.gender,
        city=city,
        state=state,
        country=country,
        division=division(person.gender, age),
        race_name=race,
        team_name=rng.choice(names().teams) if rng.random() < TEAM_SHARE else "",
    )


def _age(least: int, rng: Random) -> int:
    while True:
        age = round(rng.gauss(AGE_MEAN, AGE_DEVIATION))
        if least <= age <= AGE_MAX:
            return age


def _tag(number: int, rng: Random) -> str:
    """Chips of three makers: most have digits only."""
    kind = rng.random()
    if kind < HEX_SHARE:
        return f"E2{number:06X}"
    return f"RB{number}" if kind < HEX_SHARE + LETTERS_SHARE else str(number)


def _set_waves(field: Sequence[Participant], waves: int, rng: Random) -> None:
    """Equal waves, those in front who are likely to be faster."""
    predicted = [handicap(each) + rng.gauss(0, TALENT_DEVIATION) for each in field]
    for rank, index in enumerate(sorted(range(len(field)), key=predicted.__getitem__)):
        field[index].wave = str(1 + rank * waves // len(field))


def _persons(count: int, rng: Random) -> list[Person]:
    """In any order: the hard names are spread over both races."""
    peoples, extremes, _ = names()
    persons = extremes[: count // EXTREMES_ONE_IN]
    taken = {person.name for person in persons}
    shares = [people.share for people in peoples]
    for people in rng.choices(peoples, shares, k=count - len(persons)):
        person = _free_person(people, taken, rng)
        taken.add(person.name)
        persons.append(person)
    rng.shuffle(persons)
    return persons


def _free_person(people: People, taken: set[str], rng: Random) -> Person:
    """With a name that nobody has yet, if one is soon found; never one that is too long."""
    drawn = 0
    while True:
        person = _person(people, rng)
        drawn += 1
        if len(person.name) <= NAME_CHARS_MAX and (person.name not in taken or drawn >= DRAWS_MAX):
            return person


def _person(people: People, rng: Random) -> Person:
    gender = rng.choice("FM")
    given = rng.choice(people.given[gender])
    family = rng.choice(people.family[gender])
    if people.whole:
        return Person("", family + given, gender, people)
    if rng.random() < people.single:
        return Person(given, "", gender, people)
    if people.joint and rng.random() < TWO_FAMILIES_SHARE:
        second = rng.choice(people.family[gender])
        family = family if second == family else f"{family}{people.joint}{second}"
    return Person(given, family, gender, people)


@cache
def names() -> Names:
    """What `names.toml` holds."""
    data = tomllib.loads(resources.files("hub.demo").joinpath("names.toml").read_text(encoding="utf-8"))
    peoples = {key: _people(table) for key, table in data["people"].items()}
    extremes = [
        Person(each["first"], each["last"], each["gender"], peoples[each["people"]])
        for each in data["extremes"]
    ]
    return Names(list(peoples.values()), extremes, data["teams"])


def _people(table: dict[str, Any]) -> People:
    family = table["family"].split(", ")
    of_women = table["family_women"].split(", ") if "family_women" in table else family
    return People(
        share=table["share"],
        given={"F": table["women"].split(", "), "M": table["men"].split(", ")},
        family={"F": of_women, "M": family},
        places=[_place(text) for text in table["places"]],
        joint=table.get("joint", ""),
        whole=table.get("whole", False),
        single=table.get("single", 0),
    )


def _place(text: str) -> tuple[str, str, str]:
    """City, state (or nothing), country."""
    city, *state, country = text.split(", ")
    return city, "".join(state), country
