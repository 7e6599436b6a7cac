"""What the web writes down of sources. Knows the log of changes; refuses to know what a source does."""

from collections.abc import Callable

from hub.accounts import Caller
from hub.store.audit import note
from hub.store.pooled import WebDatabase


class WebSources:
    """May raise StoreAway or StoreError. `database`: gives the pool; raises StoreAway while there is none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def note_source(
        self, by: Caller, action: str, what: str, partner_id: int, source_id: int, session_id: int
    ) -> None:
        """Somebody has sent a source somewhere; `session_id` 0: to its inbox."""
        async with self._database().change_of(by.whose) as connection:
            await note(
                connection,
                by,
                action,
                what,
                partner_id=partner_id or None,
                detail={"source": source_id, "session": session_id or None},
            )
