"""Haku, from what is public. Knows its REST interface as far as that goes; never tried with the service itself.

Seen with one who uses it, and documented nowhere in public: the two hosts, the token by client_credentials with Basic,
sent without `Bearer`; `events` and their parameters; `events/ID/participants` with registration_number,
person_full_name, age, gender, is_cancelled, event_category_info and team; `events/ID/registrations/NUMBER` with the
rest: bib, chip, corral, wave, address; 500 calls an hour.
Inferred: the keys around lists; that participants are cut into pages as events are; that tag_number is the bib and
chip_number the chip.

A bib takes a call of its own, so that a roster of three thousand takes six hours of calls. Names come at once; details
follow, some with each refresh: first of those nothing is known of, then of those without a bib, then of those whose
line has changed, and in between of the others in turn. What was learned travels in the cursor.
"""

import asyncio
import base64
import zlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Unpack
from urllib.parse import quote

import aiohttp
import msgspec

from hub.errors import ProviderAway, ProviderRefused
from hub.providers.account import Account, How
from hub.providers.calls import Denied, Reply
from hub.providers.compared import Compared
from hub.providers.entries import (
    PIECE,
    WITHDRAWN,
    day,
    decoded,
    entry,
    no_results,
    number,
    part,
    picked,
    read,
    rows,
    text,
)
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

BASE: Final = "https://api.hakuapp.com"
TOKEN_URL: Final = "https://prod-auth.hakuapp.com/oauth2/token"  # noqa: S105 - an address
KIND: Final = Kind(
    kind="haku",
    name="Haku",
    fields=(
        Field("client_id", "Client id", False, "Given to an organisation by Haku for its programs"),
        Field("client_secret", "Client secret", True, "Beside the client id"),
    ),
    results=False,
    calls_per_hour=500,
    experimental=True,
)

PER_PAGE: Final = 500
PAGES_MAX: Final = 400
DETAILS_FIRST: Final = 60
"""Of a first load: what is left of the calls that may be made at once."""
DETAILS_AGAIN: Final = 6
"""Of a refresh: every minute one of these, and the hour's calls hold."""

Detail = dict[str, str]
"""Of one registration, what the list does not say, by the names of FIELDS; `tag`: the chip."""


class Haku(Account):
    kind = KIND

    def __init__(self, credentials: Credentials, **how: Unpack[How]) -> None:
        self._basic = aiohttp.encode_basic_auth(credentials["client_id"], credentials["client_secret"])
        super().__init__(BASE, [credentials["client_secret"], credentials["client_id"], self._basic], **how)
        base = how.get("base")
        self._token_url = f"{base.rstrip('/')}/oauth2/token" if base else TOKEN_URL
        self._signed = Signed(self._calls, self._ask, "{}")
        self._learned: dict[
            str, dict[str, Detail]
        ] = {}  # by event: a new full load need not learn all of it again

    async def test(self) -> str:
        found = await self.events()
        return f"Haku accepts the account; it sees {found[0].name if found else 'no event'}."

    async def events(self, find: str = "") -> list[ProviderEvent]:
        params: dict[str, str | int] = {
            "page": 1,
            "per_page": PER_PAGE,
            "sort_column": "event_date",
            "sort_direction": "desc",
            "show_inactive": "true",
        }
        reply = await self._signed.get("events", params, patient=False)
        found = [_event(part(msgspec.json.decode(raw))) for raw in _raws(reply, "events")]
        find = find.strip().casefold()
        named = [each for each in found if find in each.name.casefold() or find == each.id]
        today = datetime.fromtimestamp(self._now_s(), UTC).date().isoformat()
        coming = sorted((each for each in named if each.date >= today), key=lambda each: each.date)
        return coming + [each for each in named if each.date < today]

    async def event(self, event_id: str) -> ProviderEvent:
        found = next((each for each in await self.events() if each.id == event_id), None)
        if found is None:
            raise ProviderRefused(f"Haku does not know the event {event_id}.")
        return found

    async def roster(self, event_id: str, races: list[str], cursor: Cursor) -> AsyncIterator[Page]:
        """`done`, `total`: of the list. Pages are counted, and rows may move: who is missing once is not gone."""
        compared = await asyncio.to_thread(Compared, cursor)
        details = await asyncio.to_thread(_unpacked, cursor) or self._learned.get(event_id, {})
        there: dict[str, Mapping[str, Any]] = {}
        async for found in self._pages(event_id):
            there |= {key: row for row in found if (key := text(row.get("registration_number")))}
            yield Page([], done=len(there))
        turn = number(cursor.get("turn")) or 0
        wanted = _wanted(list(there), details, turn, DETAILS_AGAIN if cursor else DETAILS_FIRST)
        later = set(wanted)
        now = [each for each in there if each not in later]
        for first in range(0, len(now), PIECE):
            known = [each for each in now[first : first + PIECE] if _is_of(there[each], details, races)]
            entries = compared.new(_entry(there[each], details.get(each, {})) for each in known)
            yield Page(entries, done=len(there), total=len(there))
            await asyncio.sleep(0)
        for key in wanted:
            try:
                details[key] = await self._detail(event_id, key)
            except Denied:
                raise
            except ProviderRefused:  # gone since the list was read: what is known has to do
                pass
            if _is_of(there[key], details, races):
                entries = compared.new([_entry(there[key], details.get(key, {}))])
                yield Page(entries, done=len(there), total=len(there))
        compared.end(sure=False)
        after = await asyncio.to_thread(compared.cursor)
        kept = self._learned[event_id] = {key: each for key, each in details.items() if key in there}
        after |= {"details": await asyncio.to_thread(_packed, kept), "turn": turn + len(wanted)}
        yield Page([], compared.gone, done=len(there), total=len(there), cursor=after)

    def results(self, event_id: str, races: list[str]) -> AsyncIterator[list[Result]]:
        return no_results()

    async def _pages(self, event_id: str) -> AsyncIterator[list[dict[str, Any]]]:
        known: set[str] = set()
        for page in range(1, PAGES_MAX + 1):
            reply = await self._signed.get(
                f"events/{_id(event_id)}/participants", {"page": page, "per_page": PER_PAGE}
            )
            found = [row async for row in read(_raws(reply, "participants"))]
            fresh = {text(row.get("registration_number")) for row in found} - known
            yield found
            if len(found) < PER_PAGE or not fresh:
                return
            known |= fresh
        raise ProviderAway("Haku does not come to an end with its participants.")

    async def _detail(self, event_id: str, number: str) -> Detail:
        reply = await self._signed.get(f"events/{_id(event_id)}/registrations/{quote(number, safe='')}")
        answer = part(msgspec.json.decode(reply.body))
        return _detailed(part(answer.get("registration")) or answer)

    async def _ask(self) -> Reply:
        return await self._calls.post_form(
            self._token_url, {"grant_type": "client_credentials"}, auth=self._basic
        )


def _wanted(there: list[str], details: Mapping[str, Detail], turn: int, count: int) -> list[str]:
    """Whose details are asked for next: of those nothing is known of; then of those without a bib; then all in turn."""
    unknown = [each for each in there if each not in details]
    bibless = [each for each in there if each in details and not details[each].get("bib")]
    if len(unknown) >= count:
        return unknown[:count]
    rest = bibless or [each for each in there if each in details]
    begin = turn % max(len(rest), 1)
    return unknown + (rest[begin:] + rest[:begin])[: count - len(unknown)]


def _id(event_id: str) -> str:
    """It becomes a part of an address."""
    if not (event_id.isascii() and event_id.replace("-", "").isalnum()):
        raise ProviderRefused("An event of Haku is letters, digits and -.")
    return event_id


def _raws(reply: Reply, key: str) -> list[msgspec.Raw]:
    """The list itself, or under its key or `data`."""
    answer: Any = reply.read(dict[str, msgspec.Raw] | list[msgspec.Raw])
    if isinstance(answer, list):
        return answer
    if key not in answer and "data" not in answer:
        raise ProviderAway(f"Haku answers in a shape that the hub does not know: without {key}.")
    found: list[msgspec.Raw] = (
        decoded(answer.get(key, answer.get("data", b"null")), list[msgspec.Raw] | None, KIND.name) or []
    )
    return found


def _event(row: Mapping[str, Any]) -> ProviderEvent:
    return ProviderEvent(
        text(row.get("id")),
        text(picked(row, "name", "event_name")),
        day(picked(row, "event_date", "start_date")),
        text(picked(row, "city", "location")),
        [
            EventRace(text(each.get("id")), text(each.get("name")))
            for each in map(part, rows(row.get("event_categories")))
        ],
    )


def _category(row: Mapping[str, Any]) -> Mapping[str, Any]:
    info = row.get("event_category_info")
    info = info[0] if isinstance(info, list) and info else info
    return {"name": info} if isinstance(info, str) else part(info)


def _is_of(row: Mapping[str, Any], details: Mapping[str, Detail], races: list[str]) -> bool:
    """Whether somebody is in one of the races; whose race is not known yet is in none."""
    if not races:
        return True
    detail = details.get(text(row.get("registration_number")), {})
    return detail.get("race", "") in races or text(_category(row).get("id")) in races


def _detailed(row: Mapping[str, Any]) -> Detail:
    category = part(next(iter(rows(row.get("event_categories"))), None))
    who = part(row.get("participant"))
    address = part(who.get("address"))
    found = {
        "bib": text(category.get("tag_number")),
        "tag": text(category.get("chip_number")),
        "race": text(category.get("id")),
        "race_name": text(category.get("name")),
        "wave": text(picked(category, "wave_name", "corral_name", "wave_code")),
        "first_name": text(who.get("first_name")),
        "last_name": text(who.get("last_name")),
        "birth_date": day(picked(who, "date_of_birth", "birth_date")),
        "city": text(picked(address, "city")),
        "state": text(picked(address, "state", "region")),
        "country": text(picked(address, "country", "country_code")),
    }
    return {name: value for name, value in found.items() if value}


def _entry(row: Mapping[str, Any], detail: Detail) -> Entry:
    first, _, last = text(row.get("person_full_name")).rpartition(" ")
    if detail.get("first_name") or detail.get("last_name"):
        first = last = ""
    said: dict[str, object] = {
        "first_name": first,
        "last_name": last,
        "age": row.get("age"),
        "gender": row.get("gender"),
        "race_name": _category(row).get("name"),
        "team_name": part(row.get("team")).get("name"),
        "status": WITHDRAWN if row.get("is_cancelled") is True else "",
    }
    return entry(text(row.get("registration_number")), {**said, **detail}, tags=[detail.get("tag")])


def _packed(details: Mapping[str, Detail]) -> str:
    return base64.b64encode(zlib.compress(msgspec.json.encode(details), 1)).decode()


def _unpacked(cursor: Cursor) -> dict[str, Detail]:
    """Nothing is known where the cursor is of another shape."""
    try:
        packed = zlib.decompress(base64.b64decode(cursor["details"]))
        return msgspec.json.decode(packed, type=dict[str, Detail])
    except (KeyError, TypeError, ValueError, zlib.error, msgspec.DecodeError):
        return {}
