"""What somebody at a desk wants to know of a tag or a bib: whose it is, and what is wrong with it; and which tags were
read that are nobody's. Pure: knows rosters and passages; refuses to know who asks.
"""

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from hub.model import Participant
from hub.passages import Passage, Passages
from hub.roster import Roster

NOBODY: Final = "nobody"
TWO: Final = "two"
WITHDRAWN: Final = frozenset(
    {
        *("withdrawn", "dns", "did not start", "dq", "dsq", "disqualified", "cancelled", "canceled"),
        *("refunded", "deferred", "transferred", "dropped", "inactive", "removed", "scratched"),
    }
)
"""Words of services and files, without case, for somebody who does not run."""


class UnknownTag(NamedTuple):
    """A tag that was read and that is nobody's, or of two (`those`)."""

    tag: str
    often: int
    first: Passage
    last: Passage
    those: list[Participant]

    @property
    def why(self) -> str:
        return TWO if self.those else NOBODY


class Problem(NamedTuple):
    """kind: for programs. words: for people."""

    kind: str
    words: str


def unknown_tags(
    passages: Passages, roster: Roster, crew: Collection[str], *, testing: bool
) -> Iterator[UnknownTag | None]:
    """One step for each tag that was read; None: it is somebody's, or counts for nothing."""
    for tag, spelled in passages.tags():
        if tag in crew or roster.find(tag) is not None:
            yield None
            continue
        found = passages.of([tag], testing=testing)
        yield UnknownTag(spelled, len(found), found[0], found[-1], roster.carriers(tag)[1]) if found else None


def problems_of(participant: Participant, roster: Roster) -> list[Problem]:
    """What is wrong with somebody who stands at the desk."""
    found = []
    if participant.status.strip().casefold() in WITHDRAWN:
        found.append(Problem("withdrawn", f"Does not run: {participant.status}."))
    if not participant.bib:
        found.append(Problem("no_bib", "No bib yet."))
    elif roster.of_bib(participant.bib) is not participant:
        found.append(Problem("bib_of_two", f"Bib {participant.bib} is worn by two."))
    if not participant.tags:
        found.append(Problem("no_tag", "No tag yet: nothing will be read of them but the bib."))
    shared = [tag for tag in participant.tags if roster.find(tag) is not participant]
    if shared:
        found.append(Problem("tag_of_two", f"Tag {', '.join(shared)} is of two: it is shown as nobody's."))
    return found


def problems_of_code(kind: str, those: Collection[Participant]) -> list[Problem]:
    """What is wrong with something that was scanned or typed, and that is nobody's."""
    if not those:
        return [Problem("unknown", "Nobody on the roster has this tag, bib or name.")]
    if kind == "tag":
        return [Problem("tag_of_two", f"This tag is of {len(those)} on the roster.")]
    if kind == "bib":
        return [Problem("bib_of_two", f"This bib is worn by {len(those)} on the roster.")]
    return []


def newest_first(found: list[UnknownTag]) -> list[UnknownTag]:
    return sorted(found, key=lambda each: each.last.offset, reverse=True)
