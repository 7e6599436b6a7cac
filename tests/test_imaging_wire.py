"""Jobs and answers between two processes."""

import io

import pytest

from hub import imaging_wire
from hub.errors import Invalid
from hub.image_words import Crop, Picture
from hub.imaging_wire import Broken

PICTURE = Picture("0" * 32 + ".png", 3, 2, 1, b"image", b"thumb")


def answer(said: Picture | Invalid | str) -> bytes:
    into = io.BytesIO()
    imaging_wire.write_answer(into, said)
    return into.getvalue()


@pytest.mark.parametrize("crop", [None, Crop(1, 2, 3, 4)])
@pytest.mark.parametrize("data", [b"", b"x" * 70_000])
def test_a_job(crop: Crop | None, data: bytes) -> None:
    assert imaging_wire.read_job(io.BytesIO(b"".join(imaging_wire.job(7, crop, data)))) == (7, crop, data)


def test_an_answer() -> None:
    assert imaging_wire.read_answer(answer(PICTURE)) == PICTURE
    with pytest.raises(Invalid, match="no picture") as refused:
        imaging_wire.read_answer(answer(Invalid("no picture", field="file")))
    assert refused.value.field == "file"
    with pytest.raises(Broken, match="Traceback"):
        imaging_wire.read_answer(answer("Traceback"))


def test_one_that_is_not_whole() -> None:
    whole = answer(PICTURE)
    for length in range(len(whole)):
        with pytest.raises(Broken, match="no whole answer"):
            imaging_wire.read_answer(whole[:length])
    for other in (b"\xff" * 90, whole + whole, bytes(8), b"\0\0\0\2{}" + bytes(4)):
        with pytest.raises(Broken):
            imaging_wire.read_answer(other)
