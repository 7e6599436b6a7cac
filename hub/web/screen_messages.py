"""What screens say: a text frame becomes messages. Knows their shapes and limits; refuses to know which screen said it
and what follows from it."""

from typing import Annotated, Final

import msgspec

from hub.model import INT64_MAX

LAYOUT_CHARS_MAX: Final = 16
SIZE_PX_MAX: Final = 100_000
"""Of a screen, either way: the largest video walls have a tenth."""

Offset = Annotated[int, msgspec.Meta(ge=0, le=INT64_MAX)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=SIZE_PX_MAX)]


class Shown(msgspec.Struct, tag="shown", tag_field="type"):
    """A screen has painted a read, `ms` after it came. `for_ms`: it has stood there for so long, and does no more;
    0: it has just been painted. `layout`: in which one; screens of before say none."""

    offset: Offset
    ms: float
    for_ms: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    layout: Annotated[str, msgspec.Meta(max_length=LAYOUT_CHARS_MAX)] = ""


class Pong(msgspec.Struct, tag="pong", tag_field="type"):
    """It has a tick; `at` is what that had as `now`."""

    at: str | float | None = None


class ScreenState(msgspec.Struct, tag="state", tag_field="type"):
    """How a screen is: its size in pixels, whether anybody can see it, its page's version, and in a word what it
    shows."""

    size: tuple[Pixels, Pixels]
    visible: bool
    version: str
    shows: str = ""


Message = Shown | Pong | ScreenState

_decode: Final = msgspec.json.Decoder(Message).decode


def parse(frame: str) -> list[Message]:
    """The messages of a frame, one a line. Raises msgspec.DecodeError for everything else."""
    try:
        return [_decode(line) for line in frame.split("\n")]
    except RecursionError:  # lists in lists in lists, also in a field that nobody knows
        raise msgspec.DecodeError("nested too deeply") from None
    except UnicodeEncodeError:
        raise msgspec.DecodeError("half of a character") from None
