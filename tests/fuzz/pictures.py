"""Pictures that people give the hub."""

from typing import Any, Final
from unittest.mock import patch

from hub import imaging
from hub.errors import Invalid
from hub.image_words import name_of
from hub.template_words import IMAGE_NAME
from tests.pictures import read

PIXELS: Final[dict[str, Any]] = {"PIXELS_MAX": 40_000, "PIXELS_IN_ALL_MAX": 200_000, "SIDE_PX_MAX": 1000}
"""Else most of the time goes into pictures that are large and empty."""


def image(data: bytes) -> None:
    """Any bytes are a picture, which is kept as one that decodes, is as large as it is said to be and tells nothing
    beside; or a sentence."""
    with patch.multiple(imaging, **PIXELS):
        try:
            made = imaging.made(data, 1)
        except Invalid as problem:
            assert problem.message.startswith("file: ") and len(problem.message) < 300
            return
        again = imaging.made(made.data, 1)
    kind = IMAGE_NAME.fullmatch(made.name)
    assert kind is not None and made.name == name_of(1, made.data, f".{kind[1]}")
    shown, thumb = read(made.data), read(made.thumb)
    assert shown.format == {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[kind[1]]
    assert shown.size == (made.width, made.height) == (again.width, again.height)
    assert made.width * made.height <= PIXELS["PIXELS_MAX"]
    assert 1 <= again.frames <= made.frames <= 200
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(shown.info) and not shown.getexif()
    assert thumb.format == "WEBP" and max(thumb.size) <= 1280
    if kind[1] == "png":
        assert again.data == made.data, "what loses nothing stays as it is"
