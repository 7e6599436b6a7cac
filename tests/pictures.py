"""Picture files for tests, made by Pillow or by hand: good ones of each kind, and what nobody means well with."""

import io
import struct
import zlib
from typing import Any, Final

from PIL import Image, ImageDraw

SIZE: Final = (64, 40)
SECRET: Final = b"5512 Elm Street"
"""What is in metadata, and is to be in no file that the hub keeps."""


def drawn(size: tuple[int, int] = SIZE, mode: str = "RGB", turn: int = 0) -> Image.Image:
    """Red above on the left, blue below on the right, on grey; with alpha the lower left is transparent."""
    image = Image.new("RGBA", size, (128, 128, 128, 255))
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=(220, 20, 30, 255))
    draw.rectangle((width // 2, height // 2, width, height), fill=(20, 30, 220, 255))
    if mode in ("RGBA", "LA"):
        draw.rectangle((0, height // 2, width // 2 - 1, height), fill=(0, 0, 0, 0))
    return image.rotate(turn).convert(mode)


def encoded(image: Image.Image, kind: str, **words: Any) -> bytes:
    into = io.BytesIO()
    image.save(into, kind, **words)
    return into.getvalue()


def film(kind: str, count: int = 4, size: tuple[int, int] = SIZE, **words: Any) -> bytes:
    frames = [drawn(size, turn=15 * number) for number in range(count)]
    words = {"duration": 80, "loop": 0} | words
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], **words)


def read(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def gif_of(frames: int, size: tuple[int, int] = (1, 1)) -> bytes:
    """Of one pixel each, without a word too much."""
    head = b"GIF89a" + struct.pack("<HH", *size) + b"\x80\0\0\0\0\0\xff\xff\xff"
    return head + b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0" * frames + b";"


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(width: int, height: int) -> bytes:
    """A few kilobytes that say they are so large, and are for as far as they go."""
    packed = zlib.compress(bytes(4 << 20), 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*part) for part in parts)
