"""A decoded picture's pixels as they are to be kept: the right way up, in sRGB, in one of few modes, with nothing
beside them. Knows Pillow's modes and colour profiles; refuses to know files and their formats.
"""

import io
import struct
import zlib
from typing import Final

from PIL import Image, ImageOps

BROKEN: Final = (
    OSError,  # among them UnidentifiedImageError
    SyntaxError,  # Pillow's word for a file that breaks its format
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    AttributeError,
    AssertionError,
    struct.error,
    zlib.error,
)
"""What decoders say of files that are not what they should be."""


def upright(source: Image.Image) -> Image.Image:
    """As a camera was held. What it says otherwise that cannot be read says nothing."""
    try:
        return ImageOps.exif_transpose(source)
    except BROKEN:
        return source


def plain(source: Image.Image) -> Image.Image:
    """Of a mode that all of FORMATS can be made of, in sRGB, with nothing but its pixels."""
    image = source.convert("L") if source.mode == "1" else source
    if image.mode.startswith(("I", "F")):
        image = (
            image.point(lambda value: value / 256).convert("L") if image.mode != "F" else image.convert("L")
        )
    if image.mode not in ("L", "LA", "P", "RGB", "RGBA", "CMYK"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    icc = source.info.get("icc_profile")
    if icc:
        image = _in_srgb(image, icc)
    if image.mode == "CMYK" or (image.mode != "P" and "transparency" in image.info):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    bare = image.copy()
    kept = image.info.get("transparency") if image.mode == "P" else None
    bare.info = {} if kept is None else {"transparency": kept}
    return bare


def _in_srgb(image: Image.Image, icc: bytes) -> Image.Image:
    """A profile that cannot be read, or is of other colours than the picture's, says nothing."""
    from PIL import ImageCms  # noqa: PLC0415  most pictures need none

    alpha = None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
    flat = image.convert("RGB") if image.mode in ("P", "RGBA") else image
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        shown = ImageCms.profileToProfile(flat, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *BROKEN):
        return image
    if shown is None:
        return image
    if alpha is not None:
        shown.putalpha(alpha)
    return shown
