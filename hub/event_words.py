"""What may be said of an event and its races, and how it is checked. Knows words, dates and the names of zones; refuses
to know tables.
"""

import difflib
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from hub.errors import Invalid

NAME_CHARS_MAX: Final = 200
LOCATION_CHARS_MAX: Final = 128
"""As readers send them (hub/protocols/ct01.py)."""
DISTANCE_M_MAX: Final = 10_000_000
"""Ten thousand kilometres: nobody races farther."""
RACES_MAX: Final = 200
YEAR_MIN: Final = 1970
YEAR_MAX: Final = 2999
NEAR_MAX: Final = 3
NO_PLACES: Final = {"localtime", "posixrules", "Factory"}
"""Files among those of the zones that are another one on each machine."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS_MAX)]
Location = Annotated[str, msgspec.Meta(min_length=1, max_length=LOCATION_CHARS_MAX)]
Metres = Annotated[int, msgspec.Meta(ge=1, le=DISTANCE_M_MAX)]


class RaceWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A race as it is asked for. Its guns are those of its start location."""

    name: Name
    distance_m: Metres
    start_location: Location
    finish_location: Location


class RaceChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of a race is to be another; None: that stays."""

    name: Name | None = None
    distance_m: Metres | None = None
    start_location: Location | None = None
    finish_location: Location | None = None


class EventWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event as it is asked for. date: ISO; timezone: an IANA name; partner: the short name of whose it is to be."""

    name: Name
    date: str
    timezone: str
    races: Annotated[list[RaceWords], msgspec.Meta(max_length=RACES_MAX)] = []
    partner: str | None = None


class EventChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of an event is to be another; None: that stays. races: all of them; one that is not named goes."""

    name: Name | None = None
    date: str | None = None
    timezone: str | None = None
    races: Annotated[list[RaceWords], msgspec.Meta(max_length=RACES_MAX)] | None = None


def check(words: EventWords | EventChange) -> None:
    """Raises Invalid, with the field and what was expected."""
    check_text(words.name, "name")
    if words.date is not None:
        day(words.date)
    if words.timezone is not None:
        check_zone(words.timezone)
    if words.races is not None:
        check_races(words.races)


def day(text: str) -> date:
    """A date as YYYY-MM-DD. Raises Invalid."""
    try:
        found = date.fromisoformat(text)
        if len(text) != len("2026-05-16") or not YEAR_MIN <= found.year <= YEAR_MAX:
            raise ValueError
    except ValueError:
        raise Invalid(
            f"date: {text[:40]!r}: expected a date as 2026-05-16, from {YEAR_MIN} to {YEAR_MAX}", field="date"
        ) from None
    return found


def check_zone(name: str) -> None:
    """Raises Invalid for what is no name of a zone, with those that come near it."""
    try:
        known = ZoneInfo(name).key in available_timezones() - NO_PLACES
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = False
    if not known:
        near = zones_near(name)
        hint = f"; did you mean {' or '.join(near)}?" if near else " such as Europe/Berlin"
        raise Invalid(f"timezone: {name[:60]!r}: expected an IANA time zone{hint}", field="timezone")


def zones_near(name: str) -> list[str]:
    """Zones that somebody who typed this may have meant: of its name or its city, in any case."""
    wanted = name.strip().replace(" ", "_").casefold()[:NAME_CHARS_MAX]
    full = {zone.casefold(): zone for zone in sorted(available_timezones() - NO_PLACES)}
    if wanted in full:
        return [full[wanted]]
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(full.values()) if "/" in zone}
    if wanted in cities:
        return [cities[wanted]]
    city = wanted.rpartition("/")[2]
    near = [full[each] for each in difflib.get_close_matches(wanted, full, NEAR_MAX, 0.75)]
    near += [cities[each] for each in difflib.get_close_matches(city, cities, NEAR_MAX, 0.8)]
    return list(dict.fromkeys(near))[:NEAR_MAX]


def check_races(races: Sequence[RaceWords]) -> None:
    seen: set[str] = set()
    for each in races:
        check_race(each)
        if each.name.strip().casefold() in seen:
            raise Invalid(f"races: two races are called {each.name!r}", field="races")
        seen.add(each.name.strip().casefold())


def check_race(words: RaceWords | RaceChange) -> None:
    for field in ("name", "start_location", "finish_location"):
        check_text(getattr(words, field), field)


def check_text(text: str | None, field: str) -> None:
    """Raises Invalid for what is blank, or no text that can be kept and shown."""
    if text is None:
        return
    if not text.strip():
        raise Invalid(f"{field}: expected more than blanks", field=field)
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        raise Invalid(f"{field}: expected text without control characters", field=field)
