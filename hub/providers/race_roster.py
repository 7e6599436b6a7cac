"""Race Roster, from what is public. Knows its REST interface as far as that goes; never tried with the service itself.

Documented (developers.raceroster.com, read as public pages): the base, OAuth2 with `Authorization: Bearer`, answers
under `data`, gender codes (0 not disclosed, 1 male, 2 female, 8 co-ed, 9 non-binary), dates in ISO 8601.
Seen with two who use it: the token by POST to /api/oauth/authorize with `grant_type=access_token`, client id, client
secret, user name and password, and answered under `data`; `events` with `offset`, `limit`, `sort` and `order`, of
`eventId`, `name`, `city`, `country`, `startDate` and `subEvents`; `events/ID`. With one: `events/ID/participants`.
Inferred: the names of a participant's fields, taken as they are written there for events (camelCase) or by an adapter
of the predecessor (snake_case); that participants are cut into pages as events are; what a status means.

Pages are counted by rows. Each begins with the last row of the one before: where it does not, somebody has gone, rows
have moved up, and the reading begins anew.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Unpack

import msgspec

from hub.errors import ProviderAway, ProviderRefused
from hub.providers.account import Account, How
from hub.providers.calls import Reply
from hub.providers.compared import Compared
from hub.providers.entries import day, decoded, entry, no_results, part, picked, read, rows, state, text
from hub.providers.tokens import Signed
from hub.providers.words import (
    Credentials,
    Cursor,
    EventRace,
    Field,
    Kind,
    Page,
    ProviderEvent,
    Result,
)
from hub.roster_words import Entry

BASE: Final = "https://raceroster.com/api/v1"
TOKEN_PATH: Final = "/api/oauth/authorize"  # noqa: S105 - an address
KIND: Final = Kind(
    kind="race_roster",
    name="Race Roster",
    fields=(
        Field("client_id", "Client id", False, "Race Roster: Account, API settings"),
        Field("client_secret", "Client secret", True, "Beside the client id"),
        Field("username", "User", False, "The address that signs in to Race Roster"),
        Field("password", "Password", True, "Of that user"),
    ),
    results=False,
    calls_per_hour=1000,
    experimental=True,
)

LIMIT: Final = 100
PAGES_MAX: Final = 1000
EVENTS_PAGES_MAX: Final = 5
ROUNDS_MAX: Final = 3
GENDERS: Final = {"1": "M", "2": "F", "8": "", "9": "X", "0": ""}
USUAL: Final = ("registered", "active", "confirmed", "complete", "completed")


class RaceRoster(Account):
    kind = KIND

    def __init__(self, credentials: Credentials, **how: Unpack[How]) -> None:
        self._form = {
            name: credentials[name] for name in ("client_id", "client_secret", "username", "password")
        }
        super().__init__(BASE, self._form.values(), **how)
        self._token_url = (how.get("base") or BASE).removesuffix("/").removesuffix("/api/v1") + TOKEN_PATH
        self._signed = Signed(self._calls, self._ask)

    async def test(self) -> str:
        found = _listed(await self._signed.get("events", {"offset": 0, "limit": 1}, patient=False))
        seen = f"it sees {_event(found[0]).name}" if found else "it sees no event"
        return f"Race Roster accepts the account; {seen}."

    async def events(self, find: str = "") -> list[ProviderEvent]:
        find = find.strip().casefold()
        found: list[ProviderEvent] = []
        for page in range(EVENTS_PAGES_MAX):
            params: dict[str, str | int] = {
                "offset": page * LIMIT,
                "limit": LIMIT,
                "sort": "startDate",
                "order": "desc",
            }
            listed = _listed(await self._signed.get("events", params, patient=False))
            found += [_event(each) for each in listed]
            if len(listed) < LIMIT:
                break
        today = datetime.fromtimestamp(self._now_s(), UTC).date().isoformat()
        named = [each for each in found if find in each.name.casefold() or find == each.id]
        coming = sorted((each for each in named if each.date >= today), key=lambda each: each.date)
        return coming + [each for each in named if each.date < today]

    async def event(self, event_id: str) -> ProviderEvent:
        found = _listed(await self._signed.get(f"events/{_id(event_id)}", patient=False))
        if not found:
            raise ProviderRefused(f"Race Roster does not know the event {event_id}.")
        return _event(found[0])

    async def roster(self, event_id: str, races: list[str], cursor: Cursor) -> AsyncIterator[Page]:
        """The whole, each time: what differs is passed on."""
        compared = await asyncio.to_thread(Compared, cursor)
        names = {race.id: race.name for race in (await self.event(event_id)).races}
        for _ in range(ROUNDS_MAX):
            compared.again()
            moved = False
            async for found in self._pages(event_id):
                moved = found is None
                if found is None:
                    break
                chosen = [each for each in found if not races or _race(each) in races]
                entries = compared.new(_entry(each, names) for each in chosen)
                yield Page(entries, done=len(compared.seen))
            if not moved:
                compared.end(sure=True)
                break
        done = len(compared.seen)
        after = await asyncio.to_thread(compared.cursor)
        yield Page([], compared.gone, done=done, total=done, cursor=after)

    def results(self, event_id: str, races: list[str]) -> AsyncIterator[list[Result]]:
        return no_results()

    async def _pages(self, event_id: str) -> AsyncIterator[list[dict[str, Any]] | None]:
        """None: rows have moved. Each page but the first begins with a row that has been seen."""
        offset = 0
        last = ""
        for _ in range(PAGES_MAX):
            reply = await self._signed.get(
                f"events/{_id(event_id)}/participants", {"offset": offset, "limit": LIMIT}
            )
            found = [row async for row in read(_raws(reply))]
            if last and (not found or _key(found[0]) != last):
                yield None
                return
            yield found[1:] if last else found
            if len(found) < LIMIT:
                return
            offset += LIMIT - 1
            last = _key(found[-1])
        raise ProviderAway("Race Roster does not come to an end with its participants.")

    async def _ask(self) -> Reply:
        return await self._calls.post_form(self._token_url, {"grant_type": "access_token", **self._form})


def _id(event_id: str) -> str:
    """It becomes a part of an address."""
    if not (event_id.isascii() and event_id.isdigit()):
        raise ProviderRefused("An event of Race Roster has a number.")
    return event_id


def _raws(reply: Reply) -> list[msgspec.Raw]:
    answer: dict[str, msgspec.Raw] = reply.read(dict[str, msgspec.Raw])
    if "data" not in answer:
        raise ProviderAway("Race Roster answers in a shape that the hub does not know: without data.")
    found: Any = decoded(answer["data"], list[msgspec.Raw] | msgspec.Raw, KIND.name)
    return found if isinstance(found, list) else [found]


def _listed(reply: Reply) -> list[Mapping[str, Any]]:
    return [found for raw in _raws(reply) if (found := part(msgspec.json.decode(raw)))]


def _event(row: Mapping[str, Any]) -> ProviderEvent:
    subs = row.get("subEvents")
    listed = rows(part(subs).get("data")) or rows(subs)
    return ProviderEvent(
        text(picked(row, "eventId", "id")),
        text(row.get("name")),
        day(picked(row, "startDate", "start_date")),
        text(row.get("city")),
        [
            EventRace(text(picked(each, "subEventId", "id")), text(each.get("name")))
            for each in map(part, listed)
        ],
    )


def _key(row: Mapping[str, Any]) -> str:
    return text(picked(row, "participantId", "id", "registrationId"))


def _race(row: Mapping[str, Any]) -> str:
    return text(
        picked(row, "subEventId", "sub_event_id") or picked(part(row.get("subEvent")), "subEventId", "id")
    )


def _entry(row: Mapping[str, Any], names: Mapping[str, str]) -> Entry:
    who = {**part(row.get("participant")), **row}
    country = who.get("country")
    gender = text(who.get("gender"))
    return entry(
        _key(row),
        {
            "bib": picked(who, "bib", "bibNumber", "bib_number"),
            "first_name": picked(who, "firstName", "first_name"),
            "last_name": picked(who, "lastName", "last_name"),
            "age": who.get("age"),
            "birth_date": day(picked(who, "dateOfBirth", "date_of_birth")),
            "gender": GENDERS.get(gender, gender),
            "city": who.get("city"),
            "state": picked(who, "provinceState", "province_state", "state"),
            "country": part(country).get("code") or country,
            "division": picked(part(who.get("division")), "name") or who.get("division"),
            "race_name": names.get(_race(row)) or part(row.get("subEvent")).get("name"),
            "wave": picked(part(who.get("wave")), "name") or who.get("wave"),
            "team_name": picked(who, "teamName", "team_name") or part(who.get("team")).get("name"),
            "status": state(who.get("status"), USUAL),
        },
        tags=[picked(who, "chipNumber", "chip_number", "chip")],
    )
