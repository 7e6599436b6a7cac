"""The folder of images: for each a file of its name, and its thumbnail. Knows files; refuses to know whose they are.

Every method may take as long as a disk does: not for the loop.
"""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

from hub import disk
from hub.errors import NotFound, Unavailable
from hub.image_words import THUMB_SUFFIX, Picture
from hub.template_words import IMAGE_NAME

FOLDER: Final = "images"
FREE_BYTES_MIN: Final = 1 << 30
"""Of the disk, that images leave free: as much as the journal may come to hold (journal.max_mib, as it is by default).
What holds reads comes before what is only looked at."""
OURS: Final = re.compile(rf"({IMAGE_NAME.pattern})({re.escape(THUMB_SUFFIX)})?(\.[0-9a-f]{{8}})?")
"""What the hub calls its files here, also those that are not whole yet. Of others it touches none."""


class ImageFiles:
    def __init__(self, path: Path) -> None:
        self.path = path

    def check_room(self) -> None:
        """Raises Unavailable when the disk has no room for images."""
        folder = self.path if self.path.is_dir() else self.path.parent
        room = disk.room(folder)
        if room is not None and room.free < FREE_BYTES_MIN:
            raise Unavailable(
                f"The disk has {room.free >> 20} MiB left; images leave {FREE_BYTES_MIN >> 20} MiB free for reads."
            )

    def put(self, picture: Picture) -> bool:
        """Both files, for good. Gives whether there was none of this name. Raises Unavailable when the disk does not
        take them; nothing is left of them then."""
        path = self.path / picture.name
        new = not path.is_file()
        try:
            self.path.mkdir(mode=0o700, exist_ok=True)
            disk.keep(self._thumb(picture.name), picture.thumb)
            disk.keep(path, picture.data)
        except OSError as problem:
            if new:
                self.remove([picture.name])
            raise Unavailable(f"The image cannot be kept: {problem.strerror or problem}.") from problem
        return new

    def read(self, name: str) -> bytes:
        """Raises NotFound."""
        try:
            return (self.path / name).read_bytes()
        except OSError:
            raise NotFound(f"The file of the image {name} is not there any more.") from None

    def there(self) -> set[str]:
        """The names of all images that have their file."""
        return {each for each in self._all() if IMAGE_NAME.fullmatch(each)}

    def remove(self, names: Collection[str]) -> None:
        """What cannot be removed stays, and is found by the next start."""
        for name in names:
            for path in (self.path / name, self._thumb(name)):
                try:
                    path.unlink(missing_ok=True)
                except OSError:
                    continue

    def strays(self, known: Collection[str]) -> list[str]:
        """Names of files of ours that belong to none of these images."""
        matched = {each: found for each in self._all() if (found := OURS.fullmatch(each))}
        return sorted(each for each, found in matched.items() if found[4] or found[1] not in known)

    def remove_files(self, files: Collection[str]) -> None:
        """By their own names."""
        for each in files:
            (self.path / each).unlink(missing_ok=True)

    def _thumb(self, name: str) -> Path:
        return self.path / (name + THUMB_SUFFIX)

    def _all(self) -> list[str]:
        try:
            return [each.name for each in self.path.iterdir()]
        except OSError:  # there was never an image
            return []
