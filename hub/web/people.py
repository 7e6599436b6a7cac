"""Participants, as handlers ask for them and change them: typed keys beside those of `hub.web.state`. Knows what is
asked; refuses to know who answers.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from aiohttp import web

from hub.accounts import Caller
from hub.hand_words import Words
from hub.jobs import Progress
from hub.model import Whose
from hub.participants import Record, Wanted


class Participants(Protocol):
    """What is asked of those of a session that is there for the caller. Each may raise StoreAway."""

    async def page(self, whose: Whose, session_id: int, wanted: Wanted) -> tuple[list[Record], int]:
        """And how many there are in all."""

    async def counted(self, whose: Whose, session_id: int) -> dict[str, Any]:
        """How many on the roster are what."""

    async def record(self, whose: Whose, participant_id: int) -> Record | None:
        """None: there is no such participant for the caller."""

    async def records(self, whose: Whose, session_id: int, ids: Sequence[int]) -> dict[int, Record]:
        """By id, as far as they are there."""

    async def order(self, whose: Whose, session_id: int) -> list[str]:
        """Whose word holds in this session, the first before the others."""


class Rosters(Protocol):
    """What changes participants; as `Sessions` does. A number is of one that is there for the caller."""

    async def reorder(self, by: Caller, session_id: int, order: Sequence[str], progress: Progress) -> int:
        """The session's origins have another order. Gives how many participants are others by it."""

    async def make(self, by: Caller, session_id: int, words: Words) -> Record: ...

    async def change(self, by: Caller, participant_id: int, words: Words) -> Record: ...

    async def remove(self, by: Caller, participant_id: int) -> Record: ...

    async def restore(self, by: Caller, participant_id: int) -> Record: ...

    async def tag(self, by: Caller, participant_id: int, tag: str, *, take: bool = False) -> Record:
        """It is theirs; `take`: even if it is somebody else's."""

    async def untag(self, by: Caller, participant_id: int, tag: str) -> Record: ...


PARTICIPANTS: Final = web.AppKey("participants", Participants)
ROSTERS: Final = web.AppKey("rosters", Rosters)


class OfRosters(Protocol):
    """A part of `hub.web.state.Changes`."""

    @property
    def rosters(self) -> Rosters: ...

    @property
    def participants(self) -> Participants: ...
