"""Images: whose they are, what they are called, and which templates show them. Knows the table; refuses to know their
files.

`connection`: of a transaction, in which there are only images that are there for who asks. Every change has its line in
the log.
"""

from collections.abc import Collection
from typing import Final

from hub.accounts import Caller
from hub.errors import Conflict, NotFound
from hub.image_words import IMAGES_MAX, PARTNER_BYTES_MAX, Picture
from hub.model import ImageRow
from hub.store.audit import note
from hub.store.database import Connection, query

NAMED_MAX: Final = 5
"""Templates that a sentence names."""


async def rows(
    connection: Connection, *, name: str | None = None, partner_id: int | None = None
) -> list[ImageRow]:
    """The newest first; None: of any."""
    return [ImageRow(*row) for row in await connection.fetch(query("images_list"), name, partner_id)]


async def row(connection: Connection, name: str) -> ImageRow:
    """Raises NotFound."""
    found = await rows(connection, name=name)
    if not found:
        raise no_image(name)
    return found[0]


async def names(connection: Connection, partner_id: int | None = None) -> set[str]:
    """Of a partner's, or of all."""
    asked = "SELECT name FROM images WHERE $1::bigint IS NULL OR partner_id = $1"
    return {row["name"] for row in await connection.fetch(asked, partner_id)}


async def hold(connection: Connection, partner_id: int, wanted: Collection[str]) -> set[str]:
    """Those of these names that are images of the partner. None of them is deleted until the end of this transaction:
    for who saves what shows them."""
    asked = "SELECT name FROM images WHERE partner_id = $1 AND name = ANY($2) ORDER BY name FOR KEY SHARE"
    return {row["name"] for row in await connection.fetch(asked, partner_id, list(wanted))}


async def check_room(connection: Connection, partner_id: int, size: int) -> None:
    """Raises Conflict when the partner has no room for one more of so many bytes."""
    count, used = await connection.fetchrow(
        "SELECT count(*), coalesce(sum(bytes), 0) FROM images WHERE partner_id = $1", partner_id
    )
    if count >= IMAGES_MAX:
        raise Conflict(f"There are {count} images, which is the most; delete some that no template shows.")
    if used + size > PARTNER_BYTES_MAX:
        raise Conflict(
            f"The images have {used >> 20} MiB, of at most {PARTNER_BYTES_MAX >> 20}; delete some that no template"
            " shows."
        )


async def add(connection: Connection, by: Caller, partner_id: int, picture: Picture, title: str) -> ImageRow:
    """The row of it; one that is there already stays as it is. Raises NotFound when there is no such partner, and
    Conflict when it has no room."""
    # Two at once would both find room.
    held = "SELECT FROM partners WHERE id = $1 FOR NO KEY UPDATE"
    if await connection.fetchrow(held, partner_id) is None:
        raise NotFound(f"There is no partner {partner_id}.")
    found = await rows(connection, name=picture.name)
    if found:
        return found[0]
    await check_room(connection, partner_id, len(picture.data))
    await connection.execute(
        query("image_add"),
        picture.name,
        partner_id,
        title,
        picture.width,
        picture.height,
        picture.frames,
        len(picture.data),
        by.name,
    )
    await note(connection, by, "image.made", title, partner_id=partner_id, detail={"image": picture.name})
    return await row(connection, picture.name)


async def retitle(connection: Connection, by: Caller, name: str, title: str) -> ImageRow:
    """Raises NotFound."""
    before = await row(connection, name)
    if before.title != title:
        await connection.execute("UPDATE images SET title = $2 WHERE name = $1", name, title)
        detail = {"image": name, "title": [before.title, title]}
        await note(connection, by, "image.changed", title, partner_id=before.partner_id, detail=detail)
    return await row(connection, name)


async def delete(connection: Connection, by: Caller, name: str) -> None:
    """Raises NotFound, and Conflict while any kept version of a template shows it."""
    # Who saves what shows it holds it (`hold`): after that it is seen here.
    if await connection.fetchrow("SELECT FROM images WHERE name = $1 FOR UPDATE", name) is None:
        raise no_image(name)
    found = await row(connection, name)
    if found.used_by:
        raise Conflict(f"This image is in {_named(found.used_by)}, or in an earlier version of it.")
    await connection.execute("DELETE FROM images WHERE name = $1", name)
    await note(
        connection, by, "image.deleted", found.title, partner_id=found.partner_id, detail={"image": name}
    )


def no_image(name: str) -> NotFound:
    return NotFound(f"There is no image {name!r}.")


def _named(templates: list[str]) -> str:
    said = ", ".join(f"“{each}”" for each in templates[:NAMED_MAX])
    more = len(templates) - NAMED_MAX
    words = "the template" if len(templates) == 1 else "the templates"
    return f"{words} {said}" + (f" and {more} more" if more > 0 else "")
