"""What the predecessor called its uploads, and which image each is here. Knows one file in the folder of images;
refuses to know who asks.

Templates have these names baked in, and so have the browsers of old screens. A name leads to one image, whoever's it
is, as it did there.
"""

import re
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from hub import disk
from hub.errors import Conflict, Invalid
from hub.template_words import IMAGE_NAME, Content, OldState, OldTemplate

FILE: Final = "uploads.json"
NAMES_MAX: Final = 20_000
NAME: Final = re.compile(r"[\w-][\w.() -]{0,199}")
"""As the predecessor made them; nothing that leads out of a folder."""
_SHOWN: Final = re.compile(rf"(?<=/static/uploads/){NAME.pattern}")
_ON: Final = re.compile(r"[\w.-]")
"""What a name would go on with."""


class Uploads:
    """`put` may take as long as a disk does: not for the loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._images = _read(folder / FILE)

    def image(self, name: str) -> str | None:
        """The image of this name; None: there is none."""
        return self._images.get(name)

    def stem(self, stem: str) -> str | None:
        """The image whose name, without its ending, is this."""
        return next((image for name, image in self._images.items() if name.rpartition(".")[0] == stem), None)

    def renamed(self, content: Content, images: Collection[str]) -> Content:
        """The same under the names that these images have here: by them it is known what a template shows."""
        if not isinstance(content, OldTemplate):
            return content
        resting = content.resting and self._renamed(content.resting, images)
        return replace(content, active=self._renamed(content.active, images), resting=resting)

    def _renamed(self, state: OldState, images: Collection[str]) -> OldState:
        def image(found: re.Match[str]) -> str:
            text = found[0]  # and what stands behind it, for a name may have blanks and brackets in it
            for end in range(len(text), 0, -1):
                held = self._images.get(text[:end], "")
                if held in images and not _ON.match(text, end):
                    return held + text[end:]
            return text

        return replace(state, html=_SHOWN.sub(image, state.html))

    def put(self, name: str, image: str) -> None:
        """Raises Invalid, Conflict when it is the name of another one."""
        if not NAME.fullmatch(name) or not IMAGE_NAME.fullmatch(image):
            raise Invalid(
                "name: expected what the predecessor called an upload, like logo_1a2b.png", field="name"
            )
        with self._lock:
            held = self._images.get(name)
            if held == image:
                return
            if held is not None:
                raise Conflict(f"There is another image that was called {name}.", field="name")
            if len(self._images) >= NAMES_MAX:
                raise Conflict(f"There are {NAMES_MAX} old names already.", field="name")
            images = {**self._images, name: image}
            self._folder.mkdir(mode=0o700, exist_ok=True)
            disk.keep(self._folder / FILE, msgspec.json.format(msgspec.json.encode(images)))
            self._images = images


def _read(path: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except OSError:
        return {}
    except msgspec.MsgspecError:
        return {}
