"""Locations called otherwise, merged, split, put in order and hidden. Knows the order of things: tables, memory,
screens (`hub.facts`); what may be said is decided in `hub.location_words`.
"""

from collections.abc import Callable, Sequence

from hub import location_words
from hub.accounts import Caller
from hub.errors import NotFound
from hub.facts import Facts
from hub.location_words import Line, LocationChange
from hub.store import locations, session_changes
from hub.store.audit import note


class Locations:
    """Every method may raise Invalid, NotFound, Conflict, StoreAway and StoreError, and takes the number of a session
    that is there for the caller."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    async def change(self, by: Caller, session_id: int, location_id: int, words: LocationChange) -> None:
        await self._say(
            by,
            session_id,
            location_id,
            "location.changed",
            lambda lines: location_words.changed(lines, location_id, words),
        )

    async def merge(self, by: Caller, session_id: int, location_id: int, into: int) -> None:
        await self._say(
            by,
            session_id,
            location_id,
            "location.merged",
            lambda lines: location_words.merged(lines, location_id, into),
        )

    async def split(self, by: Caller, session_id: int, location_id: int) -> None:
        await self._say(
            by,
            session_id,
            location_id,
            "location.split",
            lambda lines: location_words.split(lines, location_id),
        )

    async def _say(
        self,
        by: Caller,
        session_id: int,
        location_id: int,
        action: str,
        work: Callable[[Sequence[Line]], list[Line]],
    ) -> None:
        async with self._facts.of_session(by, session_id) as connection:
            state = await session_changes.state(connection, session_id)
            if state is None:
                raise NotFound(f"There is no session {session_id}.")
            lines = await locations.lines(connection, session_id)
            changed = work(lines)
            if not changed:
                return
            await locations.put(connection, changed)
            now = next((each for each in changed if each.id == location_id), changed[0])
            await note(
                connection,
                by,
                action,
                f"{now.name}: {state.name}",
                partner_id=state.partner_id,
                detail={
                    "session": session_id,
                    "location": location_id,
                    "shown_name": now.shown_name,
                    "merged_into": now.merged_into,
                    "position": now.position,
                    "hidden": now.hidden,
                },
            )
