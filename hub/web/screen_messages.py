"""What screens say: a text frame becomes messages. Knows their shapes and limits; refuses to know which screen said it
and what follows from it."""

import re
from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple

import msgspec

from hub.model import INT64_MAX

SIZE_PX_MAX: Final = 100_000
"""Of a screen, either way: the largest video walls have a tenth."""

_LAYOUT: Final = re.compile("[a-z]{1,16}")

Offset = Annotated[int, msgspec.Meta(ge=0, le=INT64_MAX)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=SIZE_PX_MAX)]


class Report(NamedTuple):
    """A read on a screen's wall. `for_ms` None: it has just been painted, `ms` after it came; else it has left, after
    so long. `waited`: there was no room for it at first, or an operator did not want it there."""

    offset: int
    ms: float
    for_ms: float | None
    layout: str
    waited: bool = False


class ShownRead(msgspec.Struct):
    offset: Offset
    ms: float
    for_ms: float | None = None
    layout: str = ""
    waited: bool = False


class Shown(msgspec.Struct, tag="shown", tag_field="type"):
    """What a screen's wall has, or had: one read, or several in `shown`. An old page says nothing when they leave."""

    offset: Offset | None = None
    ms: float | None = None
    for_ms: float | None = None
    layout: str = ""
    shown: list[ShownRead] | None = None
    waited: bool = False

    def __post_init__(self) -> None:
        if self.shown is None and (self.offset is None or self.ms is None):
            raise ValueError("expected an offset with its ms, or several in `shown`")

    def reports(self) -> Iterator[Report]:
        if self.offset is not None and self.ms is not None:
            yield Report(self.offset, self.ms, self.for_ms, layout_of(self.layout), self.waited)
        for each in self.shown or ():
            yield Report(each.offset, each.ms, each.for_ms, layout_of(each.layout), each.waited)


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


def layout_of(text: str) -> str:
    """The word for how it was laid out; what is no such word is none."""
    return text if _LAYOUT.fullmatch(text) else ""


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
