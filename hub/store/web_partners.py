"""Partners as the web asks for them, which admins do. Knows that an admin may see all; refuses to know what a change
does.
"""

from collections.abc import Callable

from hub.account_lines import PartnerLine
from hub.accounts import Caller
from hub.model import PartnerRow
from hub.store import partners
from hub.store.pooled import WebDatabase


class WebPartners:
    """Every method may raise StoreAway; what changes something also StoreError, and what `hub.store.partners` says.
    `database`: gives the pool; raises StoreAway while there is none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def lines(self, by: Caller) -> list[PartnerLine]:
        async with self._database().of(by.whose) as connection:
            return await partners.lines(connection)

    async def line(self, by: Caller, partner_id: int) -> PartnerLine:
        async with self._database().of(by.whose) as connection:
            return await partners.line(connection, partner_id)

    async def make(self, by: Caller, name: str, slug: str | None) -> PartnerRow:
        async with self._database().change_of(by.whose) as connection:
            return await partners.make(connection, by, name, slug)

    async def change(self, by: Caller, partner_id: int, name: str | None, slug: str | None) -> PartnerRow:
        async with self._database().change_of(by.whose) as connection:
            return await partners.change(connection, by, partner_id, name, slug)

    async def delete(self, by: Caller, partner_id: int) -> None:
        async with self._database().change_of(by.whose) as connection:
            await partners.delete(connection, by, partner_id)
