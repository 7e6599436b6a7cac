"""The guns of one session, and what they say about who has started. Pure.

Knows guns, places and races; refuses to know what else is read.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from hub.model import KIND_GUN, MARK_REPEAT, MARK_TEST, Race, Read
from hub.places import Places, placed
from hub.results import Gun, Start, starts
from hub.times import Times

GUNS_MAX: Final = 2000
"""Guns of one session that are remembered: its clocks are worked out from them, 1 ms. A race day has fifty."""


class Guns:
    """Of too many the oldest are forgotten."""

    __slots__ = ("_guns", "_starts")

    def __init__(self) -> None:
        self._guns: dict[int, Gun] = {}
        self._starts: tuple[Start, ...] | None = None

    def add(self, guns: Iterable[Gun]) -> None:
        for gun in guns:
            self._guns[gun.offset] = gun
            self._starts = None
        while len(self._guns) > GUNS_MAX:
            del self._guns[next(iter(self._guns))]

    def drop(self, offset: int) -> None:
        """There is nothing under this offset any more."""
        if self._guns.pop(offset, None) is not None:
            self._starts = None

    def starts(self, places: Places, races: Sequence[Race], *, testing: bool) -> tuple[Start, ...]:
        """Worked out once; those of a test say something as long as that goes on."""
        if self._starts is None:
            guns = [each for each in self._guns.values() if testing or not each.test]
            self._starts = starts(*placed(places, guns, races))
        return self._starts

    def changed(self) -> None:
        """Places, races or whether it is a test: they are worked out again."""
        self._starts = None

    def correct(self, times: Times) -> None:
        """Their times are by another zone or date now."""
        for offset, gun in self._guns.items():
            instant_us = times.instant(gun.sent)
            if instant_us is not None:
                self._guns[offset] = gun._replace(at_us=instant_us)
        self._starts = None


def guns_of(reads: Iterable[Read]) -> list[Gun]:
    """The guns among them, each once."""
    return [
        Gun(read.offset, read.location, read.read_us, read.time_text, MARK_TEST in read.marks)
        for read in reads
        if read.kind == KIND_GUN and MARK_REPEAT not in read.marks
    ]
