"""Let's Do This, from what is public. Knows its REST interface as far as that goes; never tried with the service
itself.

Documented (docs.api.letsdothis.com, read as public pages): the base, an API key as `Authorization: Bearer`,
`applications` as something to ask for. Seen with one who uses it: `participants` and `applications` of all events of
an account, `page[size]`, `page[after]` with what `page.next` has said, `updatedAt[after]`, and the fields below.
Inferred: that the events of an account are those of its applications; what a status means. There is no list of
removals: who is not in a whole reading is gone.

A refresh asks with `updatedAt[after]`, and is right whether that is honoured or not: what it brings is compared; the
whole is read every quarter of an hour.
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
from hub.providers.entries import day, decoded, entry, no_results, number, part, read, state, text
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

BASE: Final = "https://api.letsdothis.com/v0"
KIND: Final = Kind(
    kind="lets_do_this",
    name="Let's Do This",
    fields=(Field("api_key", "API key", True, "Let's Do This: Settings, Credentials"),),
    results=False,
    calls_per_hour=1000,
    experimental=True,
)

SIZE: Final = 100
PAGES_MAX: Final = 2000
EVENTS_PAGES_MAX: Final = 10
WHOLE_S: Final = 900
OVERLAP_S: Final = 10
USUAL: Final = ("registered", "confirmed", "complete", "completed", "active", "accepted")


class LetsDoThis(Account):
    kind = KIND

    def __init__(self, credentials: Credentials, **how: Unpack[How]) -> None:
        key = credentials["api_key"]
        super().__init__(BASE, [key], headers={"Authorization": f"Bearer {key}"}, **how)

    async def test(self) -> str:
        found = _raws(await self._calls.get("applications", {"page[size]": 1}))
        seen = "it sees applications" if found else "it sees no application yet"
        return f"Let's Do This accepts the key; {seen}."

    async def events(self, find: str = "") -> list[ProviderEvent]:
        """Those that somebody has applied for lately: there is no list of events."""
        find = find.strip()
        found: dict[str, ProviderEvent] = {}
        count = 0
        async for reply in self._pages("applications", {}, patient=False):
            async for row in read(_raws(reply)):
                event = _event(row)
                if event.id:
                    found.setdefault(event.id, event)
            count += 1
            if count == EVENTS_PAGES_MAX:
                break
        named = [
            each for each in found.values() if find.casefold() in each.name.casefold() or find == each.id
        ]
        return sorted(named, key=lambda each: each.date, reverse=True)

    async def event(self, event_id: str) -> ProviderEvent:
        found = next((each for each in await self.events(event_id) if each.id == event_id), None)
        event = found or ProviderEvent(event_id, f"Event {event_id}")
        reply = await self._calls.get(f"events/{_id(event_id)}/tickets")
        event.races = [
            EventRace(text(each.get("id")), text(each.get("name") or each.get("title")))
            for raw in _raws(reply)
            if (each := part(msgspec.json.decode(raw)))
        ]
        return event

    async def roster(self, event_id: str, races: list[str], cursor: Cursor) -> AsyncIterator[Page]:
        compared = await asyncio.to_thread(Compared, cursor)
        whole_s = number(cursor.get("whole_s")) or 0
        since = number(cursor.get("since"))
        began = int(self._now_s())
        whole = since is None or began >= whole_s + WHOLE_S
        names = {race.id: race.name for race in (await self.event(event_id)).races} if whole else {}
        names = names or {text(each): text(name) for each, name in part(cursor.get("names")).items()}
        params: dict[str, str | int] = {}
        if since is not None and not whole:
            params["updatedAt[after]"] = datetime.fromtimestamp(since, UTC).isoformat()
        at_s: int | None = None
        async for reply in self._pages("participants", params):
            at_s = reply.at_s if at_s is None else at_s
            entries = []
            async for row in read(_raws(reply)):
                if text(row.get("eventId")) == event_id and (not races or _race(row) in races):
                    entries += compared.new([_entry(row, names)])
            yield Page(entries, done=len(compared.seen))
        if whole:
            compared.end(sure=True)
        after: Cursor = {
            "since": (began if at_s is None else at_s) - OVERLAP_S,
            "whole_s": began if whole else whole_s,
            "names": names,
        }
        after |= await asyncio.to_thread(compared.cursor)
        yield Page([], compared.gone, done=len(compared.seen), cursor=after)

    def results(self, event_id: str, races: list[str]) -> AsyncIterator[list[Result]]:
        return no_results()

    async def _pages(
        self, path: str, params: Mapping[str, str | int], *, patient: bool = True
    ) -> AsyncIterator[Reply]:
        after = ""
        for _ in range(PAGES_MAX):
            more = {"page[after]": after} if after else {}
            reply = await self._calls.get(path, {"page[size]": SIZE, **params, **more}, patient=patient)
            yield reply
            answer: dict[str, msgspec.Raw] = reply.read(dict[str, msgspec.Raw])
            page = part(decoded(answer.get("page", b"null"), object, KIND.name))
            if not (found := text(page.get("next"))) or found == after:
                return
            after = found
        raise ProviderAway("Let's Do This does not come to an end with its pages.")


def _id(event_id: str) -> str:
    """It becomes a part of an address."""
    if not (event_id.isascii() and event_id.replace("-", "").replace("_", "").isalnum()):
        raise ProviderRefused("An event of Let's Do This is letters, digits, - and _.")
    return event_id


def _raws(reply: Reply) -> list[msgspec.Raw]:
    answer: dict[str, msgspec.Raw] = reply.read(dict[str, msgspec.Raw])
    if "data" not in answer:
        raise ProviderAway("Let's Do This answers in a shape that the hub does not know: without data.")
    found: list[msgspec.Raw] = decoded(answer["data"], list[msgspec.Raw] | None, KIND.name) or []
    return found


def _event(row: Mapping[str, Any]) -> ProviderEvent:
    return ProviderEvent(
        text(row.get("eventId")),
        text(row.get("eventName")) or f"Event {text(row.get('eventId'))}",
        day(row.get("eventDate")),
        text(row.get("eventLocation")),
        [],
    )


def _race(row: Mapping[str, Any]) -> str:
    return text(row.get("ticketId") or part(row.get("ticket")).get("id"))


def _entry(row: Mapping[str, Any], names: Mapping[str, str]) -> Entry:
    return entry(
        text(row.get("id")),
        {
            "bib": row.get("bibNumber"),
            "first_name": row.get("firstName"),
            "last_name": row.get("lastName"),
            "age": row.get("age"),
            "birth_date": day(row.get("dateOfBirth")),
            "gender": row.get("gender"),
            "city": row.get("city"),
            "state": row.get("region"),
            "country": row.get("country"),
            "division": row.get("division") or row.get("category"),
            "race_name": names.get(_race(row)) or row.get("ticketName"),
            "wave": row.get("wave") or row.get("startWave"),
            "team_name": row.get("teamName"),
            "status": state(row.get("status"), USUAL),
        },
    )
