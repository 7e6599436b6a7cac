"""What announcers say of one session: whom they have starred, their notes, which reads they have said. Pure.

Knows limits, and how a runner is called here; refuses to know rosters, reads, tables and screens.

A runner is called by bib, `bib:17`, as long as the roster has one, else by tag, `tag:ABC`; both in the form in which
tags and bibs are compared.
"""

from collections.abc import Iterable
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, UnsetType

from hub.errors import Conflict, NotFound
from hub.event_words import check_text
from hub.model import Participant
from hub.roster import normal

MARKS_MAX: Final = 2000
"""Runners of one session that something is said of: more than anybody can say in a day."""
STARS_MAX: Final = 200
"""Of them those who always get their card: more would leave no room on a wall for the others."""
NOTE_CHARS_MAX: Final = 500
NAME_CHARS_MAX: Final = 100
"""Of a bib or a tag."""
CALLS_MAX: Final = 5000
"""Reads remembered as said, those with the highest offsets: 1 MB. All of them are in the tables."""
BIB: Final = "bib"
TAG: Final = "tag"

Note = Annotated[str, msgspec.Meta(max_length=NOTE_CHARS_MAX)]


class MarkChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is not given stays. `note` empty: none."""

    starred: bool | UnsetType = UNSET
    note: Note | UnsetType = UNSET


class Mark(msgspec.Struct, frozen=True):
    """What is said of a runner. Neither starred nor with a note: nothing is."""

    who: str
    starred: bool
    note: str
    changed_by: str
    updated_us: int

    def __bool__(self) -> bool:
        return self.starred or bool(self.note)


class Call(msgspec.Struct, frozen=True):
    """A read that was said."""

    offset: int
    said_by: str
    said_us: int


class Said:
    """All that is said of one session."""

    __slots__ = ("_calls", "_marks", "_stars")

    def __init__(self, marks: Iterable[Mark] = (), calls: Iterable[Call] = ()) -> None:
        self._marks = {each.who: each for each in marks}
        self._calls: dict[int, Call] = {}
        self._stars: tuple[str, ...] | None = None
        for call in calls:
            self.say(call)

    @property
    def stars(self) -> tuple[str, ...]:
        """Who is starred, in one order."""
        if self._stars is None:
            self._stars = tuple(sorted(each.who for each in self._marks.values() if each.starred))
        return self._stars

    @property
    def marks(self) -> list[Mark]:
        return [self._marks[who] for who in sorted(self._marks)]

    def mark(self, who: str) -> Mark | None:
        return self._marks.get(who)

    def put(self, mark: Mark) -> bool:
        """It takes the place of what was said of this runner. Gives whether others are starred by it."""
        before = self.stars
        if mark:
            self._marks[mark.who] = mark
        else:
            self._marks.pop(mark.who, None)
        self._stars = None
        return self.stars != before

    def say(self, call: Call) -> None:
        """Of too many those with the lowest offsets are forgotten, a tenth at a time."""
        self._calls[call.offset] = call
        if len(self._calls) > CALLS_MAX:
            for offset in sorted(self._calls)[: CALLS_MAX // 10]:
                del self._calls[offset]

    def unsay(self, offset: int) -> None:
        self._calls.pop(offset, None)

    def call(self, offset: int) -> Call | None:
        return self._calls.get(offset)

    def calls(self, after: int) -> list[Call]:
        """Of the reads after this offset, in their order."""
        return [self._calls[offset] for offset in sorted(self._calls) if offset > after]


def checked(change: MarkChange) -> MarkChange:
    """With its note in one line of plain text. Raises Invalid."""
    if change.note is UNSET:
        return change
    text = " ".join(change.note.split())
    check_text(text or None, "note")
    return MarkChange(change.starred, text)


def changed(mark: Mark | None, who: str, change: MarkChange, by: str) -> Mark:
    """The mark as it is to be. `updated_us` is for whoever keeps it to say."""
    before = mark or Mark(who, False, "", "", 0)
    starred = before.starred if change.starred is UNSET else change.starred
    return Mark(who, starred, before.note if change.note is UNSET else change.note, by, before.updated_us)


def check_room(others: int, stars: int, mark: Mark) -> None:
    """Whether there is room for it beside so many others, of whom so many are starred. Raises Conflict."""
    if mark.starred and stars >= STARS_MAX:
        raise Conflict(f"{STARS_MAX} runners of this session are starred already.", field="starred")
    if mark and others >= MARKS_MAX:
        raise Conflict(f"Something is said of {MARKS_MAX} runners of this session already.")


def parse_who(text: str) -> str:
    """A runner as somebody has written it, in the form in which it is compared. Raises NotFound."""
    kind, _, name = text.partition(":")
    found = normal(name) if len(name) <= NAME_CHARS_MAX else ""
    if kind not in (BIB, TAG) or not found or not found.isprintable():
        raise NotFound("who: expected a runner by bib or tag, such as bib:17 or tag:ABC", field="who")
    return f"{kind}:{found}"


def called(participant: Participant | None, tag: str) -> str:
    """What the runner is called who wears this tag."""
    if participant is not None and (bib := normal(participant.bib)):
        return f"{BIB}:{bib}"
    return f"{TAG}:{normal(tag)}"
