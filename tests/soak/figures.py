"""What a soak measures, and the table that it ends with. Knows numbers; refuses to know processes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tests.soak.book import Page

BYTES_PER_READ_MAX: Final = 200
"""What the memory of an active session may take for each read."""
FILES_MORE_MAX: Final = 10
"""Connections of the pool that may be open at the end and not at the start: it keeps two, and has at most ten."""
FEW_SHARE: Final = 0.1
"""Of the most reads that were held at once: what the hub takes with so few is its base."""


class Sample(NamedTuple):
    """The hub, some while after it was ready: which life of it, how many reads its session holds, resident bytes."""

    life: int
    ready_s: float
    held: int
    memory_bytes: int


@dataclass(slots=True)
class Memory:
    """base_bytes and per_read: of the line through all samples; peak: the largest of them. above: how much the worst
    sample lies above what the most with few reads, and BYTES_PER_READ_MAX for each read, would be."""

    base_bytes: float
    per_read: float
    peak: Sample
    few_bytes: int
    above_bytes: float

    @property
    def fits(self) -> bool:
        return self.per_read <= BYTES_PER_READ_MAX and self.above_bytes <= 0


def memory(samples: Sequence[Sample]) -> Memory:
    """Of all lives together. ValueError without a sample."""
    base, per_read = line_through([(each.held, each.memory_bytes) for each in samples])
    few = max(each.held for each in samples) * FEW_SHARE
    least = min(each.held for each in samples)
    few_bytes = max(each.memory_bytes for each in samples if each.held <= max(few, least))
    return Memory(
        base,
        per_read,
        max(samples, key=lambda each: each.memory_bytes),
        few_bytes,
        max(each.memory_bytes - few_bytes - BYTES_PER_READ_MAX * each.held for each in samples),
    )


def line_through(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """By least squares: (where it begins, how it rises); all at one place: it does not."""
    count = len(points)
    mean_x, mean_y = (sum(each[axis] for each in points) / count for axis in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if not spread:
        return mean_y, 0.0
    rise = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return mean_y - rise * mean_x, rise


@dataclass(slots=True)
class Report:
    """Of a whole soak. files: open files of the hub with everything connected and nothing to do, at the start of a
    session and at its end."""

    seed: int
    seconds: float = 0.0
    pages: list[Page] = field(default_factory=list)
    lines_sent: int = 0
    lives: int = 0
    done: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    files: list[tuple[int, int]] = field(default_factory=list)
    files_most: int = 0
    stops_s: list[float] = field(default_factory=list)
    starts_s: list[float] = field(default_factory=list)
    afresh: int = 0
    faults: list[str] = field(default_factory=list)

    def total(self, name: str) -> int:
        return sum(getattr(page, name) for page in self.pages)

    @property
    def files_more(self) -> int:
        """The most that a session ended with beyond what it began with."""
        return max((end - start for start, end in self.files), default=0)

    def problems(self) -> list[str]:
        """Why it has failed, in words; none: it has not."""
        found = [fault for page in self.pages for fault in page.faults] + self.faults
        if not all(page.sound for page in self.pages):
            found.append("reads were lost, doubled, or shown otherwise than they are held")
        if not self.pages:
            found.append("no session came to its end")
        if self.samples and not memory(self.samples).fits:
            found.append(f"the hub takes more than {BYTES_PER_READ_MAX} bytes for each read above its base")
        if self.files_more > FILES_MORE_MAX:
            found.append(f"{self.files_more} files more are open at a session's end than at its start")
        return found

    def lines(self) -> list[tuple[str, str]]:
        """What was measured: (what, how much)."""
        rows = [
            ("minutes", f"{self.seconds / 60:.1f}"),
            ("seed", str(self.seed)),
            ("sessions, one after the other", f"{len(self.pages)}"),
            ("reads sent", f"{self.total('given'):,}"),
            ("lines that took, with all that came again", f"{self.lines_sent:,}"),
            ("reads stored", f"{self.total('stored'):,}"),
            ("of these set aside, as was to be", f"{self.total('poisoned'):,}"),
            ("lost", f"{self.total('lost'):,}"),
            ("doubled", f"{self.total('doubled'):,}"),
            ("holes in the offsets", f"{self.total('holes'):,}"),
            ("reads that nobody sent", f"{self.total('foreign'):,}"),
            ("shown otherwise than held", f"{self.total('misshown'):,}"),
            *((name, f"{count:,}") for name, count in sorted(self.done.items())),
            ("starts of the hub", f"{self.lives:,}"),
            ("screens that had to start afresh, more than 2,000 behind", f"{self.afresh:,}"),
        ]
        return rows + self._taken()

    def _taken(self) -> list[tuple[str, str]]:
        rows = []
        if self.starts_s:
            rows.append(("slowest start of the hub", f"{max(self.starts_s):.1f} s"))
        if self.stops_s:
            rows.append(("slowest stop by SIGTERM", f"{max(self.stops_s):.1f} s"))
        if self.samples:
            found = memory(self.samples)
            peak = found.peak
            rows += [
                ("memory: peak", f"{peak.memory_bytes / 1e6:.1f} MB at {peak.held:,} reads held"),
                ("memory: the most with few reads", f"{found.few_bytes / 1e6:.1f} MB"),
                (
                    "memory: by the line through all samples",
                    f"{found.base_bytes / 1e6:.1f} MB and {found.per_read:.0f} bytes a read",
                ),
                (
                    "memory: worst sample, against the most with few and 200 bytes a read",
                    f"{found.above_bytes / 1e6:+.1f} MB",
                ),
            ]
        if self.files:
            start, end = max(self.files, key=lambda pair: pair[1] - pair[0])
            rows.append(
                ("open files: a session's start and end", f"{start} and {end}; at most {self.files_most}")
            )
        return rows
