"""Images of partners: taken in, cut, called otherwise, deleted. Knows the order of things: the file before its row, the
row's end before its file's, so that a row has its file, whatever dies. A file without a row is harmless, and removed by
the next start.

For templates: `hub.store.images.hold` in the transaction that saves a version says which of its images there are, and
keeps them from being deleted meanwhile. `bytes_of` gives an image to an export; `add` takes one from an import: what
the hub has written itself (an export of the same partner's) comes back as the image that it is, under its name, and
other bytes become the same image as often as they come. So no import makes an image twice.
"""

import asyncio
import logging
from collections.abc import Collection
from pathlib import Path
from typing import Final

from hub.accounts import Caller
from hub.errors import CallerError
from hub.image_files import ImageFiles
from hub.image_words import Crop, Picture, checked_title, name_of, title_of
from hub.imaging_jobs import Jobs
from hub.model import ImageRow, Whose
from hub.store import images
from hub.stores import Stores

log = logging.getLogger(__name__)

SUFFIXES: Final = (".png", ".jpg", ".webp")
STRAYS_MAX: Final = 20
"""Files that a hub may leave when it dies are few. More, and not one of the database's: then it is another database,
and they are somebody's."""


class Images:
    """Every method may raise StoreAway, StoreError, and Unavailable when the disk does not take it."""

    def __init__(self, stores: Stores, folder: Path, jobs: Jobs | None = None) -> None:
        # shared
        self._stores = stores
        self.files = ImageFiles(folder)
        # state
        self._jobs = jobs or Jobs()
        self._keeping = asyncio.Lock()
        """Held while files and rows are made to agree: who deletes an image deletes no file that came anew."""

    async def rows(self, whose: Whose, partner_id: int | None = None) -> list[ImageRow]:
        """The newest first."""
        async with self._stores.web().of(whose) as connection:
            return await images.rows(connection, partner_id=partner_id)

    async def there(self) -> set[str]:
        """The names of all images that have their file."""
        return await asyncio.to_thread(self.files.there)

    async def add(
        self, by: Caller, partner_id: int, data: bytes, title: str, crop: Crop | None = None
    ) -> ImageRow:
        """What is kept of a file, for a partner that is there for who gives it. `title`: what its file is called.
        Raises Invalid with what is wrong with it, Conflict when the partner has no room, NotFound."""
        known = await self._known(by, partner_id, data) if crop is None else None
        if known is not None:
            return known
        await asyncio.to_thread(self.files.check_room)
        async with self._stores.web().of(by.whose) as connection:
            await images.check_room(connection, partner_id, 0)
        picture = await self._jobs.made(data, partner_id, crop)
        return await self._keep(by, partner_id, picture, title_of(title))

    async def crop(self, by: Caller, name: str, crop: Crop) -> ImageRow:
        """A new one, of a part of this one. Raises as `add`."""
        async with self._stores.web().of(by.whose) as connection:
            row = await images.row(connection, name)
        data = await asyncio.to_thread(self.files.read, name)
        return await self.add(by, row.partner_id, data, row.title, crop)

    async def retitle(self, by: Caller, name: str, title: str) -> ImageRow:
        """Raises Invalid, NotFound."""
        title = checked_title(title)
        async with self._stores.change_of(by.whose) as connection:
            return await images.retitle(connection, by, name, title)

    async def delete(self, by: Caller, name: str) -> None:
        """Raises NotFound, and Conflict while any kept version of a template shows it."""
        async with self._keeping:
            async with self._stores.change_of(by.whose) as connection:
                await images.delete(connection, by, name)
            await asyncio.to_thread(self.files.remove, [name])

    async def bytes_of(self, whose: Whose, name: str) -> bytes:
        """Raises NotFound: also when its file is gone."""
        async with self._stores.web().of(whose) as connection:
            await images.row(connection, name)
        return await asyncio.to_thread(self.files.read, name)

    # partners, start and stop

    async def names_of(self, partner_id: int) -> set[str]:
        """Of all of a partner's, for who is about to delete it."""
        async with self._stores.transaction() as connection:
            return await images.names(connection, partner_id)

    async def forget(self, names: Collection[str]) -> None:
        """Removes the files of images whose rows are gone."""
        async with self._keeping:
            async with self._stores.transaction() as connection:
                kept = await images.names(connection)
            await asyncio.to_thread(self.files.remove, set(names) - kept)

    async def sweep(self) -> None:
        """Removes files that no row speaks of, as a hub leaves them that died."""
        async with self._keeping:
            async with self._stores.transaction() as connection:
                known = await images.names(connection)
            strays = await asyncio.to_thread(self.files.strays, known)
            if len(strays) > STRAYS_MAX and not known & await self.there():
                log.warning(
                    "images: %d files in %s are of no image of this database, and were left there",
                    len(strays),
                    self.files.path,
                )
                return
            if strays:
                await asyncio.to_thread(self.files.remove_files, strays)
                log.info("images: removed %d files that no image has", len(strays))

    def close(self) -> None:
        self._jobs.close()

    async def _known(self, by: Caller, partner_id: int, data: bytes) -> ImageRow | None:
        """The image that these very bytes are, when the hub itself has written them for this partner."""
        names = await asyncio.to_thread(self._named, partner_id, data)
        for name in names:
            async with self._stores.web().of(by.whose) as connection:
                found = await images.rows(connection, name=name, partner_id=partner_id)
            if found:
                return found[0]
        return None

    def _named(self, partner_id: int, data: bytes) -> list[str]:
        """The files of these bytes, whatever they were written as."""
        name = name_of(partner_id, data, "")
        return [name + each for each in SUFFIXES if (self.files.path / (name + each)).is_file()]

    async def _keep(self, by: Caller, partner_id: int, picture: Picture, title: str) -> ImageRow:
        async with self._keeping:
            new = await asyncio.to_thread(self.files.put, picture)
            try:
                async with self._stores.change_of(by.whose) as connection:
                    return await images.add(connection, by, partner_id, picture, title)
            except CallerError:
                # After any other error it is not known whether there is a row.
                if new:
                    await asyncio.to_thread(self.files.remove, [picture.name])
                raise
