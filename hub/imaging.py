"""Pictures that somebody gave, decoded and written anew: nothing of a file is kept but what is seen. Knows pixels, by
Pillow, and says what is wrong with a file; refuses to know files, tables and who asks.

What a file is, is found out by decoding it: neither its name nor its sender is asked. What comes out has no metadata,
no other file hidden behind it, and colours that every screen shows alike (sRGB). `python -m hub.imaging` is one such
job, in a process of its own (hub/imaging_jobs.py): a decoder that crashes or never ends takes nothing with it.
"""

import io
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any, Final

from PIL import (
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from hub import imaging_wire
from hub.child import step_back
from hub.errors import Invalid
from hub.image_words import (
    FILM_PIXELS_MAX,
    FRAMES_MAX,
    KEPT_BYTES_MAX,
    PIXELS_IN_ALL_MAX,
    PIXELS_MAX,
    SIDE_PX_MAX,
    THUMB_PX_MAX,
    Crop,
    Picture,
    name_of,
)
from hub.imaging_pixels import BROKEN, plain, upright

PLUGINS: Final = (PngImagePlugin, JpegImagePlugin, WebPImagePlugin, GifImagePlugin)
"""Named here, so that Pillow need not load all that it has, and loads no other."""
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
BEGINNINGS: Final = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8")
"""Of files of these formats: to choose the words for one that is none after all, and for nothing else."""
QUALITY: Final = 90
"""Of what loses something: more is not seen on a wall."""
PNG_LEVEL: Final = 6
WEBP_METHOD: Final = 2
"""Of six: the next takes six times as long for one percent."""
FRAME_MS_MIN: Final = 20
FRAME_MS: Final = 100
"""What browsers make of a frame that says it lasts less than they draw."""
MEMORY_BYTES_MAX: Final = 1536 << 20
"""Of the process: half as much again as the largest picture has been seen to take (0.9 GiB)."""
CPU_S_MAX: Final = 40
"""Of the process: four times what the largest film has been seen to take."""
NICE: Final = 10
LATE: Final = ("PIL.ImageCms", "PIL.MpoImagePlugin", "PIL.TiffImagePlugin")
"""What Pillow loads when a picture needs it: too late where no file can be opened any more."""
WHAT: Final = "file: expected a picture (PNG, JPEG, WebP or GIF)"
DAMAGED: Final = "file: this picture is damaged or was cut off; nothing was kept of it"

Encoded = tuple[bytes, str]


def made(data: bytes, partner_id: int, crop: Crop | None = None) -> Picture:
    """What is kept of a file. Raises Invalid, with a sentence for who gave it. Takes as much memory as the limits of
    `image_words` let it, and up to half a minute."""
    with _sentences(), _limited():
        source = _opened(data)
        frames = _frames(source)
        first, (encoded, suffix) = (
            _film(source, frames, crop) if len(frames) > 1 else _still(source, data, crop)
        )
        if len(encoded) > KEPT_BYTES_MAX:
            raise Invalid(
                f"file: as the hub keeps it this picture has {_mib(len(encoded))} MiB; expected at most"
                f" {_mib(KEPT_BYTES_MAX)}: give it fewer pixels",
                field="file",
            )
        thumb = _thumb(first)
        # Frames that are alike have become one.
        count = int(getattr(_opened(encoded), "n_frames", 1))
    return Picture(name_of(partner_id, encoded, suffix), *first.size, count, encoded, thumb)


@contextmanager
def _sentences() -> Iterator[None]:
    """Raises Invalid for whatever a decoder says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except Invalid:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError):
        raise _too_large() from None
    except BROKEN as problem:
        raise Invalid(DAMAGED, field="file") from problem


@contextmanager
def _limited() -> Iterator[None]:
    """What Pillow itself refuses while a picture is decoded: also a frame that is larger than its file says first."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = Image.MAX_IMAGE_PIXELS, False
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _opened(data: bytes) -> ImageFile.ImageFile:
    """Its head alone is read. Raises Invalid when it is none of FORMATS, or too large."""
    try:
        source = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise Invalid(DAMAGED if data.startswith(BEGINNINGS) else WHAT, field="file") from None
    _check_size(source)
    return source


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if max(width, height) > SIDE_PX_MAX or width * height > PIXELS_MAX:
        raise _too_large(f": this one has {width} by {height}")
    if min(width, height) < 1:
        raise Invalid(DAMAGED, field="file")


def _too_large(what: str = "") -> Invalid:
    return Invalid(
        f"file: expected a picture of at most {PIXELS_MAX // 1_000_000} megapixels, and {SIDE_PX_MAX} pixels on a"
        f" side{what}",
        field="file",
    )


def _frames(source: ImageFile.ImageFile) -> list[int]:
    """The numbers of the frames that are shown. Of a JPEG the first: what else a camera puts there is no film."""
    if source.format not in ("PNG", "WEBP", "GIF"):
        return [0]
    count = int(getattr(source, "n_frames", 1))
    # An animated PNG may have a picture for those who cannot animate it: that is none of its frames.
    first = 1 if count > 1 and source.info.get("default_image") else 0
    if count - first > FRAMES_MAX:
        raise Invalid(
            f"file: expected at most {FRAMES_MAX} frames: this one has {count - first}", field="file"
        )
    width, height = source.size
    if count - first > 1 and width * height > FILM_PIXELS_MAX:
        raise Invalid(
            f"file: expected at most {FILM_PIXELS_MAX // 1_000_000} megapixels of a picture that moves: this one has"
            f" {width} by {height}",
            field="file",
        )
    if (count - first) * width * height > PIXELS_IN_ALL_MAX:
        raise Invalid(
            f"file: expected at most {PIXELS_IN_ALL_MAX // 1_000_000} megapixels in all frames together: this one has"
            f" {count - first} frames of {width} by {height}",
            field="file",
        )
    return list(range(first, count))


def _still(source: ImageFile.ImageFile, data: bytes, crop: Crop | None) -> tuple[Image.Image, Encoded]:
    source.load()
    image = _cut(plain(upright(source)), crop)
    match source.format:
        case "PNG" | "GIF":
            return image, (_saved(image, "PNG", compress_level=PNG_LEVEL), ".png")
        case "WEBP":
            lossless = b"VP8L" in data[:_HEAD_BYTES]
            return image, (_saved(image, "WEBP", lossless=lossless, **_WEBP), ".webp")
        case _:
            image = image.convert("RGB") if image.mode not in ("L", "RGB") else image
            return image, (_saved(image, "JPEG", quality=QUALITY, subsampling=0), ".jpg")


_HEAD_BYTES: Final = 256
_WEBP: Final[dict[str, Any]] = {"quality": QUALITY, "method": WEBP_METHOD}


def _film(source: ImageFile.ImageFile, numbers: list[int], crop: Crop | None) -> tuple[Image.Image, Encoded]:
    """Frame by frame: no two of them need be in memory."""
    durations: list[int] = []
    held: list[Image.Image] = []
    loop = _loop(source)
    size = source.size

    def frame(number: int) -> Image.Image:
        source.seek(number)
        _check_size(source)
        source.load()
        durations.append(_duration(source.info.get("duration")))
        shown = source if source.size == size else source.crop((0, 0, *size))
        return _cut(plain(shown).convert("RGBA"), crop)

    first = frame(numbers[0])
    later = [_Later(partial(frame, number), held) for number in numbers[1:]]
    lossless = source.format != "WEBP"
    encoded = _saved(
        first,
        "WEBP",
        save_all=True,
        append_images=later,
        duration=durations,
        loop=loop,
        lossless=lossless,
        quality=QUALITY,
        method=0,
    )
    return first, (encoded, ".webp")


class _Later:
    """A frame that is decoded when the encoder takes it. `held`: the last that it took, which it reads from there."""

    n_frames = 1
    mode = "RGBA"

    def __init__(self, make: Callable[[], Image.Image], held: list[Image.Image]) -> None:
        self._make = make
        self._held = held

    def seek(self, _number: int) -> None:
        pass

    def getim(self) -> Any:
        self._held[:] = [self._make()]
        return self._held[0].getim()


def _duration(found: object) -> int:
    shown = round(found) if isinstance(found, int | float) and found >= FRAME_MS_MIN else FRAME_MS
    return min(shown, 60_000)


def _loop(source: ImageFile.ImageFile) -> int:
    """How often it is played, 0: for good. A GIF says how often it is repeated, or nothing, when it is not."""
    found = source.info.get("loop")
    if not isinstance(found, int):
        return 1 if source.format == "GIF" else 0
    return min(found + 1 if source.format == "GIF" and found else found, 0xFFFF)


def _cut(image: Image.Image, crop: Crop | None) -> Image.Image:
    if crop is None:
        return image
    width, height = image.size
    if crop.x + crop.width > width or crop.y + crop.height > height:
        raise Invalid(
            f"crop: expected a part of the picture, which is {width} by {height} pixels", field="crop"
        )
    return image.crop((crop.x, crop.y, crop.x + crop.width, crop.y + crop.height))


def _thumb(first: Image.Image) -> bytes:
    """Of the first frame, at most THUMB_PX_MAX wide, and no higher than four times that."""
    image = first.convert("RGBA" if first.has_transparency_data else "RGB")
    image.thumbnail((THUMB_PX_MAX, 4 * THUMB_PX_MAX), Image.Resampling.LANCZOS)
    return _saved(image, "WEBP", quality=80, method=WEBP_METHOD)


def _saved(image: Image.Image, kind: str, **words: Any) -> bytes:
    into = io.BytesIO()
    image.save(into, kind, **words)
    return into.getvalue()


def _mib(count: int) -> int:
    return -(-count >> 20)


def main() -> None:
    """One job: read from stdin, answered on stdout."""
    _step_back()
    partner_id, crop, data = imaging_wire.read_job(sys.stdin.buffer)
    try:
        answer: Picture | Invalid | str = made(data, partner_id, crop)
    except Invalid as problem:
        answer = problem
    except Exception:  # noqa: BLE001  the hub says it, in its log
        answer = traceback.format_exc()
    imaging_wire.write_answer(sys.stdout.buffer, answer)


def _step_back() -> None:
    """No more of the machine is taken than a picture needs. What is loaded late is loaded before."""
    Image.preinit()
    for name in LATE:
        import_module(name)
    step_back(NICE, memory_bytes_max=MEMORY_BYTES_MAX, cpu_s_max=CPU_S_MAX)


if __name__ == "__main__":
    main()
