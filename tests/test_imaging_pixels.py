"""Pixels as they are to be kept. What the files that they are of become is tests/test_imaging.py's."""

import pytest
from PIL import Image

from hub.imaging_pixels import plain, upright
from tests.pictures import drawn

MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16")


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_becomes_one_of_few(mode: str) -> None:
    via = "L" if mode in ("I;16", "F", "I") else "RGB"
    source = drawn(mode=via).convert(mode) if mode != "I;16" else drawn(mode="L").convert("I").convert("I;16")
    source.info = {"comment": b"x", "icc_profile": b"", "exif": b"Exif"}
    shown = plain(source)
    assert shown.mode in ("L", "LA", "P", "RGB", "RGBA") and shown.size == source.size
    assert shown.info == {}


def test_the_source_stays_as_it_is() -> None:
    source = drawn()
    plain(source).putpixel((0, 0), (0, 0, 0))
    assert source.getpixel((0, 0)) == (220, 20, 30)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_what_a_camera_says_that_cannot_be_read() -> None:
    source = drawn()
    source.info["exif"] = b"Exif\0\0II*\0" + b"\xff" * 40
    assert upright(source).size == source.size
    assert isinstance(upright(source), Image.Image)
