"""Partners: listed, made, renamed, removed. Knows their table and what belongs to them; refuses to know requests.

`connection`: of a transaction, of an admin or the owner of the tables. `by` is whoever wants it. Every change has its
line in the log.
"""

from typing import Any, Final

from hub.account_lines import PartnerLine
from hub.account_names import free_slug, slug_of
from hub.accounts import Caller
from hub.errors import Conflict, NotFound
from hub.model import PartnerRow
from hub.store.audit import note
from hub.store.database import Connection, query
from hub.store.users import one_at_a_time

_COUNTED: Final = ("session", "event", "display", "template", "export", "user")
"""What somebody has to delete first. Images, accounts at services, and templates that were deleted, go along."""


async def lines(connection: Connection, partner_id: int | None = None) -> list[PartnerLine]:
    """All, by name, or one."""
    rows = await connection.fetch(query("partners_list"), partner_id)
    return [PartnerLine(**dict(row)) for row in rows]


async def line(connection: Connection, partner_id: int) -> PartnerLine:
    """Raises NotFound."""
    found = await lines(connection, partner_id)
    if not found:
        raise no_partner(partner_id)
    return found[0]


async def by_slug(connection: Connection, slug: str) -> PartnerRow:
    """Raises NotFound."""
    row = await connection.fetchrow("SELECT id, slug, name FROM partners WHERE slug = $1", slug)
    if row is None:
        raise NotFound(f"There is no partner {slug!r}.", field="partner")
    return PartnerRow(*row)


async def make(connection: Connection, by: Caller, name: str, slug: str | None = None) -> PartnerRow:
    """`slug` None: one is made of the name. It gets nothing but its name. Raises Conflict when the slug is taken."""
    await one_at_a_time(connection)
    taken = {row["slug"] for row in await connection.fetch("SELECT slug FROM partners")}
    if slug in taken:
        raise _taken(slug)
    slug = slug or free_slug(slug_of(name), taken)
    partner_id = await connection.fetchval(
        "INSERT INTO partners (slug, name) VALUES ($1, $2) RETURNING id", slug, name
    )
    await note(connection, by, "partner.made", name, partner_id=None, detail={"slug": slug})
    return PartnerRow(partner_id, slug, name)


async def change(
    connection: Connection, by: Caller, partner_id: int, name: str | None, slug: str | None
) -> PartnerRow:
    """None: as it is. Raises NotFound, and Conflict when the slug is taken."""
    await one_at_a_time(connection)
    row = await connection.fetchrow("SELECT id, slug, name FROM partners WHERE id = $1", partner_id)
    if row is None:
        raise no_partner(partner_id)
    before = PartnerRow(*row)
    after = PartnerRow(partner_id, slug or before.slug, name or before.name)
    if after == before:
        return before
    other = "SELECT EXISTS (SELECT FROM partners WHERE slug = $1 AND id <> $2)"
    if await connection.fetchval(other, after.slug, partner_id):
        raise _taken(after.slug)
    await connection.execute(
        "UPDATE partners SET slug = $2, name = $3 WHERE id = $1", partner_id, after.slug, after.name
    )
    pairs = {"name": [before.name, after.name], "slug": [before.slug, after.slug]}
    detail = {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}
    await note(connection, by, "partner.changed", after.name, partner_id=partner_id, detail=detail)
    return after


async def delete(connection: Connection, by: Caller, partner_id: int) -> None:
    """Raises NotFound, and Conflict while anything belongs to it, or when it is the only one."""
    await one_at_a_time(connection)
    # Nothing new can point at it until we are done.
    row = await connection.fetchrow("SELECT slug, name FROM partners WHERE id = $1 FOR UPDATE", partner_id)
    if row is None:
        raise no_partner(partner_id)
    counts = await connection.fetchrow(query("partner_has"), partner_id)
    has = _words(counts)
    if has:
        raise Conflict(f"The partner has {has}; delete them first.")
    if counts["partners"] == 1:
        raise Conflict("This is the only partner of the hub, and readers without a stream key are its own.")
    await connection.execute("DELETE FROM provider_accounts WHERE partner_id = $1", partner_id)
    await connection.execute("DELETE FROM partners WHERE id = $1", partner_id)
    await note(connection, by, "partner.deleted", row["name"], partner_id=None, detail={"slug": row["slug"]})


def no_partner(partner_id: int) -> NotFound:
    return NotFound(f"There is no partner {partner_id}.")


def _taken(slug: str | None) -> Conflict:
    return Conflict(f"There is a partner with the slug {slug!r} already.", field="slug")


def _words(counts: Any) -> str:
    """`2 sessions, 1 event and 3 users`; empty: nothing."""
    said = [f"{counts[each + 's']} {each}{'s' if counts[each + 's'] > 1 else ''}" for each in _COUNTED]
    there = [words for words, each in zip(said, _COUNTED, strict=True) if counts[f"{each}s"]]
    return " and ".join(filter(None, (", ".join(there[:-1]), "".join(there[-1:]))))
