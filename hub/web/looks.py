"""How displays look, as handlers ask for it: typed keys beside those of `hub.web.state`. Knows what is asked; refuses
to know who answers.
"""

from typing import Any, Final, Protocol

from aiohttp import web

from hub.accounts import Caller
from hub.model import TemplateRow, Whose
from hub.template_words import Content


class Templates(Protocol):
    """What keeps templates and their versions. Each may raise StoreAway; what changes something as `Sessions` does. A
    number is of a template that is there for the caller."""

    async def lines(self, whose: Whose) -> list[dict[str, Any]]:
        """What is said of each in a list, by name."""

    async def deleted(self, whose: Whose) -> list[dict[str, Any]]:
        """Those that can be taken back, the last one first."""

    async def versions(self, whose: Whose, template_id: int) -> list[dict[str, Any]]:
        """The newest first."""

    async def content(self, whose: Whose, template_id: int, version: int) -> Content:
        """Raises NotFound."""

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
        """`base`: the version that it was made from, 0: it is a new one; None: whatever there is."""

    async def restore(self, by: Caller, template_id: int, version: int) -> TemplateRow: ...

    async def rename(self, by: Caller, template_id: int, name: str) -> TemplateRow: ...

    async def delete(self, by: Caller, template_id: int) -> None: ...

    async def undelete(self, by: Caller, template_id: int) -> TemplateRow:
        """One that was deleted."""


TEMPLATES: Final = web.AppKey("templates", Templates)
