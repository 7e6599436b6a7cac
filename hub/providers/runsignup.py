"""RunSignUp. Knows its REST interface; refuses to know what becomes of what it says.

Its words are one step off from the hub's: what RunSignUp calls a race is an event here, what it calls an event is a
race.

Documented (runsignup.com/API, its table of parameters and the help page on downloading participants, read as public
pages): the base, `format=json`, `api_key` and `api_secret`; `races` with at most 1,000 a page, `start_date` and
`only_partner_races`; `race/ID` with past years' events unless told otherwise; `race/ID/participants` with `event_id`
(several by commas), at most 2,500 a page, `sort` by registration_id to go on by `after_registration_id`,
`modified_after_timestamp` (on or after; ten seconds of overlap are advised), the list inside `event` always empty,
`include_questions`, `include_corrals`, `include_user_anonymous_flag` (is_anonymous of a user) and `supports_nb`;
`race/ID/removed-participants` with the same paging, the list inside `event`, and the reasons cleared, removed,
transferred, deferred.
Seen with others who use it: participants as a list of blocks where the pages show one object; Unix seconds; errors with
HTTP 200; results in `individual_results_sets` with place, bib, clock_time, chip_time, pace, `public_results`, and
`registration_ids` beside the rows.
Inferred: that `races` can be asked for by `name`; the names inside question_responses and corrals; that somebody
anonymous is to be shown by the bib alone; the places within a division.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Unpack

import msgspec

from hub.errors import ProviderAway, ProviderRefused
from hub.private_columns import is_private
from hub.providers.account import Account, How
from hub.providers.calls import Reply
from hub.providers.entries import PIECE, day, decoded, entry, number, part, read, rows, text
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
from hub.roster_words import BIB_ONLY, Entry

BASE: Final = "https://runsignup.com/Rest"
KIND: Final = Kind(
    kind="runsignup",
    name="RunSignUp",
    fields=(
        Field(
            "api_key",
            "API key",
            False,
            "RunSignUp: Profile, Secure Access Key; or the timer account's API keys",
        ),
        Field("api_secret", "API secret", True, "Shown once beside the key"),
    ),
    results=True,
    calls_per_hour=1000,
)

PARTICIPANTS_A_PAGE: Final = 2500
RACES_A_PAGE: Final = 1000
RESULTS_A_PAGE: Final = 1000
RESULTS_A_PAGE_MIN: Final = 50
"""What it gives unasked. Fewer than that are the last, whatever it takes for its own limit."""
PAGES_MAX: Final = 400
OVERLAP_S: Final = 10
"""By which a refresh asks for more than it needs: its clock and its tables need not agree."""
PAST_DAYS: Final = 45
"""Events of a race that lie further back are those of other years."""

_Answer = dict[str, msgspec.Raw]
_Rows = list[dict[str, Any]]
_Names = Mapping[str, str]
"""Of races, by their ids."""
NOTHING: Final = b"null"
MAYBE_FULL: Final = frozenset({50, 100, 250, 500, 1000, 2000})
DIVISION_PLACE: Final = re.compile(r"division-\d+-placement")


class RunSignUp(Account):
    kind = KIND

    def __init__(self, credentials: Credentials, **how: Unpack[How]) -> None:
        query = {"api_key": credentials["api_key"], "api_secret": credentials["api_secret"]}
        super().__init__(BASE, query.values(), query={**query, "format": "json"}, **how)
        self.a_page = PARTICIPANTS_A_PAGE

    async def test(self) -> str:
        found = await self._races({"results_per_page": 1, "only_partner_races": "T"})
        seen = f"it sees {found[0].name}" if found else "look for an event by its name or number"
        return f"RunSignUp accepts the key; {seen}."

    async def events(self, find: str = "") -> list[ProviderEvent]:
        """Those to come, the next first: the account's own; where it has none of that name, whoever's it is. `find`:
        part of a name, or a race's number."""
        find = find.strip()
        if find.isdigit():
            try:
                return [await self.event(find)]
            except ProviderRefused:
                return []
        since = datetime.fromtimestamp(self._now_s(), UTC).date() - timedelta(days=2)
        asked: dict[str, str | int] = {
            "results_per_page": RACES_A_PAGE,
            "events": "T",
            "start_date": since.isoformat(),
            **({"name": find} if find else {}),
        }
        found = await self._races({**asked, "only_partner_races": "T"})
        if find and not found:
            found = await self._races(asked)
        named = (each for each in found if find.casefold() in each.name.casefold())
        return sorted(named, key=_by_date)

    async def event(self, event_id: str) -> ProviderEvent:
        answer = await self._asked(f"race/{_id(event_id)}", {"future_events_only": "F"})
        return self._event(part(_plain(answer.get("race"))))

    async def roster(self, event_id: str, races: list[str], cursor: Cursor) -> AsyncIterator[Page]:
        """A full load goes on after the last registration's id, not by the number of a page: whoever is removed
        meanwhile shifts nobody out of sight."""
        since = number(cursor.get("since"))
        names = {text(each): text(name) for each, name in part(cursor.get("names")).items()}
        if since is None or not names:
            names = {race.id: race.name for race in (await self.event(event_id)).races}
        wanted = races or list(names)
        if since is None or not wanted:
            pages = self._all(event_id, wanted, names)
        else:
            pages = self._changed(event_id, wanted, names, since)
        async for page in pages:
            yield page

    async def results(self, event_id: str, races: list[str]) -> AsyncIterator[list[Result]]:
        for race in races or [each.id for each in (await self.event(event_id)).races]:
            known: set[tuple[str, str]] = set()
            for page in range(1, PAGES_MAX + 1):
                answer = await self._asked(
                    f"race/{_id(event_id)}/results/get-results",
                    {"event_id": race, "page": page, "results_per_page": RESULTS_A_PAGE, "supports_nb": "T"},
                )
                found, count = _results(rows(_plain(answer.get("individual_results_sets"))))
                fresh = [each for each in found if (each.external_id, each.bib) not in known]
                known |= {(each.external_id, each.bib) for each in fresh}
                if fresh:
                    yield fresh
                if not fresh or count < RESULTS_A_PAGE_MIN:
                    break

    # --- rosters

    async def _all(self, event_id: str, races: Sequence[str], names: _Names) -> AsyncIterator[Page]:
        done = 0
        began: int | None = None
        for race in races:
            async for at_s, found in self._paged(event_id, "participants", race, None):
                began = at_s if began is None else began
                entries = await _entries(found, names)
                done += len(entries)
                yield Page(entries, done=done)
        yield Page([], done=done, total=done, cursor=self._next(began, names))

    async def _changed(
        self, event_id: str, races: Sequence[str], names: _Names, since: int
    ) -> AsyncIterator[Page]:
        """Those removed are asked for first: who is on the roster after that is on it."""
        gone: dict[str, None] = {}
        began: int | None = None
        async for at_s, found in self._since(event_id, "removed-participants", races, since):
            began = at_s if began is None else began
            gone |= dict.fromkeys(text(row.get("registration_id")) for row in found)
        done = 0
        async for _, found in self._since(event_id, "participants", races, since):
            entries = await _entries(found, names)
            done += len(entries)
            for each in entries:
                gone.pop(each.external_id, None)
            yield Page(entries, done=done)
        yield Page(
            [], [each for each in gone if each], done=done, total=done, cursor=self._next(began, names)
        )

    def _next(self, began: int | None, names: _Names) -> Cursor:
        """By the service's clock when the load began. The names of the races are kept: a refresh is two calls."""
        since = int(self._now_s() if began is None else began) - OVERLAP_S
        return {"since": since, "names": dict(names)}

    async def _since(
        self, event_id: str, what: str, races: Sequence[str], since: int
    ) -> AsyncIterator[tuple[int | None, _Rows]]:
        """All races in one call, as long as that fits one page: how several are cut into pages, nothing says."""
        first = await self._page(event_id, what, ",".join(races), since, 0)
        if _is_last(len(first[1])):
            yield first
            return
        for race in races:
            async for page in self._paged(event_id, what, race, since):
                yield page

    async def _paged(
        self, event_id: str, what: str, race: str, since: int | None
    ) -> AsyncIterator[tuple[int | None, _Rows]]:
        after = 0
        for _ in range(PAGES_MAX):
            at_s, found = await self._page(event_id, what, race, since, after)
            yield at_s, found
            if _is_last(len(found)):
                return
            last = max(number(row.get("registration_id")) or 0 for row in found)
            if last <= after:
                break
            after = last
        raise ProviderAway("RunSignUp does not come to an end with its participants.")

    async def _page(
        self, event_id: str, what: str, race: str, since: int | None, after: int
    ) -> tuple[int | None, _Rows]:
        """(its clock, the rows), at most PARTICIPANTS_A_PAGE."""
        params: dict[str, str | int] = {
            "event_id": race,
            "page": 1,
            "results_per_page": PARTICIPANTS_A_PAGE,
            "sort": "registration_id ASC",
            "supports_nb": "T",
        }
        if after:
            params["after_registration_id"] = after
        if since is not None:
            params["modified_after_timestamp"] = since
        if what == "participants":
            params |= {"include_questions": "T", "include_corrals": "T", "include_user_anonymous_flag": "T"}
        reply = await self._calls.get(f"race/{_id(event_id)}/{what}", params, patient=True)
        return reply.at_s, await _rows(reply)

    # --- events

    async def _races(self, params: Mapping[str, str | int]) -> list[ProviderEvent]:
        answer = await self._asked("races", {"page": 1, **params})
        found = rows(_plain(answer.get("races")))
        return [self._event(part(part(each).get("race", each))) for each in found]

    async def _asked(self, path: str, params: Mapping[str, str | int]) -> _Answer:
        reply = await self._calls.get(path, params)
        found: _Answer = reply.read(_Answer)
        return found

    def _event(self, race: Mapping[str, Any]) -> ProviderEvent:
        """With the events of this time: those of other years are kept under the same race."""
        address = part(race.get("address"))
        events = [part(each) for each in rows(race.get("events"))]
        days = [day(each.get("start_time")) for each in events]
        today = datetime.fromtimestamp(self._now_s(), UTC).date()
        since = (today - timedelta(days=PAST_DAYS)).isoformat()
        if not any(each >= since for each in days) and any(days):
            newest = datetime.fromisoformat(max(days)).date()
            since = (newest - timedelta(days=PAST_DAYS)).isoformat()
        now = [(at, each) for at, each in zip(days, events, strict=True) if at >= since or not at]
        coming = [at for at, _ in now if at >= today.isoformat()] or [at for at, _ in now]
        place = ", ".join(filter(None, (text(address.get(name)) for name in ("city", "state"))))
        return ProviderEvent(
            text(race.get("race_id")),
            text(race.get("name")),
            day(race.get("next_date")) or min(filter(None, coming), default="") or day(race.get("last_date")),
            place,
            [EventRace(text(each.get("event_id")), text(each.get("name"))) for _, each in now],
        )


def _by_date(event: ProviderEvent) -> tuple[bool, str, str]:
    return not event.date, event.date, event.name


def _id(event_id: str) -> str:
    """It becomes a part of an address."""
    if not (event_id.isascii() and event_id.isdigit()):
        raise ProviderRefused("An event of RunSignUp has a number: its race_id.")
    return event_id


def _is_last(count: int) -> bool:
    """A page that is not full is the last; but one of a round number of rows may be what the service makes of it."""
    return count < PARTICIPANTS_A_PAGE and count not in MAYBE_FULL


def _plain(raw: msgspec.Raw | None) -> Any:
    return None if raw is None else decoded(raw, object, KIND.name)


async def _rows(reply: Reply) -> _Rows:
    """Of a list of blocks, or of one. What counts is the array beside `event`; the one inside it is empty, but not for
    those removed."""
    found: dict[object, dict[str, Any]] = {}
    blocks = reply.read(list[_Answer] | _Answer)
    for block in blocks if isinstance(blocks, list) else [blocks]:
        event = decoded(block.get("event", NOTHING), dict[str, msgspec.Raw] | list[Any] | None, KIND.name)
        inside = event if isinstance(event, dict) else {}
        if "participants" not in block and "participants" not in inside:
            raise ProviderAway(
                "RunSignUp answers in a shape that the hub does not know: without participants."
            )
        of = text(_plain(inside.get("event_id")))
        for raw in (block.get("participants"), inside.get("participants")):
            listed = decoded(raw or NOTHING, list[msgspec.Raw] | dict[str, msgspec.Raw] | None, KIND.name)
            raws = list(listed.values()) if isinstance(listed, dict) else listed or []
            async for row in read(raws):
                row.setdefault("event_id", of)
                found.setdefault(text(row.get("registration_id")), row)  # blocks may repeat each other
            if raws:
                break
    return list(found.values())


async def _entries(found: _Rows, names: _Names) -> list[Entry]:
    entries = []
    for count, row in enumerate(found, 1):
        if (number(row.get("registration_id")) or 0) > 0:  # -1: a template that is nobody
            entries.append(_entry(row, names))
        if count % PIECE == 0:
            await asyncio.sleep(0)
    return entries


def _entry(row: Mapping[str, Any], names: _Names) -> Entry:
    user = part(row.get("user"))
    address = part(user.get("address"))
    race = text(row.get("event_id"))
    chip = text(row.get("chip_num"))
    return entry(
        text(row.get("registration_id")),
        {
            "bib": row.get("bib_num"),
            "first_name": user.get("first_name"),
            "last_name": user.get("last_name"),
            "age": row.get("age"),
            "birth_date": day(user.get("dob")),
            "gender": user.get("gender"),
            "city": address.get("city"),
            "state": address.get("state"),
            "country": address.get("country_code"),
            "race_name": names.get(race, ""),
            "wave": _corral(row),
            "team_name": row.get("team_name"),
            "privacy": BIB_ONLY if user.get("is_anonymous") in ("T", True) else "",
        },
        tags=[chip] if chip else None,
        custom=dict(_answers(row)),
    )


def _corral(row: Mapping[str, Any]) -> object:
    found = row.get("corral", row.get("corral_name"))
    if isinstance(found, list):
        found = found[0] if found else None
    return part(found).get("corral_name", part(found).get("name")) if isinstance(found, dict) else found


def _answers(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question, answer), but for what is nobody's business at a finish line."""
    found = []
    for each in map(part, rows(row.get("question_responses"))):
        question = text(each.get("question_text"))
        answer = each.get("response")
        words = ", ".join(filter(None, map(text, answer))) if isinstance(answer, list) else text(answer)
        if question and words and not is_private(question):
            found.append((question, words))
    return found


def _results(sets: Sequence[Any]) -> tuple[list[Result], int]:
    """Of the sets that are public, each person once, and how many rows there were in the longest set."""
    found: dict[tuple[str, str], Result] = {}
    longest = 0
    for each in map(part, sets):
        results = rows(each.get("results"))
        longest = max(longest, len(results))
        if each.get("public_results") == "F":
            continue
        ids = rows(each.get("registration_ids"))
        for at, row in enumerate(map(part, results)):
            external_id = text(row.get("registration_id")) or (
                text(ids[at]) if len(ids) == len(results) else ""
            )
            made = Result(external_id, text(row.get("bib")), _fields(row))
            if made.fields and (made.bib or made.external_id):
                found.setdefault((made.external_id, made.bib), made)
    return list(found.values()), longest


def _fields(row: Mapping[str, Any]) -> dict[str, str]:
    """Times as they came. A place within a division is taken where the service says it, and never made up."""
    chip, clock = text(row.get("chip_time")), text(row.get("clock_time"))
    places = [text(value) for name, value in row.items() if DIVISION_PLACE.fullmatch(name) and text(value)]
    said = {
        "finish_time": chip or clock,
        "gun_time": clock,
        "pace": text(row.get("pace")),
        "overall_rank": text(row.get("place")),
        "division_rank": text(row.get("division_place")) or (places[0] if len(places) == 1 else ""),
    }
    return {name: value for name, value in said.items() if value}
