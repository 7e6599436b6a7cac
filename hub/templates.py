"""Templates, made and changed: first in the tables, then in memory, and at once on the screens that show them.

Knows the order of these; refuses to know what a template says, and who may say it. Every method takes the number of a
template that is there for the caller.
"""

import asyncio
from typing import Any

from msgspec.structs import replace

from hub import template_words
from hub.accounts import Caller
from hub.errors import NotFound
from hub.hub import Hub
from hub.model import TemplateRow, Whose
from hub.store.web_templates import Wanted
from hub.stores import Stores
from hub.template_words import Content
from hub.web.live import Live

SAVED = "template.saved"
IMPORTED = "template.imported"


class Templates:
    """Every method may raise StoreAway; what changes something also NotFound, Conflict and StoreError. `changing`: held
    by whoever changes a display, a template or a session, one at a time."""

    def __init__(self, hub: Hub, live: Live, stores: Stores, changing: asyncio.Lock) -> None:
        self._hub = hub
        self._live = live
        self._store = stores.templates
        self._changing = changing

    async def lines(self, whose: Whose) -> list[dict[str, Any]]:
        return await self._store.lines(whose)

    async def deleted(self, whose: Whose) -> list[dict[str, Any]]:
        return await self._store.deleted(whose)

    async def versions(self, whose: Whose, template_id: int) -> list[dict[str, Any]]:
        return await self._store.versions(whose, template_id)

    async def content(self, whose: Whose, template_id: int, version: int) -> Content:
        """Raises NotFound."""
        found = await self._store.content(whose, template_id, version)
        if found is None:
            raise NotFound(f"There is no version {version}.")
        return found

    async def save(
        self,
        by: Caller,
        partner_id: int,
        name: str,
        content: Content,
        *,
        base: int | None = None,
        imported: bool = False,
    ) -> TemplateRow:
        """The next version of the partner's template of this name. `base`: the version that it was made from, 0: it is
        a new one; None: whatever there is."""
        wanted = await asyncio.to_thread(_wanted, content)
        action = IMPORTED if imported else SAVED
        async with self._changing:
            row = await self._store.save(by, partner_id, name, wanted, base=base, action=action)
            self._put_in_force(row)
        return row

    async def restore(self, by: Caller, template_id: int, version: int) -> TemplateRow:
        """A new version that says what this one did."""
        content = await self.content(by.whose, template_id, version)
        wanted = await asyncio.to_thread(_wanted, content)
        async with self._changing:
            row = await self._store.restore(by, template_id, version, wanted)
            self._put_in_force(row)
        return row

    async def rename(self, by: Caller, template_id: int, name: str) -> TemplateRow:
        """On the screens it is as it was: they hear nothing."""
        async with self._changing:
            await self._store.rename(by, template_id, name)
            row = self._hub.templates[template_id] = replace(self._hub.templates[template_id], name=name)
        return row

    async def delete(self, by: Caller, template_id: int) -> None:
        """Its displays show the hub's own layout."""
        async with self._changing:
            gone = await self._store.delete(by, template_id)
            self._hub.templates.pop(template_id, None)
            for display in list(self._hub.displays.values()):
                if display.template_id in gone:
                    self._hub.displays[display.code] = replace(display, template_id=None)
            self._tell(template_id)

    async def undelete(self, by: Caller, template_id: int) -> TemplateRow:
        """Its displays show it again."""
        async with self._changing:
            row = await self._store.undelete(by, template_id)
            self._put_in_force(row)
        return row

    def _put_in_force(self, row: TemplateRow) -> None:
        before = self._hub.templates.get(row.id)
        self._hub.templates[row.id] = row
        if before is None or before.version != row.version:
            self._tell(row.id)

    def _tell(self, template_id: int) -> None:
        shown = [each.code for each in self._hub.displays.values() if each.template_id == template_id]
        self._live.new_template(shown)


def _wanted(content: Content) -> Wanted:
    return Wanted(content, template_words.packed(content), template_words.images(content))
