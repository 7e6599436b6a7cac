"""How a job is handed to the process that decodes, and its answer back: parts, each with its length before it. Knows
bytes; refuses to know pictures and processes.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec

from hub.errors import HubError, Invalid
from hub.image_words import Crop, Picture

LENGTH: Final = struct.Struct(">I")


class Broken(HubError):
    """What came is no answer, or there is a fault in what decodes."""


class _Job(msgspec.Struct):
    partner_id: int
    crop: Crop | None


class _Answer(msgspec.Struct):
    """`problem`: why there is no picture; `fault`: the same, when it is ours."""

    problem: str = ""
    fault: str = ""
    field: str | None = None
    name: str = ""
    width: int = 0
    height: int = 0
    frames: int = 0


def job(partner_id: int, crop: Crop | None, data: bytes) -> list[bytes]:
    """One after the other: a copy of a large file would hold up the hub."""
    return _with_lengths(msgspec.json.encode(_Job(partner_id, crop)), data)


def read_job(stream: BinaryIO) -> tuple[int, Crop | None, bytes]:
    head, data = _parts(stream.read())
    words = msgspec.json.decode(head, type=_Job)
    return words.partner_id, words.crop, data


def write_answer(stream: BinaryIO, answer: Picture | Invalid | str) -> None:
    """A text: of a fault of ours, and where it is."""
    image = thumb = b""
    match answer:
        case Picture():
            image, thumb = answer.data, answer.thumb
            head = _Answer(name=answer.name, width=answer.width, height=answer.height, frames=answer.frames)
        case Invalid():
            head = _Answer(problem=answer.message, field=answer.field)
        case _:
            head = _Answer(fault=answer)
    stream.writelines(_with_lengths(msgspec.json.encode(head), image, thumb))
    stream.flush()


def read_answer(data: bytes) -> Picture:
    """Raises Invalid with what was said, Broken when it is no answer, or says a fault."""
    try:
        head, image, thumb = _parts(data)
        words = msgspec.json.decode(head, type=_Answer)
    except (ValueError, struct.error) as problem:
        raise Broken("no whole answer") from problem
    if words.fault:
        raise Broken(words.fault)
    if words.problem:
        raise Invalid(words.problem, field=words.field)
    return Picture(words.name, words.width, words.height, words.frames, image, thumb)


def _with_lengths(*parts: bytes) -> list[bytes]:
    return [each for part in parts for each in (LENGTH.pack(len(part)), part)]


def _parts(data: bytes) -> Iterator[bytes]:
    """Raises ValueError when there is less than it says."""
    at = 0
    while at < len(data):
        (size,) = LENGTH.unpack_from(data, at)
        at += LENGTH.size + size
        if at > len(data):
            raise ValueError("cut off")
        yield data[at - size : at]
