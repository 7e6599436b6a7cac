"""Pictures decoded and written anew: what is seen stays, and nothing else does."""

import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms, ImageFile, PngImagePlugin

from hub import image_words, imaging, imaging_pixels
from hub.errors import Invalid
from hub.image_words import Crop, Picture
from hub.imaging import DAMAGED, WHAT, made
from hub.template_words import IMAGE_NAME
from tests.pictures import SECRET, SIZE, drawn, encoded, film, gif_of, png_bomb, png_chunk, read

RED, BLUE = (220, 20, 30), (20, 30, 220)


def kept(data: bytes, crop: Crop | None = None) -> tuple[Picture, Image.Image]:
    picture = made(data, 1, crop)
    image = read(picture.data)
    assert image.size == (picture.width, picture.height)
    assert getattr(image, "n_frames", 1) == picture.frames
    thumb = read(picture.thumb)
    assert thumb.format == "WEBP" and thumb.width <= image_words.THUMB_PX_MAX
    return picture, image


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        made(data, 1)
    assert refused.value.field == "file" and refused.value.__cause__ is not refused.value
    return refused.value.message


def near(image: Image.Image, place: tuple[int, int], colour: tuple[int, ...]) -> bool:
    found = image.convert("RGBA").getpixel(place)
    assert isinstance(found, tuple)
    return all(abs(one - other) < 24 for one, other in zip(found, colour, strict=False))


def shows_it(image: Image.Image) -> bool:
    return near(image, (5, 5), RED) and near(image, (image.width - 5, image.height - 5), BLUE)


@pytest.mark.parametrize(
    ("kind", "mode", "words", "suffix", "kept_mode"),
    [
        ("JPEG", "RGB", {}, ".jpg", "RGB"),
        ("JPEG", "CMYK", {}, ".jpg", "RGB"),
        ("PNG", "RGB", {}, ".png", "RGB"),
        ("PNG", "RGBA", {}, ".png", "RGBA"),
        ("PNG", "P", {}, ".png", "P"),
        ("WEBP", "RGB", {}, ".webp", "RGB"),
        ("WEBP", "RGBA", {"lossless": True}, ".webp", "RGBA"),
        ("GIF", "P", {}, ".png", "P"),
        ("MPO", "RGB", {"save_all": True, "append_images": [drawn()]}, ".jpg", "RGB"),
    ],
)
def test_each_kind(kind: str, mode: str, words: dict[str, Any], suffix: str, kept_mode: str) -> None:
    picture, image = kept(encoded(drawn(mode=mode), kind, **words))
    assert IMAGE_NAME.fullmatch(picture.name) and picture.name.endswith(suffix)
    assert (picture.width, picture.height, picture.frames) == (*SIZE, 1)
    assert image.mode == kept_mode and shows_it(image) and shows_it(read(picture.thumb))
    if kept_mode == "RGBA":
        assert image.getpixel((5, 35)) == (0, 0, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16"])
def test_without_colours(mode: str) -> None:
    source = Image.linear_gradient("L")
    if mode == "I;16":
        source = source.convert("I").point(lambda value: value * 257).convert("I;16")
    _, image = kept(encoded(source.convert(mode), "PNG"))
    shades = [image.convert("L").getpixel((9, row)) for row in (0, 128, 255)]
    assert shades[0] == 0 and shades[2] == 255 and (mode == "1" or shades[1] in (127, 128))


def test_what_is_see_through_stays_so() -> None:
    palette = drawn().quantize(8)
    _, image = kept(encoded(palette, "PNG", transparency=palette.getpixel((5, 5))))
    assert image.mode == "P" and image.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]
    _, image = kept(encoded(drawn(), "PNG", transparency=RED))
    assert image.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_a_picture_has_one_name_and_each_partner_its_own() -> None:
    data = encoded(drawn(), "JPEG", quality=70)
    first = made(data, 1)
    assert made(data, 1) == first != made(data, 2)
    assert made(data, 2).data == first.data
    assert first.name == image_words.name_of(1, first.data, ".jpg")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_way_a_camera_was_held(orientation: int) -> None:
    upright = drawn((80, 48))
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    held = upright.transpose(turns[orientation]) if orientation in turns else upright
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    _, image = kept(encoded(held, "JPEG", exif=exif))
    assert image.size == upright.size and shows_it(image)
    _, image = kept(encoded(held, "JPEG", exif=exif), Crop(0, 0, 20, 10))
    assert image.size == (20, 10) and near(image, (5, 5), RED), "pixels of the crop are those that are seen"


def with_metadata(kind: str) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = SECRET
    words: dict[str, Any] = {"exif": exif, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    if kind == "PNG":
        words["pnginfo"] = PngImagePlugin.PngInfo()
        words["pnginfo"].add_text("Comment", SECRET.decode())
        words["pnginfo"].add_itxt("XML:com.adobe.xmp", SECRET.decode())
    if kind in ("JPEG", "GIF"):
        words["comment"] = SECRET
    return encoded(drawn(), kind, **words)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_nothing_is_left_of_what_it_tells_beside_the_picture(kind: str) -> None:
    data = with_metadata(kind)
    assert SECRET in data
    picture, image = kept(data)
    assert SECRET not in picture.data + picture.thumb
    assert not {"exif", "icc_profile", "comment", "xmp", "XML:com.adobe.xmp"} & set(image.info)
    assert not image.getexif()


def test_colours_as_every_screen_shows_them() -> None:
    """A profile in which all that is red is green, as it were: the pixels say it afterwards, and no profile does."""
    wide = ImageCms.createProfile("LAB")
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in ("JPEG", "PNG", "WEBP"):
        _, image = kept(encoded(drawn(), kind, icc_profile=plain))
        assert "icc_profile" not in image.info and shows_it(image)
        for wrong in (b"no profile at all", ImageCms.ImageCmsProfile(wide).tobytes()):
            _, image = kept(encoded(drawn(), kind, icc_profile=wrong))
            assert "icc_profile" not in image.info and shows_it(image)
    swapped = bytearray(plain)
    red, blue = swapped.index(b"rXYZ"), swapped.index(b"bXYZ")
    swapped[red], swapped[blue] = swapped[blue], swapped[red]
    _, image = kept(encoded(drawn(), "PNG", icc_profile=bytes(swapped)))
    assert near(image, (5, 5), (30, 20, 220)) and "icc_profile" not in image.info
    _, image = kept(encoded(drawn(mode="RGBA"), "PNG", icc_profile=bytes(swapped)))
    assert near(image, (5, 5), (30, 20, 220)) and image.getpixel((5, 35))[3] == 0  # type: ignore[index]


ARCHIVE = io.BytesIO()
with zipfile.ZipFile(ARCHIVE, "w") as _archive:
    _archive.writestr("evil.html", "<script>alert(1)</script>")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize(
    "behind",
    [
        b"<html><script>alert(document.domain)</script></html>",
        b"<?php system($_GET['c']); ?>",
        ARCHIVE.getvalue(),
        b"\n%PDF-1.7\n",
    ],
)
def test_what_hides_behind_a_picture_is_gone(kind: str, behind: bytes) -> None:
    picture, image = kept(encoded(drawn(), kind) + behind)
    assert behind not in picture.data + picture.thumb and shows_it(image)
    assert made(encoded(drawn(), kind), 1) == picture


def test_what_hides_within_a_picture_is_gone() -> None:
    script = b"<script>alert(1)</script>"
    data = encoded(drawn(), "PNG")
    within = data[:33] + png_chunk(b"prVt", script) + data[33:]
    assert script in within and script not in kept(within)[0].data


# Films


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_what_moves(kind: str) -> None:
    picture, image = kept(film(kind, duration=[100, 200, 300, 400]))
    assert picture.name.endswith(".webp") and picture.frames == 4 and shows_it(image)
    shown = []
    for number in range(4):
        image.seek(number)
        image.load()
        shown.append((image.info["duration"], image.convert("RGB").getpixel((2, 2))))
    assert [each for each, _ in shown] == [100, 200, 300, 400] and len({each for _, each in shown}) > 1
    assert image.info["loop"] == 0
    assert read(picture.thumb).size == SIZE


def test_a_part_of_what_moves() -> None:
    picture, image = kept(film("GIF"), Crop(0, 0, 20, 10))
    assert picture.frames == 4 and image.size == (20, 10) and near(image, (5, 5), RED)


def test_how_often_and_how_long() -> None:
    for kind, said, loop in (("GIF", None, 1), ("GIF", 2, 3), ("GIF", 0, 0), ("PNG", 3, 3), ("WEBP", 3, 3)):
        data = (
            film(kind, loop=said) if said is not None else film(kind).replace(b"NETSCAPE2.0", b"NOTSCAPE2.0")
        )
        assert kept(data)[1].info["loop"] == loop, (kind, said)
    _, image = kept(film("GIF", duration=10))
    image.seek(1)
    image.load()
    assert image.info["duration"] == imaging.FRAME_MS, "as browsers have it"


def test_a_picture_for_those_who_cannot_animate_is_none_of_the_frames() -> None:
    assert kept(film("PNG", 4, default_image=True))[0].frames == 3


def test_a_film_is_not_in_memory_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[int] = []

    def counted(source: Image.Image) -> Image.Image:
        alive.append(len(held))
        return imaging_pixels.plain(source)

    held: list[Image.Image] = []
    monkeypatch.setattr("hub.imaging.plain", counted)
    real = imaging._Later.__init__

    def watched(self: Any, make: Any, shelf: list[Image.Image]) -> None:
        nonlocal held
        held = shelf
        real(self, make, shelf)

    monkeypatch.setattr(imaging._Later, "__init__", watched)
    kept(film("GIF", 9))
    assert len(alive) == 9 and max(alive) == 1


# What is refused


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 5000,
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<html></html>",
        b"8BPS\0\1" + bytes(100),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        encoded(drawn(), "TIFF"),
        encoded(drawn(), "BMP"),
        encoded(drawn(), "ICO"),
        encoded(drawn(), "PPM"),
        encoded(drawn(), "TGA"),
        encoded(drawn(), "JPEG2000"),
    ],
)
def test_what_is_no_picture_of_ours(data: bytes) -> None:
    assert refusal(data) == WHAT


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_one_that_was_cut_off(kind: str) -> None:
    data = encoded(drawn((300, 200)), kind)
    for share in (0.3, 0.6, 0.9):
        assert refusal(data[: int(len(data) * share)]) == DAMAGED
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_a_film_that_was_cut_off(kind: str) -> None:
    data = film(kind, size=(300, 200))
    assert refusal(data[: int(len(data) * 0.7)]) == DAMAGED


@pytest.mark.parametrize("size", [(50_000, 50_000), (8193, 8), (8, 8193), (8000, 4000), (2**31 - 1, 1)])
def test_one_that_is_larger_than_it_looks(size: tuple[int, int]) -> None:
    before = Image.MAX_IMAGE_PIXELS
    assert "at most 24 megapixels, and 8192 pixels on a side" in refusal(png_bomb(*size))
    assert before == Image.MAX_IMAGE_PIXELS


def test_a_frame_that_is_larger_than_its_film() -> None:
    data = bytearray(gif_of(2))
    second = data.rindex(b",")
    data[second + 5 : second + 9] = b"\xff\xff\xff\xff"
    assert "megapixels" in refusal(bytes(data)) or refusal(bytes(data)) == DAMAGED


def test_too_many_frames() -> None:
    assert refusal(gif_of(10_000)) == "file: expected at most 200 frames: this one has 10000"
    said, lie = [png_chunk(b"acTL", struct.pack(">II", count, 0)) for count in (4, 1 << 30)]
    assert said in film("PNG")
    assert (
        refusal(film("PNG").replace(said, lie))
        == f"file: expected at most 200 frames: this one has {1 << 30}"
    )


def test_too_many_pixels_for_what_moves() -> None:
    assert refusal(gif_of(2, (3001, 3000))) == (
        "file: expected at most 9 megapixels of a picture that moves: this one has 3001 by 3000"
    )


def test_too_many_pixels_in_all_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "PIXELS_IN_ALL_MAX", 3_000_000)
    assert refusal(gif_of(4, (1000, 1000))) == (
        "file: expected at most 3 megapixels in all frames together: this one has 4 frames of 1000 by 1000"
    )


def test_one_that_is_too_large_as_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "KEPT_BYTES_MAX", 1 << 20)
    noise = encoded(Image.effect_noise((1500, 1500), 90), "JPEG", quality=40)
    assert refusal(noise).startswith("file: as the hub keeps it this picture has 2 MiB; expected at most 1")


def test_text_that_is_packed_a_thousand_times() -> None:
    data = encoded(drawn(), "PNG")
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80 << 20), 9))
    assert refusal(data[:33] + bomb * 3 + data[33:]) == DAMAGED


@pytest.mark.parametrize(
    "crop", [Crop(60, 0, 5, 5), Crop(0, 40, 1, 1), Crop(0, 0, 65, 1), Crop(8000, 0, 1, 1)]
)
def test_a_part_that_is_not_in_the_picture(crop: Crop) -> None:
    with pytest.raises(Invalid, match="expected a part of the picture, which is 64 by 40 pixels") as refused:
        made(encoded(drawn(), "PNG"), 1, crop)
    assert refused.value.field == "crop"


def test_a_part() -> None:
    _, image = kept(encoded(drawn(), "PNG"), Crop(32, 20, 32, 20))
    assert image.size == (32, 20) and near(image, (0, 0), BLUE) and near(image, (31, 19), BLUE)


def test_a_thumbnail_of_what_is_very_high_is_small() -> None:
    picture, _ = kept(encoded(Image.new("RGB", (40, 8000), "red"), "PNG"))
    assert read(picture.thumb).height <= 4 * image_words.THUMB_PX_MAX
    assert read(kept(encoded(drawn((2000, 500)), "PNG"))[0].thumb).size == (320, 80)
