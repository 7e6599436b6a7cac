"""Made-up people of a made-up race, by the thousand. The same ones stand behind every stand-in."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

RACES: Final = {"71": "10K", "72": "Half Marathon"}
FIRST: Final = ("Ana", "Bo", "Chloë", "Dáithí", "Ewa", "Fu 福", "Gül", "Hö", "Ines", "Jan")
LAST: Final = ("Ruiz", "Lee", "O'Neill", "Ångström", "Łęcka", "Müller", "van der Berg", "Ng", "Ötzi", "Ito")
CITIES: Final = (("Springfield", "IL", "US"), ("Linz", "", "AT"), ("Montréal", "QC", "CA"), ("", "", ""))


@dataclass(frozen=True, slots=True)
class Person:
    """As a service knows somebody. bib, tag: may be nothing. modified_s: when the service last changed it."""

    id: int
    bib: str
    first_name: str
    last_name: str
    birth_date: str
    age: str
    gender: str
    city: str
    state: str
    country: str
    race: str
    team_name: str = ""
    tag: str = ""
    wave: str = ""
    email: str = ""
    anonymous: bool = False
    answers: tuple[tuple[str, str], ...] = ()
    modified_s: int = 0

    def fields(self) -> dict[str, str]:
        """What a roster is to say of them, by the hub's names, without what is empty."""
        said = {
            "bib": self.bib,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "birth_date": self.birth_date,
            "age": self.age,
            "gender": self.gender,
            "city": self.city,
            "state": self.state,
            "country": self.country,
            "race_name": RACES[self.race],
            "team_name": self.team_name,
        }
        return {name: value for name, value in said.items() if value}


def made(count: int, *, seed: int = 9, first_id: int = 5001, modified_s: int = 1_790_000_000) -> list[Person]:
    """Every ninth has no bib yet, every fifth no team; ids are some of the others' bibs."""
    chance = random.Random(seed)
    people = []
    for at in range(count):
        city, state, country = chance.choice(CITIES)
        year = chance.randint(1940, 2015)
        people.append(
            Person(
                id=first_id + at,
                bib="" if at % 9 == 8 else str(4001 + at),
                first_name=chance.choice(FIRST),
                last_name=f"{chance.choice(LAST)}-{at}",
                birth_date=f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
                age=str(2026 - year),
                gender=chance.choice("MFX"),
                city=city,
                state=state,
                country=country,
                race=chance.choice(list(RACES)),
                team_name="" if at % 5 else f"Team {at % 40}",
                email=f"runner{at}@example.org",
                modified_s=modified_s,
            )
        )
    return people


class People:
    """Those behind a stand-in, in the order of their ids, and those that were taken away: (who, when)."""

    def __init__(self, people: list[Person]) -> None:
        self.there: dict[int, Person] = {each.id: each for each in sorted(people, key=lambda each: each.id)}
        self.removed: dict[int, tuple[Person, int]] = {}

    def change(self, person_id: int, now_s: int, fields: Mapping[str, object]) -> Person:
        changed = replace(self.there[person_id], **fields, modified_s=now_s)  # type: ignore[arg-type]
        self.there[person_id] = changed
        return changed

    def add(self, person: Person, now_s: int) -> Person:
        self.removed.pop(person.id, None)
        self.there[person.id] = replace(person, modified_s=now_s)
        self.there = dict(sorted(self.there.items()))
        return self.there[person.id]

    def remove(self, person_id: int, now_s: int) -> None:
        self.removed[person_id] = (self.there.pop(person_id), now_s)
