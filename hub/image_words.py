"""What an image may be, and how it is called: limits, a part that is cut out, what is kept of a file that was given.
Knows words and numbers; refuses to know how a file is decoded, tables and folders.
"""

import hashlib
import unicodedata
from typing import Annotated, Final

import msgspec

from hub.errors import Invalid

SIDE_PX_MAX: Final = 8192
"""The largest that a browser draws as one surface, and a screen's graphics chip holds as one texture."""
PIXELS_MAX: Final = 24_000_000
"""Of one frame: what a good camera takes. As the hub decodes it that is 96 MB, and so it is on every screen."""
FILM_PIXELS_MAX: Final = 9_000_000
"""Of one frame of what moves: 4K. No screen keeps up with more."""
FRAMES_MAX: Final = 200
"""Twenty seconds of ten frames each: longer ones are films."""
PIXELS_IN_ALL_MAX: Final = 200_000_000
"""Of all frames together: 96 of full HD, which take about ten seconds to be written anew."""
KEPT_BYTES_MAX: Final = 20 << 20
"""Of an image as the hub keeps it: what a screen on bad Wi-Fi has in half a minute. A file within the upload limit may
be larger than that once it is written anew: some are packed better than the hub packs them."""
THUMB_PX_MAX: Final = 320
"""Wide: a thumbnail in a list, on a screen with two pixels a point."""
IMAGES_MAX: Final = 1000
"""Of a partner: more than anybody finds one among."""
PARTNER_BYTES_MAX: Final = 500 << 20
"""Of a partner's images together: a hundred of the largest that make sense."""
TITLE_CHARS_MAX: Final = 200
THUMB_SUFFIX: Final = ".thumb.webp"

Px = Annotated[int, msgspec.Meta(ge=0, le=SIDE_PX_MAX)]
Length = Annotated[int, msgspec.Meta(ge=1, le=SIDE_PX_MAX)]


class Crop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part that is to be kept, in pixels of the picture as it is seen."""

    x: Px
    y: Px
    width: Length
    height: Length


class Title(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an image is to be called, for people."""

    title: str


class Picture(msgspec.Struct, frozen=True):
    """What is kept of a file. `name`: by its bytes and whose it is; `thumb`: WebP."""

    name: str
    width: int
    height: int
    frames: int
    data: bytes
    thumb: bytes


def name_of(partner_id: int, data: bytes, suffix: str) -> str:
    """What a partner's image of these bytes is called: the same bytes are one image of a partner, and each partner's
    own. `suffix`: with its dot."""
    found = hashlib.sha256(b"%d\n" % partner_id)
    found.update(data)
    return found.hexdigest()[:32] + suffix


def title_of(text: str, fallback: str = "Image") -> str:
    """A title of what somebody has written, or of what a file is called, on one line."""
    last = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode()).replace("\\", "/")
    kept = "".join(each if unicodedata.category(each)[0] != "C" else " " for each in last.rsplit("/", 1)[-1])
    return " ".join(kept.split())[:TITLE_CHARS_MAX] or fallback


def checked_title(text: str) -> str:
    """Raises Invalid."""
    title = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(title) <= TITLE_CHARS_MAX or any(unicodedata.category(each)[0] == "C" for each in title):
        raise Invalid(f"title: expected 1 to {TITLE_CHARS_MAX} characters on one line", field="title")
    return title
