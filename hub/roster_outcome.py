"""What came of what one origin has said of a roster, for people to look at. Pure: knows what is counted and shown;
refuses to know how it came about."""

from typing import Final

import msgspec

from hub.model import Participant
from hub.participants import differences, name_of

SAMPLES_MAX: Final = 20
"""Of each kind."""


class Sample(msgspec.Struct):
    """One of those that were added, changed or taken off. fields: of a changed one, [as it was, as it is]."""

    bib: str
    name: str
    fields: dict[str, list[str]] = {}


class Samples(msgspec.Struct):
    added: list[Sample] = []
    changed: list[Sample] = []
    gone: list[Sample] = []


class RowProblem(msgspec.Struct):
    """An entry that was left out. line: where it stands in its file; 0: in none."""

    line: int
    reason: str


class Outcome(msgspec.Struct):
    """What came of it. participants: who is on the roster now. kept_by_hand: of how many a locked field stays as
    somebody has said it, while the origin says something else. ambiguous: tags and bibs of two."""

    added: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    participants: int = 0
    kept_by_hand: int = 0
    samples: Samples = msgspec.field(default_factory=Samples)
    problems: list[RowProblem] = []
    ambiguous: list[str] = []

    def add(self, now: Participant) -> None:
        """On the roster, who was not."""
        self.added += 1
        self.participants += 1
        _sample(self.samples.added, now)

    def change(self, before: Participant, now: Participant) -> None:
        self.changed += 1
        if len(self.samples.changed) < SAMPLES_MAX:
            _sample(self.samples.changed, now, differences(before, now))

    def take_off(self, before: Participant) -> None:
        self.gone += 1
        self.participants -= 1
        _sample(self.samples.gone, before)


def _sample(samples: list[Sample], who: Participant, fields: dict[str, list[str]] | None = None) -> None:
    if len(samples) < SAMPLES_MAX:
        samples.append(Sample(who.bib, name_of(who), fields or {}))
