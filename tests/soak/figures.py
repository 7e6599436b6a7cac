"""What a soak measures, and the table that it ends with. Knows numbers; refuses to know processes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tests.soak.book import Page

BYTES_PER_READ_MAX: Final = 200
"""What the memory of an active session may take for each read."""
FLAT_BYTES_MAX: Final = 192 * 1024 * 1024
"""The flat base of that: 75 MB at the start, 70 MB of reads that wait for PostgreSQL (100,000 at most), what is on its
way to the journal, to PostgreSQL and to the screens, and what the allocator has not given back of it."""
FILES_MORE_MAX: Final = 10
"""Connections of the pool that may be open at the end and not at the start: it keeps two, and has at most ten."""
START_S_MAX: Final = 2.0
"""A sample so soon after a start shows what the session alone takes: queues have hardly been filled yet."""
STARTS_MIN: Final = 60
"""Samples after starts, two or three for each, from which the line through them says anything."""
HELD_MIN: Final = 20_000
"""With fewer reads a start does not fill what is the same for every session: its last 2,000, the pieces that it is read
in."""


class Sample(NamedTuple):
    """The hub, some while after it was ready: how many reads its session holds, resident bytes. warm: while its queues
    were filled at the beginning, to see what they take."""

    ready_s: float
    held: int
    memory_bytes: int
    warm: bool = False

    @property
    def above_bytes(self) -> int:
        """What is left when each read has its share."""
        return self.memory_bytes - BYTES_PER_READ_MAX * self.held


@dataclass(frozen=True, slots=True)
class Memory:
    """base_bytes: the flat part, as measured with all queues full. worst: the sample that came nearest to the limit.
    per_read: by the line through all starts."""

    base_bytes: int
    worst: Sample
    peak: Sample
    per_read: float
    starts: int

    @property
    def fits(self) -> bool:
        most = max(self.worst.above_bytes, self.base_bytes)
        grows = self.starts >= STARTS_MIN and self.per_read > BYTES_PER_READ_MAX
        return most <= FLAT_BYTES_MAX and not grows


def memory(samples: Sequence[Sample]) -> Memory | None:
    """Of all lives together; None without any from before, or from after the queues were filled."""
    warm = [each for each in samples if each.warm]
    others = [each for each in samples if not each.warm]
    if not (warm and others):
        return None
    soon = [each for each in others if each.ready_s <= START_S_MAX and each.held >= HELD_MIN]
    starts = [(each.held, each.memory_bytes) for each in soon]
    return Memory(
        max(each.above_bytes for each in warm),
        max(others, key=lambda each: each.above_bytes),
        max(others, key=lambda each: each.memory_bytes),
        line_through(starts)[1],
        len(starts),
    )


def line_through(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """By least squares: (where it begins, how it rises); none, or all at one place: it does not."""
    count = len(points) or 1
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
        taken = memory(self.samples)
        if taken is not None and not taken.fits:
            found.append(
                f"the hub takes more than {FLAT_BYTES_MAX >> 20} MiB and {BYTES_PER_READ_MAX} bytes a read"
            )
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
        taken = memory(self.samples)
        if taken is not None:
            rows += [
                ("memory: base, with all queues full", f"{taken.base_bytes / 1e6:.1f} MB"),
                ("memory: peak", _said(taken.peak)),
                ("memory: what comes nearest to the limit", _said(taken.worst)),
                ("memory: there, less 200 bytes a read", f"{taken.worst.above_bytes / 1e6:.1f} MB"),
                (
                    f"memory: by the line through {taken.starts} samples after starts",
                    f"{taken.per_read:.0f} bytes a read",
                ),
            ]
        if self.files:
            start, end = max(self.files, key=lambda pair: pair[1] - pair[0])
            rows.append(
                ("open files: a session's start and end", f"{start} and {end}; at most {self.files_most}")
            )
        return rows


def _said(sample: Sample) -> str:
    return f"{sample.memory_bytes / 1e6:.1f} MB at {sample.held:,} reads held"
