"""How far a reader's clock is from our own. Knows arrivals and read times; refuses to know readers and reads."""

from collections import deque
from statistics import median
from typing import Final

from hub.model import US_PER_S

CLOCK_SAMPLES_MAX: Final = 20
CLOCK_SAMPLES_MIN: Final = 3
"""Differences needed before a clock counts as known: one late read alone must not set it."""
CLOCK_APART_US: Final = US_PER_S // 2
CLOCK_STEP_US: Final = US_PER_S
"""A change of the clock difference smaller than this is not worth writing down."""


class SourceClock:
    """How far a reader's clock is behind our own: the median of arrival minus read time of single reads.

    Only reads that arrive singly tell: half a second after the last line, and not the first after a start, which
    may be any age. `difference_us` is 0 until known.
    """

    __slots__ = ("_arrival_us", "_fresh", "_samples", "difference_us", "known", "noted_us")

    def __init__(self, difference_us: int | None) -> None:
        self._samples: deque[int] = deque(maxlen=CLOCK_SAMPLES_MAX)
        self.known = difference_us is not None
        self.difference_us = difference_us or 0
        self.noted_us = difference_us
        self._arrival_us = 0
        self._fresh = True

    def started(self, now_us: int) -> None:
        self._arrival_us = now_us
        self._fresh = True

    def jumped(self) -> None:
        """The client is asked for lines that it may have had for long."""
        self._fresh = True

    def jumped_by(self, by_us: int) -> None:
        """Our own clock was set. What is not known yet is learnt by the new one."""
        self._samples = deque((sample + by_us for sample in self._samples), CLOCK_SAMPLES_MAX)
        self._arrival_us += by_us
        if self.known:
            self.difference_us += by_us

    def arrived(self, received_us: int, instants: int, instant_us: int) -> None:
        """`instants` reads came at once, the last of them with this read time."""
        alone = instants == 1 and not self._fresh and received_us - self._arrival_us >= CLOCK_APART_US
        self._arrival_us = received_us
        self._fresh = False
        if alone:
            self._samples.append(received_us - instant_us)
            if len(self._samples) >= CLOCK_SAMPLES_MIN:
                self.known = True
                self.difference_us = int(median(self._samples))

    def forget(self) -> None:
        """The zone or date by which read times were taken was not the right one: nothing is known any more."""
        self._samples.clear()
        self.known = False
        self.difference_us = 0
        self.noted_us = None

    @property
    def changed(self) -> bool:
        """Whether it moved enough since it was last written down."""
        return self.known and (
            self.noted_us is None or abs(self.noted_us - self.difference_us) >= CLOCK_STEP_US
        )
