"""What announcers say, as handlers ask for it: typed keys beside those of `hub.web.state`. Knows what is asked; refuses
to know who answers.
"""

from typing import Final, Protocol

from aiohttp import web

from hub.accounts import Caller
from hub.marks import Call, Mark, MarkChange
from hub.model import SessionRow, Whose


class Announcing(Protocol):
    """What keeps marks and calls. The session is there for the caller. Each may raise StoreAway; what changes something
    as `Sessions` does."""

    async def marks(self, whose: Whose, row: SessionRow) -> list[Mark]:
        """By whom they are about."""

    async def mark(self, by: Caller, row: SessionRow, who: str, change: MarkChange) -> Mark: ...

    async def say(self, by: Caller, row: SessionRow, offset: int) -> Call: ...

    async def unsay(self, by: Caller, row: SessionRow, offset: int) -> None: ...


ANNOUNCING: Final = web.AppKey("announcing", Announcing)
