"""What images may be called, and how large they may be."""

import msgspec
import pytest

from hub import image_words
from hub.errors import Invalid
from hub.image_words import SIDE_PX_MAX, TITLE_CHARS_MAX, Crop, checked_title, name_of, title_of
from hub.template_words import IMAGE_NAME


def test_a_name_is_made_of_the_content_and_the_partner() -> None:
    name = name_of(1, b"abc", ".png")
    assert IMAGE_NAME.fullmatch(name)
    assert name == name_of(1, b"abc", ".png")
    assert (
        len({name, name_of(2, b"abc", ".png"), name_of(1, b"abd", ".png"), name_of(11, b"bc", ".png")}) == 4
    )


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("logo.png", "logo.png"),
        ("C:\\Users\\ann\\logo.png", "logo.png"),
        ("../../etc/passwd", "passwd"),
        ("  a\tb\r\nc\0d  ", "a b c d"),
        ("\u202egnp.exe", "gnp.exe"),
        ("Zu\u0308rich.jpg", "Z\u00fcrich.jpg"),
        ("\ud800.png", "?.png"),
        ("", "Image"),
        ("/", "Image"),
        ("x" * 500, "x" * TITLE_CHARS_MAX),
    ],
)
def test_a_title_of_what_a_file_is_called(given: str, title: str) -> None:
    assert title_of(given) == title
    assert checked_title(title) == title


@pytest.mark.parametrize(
    "given", ["", "   ", "a\nb", "a\0", "\u202ex", "\ud800", "x" * (TITLE_CHARS_MAX + 1)]
)
def test_what_is_no_title(given: str) -> None:
    with pytest.raises(Invalid, match="title: expected 1 to 200 characters on one line"):
        checked_title(given)
    assert checked_title("  a/b ") == "a/b"


@pytest.mark.parametrize(
    "words",
    [
        {"x": -1, "y": 0, "width": 1, "height": 1},
        {"x": 0, "y": 0, "width": 0, "height": 1},
        {"x": 0, "y": 0, "width": SIDE_PX_MAX + 1, "height": 1},
        {"x": 0.5, "y": 0, "width": 1, "height": 1},
        {"x": 0, "y": 0, "width": 1},
        {"x": 0, "y": 0, "width": 1, "height": 1, "zoom": 2},
    ],
)
def test_what_is_no_part(words: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(words, Crop)


def test_a_film_of_full_hd_fits() -> None:
    assert image_words.PIXELS_IN_ALL_MAX // (1920 * 1080) == 96
    assert image_words.PIXELS_MAX >= 3840 * 2160, "and so does a picture for the largest wall"
