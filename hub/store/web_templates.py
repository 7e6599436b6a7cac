"""Templates as the web makes and changes them. Knows their tables; refuses to know what a template says, and which
screens show it.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Any, Final

import asyncpg
import msgspec

from hub import template_words
from hub.accounts import Caller
from hub.errors import Conflict, NotFound
from hub.model import TemplateRow, Whose
from hub.store import images
from hub.store.audit import note
from hub.store.database import Connection, query
from hub.store.pooled import WebDatabase
from hub.template_words import Content

TEMPLATES_MAX: Final = 500
"""Of a partner: in the hub's memory are all of them."""
VERSIONS_MAX: Final = 1000
"""Of a template: a save every minute of two long days. The oldest go first, and no number is given again."""
DELETED_MAX: Final = 100
"""Of a partner, that can be taken back."""


class Wanted(msgspec.Struct, frozen=True):
    """What is to be saved. `content`: of `hub.template_words`, checked. `images`: the names of those on it, whether
    they are there or not: one that was deleted is there again when its file is."""

    content: Content
    packed: bytes
    images: Collection[str]


class _Held(msgspec.Struct, frozen=True):
    id: int
    partner_id: int
    name: str
    version: int


class WebTemplates:
    """Every method may raise StoreAway; what changes something also StoreError, NotFound for what is not the caller's,
    and Conflict. `database`: gives the pool; raises StoreAway while there is none."""

    def __init__(self, database: Callable[[], WebDatabase]) -> None:
        self._database = database

    async def lines(self, whose: Whose) -> list[dict[str, Any]]:
        """What is said of each in a list, by name."""
        async with self._database().of(whose) as connection:
            return [dict(row) for row in await connection.fetch(query("templates_list"))]

    async def deleted(self, whose: Whose) -> list[dict[str, Any]]:
        """Those that can be taken back, the last one first."""
        async with self._database().of(whose) as connection:
            return [dict(row) for row in await connection.fetch(query("templates_deleted"))]

    async def versions(self, whose: Whose, template_id: int) -> list[dict[str, Any]]:
        """The newest first."""
        async with self._database().of(whose) as connection:
            return [dict(row) for row in await connection.fetch(query("template_versions"), template_id)]

    async def content(self, whose: Whose, template_id: int, version: int) -> Content | None:
        async with self._database().of(whose) as connection:
            return await _content(connection, template_id, version)

    async def save(
        self, by: Caller, partner_id: int, name: str, wanted: Wanted, *, base: int | None, action: str
    ) -> TemplateRow:
        """The next version of the partner's template of this name, or the first of a new one. What is in force says
        the same already: it stays. `base`: the version that it was made from, 0: none; another is in force: Conflict,
        or NotFound when none is. `action`: what the log calls it."""
        async with self._database().change_of(by.whose) as connection:
            held = await _named(connection, partner_id, name)
            _check_base(base, held)
            if held is None:
                held = await _make(connection, partner_id, name)
            return await _add(connection, by, held, wanted, action)

    async def restore(self, by: Caller, template_id: int, version: int, wanted: Wanted) -> TemplateRow:
        """`wanted` says what that version did."""
        async with self._database().change_of(by.whose) as connection:
            held = await _locked(connection, template_id)
            return await _add(connection, by, held, wanted, "template.restored", restored=version)

    async def rename(self, by: Caller, template_id: int, name: str) -> str:
        """Gives the name that it had."""
        async with self._database().change_of(by.whose) as connection:
            held = await _locked(connection, template_id)
            if name != held.name:
                other = await _named(connection, held.partner_id, name)
                if other is not None and other.id != held.id:
                    raise _taken(name)
                await _put(connection, "UPDATE templates SET name = $2 WHERE id = $1", template_id, name)
                await _note(connection, by, "template.renamed", held, name=name, name_before=held.name)
            return held.name

    async def delete(self, by: Caller, template_id: int) -> list[int]:
        """It can be taken back. Gives the ids of those that cannot any more."""
        async with self._database().change_of(by.whose) as connection:
            held = await _locked(connection, template_id)
            await connection.execute("UPDATE templates SET deleted_at = now() WHERE id = $1", template_id)
            await _note(connection, by, "template.deleted", held)
            gone = await connection.fetch(query("templates_make_room"), held.partner_id, DELETED_MAX)
            return [row["id"] for row in gone]

    async def undelete(self, by: Caller, template_id: int) -> TemplateRow:
        """One that was deleted is there again, under its name."""
        async with self._database().change_of(by.whose) as connection:
            row = await connection.fetchrow(query("template_deleted"), template_id)
            if row is None:
                raise NotFound("There is no deleted template of this name.")
            held = _Held(*row)
            if await _named(connection, held.partner_id, held.name) is not None:
                raise _taken(held.name)
            await _check_room(connection, held.partner_id)
            statement = "UPDATE templates SET deleted_at = NULL WHERE id = $1 AND name = $2"
            await _put(connection, statement, template_id, held.name)
            await _note(connection, by, "template.undeleted", held)
            content = await _content(connection, template_id, held.version)
            if content is None:
                raise NotFound("There is no deleted template of this name.")
            return _row(held, held.version, await asyncio.to_thread(template_words.packed, content))


async def _named(connection: Connection, partner_id: int, name: str) -> _Held | None:
    """The partner's template of this name, without case, which nobody else changes until the end of this
    transaction."""
    statement = "SELECT id, name FROM templates WHERE partner_id = $1 AND deleted_at IS NULL"
    found = await connection.fetch(statement, partner_id)
    ids = [row["id"] for row in found if row["name"].casefold() == name.casefold()]
    return await _locked(connection, ids[0]) if ids else None


async def _locked(connection: Connection, template_id: int) -> _Held:
    row = await connection.fetchrow(query("template_locked"), template_id)
    if row is None:
        raise NotFound("There is no template of this name.")
    return _Held(*row)


async def _make(connection: Connection, partner_id: int, name: str) -> _Held:
    await _check_room(connection, partner_id)
    try:
        made = await connection.fetchval(
            "INSERT INTO templates (partner_id, name) VALUES ($1, $2) RETURNING id", partner_id, name
        )
    except asyncpg.UniqueViolationError as problem:
        raise _taken(name) from problem
    return _Held(made, partner_id, name, 0)


async def _check_room(connection: Connection, partner_id: int) -> None:
    statement = "SELECT count(*) FROM templates WHERE partner_id = $1 AND deleted_at IS NULL"
    if await connection.fetchval(statement, partner_id) >= TEMPLATES_MAX:
        raise Conflict(f"There are {TEMPLATES_MAX} templates; delete one first.")


async def _put(connection: Connection, statement: str, template_id: int, name: str) -> None:
    """A statement by which the template gets this name."""
    try:
        await connection.execute(statement, template_id, name)
    except asyncpg.UniqueViolationError as problem:
        raise _taken(name) from problem


def _check_base(base: int | None, held: _Held | None) -> None:
    """Raises Conflict when another version is in force, and NotFound when there is none any more."""
    now = held.version if held else 0
    if base is None or base == now:
        return
    if held is None:
        words = (
            "It was deleted or renamed while you worked on it: take it back, or save this under another name."
        )
        raise NotFound(words, field="base")
    if base == 0:
        raise Conflict(f"There is a template called {held.name!r} already.", field="base")
    raise Conflict(f"Version {held.version} was saved while you worked on version {base}.", field="base")


async def _add(
    connection: Connection,
    by: Caller,
    held: _Held,
    wanted: Wanted,
    action: str,
    restored: int | None = None,
) -> TemplateRow:
    text = template_words.encoded(wanted.content).decode()
    if held.version and await connection.fetchval(query("template_same"), held.id, held.version, text):
        return _row(held, held.version, wanted.packed)
    await images.hold(connection, held.partner_id, wanted.images)
    version = await connection.fetchval(
        query("template_version_add"), held.id, text, sorted(wanted.images), restored, by.name
    )
    statement = "DELETE FROM template_versions WHERE template_id = $1 AND version <= $2"
    await connection.execute(statement, held.id, version - VERSIONS_MAX)
    more: dict[str, Any] = {"restored": restored} if restored else {}
    await _note(connection, by, action, held, version=version, **more)
    return _row(held, version, wanted.packed)


async def _content(connection: Connection, template_id: int, version: int) -> Content | None:
    statement = "SELECT content FROM template_versions WHERE template_id = $1 AND version = $2"
    text = await connection.fetchval(statement, template_id, version)
    return None if text is None else template_words.kept(text)


def _row(held: _Held, version: int, packed: bytes) -> TemplateRow:
    return TemplateRow(held.id, held.partner_id, held.name, version, packed)


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a template called {name!r} already.", field="name")


async def _note(
    connection: Connection, by: Caller, action: str, held: _Held, *, name: str = "", **detail: Any
) -> None:
    await note(connection, by, action, name or held.name, partner_id=held.partner_id, detail=detail)
