"""Events: made, changed, deleted; and their races. What is changed holds at once for all of their sessions (`facts`).

Knows the order of things; what may be said of an event is decided in `event_words`. Who may say it was asked before:
every method takes the number of an event that is there for the caller.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from hub import event_words
from hub.accounts import Caller
from hub.errors import Conflict, Invalid, NotFound
from hub.event_words import EventChange, EventWords, RaceChange, RaceWords
from hub.facts import Facts
from hub.store import events
from hub.store.audit import note
from hub.store.database import Connection
from hub.store.events import EventRow, RaceRow
from hub.stores import Stores


class Events:
    """Every method may raise Invalid, NotFound, Conflict, StoreAway and StoreError."""

    def __init__(self, stores: Stores, facts: Facts) -> None:
        self._stores = stores
        self._facts = facts

    async def make(self, by: Caller, partner_id: int, words: EventWords) -> int:
        event_words.check(words)
        async with self._stores.change_of(by.whose) as connection:
            day = event_words.day(words.date)
            made = await events.make(connection, partner_id, words.name.strip(), day, words.timezone)
            await events.put_races(connection, made, _rows(words.races))
            await note(
                connection,
                by,
                "event.made",
                words.name.strip(),
                partner_id=partner_id,
                detail={"date": words.date, "timezone": words.timezone},
            )
        return made

    async def change(self, by: Caller, event_id: int, words: EventChange) -> None:
        event_words.check(words)
        async with self._facts.of_event(by, event_id) as connection:
            before = await _there(connection, event_id)
            after = replace(
                before,
                name=words.name.strip() if words.name is not None else before.name,
                day=event_words.day(words.date) if words.date is not None else before.day,
                timezone=words.timezone or before.timezone,
            )
            await events.change(connection, after)
            if words.races is not None:
                await events.put_races(connection, event_id, _rows(words.races))
            await _note_change(connection, by, after, _difference(before, after, words.races is not None))

    async def delete(self, by: Caller, event_id: int) -> None:
        async with self._stores.change_of(by.whose) as connection:
            row = await _there(connection, event_id)
            sessions = await events.session_count(connection, event_id)
            if sessions:
                has = "1 session" if sessions == 1 else f"{sessions} sessions"
                raise Conflict(f"{row.name} has {has}: delete them first, or give them another event.")
            await events.delete(connection, event_id)
            await note(connection, by, "event.deleted", row.name, partner_id=row.partner_id)

    async def add_race(self, by: Caller, event_id: int, words: RaceWords) -> int:
        event_words.check_race(words)
        (race,) = _rows([words])
        async with self._facts.of_event(by, event_id) as connection:
            event = await _there(connection, event_id)
            names = await events.other_names(connection, event_id)
            if len(names) >= event_words.RACES_MAX:
                raise Conflict(f"{event.name} has {len(names)} races; there is no room for more.")
            _check_name(race, names)
            made = await events.add_race(connection, event_id, race)
            await _note_change(connection, by, event, {"race": race[0]})
        return made

    async def change_race(self, by: Caller, event_id: int, race_id: int, words: RaceChange) -> None:
        event_words.check_race(words)
        async with self._facts.of_event(by, event_id) as connection:
            event = await _there(connection, event_id)
            race = _changed(await _race(connection, event_id, race_id), words)
            _check_name(race, await events.other_names(connection, event_id, race_id))
            await events.change_race(connection, race_id, race)
            await _note_change(connection, by, event, {"race": race[0]})

    async def delete_race(self, by: Caller, event_id: int, race_id: int) -> None:
        async with self._facts.of_event(by, event_id) as connection:
            event = await _there(connection, event_id)
            race = await _race(connection, event_id, race_id)
            await events.delete_race(connection, race_id)
            await _note_change(connection, by, event, {"race_deleted": race[0]})


async def _there(connection: Connection, event_id: int) -> EventRow:
    row = await events.find(connection, event_id)
    if row is None:
        raise NotFound(f"There is no event {event_id}.")
    return row


async def _race(connection: Connection, event_id: int, race_id: int) -> RaceRow:
    race = await events.find_race(connection, event_id, race_id)
    if race is None:
        raise NotFound(f"There is no race {race_id} in event {event_id}.")
    return race


async def _note_change(connection: Connection, by: Caller, row: EventRow, detail: dict[str, object]) -> None:
    await note(connection, by, "event.changed", row.name, partner_id=row.partner_id, detail=detail)


def _difference(before: EventRow, after: EventRow, races: bool) -> dict[str, object]:
    found: dict[str, object] = {"races": True} if races else {}
    if before.name != after.name:
        found["name_before"] = before.name
    if before.day != after.day:
        found |= {"date": after.day.isoformat(), "date_before": before.day.isoformat()}
    if before.timezone != after.timezone:
        found |= {"timezone": after.timezone, "timezone_before": before.timezone}
    return found


def _rows(races: Sequence[RaceWords]) -> list[RaceRow]:
    return [
        (each.name.strip(), each.distance_m, each.start_location.strip(), each.finish_location.strip())
        for each in races
    ]


def _changed(race: RaceRow, words: RaceChange) -> RaceRow:
    name, distance_m, start, finish = race
    return (
        (words.name or name).strip(),
        words.distance_m or distance_m,
        (words.start_location or start).strip(),
        (words.finish_location or finish).strip(),
    )


def _check_name(race: RaceRow, others: set[str]) -> None:
    if race[0].casefold() in others:
        raise Invalid(f"name: there is a race called {race[0]!r} already", field="name")
