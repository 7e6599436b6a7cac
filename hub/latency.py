"""How long things take, counted so that it costs nothing to go on counting for a whole race. Pure: numbers in, numbers
out. Knows histograms and the parts of a read's way; refuses to know clocks, sessions and screens.

A histogram has buckets that grow with what they hold: below FINE_US each microsecond has its own, above it each
doubling is cut into FINE_US / 2 equal ones. So a bucket is at most a thirty-second of its lowest value wide, and its
middle, by which it is read out, is off by at most ERROR_MAX of what was counted. Histograms add up exactly: that of a
day is the sum of its minutes.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from hub.model import US_PER_S

FINE_BITS: Final = 6
FINE_US: Final = 1 << FINE_BITS
"""Below this every microsecond is told apart."""
ERROR_MAX: Final = 1 / FINE_US
"""By how much a figure may be off, as a share of it: less than two in a hundred."""
LONGEST_US: Final = 3600 * US_PER_S
"""What took longer is counted as this."""

READ: Final = "read"
"""From the read to its arrival, beyond what is usual: the reader's clock is taken to be off by what is usual."""
JOURNAL: Final = "journal"
"""From its arrival until it is on disk."""
SEND: Final = "send"
"""From there until the last screen's line has it."""
PAINT: Final = "paint"
"""From there until a screen has painted it, half of its round trip among it."""
WHOLE: Final = "whole"
"""From the read until a screen has painted it."""
PARTS: Final = (READ, JOURNAL, SEND, PAINT, WHOLE)

MINUTE_SLICES: Final = 3
SLICE_US: Final = 20 * US_PER_S
"""The last minute is forgotten in pieces of so long."""


def bucket(us: int) -> int:
    """The number of the bucket of a time. What is less than nothing is nothing: two clocks are never quite the same."""
    us = min(max(us, 0), LONGEST_US)
    shift = max(us.bit_length() - FINE_BITS, 0)
    return (shift << (FINE_BITS - 1)) + (us >> shift)


BUCKETS: Final = bucket(LONGEST_US) + 1


def middle_us(number: int) -> int:
    """The middle of a bucket: the time that all in it are taken for."""
    if number < FINE_US:
        return number
    shift = (number >> (FINE_BITS - 1)) - 1
    return ((number - (shift << (FINE_BITS - 1))) << shift) + (1 << shift >> 1)


class Histogram:
    """How often something took how long."""

    __slots__ = ("_counts", "count")

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self._counts: dict[int, int] = dict(counts or {})
        self.count = sum(self._counts.values())

    def add(self, us: int, times: int = 1) -> None:
        number = bucket(us)
        self._counts[number] = self._counts.get(number, 0) + times
        self.count += times

    def merge(self, other: "Histogram") -> None:
        for number, times in other._counts.items():
            self._counts[number] = self._counts.get(number, 0) + times
        self.count += other.count

    def take_away(self, other: "Histogram") -> None:
        """What was merged before."""
        for number, times in other._counts.items():
            left = self._counts[number] - times
            if left:
                self._counts[number] = left
            else:
                del self._counts[number]
        self.count -= other.count

    def percentile_us(self, percent: float) -> int | None:
        """The least time that so many of a hundred did not exceed, to ERROR_MAX; None: nothing was counted."""
        return next(self.percentiles_us((percent,)), None)

    def percentiles_us(self, percents: Iterable[float]) -> Iterator[int]:
        """The same of several, the least first; none where nothing was counted."""
        buckets, passed, number = iter(sorted(self._counts)), 0, 0
        for percent in percents if self.count else ():
            wanted = max(1, -(-self.count * percent // 100))
            while passed < wanted:
                number = next(buckets)
                passed += self._counts[number]
            yield middle_us(number)

    def items(self) -> Iterable[tuple[int, int]]:
        """(bucket, how often)"""
        return self._counts.items()


class Way:
    """A histogram for each part of the way."""

    __slots__ = ("parts",)

    def __init__(self) -> None:
        self.parts = {part: Histogram() for part in PARTS}

    def __bool__(self) -> bool:
        return any(each.count for each in self.parts.values())

    def merge(self, other: "Way") -> None:
        for part, histogram in other.parts.items():
            self.parts[part].merge(histogram)


class Minute:
    """The last minute, or a little less: what is older than MINUTE_SLICES slices is forgotten."""

    __slots__ = ("_slices", "_total")

    def __init__(self) -> None:
        self._slices: dict[int, Histogram] = {}
        self._total = Histogram()

    def add(self, us: int, now_us: int) -> None:
        number = now_us // SLICE_US
        held = self._slices.get(number)
        if held is None:
            self._forget(number)
            held = self._slices[number] = Histogram()
        held.add(us)
        self._total.add(us)

    def of(self, now_us: int) -> Histogram:
        """To be looked at, and not to be kept: it goes on."""
        self._forget(now_us // SLICE_US)
        return self._total

    def _forget(self, number: int) -> None:
        """Those of a clock that was set back, too."""
        for each in [each for each in self._slices if not number - MINUTE_SLICES < each <= number]:
            self._total.take_away(self._slices.pop(each))


def figures(histogram: Histogram) -> dict[str, Any] | None:
    """As everybody is told, in milliseconds; None: nothing was counted."""
    if not histogram.count:
        return None
    found = map(_ms, histogram.percentiles_us((50, 95, 99)))
    return dict(zip(("count", "p50_ms", "p95_ms", "p99_ms"), (histogram.count, *found), strict=True))


def _ms(us: int) -> float:
    """To a tenth; what takes less than ten, to a hundredth."""
    return round(us / 1000, 2 if us < 10_000 else 1)


def packed(way: Way) -> dict[str, Any]:
    """As it is kept: JSON, the counts by bucket."""
    return {
        "parts": {
            part: {str(number): times for number, times in sorted(histogram.items())}
            for part, histogram in way.parts.items()
            if histogram.count
        }
    }


def unpacked(kept: Any) -> Way:
    """What of it can be understood."""
    way = Way()
    parts = kept.get("parts") if isinstance(kept, dict) else None
    for part, counts in parts.items() if isinstance(parts, dict) else ():
        if part in way.parts and isinstance(counts, dict):
            way.parts[part] = Histogram(dict(_sound(counts)))
    return way


def _sound(counts: dict[str, Any]) -> Iterator[tuple[int, int]]:
    for number, times in counts.items():
        known = number.isascii() and number.isdecimal() and len(number) <= 4 and int(number) < BUCKETS
        if known and type(times) is int and times > 0:
            yield int(number), times
