"""What a partner says for all its sessions at once: which tags are the crew's, and the line on all its screens. Knows
the order of tables, memory and screens; refuses to know who may say it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from hub import encode
from hub.accounts import Caller
from hub.errors import NotFound
from hub.fanout import ANOTHER_SESSION
from hub.hub import Hub
from hub.store import partner_words
from hub.store.audit import note
from hub.store.database import Connection
from hub.stores import Stores
from hub.web.live import Live

Update = Callable[[Connection], Awaitable[str | None]]


class PartnerWords:
    """Every method may raise NotFound, StoreAway and StoreError. `changing`: held by whoever changes a session, one at
    a time."""

    def __init__(self, hub: Hub, live: Live, stores: Stores, changing: asyncio.Lock) -> None:
        self._hub = hub
        self._live = live
        self._stores = stores
        self._changing = changing

    async def say_crew_tags(self, by: Caller, partner_id: int, tags: list[str]) -> None:
        """Their reads are kept, and shown nowhere. Screens come back at once for what they show without them."""
        update = partial(partner_words.say_crew_tags, partner_id=partner_id, tags=tags)
        async with self._said(by, partner_id, "partner.crew_tags", {"tags": tags}, update):
            for session in self._hub.change_crew(partner_id, tags):
                self._live.start_afresh(session, ANOTHER_SESSION)

    async def say_emergency(self, by: Caller, partner_id: int, text: str) -> None:
        """Over everything else on all screens of the partner, at once; empty: it is over."""
        update = partial(partner_words.say_emergency, partner_id=partner_id, text=text)
        async with self._said(by, partner_id, "partner.emergency", {"text": text}, update):
            self._hub.emergency[partner_id] = text
            self._live.tell_partner(partner_id, encode.emergency(text))

    @contextlib.asynccontextmanager
    async def _said(
        self, by: Caller, partner_id: int, action: str, detail: dict[str, object], update: Update
    ) -> AsyncIterator[None]:
        """The tables hold it; now memory and screens are to. By the owner's login: of a partner's own row the web's may
        change nothing, for the name and the short name are the admins'."""
        if not by.sees(partner_id):
            raise NotFound(f"There is no partner {partner_id}.")
        async with self._changing:
            async with self._stores.transaction() as connection:
                name = await update(connection)
                if name is None:
                    raise NotFound(f"There is no partner {partner_id}.")
                await note(connection, by, action, name, partner_id=partner_id, detail=detail)
            yield
