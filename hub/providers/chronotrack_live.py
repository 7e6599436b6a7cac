"""ChronoTrack Live. Knows its REST interface; refuses to know what becomes of what it says.

Documented (api.chronotrack.com/dev/docs, read as public pages) and seen with those who use it: the two servers,
production and a copy of last night for tests; https only; the account in the query, `client_id`, `user_id` and
`user_pass`, the SHA-1 of the password in hex; `event`, `event/ID`, `event/ID/race`, `event/ID/entry`,
`race/ID/entry`, `event/ID/results`, `race/ID/results`, each under a key of its own (`event_entry`, ...); `page` from 1
and `size`; the X-Ctlive headers, which say how many rows and pages there are; the fields of entries and results.
Inferred: that results without a bracket are placed overall; which states of an entry mean that somebody does not run
(only CONF has been seen); what a longest page is.
Unverified: `last_modified`. A refresh sends it, and is right whatever becomes of it: where it answers with much of the
roster it has been ignored, and every refresh reads the whole; where it answers with little that is taken for what has
changed, and the whole is read every few minutes all the same, since nobody can be found missing in a part. What was
known is kept as a checksum of each entry: only what differs is passed on.

An entry's id may be somebody else's bib: it is never shown, and a bib that is empty stays empty.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, Final, Unpack

import msgspec

from hub.errors import ProviderAway, ProviderRefused
from hub.providers.account import Account, How
from hub.providers.calls import Reply
from hub.providers.compared import Compared
from hub.providers.entries import day, decoded, entry, number, part, read, rows, state, text
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

PRODUCTION: Final = "production"
TEST: Final = "test"
BASES: Final = {
    PRODUCTION: "https://api.chronotrack.com/api",
    TEST: "https://qa-api.chronotrack.com/api",
}
KIND: Final = Kind(
    kind="chronotrack_live",
    name="ChronoTrack Live",
    fields=(
        Field("client_id", "Client id", False, "Given to a company by ChronoTrack for its programs"),
        Field("user_id", "User", False, "The address that signs in to CT Live"),
        Field("user_pass", "Password", True, "Or its SHA-1, 40 characters of 0-9 and a-f"),
        Field("event_id", "Event id", False, "Where the account sees no list of events", required=False),
        Field(
            "server", "Server", False, "production, or test for ChronoTrack's nightly copy", required=False
        ),
    ),
    results=True,
    calls_per_hour=1000,
)

SIZE: Final = 1000
"""Rows of a page, as others ask for; the headers say how many it makes of that."""
PAGES_MAX: Final = 500
EVENTS_PAGES_MAX: Final = 3
ROUNDS_MAX: Final = 3
"""How often the whole is read again when it changes under the reading: pages are counted, and rows move up."""
WHOLE_S: Final = 300
PART_MAX: Final = 5000
"""Rows that are taken for what has changed; and never more than half of what is known."""
OVERLAP_S: Final = 10
_SHA1: Final = re.compile(r"[0-9a-fA-F]{40}")
RESULT_FIELDS: Final = {
    "finish_time": "results_time",
    "gun_time": "results_gun_time",
    "pace": "results_pace",
    "gun_pace": "results_gun_pace",
    "overall_rank": "results_rank",
    "penalty_time": "results_penalty_time",
    "time_with_penalty": "results_time_with_penalty",
    "gun_time_with_penalty": "results_gun_time_with_penalty",
    "start_time": "results_start_time",
    "finish_timestamp": "results_end_chip_time",
}
"""As the predecessor's screens call them. There is no place within a division: it is left out."""

PARAMS: Final[Mapping[str, str | int]] = {"include_test_entries": "false", "elide_json": "false"}


class ChronoTrackLive(Account):
    kind = KIND

    def __init__(self, credentials: Credentials, **how: Unpack[How]) -> None:
        server = credentials.get("server", "").casefold() or PRODUCTION
        if server not in BASES:
            raise ProviderRefused(f"ChronoTrack Live has two servers: {PRODUCTION} and {TEST}.")
        password = credentials["user_pass"]
        digest = hashed(password)
        super().__init__(
            BASES[server],
            [password, digest, credentials["client_id"], credentials["user_id"]],
            query={
                "format": "json",
                "client_id": credentials["client_id"],
                "user_id": credentials["user_id"],
                "user_pass": digest,
            },
            **how,
        )
        self._only = credentials.get("event_id", "")

    async def test(self) -> str:
        if self._only:
            return f"ChronoTrack Live accepts the account; it sees {(await self.event(self._only)).name}."
        found = _listed(await self._calls.get("event", {"page": 1, "size": 1}), "event")
        seen = f"it sees {_event(found[0]).name}" if found else "it sees no event: an event's id is needed"
        return f"ChronoTrack Live accepts the account; {seen}."

    async def events(self, find: str = "") -> list[ProviderEvent]:
        """`find`: part of a name, or an event's id."""
        find = find.strip()
        if find.isdigit() or (self._only and not find):
            try:
                return [await self.event(find or self._only)]
            except ProviderRefused:
                return []
        found = []
        async for reply in self.pages("event", "event", {}, patient=False):
            found += [_event(each) for each in _listed(reply, "event")]
            if _count(reply, "Current-Page") >= EVENTS_PAGES_MAX:
                break
        today = datetime.fromtimestamp(self._now_s(), UTC).date().isoformat()
        named = [each for each in found if find.casefold() in each.name.casefold()]
        coming = sorted((each for each in named if each.date >= today), key=lambda each: each.date)
        past = sorted((each for each in named if each.date < today), key=lambda each: each.date, reverse=True)
        return coming + past

    async def event(self, event_id: str) -> ProviderEvent:
        path = f"event/{_id(event_id)}"
        answer = decoded((await self._calls.get(path)).body, dict[str, Any], KIND.name)
        found = _event(part(next(iter(rows(answer.get("event"))), answer.get("event"))))
        found.id = found.id or event_id
        async for reply in self.pages(f"{path}/race", "event_race", {}, patient=False):
            found.races += [
                EventRace(text(each.get("race_id")), text(each.get("race_name")))
                for each in _listed(reply, "event_race")
            ]
        return found

    async def roster(self, event_id: str, races: list[str], cursor: Cursor) -> AsyncIterator[Page]:
        load = _Load(self, event_id, races, await asyncio.to_thread(Compared, cursor))
        whole_s = number(cursor.get("whole_s")) or 0
        ignored = cursor.get("ignores") is True
        some: list[Page] | None = None
        if load.compared.known and not ignored and self._now_s() < whole_s + WHOLE_S:
            some = await load.some(text(cursor.get("stamp")))
            ignored = some is None
        if some is None:
            whole_s = int(self._now_s())
            async for page in load.whole():
                yield page
        for page in some or []:
            yield page
        after: Cursor = {"stamp": load.stamp, "whole_s": whole_s, "ignores": ignored}
        after |= await asyncio.to_thread(load.compared.cursor)
        yield Page([], load.compared.gone, done=load.done, total=load.total, cursor=after)

    async def results(self, event_id: str, races: list[str]) -> AsyncIterator[list[Result]]:
        for path, key in _paths(event_id, races, "results"):
            async for reply in self.pages(path, key, {"elide_json": "false"}):
                found = [made async for row in read(_raws(reply, key)) if (made := _result(row))]
                if found:
                    yield found

    async def pages(
        self, path: str, key: str, params: Mapping[str, str | int], *, patient: bool = True
    ) -> AsyncIterator[Reply]:
        """One after another, as many as the headers say; without headers, until one is shorter than the first."""
        first = 0
        for page in range(1, PAGES_MAX + 1):
            reply = await self._calls.get(path, {"page": page, "size": SIZE, **params}, patient=patient)
            yield reply
            pages = _count(reply, "Page-Count")
            if pages >= 0:
                if page >= pages:
                    return
                continue
            count = len(_raws(reply, key))
            first = first or count
            if count < first or count == 0:
                return
        raise ProviderAway("ChronoTrack Live does not come to an end with its pages.")


class _Load:
    """One reading of a roster. stamp: when it began, by the service's clock, for `last_modified`."""

    def __init__(self, of: ChronoTrackLive, event_id: str, races: list[str], compared: Compared) -> None:
        self._of = of
        self._paths = _paths(event_id, races, "entry")
        self.compared = compared
        self.done = 0
        self.total: int | None = None
        self.stamp = ""

    async def some(self, stamp: str) -> list[Page] | None:
        """What has changed since. None: `last_modified` seems to make no difference, or far too much."""
        found: list[Page] = []
        count = 0
        most = min(len(self.compared.known) // 2, PART_MAX)
        for path, key in self._paths:
            async for reply in self._of.pages(path, key, {**PARAMS, "last_modified": stamp}):
                count += len(_raws(reply, key))
                if count > most or not 0 <= _count(reply, "Row-Count") <= most:
                    self.compared.again()
                    return None
                found.append(await self._page(reply, key))
        return found

    async def whole(self) -> AsyncIterator[Page]:
        """Read again where rows came or went meanwhile: somebody may have moved past the reading."""
        for _ in range(ROUNDS_MAX):
            self.compared.again()
            counts: dict[str, set[int]] = {path: set() for path, _ in self._paths}
            for path, key in self._paths:
                async for reply in self._of.pages(path, key, PARAMS):
                    counts[path].add(_count(reply, "Row-Count"))
                    self.total = sum(max(each, default=0) for each in counts.values())
                    yield await self._page(reply, key)
            if all(len(each) == 1 for each in counts.values()):
                self.compared.end(sure=True)
                return

    async def _page(self, reply: Reply, key: str) -> Page:
        self.stamp = self.stamp or _stamp(reply.at_s)
        entries = []
        async for row in read(_raws(reply, key)):
            entries += self.compared.new([_entry(row)])
        self.done = max(self.done, len(self.compared.seen))
        total = self.total if self.total is not None and self.total >= self.done else None
        return Page(entries, done=self.done, total=total)


def hashed(password: str) -> str:
    """As the service wants it. One that is a hash already stays what it is."""
    if _SHA1.fullmatch(password):
        return password.lower()
    return hashlib.sha1(password.encode()).hexdigest()  # noqa: S324 - what the service asks for


def _id(event_id: str) -> str:
    """It becomes a part of an address."""
    if not (event_id.isascii() and event_id.isdigit()):
        raise ProviderRefused("An event of ChronoTrack Live has a number: its event id.")
    return event_id


def _paths(event_id: str, races: list[str], what: str) -> list[tuple[str, str]]:
    """(address, the key of its rows)"""
    if not races:
        return [(f"event/{_id(event_id)}/{what}", f"event_{what}")]
    return [(f"race/{_id(race)}/{what}", f"race_{what}") for race in races]


def _stamp(at_s: int | None) -> str:
    return "" if at_s is None else formatdate(at_s - OVERLAP_S, usegmt=True)


def _count(reply: Reply, name: str) -> int:
    """-1: it does not say."""
    found = number(reply.headers.get(f"X-Ctlive-{name}", ""))
    return -1 if found is None else found


def _raws(reply: Reply, key: str) -> list[msgspec.Raw]:
    """Raises ProviderAway where the key is missing: no rows at all would take everybody off a roster."""
    answer: dict[str, msgspec.Raw] = reply.read(dict[str, msgspec.Raw])
    if key not in answer and _count(reply, "Row-Count") != 0:
        raise ProviderAway(
            f"ChronoTrack Live answers in a shape that the hub does not know: it has no {key}."
        )
    raws: list[msgspec.Raw] = decoded(answer.get(key, b"null"), list[msgspec.Raw] | None, KIND.name) or []
    return raws


def _listed(reply: Reply, key: str) -> list[Mapping[str, Any]]:
    return [part(msgspec.json.decode(raw)) for raw in _raws(reply, key)]


def _event(row: Mapping[str, Any]) -> ProviderEvent:
    begins = row.get("event_start_time")
    seconds = number(begins)
    date = (
        datetime.fromtimestamp(seconds, UTC).date().isoformat()
        if seconds is not None and seconds < 10**11
        else day(begins)
    )
    place = ", ".join(filter(None, (text(row.get(f"location_{name}")) for name in ("city", "region"))))
    return ProviderEvent(text(row.get("event_id")), text(row.get("event_name")), date, place, [])


def _entry(row: Mapping[str, Any]) -> Entry:
    first, last = text(row.get("athlete_first_name")), text(row.get("athlete_last_name"))
    if not first and not last:
        first, _, last = text(row.get("entry_name")).rpartition(" ")
    return entry(
        text(row.get("entry_id")),
        {
            "bib": row.get("entry_bib"),
            "first_name": first,
            "last_name": last,
            "age": row.get("entry_race_age"),
            "birth_date": day(row.get("athlete_birthdate")),
            "gender": row.get("athlete_sex"),
            "city": row.get("location_city"),
            "state": row.get("location_region"),
            "country": row.get("location_country"),
            "division": row.get("bracket_name"),
            "race_name": row.get("race_name"),
            "wave": row.get("wave_name"),
            "team_name": row.get("team_name"),
            "status": state(row.get("entry_status"), {"CONF"}),
        },
        custom={"reg_choice": row.get("reg_choice_name")},
    )


def _result(row: Mapping[str, Any]) -> Result | None:
    fields = {name: said for name, theirs in RESULT_FIELDS.items() if (said := text(row.get(theirs)))}
    external_id, bib = text(row.get("results_entry_id")), text(row.get("results_bib"))
    return Result(external_id, bib, fields) if fields and (external_id or bib) else None
